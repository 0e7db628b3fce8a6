//! Folded words: what is indexed of a household, and what a person's words ask for.

use rasoat_casework::{CitizenId, fold_name};

/// Before the reversed digits of a citizen ID: asking for its last digits is asking for the first of these.
const REVERSED: char = 'r';
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

/// The text to index: folded words, numbers without their punctuation, citizen IDs also from the end.
pub(crate) fn index_text(texts: &[&str], citizen_ids: &[&CitizenId]) -> String {
    let mut words: Vec<String> = Vec::new();
    for text in texts {
        let parts = words_of(text);
        // A code is found with its punctuation (as several words) and without.
        if parts.len() > 1 && text.bytes().any(|b| b.is_ascii_digit()) && !text.contains(char::is_whitespace)
        {
            words.push(parts.concat());
        }
        words.extend(parts);
    }
    for id in citizen_ids {
        words.push(id.as_str().to_owned());
        words.push(reversed(id.as_str()));
    }
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// The FTS5 expression for what a person typed: every word must be the beginning of one of the household's, digits may
/// also be the last of a citizen ID. `None`: nothing was asked for.
pub(crate) fn match_expression(typed: &str) -> Option<String> {
    let terms: Vec<String> = words_of(typed)
        .into_iter()
        .take(MOST_WORDS)
        .map(|word| {
            if word.bytes().all(|b| b.is_ascii_digit()) {
                format!("(\"{word}\" * OR \"{}\" *)", reversed(&word))
            } else {
                format!("\"{word}\" *")
            }
        })
        .collect();
    if terms.is_empty() { None } else { Some(terms.join(" AND ")) }
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

    #[test]
    fn whatever_is_typed_becomes_quoted_words_and_never_an_operator() {
        assert_eq!(match_expression("  \"*) OR - ' "), Some("\"or\" *".to_owned()));
        assert_eq!(match_expression("Đào  NÔNG"), Some("\"dao\" * AND \"nong\" *".to_owned()));
        assert_eq!(match_expression("4417"), Some("(\"4417\" * OR \"r7144\" *)".to_owned()));
        assert_eq!(match_expression(" *"), None);
    }
}
