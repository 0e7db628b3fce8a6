//! One household's result, explained in plain Vietnamese: which income, which indicators, who, and what would change it.

use rasoat_casework::standard::Classification;
use serde::Serialize;

use crate::error::DocumentError;
use crate::pdf::{Paper, Setting, Template};
use crate::table::Head;

/// One household's result, to be handed out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Whose.
    pub head: Head,
    /// The head's name.
    pub household: String,
    /// What came of the interview under each standard, the one in force first.
    pub results: Vec<Classification>,
}

impl Paper for Explanation {
    fn to_set(&self) -> Result<Setting, DocumentError> {
        if self.results.is_empty() {
            return Err(DocumentError::Nothing);
        }
        Setting::of(Template::Explanation, self)
    }
}
