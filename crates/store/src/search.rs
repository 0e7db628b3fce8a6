//! Folded words: under which terms a household is kept, and which terms a person's words ask for.
//!
//! A term is a kind and a text. Words are kept whole and by their beginnings, so that one or a few terms answer for a
//! beginning however many households it fits. Long numbers, which few households share, are kept one by one beside.

use std::collections::BTreeSet;

use rasoat_casework::{CitizenId, fold_name};

/// Letters up to which a word's beginnings are terms of their own.
const BEGINNING: usize = 3;
/// The same of a long number, and letters up to which a word is none.
const LONG_BEGINNING: usize = 6;
/// Digits from which on they are looked for at the beginning of citizen IDs: all of a province begin with the same three.
const LEAST_FIRST_DIGITS: usize = 4;
/// The same for their end: with fewer, every thing with a number in it would be found.
const LEAST_LAST_DIGITS: usize = 3;
/// Before the reversed digits of a citizen ID: asking for its last digits is asking for the first of these.
const REVERSED: char = '<';
/// More words than this in one question are not looked at.
const MOST_WORDS: usize = 12;

/// What a household is found by, beside what its row shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchWords {
    /// Names of all members.
    pub names: Vec<String>,
    /// Citizen IDs of all members.
    pub citizen_ids: Vec<CitizenId>,
}

/// What is kept for a household's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Terms that many households share.
    pub(crate) shared: BTreeSet<String>,
    /// Long numbers, citizen IDs also from the end.
    pub(crate) numbers: BTreeSet<String>,
}

/// What answers for one word that was typed: a household fits that is under any of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The shared term.
    Term(String),
    /// Every shared term that begins so.
    Beginning(String),
    /// Every long number that begins so.
    Number(String),
}

/// The words of texts, folded, each once: numbers without their punctuation, citizen IDs marked.
pub(crate) fn fold_words(texts: &[&str], citizen_ids: &[&CitizenId]) -> String {
    let mut words: BTreeSet<String> = BTreeSet::new();
    for text in texts {
        let parts = words_of(text);
        // A code is found with its punctuation (as several words) and without.
        if parts.len() > 1 && text.bytes().any(|b| b.is_ascii_digit()) && !text.contains(char::is_whitespace)
        {
            words.insert(parts.concat());
        }
        words.extend(parts);
    }
    words.extend(citizen_ids.iter().map(|id| format!("{REVERSED}{}", id.as_str())));
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// The terms of folded words.
pub(crate) fn terms_of(words: &str) -> Terms {
    let mut terms = Terms::default();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        if let Some(digits) = word.strip_prefix(REVERSED) {
            terms.numbers.insert(reversed(digits));
            terms.numbers.insert(digits.to_owned());
            terms.add_beginnings(digits, LEAST_FIRST_DIGITS, LONG_BEGINNING);
        } else if is_long_number(word) {
            terms.numbers.insert(word.to_owned());
            terms.add_beginnings(word, 1, LONG_BEGINNING);
        } else {
            terms.shared.insert(whole(word));
            terms.add_beginnings(word, 1, BEGINNING);
        }
    }
    terms
}

impl Terms {
    fn add_beginnings(&mut self, word: &str, least: usize, most: usize) {
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
        self.shared.extend(ends.take(most).skip(least - 1).filter_map(|end| word.get(..end)).map(beginning));
    }
}

/// For each word that was typed, what answers for it; every word must be answered. Words may be the beginning of one of the
/// household's, digits also the last of a citizen ID. Empty: nothing was asked for.
pub(crate) fn asked_for(typed: &str) -> Vec<Vec<Asked>> {
    words_of(typed).iter().take(MOST_WORDS).map(|word| asked_by(word)).collect()
}

fn asked_by(word: &str) -> Vec<Asked> {
    let length = word.chars().count();
    let mut asked = Vec::new();
    if length <= LONG_BEGINNING {
        asked.push(Asked::Term(beginning(word)));
    } else {
        asked.push(Asked::Number(word.to_owned()));
    }
    if length > BEGINNING {
        asked.push(Asked::Beginning(whole(word)));
    }
    if length >= LEAST_LAST_DIGITS && word.bytes().all(|b| b.is_ascii_digit()) {
        asked.push(Asked::Number(reversed(word)));
    }
    asked
}

fn beginning(word: &str) -> String {
    format!("^{word}")
}

fn whole(word: &str) -> String {
    format!(".{word}")
}

fn is_long_number(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit()) && word.chars().count() > LONG_BEGINNING
}

fn words_of(text: &str) -> Vec<String> {
    fold_name(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn reversed(digits: &str) -> String {
    std::iter::once(REVERSED).chain(digits.chars().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn a_word_is_kept_whole_and_by_its_first_letters() {
        let terms = terms_of(&fold_words(&["Nông Văn  ĐÀO"], &[]));
        let shared = [".dao", ".nong", ".van", "^d", "^da", "^dao", "^n", "^no", "^non", "^v", "^va", "^van"];
        assert_eq!((texts(&terms.shared), texts(&terms.numbers)), (shared.to_vec(), vec![]));
    }

    #[test]
    fn a_long_number_stands_beside_the_terms_and_a_citizen_id_there_from_both_ends() {
        let id = "020099004417".parse().unwrap();
        let terms = terms_of(&fold_words(&["20-0600100"], &[&id]));
        let shared =
            ["^0200", "^02009", "^020099", "^0600", "^06001", "^060010", "^2", "^20", "^200", "^2006"];
        assert!(shared.iter().all(|term| terms.shared.contains(*term)), "{:?}", terms.shared);
        assert!(!terms.shared.contains("^020"));
        assert_eq!(texts(&terms.numbers), ["020099004417", "0600100", "200600100", "<714400990020"]);
    }

    #[test]
    fn whatever_is_typed_becomes_words_and_each_asks_for_few_terms() {
        let term = |word: &str| Asked::Term(word.to_owned());
        assert_eq!(asked_for("  \"*) OR - ' "), [[term("^or")]]);
        assert_eq!(
            asked_for("Đào  NÔNG"),
            [vec![term("^dao")], vec![term("^nong"), Asked::Beginning(".nong".to_owned())]]
        );
        assert_eq!(asked_for("17"), [[term("^17")]]);
        assert_eq!(asked_for("417"), [[term("^417"), Asked::Number("<714".to_owned())]]);
        assert_eq!(asked_for(" *"), Vec::<Vec<Asked>>::new());
    }
}
