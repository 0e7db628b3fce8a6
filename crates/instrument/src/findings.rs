//! What is wrong, doubtful or open in a filled form. Findings are data; nothing is refused for being wrong.

use serde::{Deserialize, Serialize};

use crate::path::Path;
use crate::text::Text;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Blocks sign-off.
    Error,
    /// Wants a reason; with one it no longer blocks.
    Warning,
    /// A required question without an answer; blocks sign-off.
    Unanswered,
}

/// One finding at one place of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How much it weighs.
    pub kind: FindingKind,
    /// The question to jump to.
    pub path: Path,
    /// What is wrong, in the form's languages; empty when the form's author gave no words (the interface has a general sentence per kind).
    pub message: Text,
    /// The interviewer's reason, if this is a warning and one was given.
    pub reason: Option<String>,
}

impl Finding {
    /// Whether sign-off must wait for this.
    pub fn blocks(&self) -> bool {
        match self.kind {
            FindingKind::Error | FindingKind::Unanswered => true,
            FindingKind::Warning => self.reason.is_none(),
        }
    }
}
