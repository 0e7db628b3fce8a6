//! What went when and how.

use serde::Serialize;
use specta::Type;

use super::ProblemView;

/// What an exchange or a file on a stick was about.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct MovedView {
    /// Households on the list here, by name, at most 200.
    pub households: Vec<MovedHouseholdView>,
    /// Households beyond these.
    pub more: u32,
}

/// One household of it. Where its edits are is as it is known by now.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct MovedHouseholdView {
    /// Its id.
    pub id: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// Edits of it.
    pub edits: u32,
    /// Of these, what the province has.
    pub confirmed: u32,
    /// Of these, what it refused.
    pub refused: u32,
    /// Why it refused the latest.
    pub refusal: Option<ProblemView>,
}

/// Something that went of one household, or came back for it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct TransferView {
    /// When, on this laptop's clock (RFC 3339).
    pub at: String,
    /// What.
    pub way: TransferWay,
    /// Edits of the household.
    pub edits: u32,
    /// Of a stick: whom it was for, or who made it.
    pub parties: Vec<String>,
    /// Of a stick that was written: the file.
    pub name: String,
    /// Of a receipt: what it is told apart by.
    pub receipt: Option<String>,
    /// Of a receipt: when the province made it, on its clock (RFC 3339).
    pub server_time: Option<String>,
    /// What went wrong, or why it was refused.
    pub problem: Option<ProblemView>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TransferWay {
    /// Went over the network.
    Network,
    /// Was written to a stick.
    StickOut,
    /// Was taken in from a stick.
    StickIn,
    /// The province's receipt came.
    Receipt,
    /// The province's refusal came.
    Refused,
}
