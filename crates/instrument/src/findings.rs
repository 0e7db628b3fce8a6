//! What is wrong, doubtful or open in a filled form. Findings are data; nothing is refused for being wrong.

use serde::{Deserialize, Serialize};

use crate::path::Path;
use crate::text::Text;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Blocks sign-off, unless the question's author says otherwise.
    Error,
    /// Wants a reason; with one it no longer blocks.
    Warning,
    /// A required question without an answer; blocks sign-off.
    Unanswered,
}

/// What a finding does to sign-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Completion {
    /// Shown, nothing more.
    Allow,
    /// Sign-off asks once more.
    Warn,
    /// Sign-off must wait.
    Block,
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
    /// What it does to sign-off: what the question's author says, else errors and unanswered ones block, and warnings until there
    /// is a reason.
    pub completion: Completion,
}

impl Finding {
    /// Whether sign-off must wait for this.
    pub fn blocks(&self) -> bool {
        self.completion == Completion::Block
    }
}

impl Completion {
    /// What a finding does, given what the question's author says of it.
    pub(crate) fn of(kind: FindingKind, has_reason: bool, said: Option<Self>) -> Self {
        match kind {
            // With a reason nothing is left to wait for.
            FindingKind::Warning if has_reason => Self::Allow,
            FindingKind::Error | FindingKind::Warning | FindingKind::Unanswered => {
                said.unwrap_or(Self::Block)
            }
        }
    }
}
