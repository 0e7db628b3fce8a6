//! What is removed from this laptop when the province's term is over.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Passphrase;

/// The province's term, and what it means here.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct RetentionView {
    /// The round that is locked.
    pub round: u16,
    /// When it was locked (RFC 3339).
    pub locked_at: String,
    /// Days that laptops keep its households.
    pub days: u32,
    /// From when on they are to be removed (RFC 3339).
    pub due_at: String,
    /// Whether the province itself has said that this time is over.
    pub is_due: bool,
    /// Households that go then: the province has all of them.
    pub going: Vec<RetainedView>,
    /// More of them than are listed.
    pub more_going: u32,
    /// Households that stay, because the province does not have all of them.
    pub staying: Vec<RetainedView>,
    /// More of them than are listed.
    pub more_staying: u32,
    /// Whether households were removed and the database is still to be written anew.
    pub pending: bool,
}

/// A household on that list.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct RetainedView {
    /// Household id.
    pub id: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
}

/// Removing what is due.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct EraseForm {
    /// Of who is in: it is done by a person who means it.
    pub passphrase: Passphrase,
}

/// What was removed by itself, until the person has seen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ErasedByItselfView {
    /// When (RFC 3339).
    pub at: String,
    /// The round that was locked.
    pub round: u16,
    /// Households.
    pub households: u32,
    /// Whether the database is still to be written anew: it is done with the next unlocking.
    pub pending: bool,
    /// Whether backups on this laptop still hold them.
    pub backups_left: bool,
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ErasedView {
    /// Households.
    pub households: u32,
    /// Whether the database is still to be written anew: it is done with the next unlocking.
    pub pending: bool,
    /// Whether backups on this laptop still hold them.
    pub backups_left: bool,
}
