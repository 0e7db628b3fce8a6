//! A projection with what is made of it for a table. The same for every storage.

use rasoat_casework::{fold_name, sort_key};

use super::facts::{marks_of, persons_text};
use super::{HouseholdRow, StorageError, StoredClass};

/// A projection with what is made of it for the table, so that it is not made while all others wait.
pub(super) struct Line {
    pub(super) row: HouseholdRow,
    pub(super) search: String,
    pub(super) class_2022: Result<Option<String>, StorageError>,
    pub(super) class_2027: Result<Option<String>, StorageError>,
    pub(super) name_order: Vec<u8>,
    pub(super) marks: String,
    /// Its members for the index, which is made later.
    pub(super) persons: Result<String, StorageError>,
}

/// Where and as what a household is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Borne {
    pub(super) village: String,
    pub(super) marks: String,
}

impl Line {
    pub(super) fn of(mut row: HouseholdRow) -> Self {
        let search = match &row.code {
            Some(code) => format!("{} {}", fold_name(&row.head_name), fold_name(code)),
            None => fold_name(&row.head_name),
        };
        let (class_2022, class_2027) =
            (class_text(row.class_2022.as_ref()), class_text(row.class_2027.as_ref()));
        Self {
            search,
            class_2022,
            class_2027,
            name_order: sort_key(&row.head_name),
            marks: format!(" {} ", marks_of(&row).join(" ")),
            persons: persons_text(&std::mem::take(&mut row.persons)),
            row,
        }
    }
}

fn class_text(class: Option<&StoredClass>) -> Result<Option<String>, StorageError> {
    class.map(serde_json::to_string).transpose().map_err(|_| StorageError::Damaged("class"))
}

pub(super) fn class_of(text: Option<String>) -> Result<Option<StoredClass>, StorageError> {
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| StorageError::Damaged("class"))
}
