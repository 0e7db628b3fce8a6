//! Files beside the answers.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A file as the answer to a question.
#[derive(Clone, Deserialize, Type)]
pub struct AttachForm {
    /// Household id.
    pub household: String,
    /// Path of the question.
    pub path: String,
    /// The file's content in base64.
    pub content: String,
}

/// A file, as far as it is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AttachmentView {
    /// How HTTP calls its type: `image/jpeg`, ….
    pub media_type: String,
    /// Bytes of the whole; 0 while that is not known.
    pub size: u32,
    /// Its content in base64; `None` while it is not all here.
    pub content: Option<String>,
    /// Whether the province has it.
    pub confirmed: bool,
    /// It was asked for and comes with an exchange.
    pub wanted: bool,
}
