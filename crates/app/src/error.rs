//! One error shape for every use-case: a code and parameters for the interface, nothing personal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// Why a use-case could not be done. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, Type)]
#[error("{code}")]
pub struct AppError {
    /// Stable code: `wrong_passphrase`, `enrolment_expired`, `disk_full`, …
    pub code: String,
    /// Parameters of the sentence, never personal data.
    pub params: BTreeMap<String, String>,
}
