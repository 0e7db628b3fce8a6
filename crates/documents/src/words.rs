//! The words of papers: `words/vi.json`. Templates read the same file.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The file as it is: what templates read.
pub(crate) const VIETNAMESE: &str = include_str!("../words/vi.json");

static WORDS: LazyLock<Words> = LazyLock::new(|| serde_json::from_str(VIETNAMESE).unwrap_or_default());

/// What the program itself looks up.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Words {
    /// Headings of columns: words and how wide, in letters.
    pub(crate) columns: BTreeMap<String, (String, u16)>,
    /// Names of classes.
    pub(crate) classes: BTreeMap<String, String>,
    /// How B2 points are counted.
    pub(crate) b2: B2,
    /// Titles, notes, roles.
    pub(crate) papers: BTreeMap<String, String>,
    /// Relations to the head.
    pub(crate) relations: BTreeMap<String, String>,
    /// Ethnic groups.
    pub(crate) ethnic_groups: BTreeMap<String, String>,
    /// Sexes.
    pub(crate) sexes: BTreeMap<String, String>,
    /// Names of the official tables, and what stands in all of them.
    pub(crate) tables: BTreeMap<String, String>,
    /// Heads over columns of the official tables.
    pub(crate) table_groups: BTreeMap<String, String>,
    /// Columns of the official tables.
    pub(crate) table_columns: BTreeMap<String, String>,
}

/// What one deprived indicator counts, with who says so.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct B2 {
    pub(crate) points_per_indicator: f64,
}

/// A text of papers by its key, with `{name}` filled in.
pub fn said(key: &str, values: &[(&str, &str)]) -> String {
    words().filled(key, values)
}

/// The B2 points of so many deprived indicators, as papers print them.
pub fn b2_points(deprived: u8) -> f64 {
    words().b2.points_per_indicator * f64::from(deprived)
}

pub(crate) fn words() -> &'static Words {
    &WORDS
}

impl Words {
    /// A text of papers; its key, where the file has none (a test looks that it has all).
    pub(crate) fn paper(&self, key: &str) -> String {
        self.papers.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// A text with `{name}` filled in.
    pub(crate) fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.paper(key), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// A class by its key.
    pub(crate) fn class(&self, key: &str) -> String {
        self.classes.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// A class with the word that it is provisional.
    pub(crate) fn result(&self, class: Option<&str>, provisional: bool) -> String {
        match class {
            None => self.paper("class_unknown"),
            Some(class) if provisional => self.filled("class_provisional", &[("class", &self.class(class))]),
            Some(class) => self.class(class),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole() {
        let words = words();
        assert!(words.columns.len() > 35 && words.papers.len() > 30, "{words:?}");
        assert_eq!(words.relations.len(), 26);
        assert!((b2_points(3) - 30.0).abs() < f64::EPSILON);
        assert_eq!(words.ethnic_groups.len(), 56);
        assert_eq!(words.class("near_poor"), "Hộ cận nghèo");
        assert_eq!(words.result(Some("poor"), true), "Hộ nghèo (tạm tính)");
        assert_eq!(words.result(None, true), "Chưa đủ câu trả lời");
    }
}
