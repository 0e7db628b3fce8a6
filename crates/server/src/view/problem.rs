//! Errors as `application/problem+json`.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was refused: a code for the interface to word, never a sentence, never personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemView {
    /// Stable code: `not_logged_in`, `wrong_password`, `locked_out`, `bad_csrf`, `not_found`, `unreadable`, `server_busy`, …
    pub code: String,
    /// Parameters of the sentence.
    pub params: BTreeMap<String, String>,
}
