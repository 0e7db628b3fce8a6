//! Names that Stata and SPSS take.

use std::collections::BTreeSet;

/// Letters at most.
const LONGEST: usize = 32;

/// Words that one of the programs keeps for itself.
const KEPT: [&str; 26] = [
    "all", "and", "byte", "by", "double", "eq", "float", "ge", "gt", "if", "in", "int", "le", "long", "lt",
    "ne", "not", "or", "to", "using", "with", "strl", "e", "pi", "str", "alpha",
];

/// The names that are taken.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// A name as near to the wanted one as may be.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let stem = valid(wanted);
        let mut name = cut(&stem, LONGEST);
        let mut number = 1;
        while self.0.contains(&name) {
            number += 1;
            let end = format!("_{number}");
            name = cut(&stem, LONGEST - end.len()) + &end;
        }
        self.0.insert(name.clone());
        name
    }
}

/// All ASCII: cut anywhere, but never behind a `_`, which SPSS does not take at the end.
fn cut(stem: &str, most: usize) -> String {
    let cut: String = stem.chars().take(most).collect();
    let trimmed = cut.trim_end_matches('_');
    if trimmed.is_empty() { "v".to_owned() } else { trimmed.to_owned() }
}

fn valid(wanted: &str) -> String {
    let letter =
        |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    let mut name: String = wanted.chars().map(letter).collect();
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        name.insert(0, 'v');
    }
    let is_kept = KEPT.contains(&name.as_str())
        || name.strip_prefix("str").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    if is_kept { name + "_v" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_unique_and_taken_by_both_programs() {
        let mut names = Names::default();
        let long = "a_very_long_name_of_a_question_that_goes_on_and_on";
        let taken = ["sex", "SEX", "9lives", "in", "str12", "tên-hộ", long, long, "ends_"];
        let taken = taken.map(|wanted| names.take(wanted));
        let expected = [
            "sex",
            "sex_2",
            "v9lives",
            "in_v",
            "str12_v",
            "t_n_h",
            "a_very_long_name_of_a_question_t",
            "a_very_long_name_of_a_question_2",
            "ends",
        ];
        assert_eq!(taken, expected);
        assert!(taken.iter().all(|name| name.len() <= LONGEST));
    }
}
