//! Everything that is held of one household, for whoever asks by right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Passphrase;

/// What to write out, and how.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct AccessForm {
    /// Household id.
    pub household: String,
    /// The folder to write to.
    pub folder: String,
    /// Whether citizen IDs are written in full.
    pub full_ids: bool,
    /// Opens the files; `None`: they are not encrypted.
    pub passphrase: Option<Passphrase>,
    /// `vi` or `en`: of the page.
    pub language: String,
    /// The page's own words, by name.
    pub words: BTreeMap<String, String>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AccessView {
    /// The files' names: a page to read and print, and the same for machines.
    pub files: Vec<String>,
    /// Values in them.
    pub values: u32,
}
