//! Words in several languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A BCP 47 language tag as the form's columns name it: `vi`, `en`, `tyz`.
pub type Language = String;

/// One piece of wording in the languages its authors gave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(transparent)]
pub struct Text(pub BTreeMap<Language, String>);

impl Text {
    /// The wording in `language`, else in Vietnamese, else in any language; empty when there is none.
    pub fn get(&self, language: &str) -> &str {
        self.0
            .get(language)
            .or_else(|| self.0.get("vi"))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// Whether no language has any wording.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(String::is_empty)
    }
}
