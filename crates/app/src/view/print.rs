//! A household's interview and result on paper.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::InterviewView;

/// What to print.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct PrintForm {
    /// Household id.
    pub household: String,
    /// To be signed by the household: citizen IDs stand there in full.
    pub for_signature: bool,
}

/// What is to stand on paper.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PrintView {
    /// Answers and classes; of citizen IDs only what lists show, unless `full_ids`. Without findings, reasons and notes: these are
    /// between the surveyor and the commune.
    pub interview: InterviewView,
    /// Its number on the list.
    pub code: Option<String>,
    /// Where it lives.
    pub address: Option<String>,
    /// Who signed the interview off, if somebody did.
    pub signed_by: Option<String>,
    /// When (RFC 3339).
    pub signed_at: Option<String>,
    /// Whether citizen IDs are there in full.
    pub full_ids: bool,
    /// When this was made (RFC 3339).
    pub made_at: String,
    /// Who is at the laptop.
    pub made_by: String,
    /// "Máy 07".
    pub device_name: String,
}
