//! Words short and plain enough for the programs that read them.

use rasoat_instrument::Text;

/// Letters of a label at most: more are cut off by Stata.
pub(super) const LONGEST: usize = 80;
/// Bytes of a choice's label at most: SPSS refuses more.
pub(super) const LONGEST_OF_CHOICE: usize = 120;
/// So much of a question stays before its choice.
const LEAST_OF_QUESTION: usize = 20;
/// A longer text in brackets is no unit.
const LONGEST_UNIT: usize = 12;
const CUT: char = '…';

/// Without line breaks, and without the names of what is filled in when asked.
pub(super) fn plain(text: &Text) -> Text {
    let plain = |words: &String| {
        let mut out = String::new();
        let mut rest = words.as_str();
        while let Some((before, behind)) = rest.split_once("${") {
            out.push_str(before);
            out.push(CUT);
            rest = behind.split_once('}').map_or("", |(_, behind)| behind);
        }
        out.push_str(rest);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    Text(text.0.iter().map(|(language, words)| (language.clone(), plain(words))).collect())
}

/// A text of at most so many letters and bytes, never cut within a letter or before the mark that belongs to it.
pub fn shortened(text: &str, letters: usize, bytes: usize) -> String {
    if text.chars().count() <= letters && text.len() <= bytes {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().take(letters.saturating_sub(1)).collect();
    while kept.iter().map(|letter| letter.len_utf8()).sum::<usize>() + CUT.len_utf8() > bytes
        && !kept.is_empty()
    {
        kept.pop();
    }
    let is_mark =
        |letter: Option<char>| letter.is_some_and(|letter| ('\u{300}'..='\u{36f}').contains(&letter));
    // A letter whose mark would fall away goes too.
    if is_mark(text.chars().nth(kept.len())) {
        while is_mark(kept.last().copied()) {
            kept.pop();
        }
        kept.pop();
    }
    let kept: String = kept.into_iter().collect();
    format!("{}{CUT}", kept.trim_end())
}

/// A question and one of its choices, both to be told in a label.
pub(super) fn beside(question: &Text, choice: &Text) -> Text {
    let languages = question.0.keys().chain(choice.0.keys());
    let both = languages.map(|language| {
        let (question, choice) = (question.get(language), choice.get(language));
        let words = if choice.is_empty() {
            question.to_owned()
        } else {
            let room = LONGEST.saturating_sub(choice.chars().count() + 2).max(LEAST_OF_QUESTION);
            format!("{}: {choice}", shortened(question, room, usize::MAX))
        };
        (language.clone(), words)
    });
    Text(both.collect())
}

/// The unit that a question names at its end: `Floor area (m²)`.
pub(super) fn unit(label: &Text) -> Text {
    let units = label.0.iter().filter_map(|(language, words)| {
        let (_, unit) = words.trim_end_matches(['?', '.', ' ']).strip_suffix(')')?.rsplit_once('(')?;
        (unit.chars().count() <= LONGEST_UNIT).then(|| (language.clone(), unit.to_owned()))
    });
    Text(units.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_cut_between_letters_and_marks_stay_with_their_letter() {
        assert_eq!(shortened("Hộ nghèo", 8, 100), "Hộ nghèo");
        assert_eq!(shortened("Hộ nghèo", 6, 100), "Hộ ng…");
        assert_eq!(shortened("Hộ nghèo", 4, 100), "Hộ…");
        assert_eq!(shortened("ệệệệ", 4, 9), "ệệ…");
        // The same letters taken apart: e, a dot below and a circumflex.
        assert_eq!(shortened("He\u{323}\u{302}n", 4, 100), "H…");
        for room in 1..40 {
            let cut = shortened("Đặc điểm hộ nghèo, hộ cận nghèo ở thôn", 80, room + 3);
            assert!(cut.len() <= room + 3 && !cut.is_empty());
        }
    }

    #[test]
    fn what_is_filled_in_and_line_breaks_go_and_a_unit_is_found() {
        let text = |words: &str| Text([("vi".to_owned(), words.to_owned())].into());
        assert_eq!(plain(&text("Cả ${members_count}\n người")), text("Cả … người"));
        assert_eq!(unit(&text("Diện tích (m²)")), text("m²"));
        assert_eq!(unit(&text("Diện tích (kể cả phần cơi nới)")), Text::default());
        assert_eq!(beside(&text("Thiết bị"), &text("Ti vi")), text("Thiết bị: Ti vi"));
    }
}
