//! What an edit is about.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::CommuneCode;

/// The kinds of documents that edits fold to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// Who and where: the line of the list, with members as last known.
    Household,
    /// One household's answers in one round.
    Interview,
    /// A household's way through a round.
    Case,
    /// A comment of a supervisor on a question.
    Remark,
}

/// One document. The commune comes first everywhere: it is the unit of scope and of storage partitions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The commune it belongs to.
    pub commune: CommuneCode,
    /// Its kind.
    pub kind: SubjectKind,
    /// Its id.
    pub id: Uuid,
}
