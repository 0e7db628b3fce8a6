//! Answers that differ, and settling them.

use rasoat_instrument::Text;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{HistoryPlace, HistoryWhat};

/// Which of a household's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConflictDocument {
    /// The line of the list.
    Household,
    /// The interview of the round.
    Interview,
}

/// A place where answers differ that did not see one another.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ConflictView {
    /// Household id.
    pub household: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// Commune name with kind.
    pub commune_name: String,
    /// Where the place is.
    pub document: ConflictDocument,
    /// The place. A member as a whole: some removed it while others changed it.
    pub path: String,
    /// What stands there.
    pub what: HistoryWhat,
    /// The question; empty where the form has none of that name, and for a member as a whole.
    pub label: Text,
    /// The member's name, where it is about one.
    pub member: Option<String>,
    /// The answers, the latest last: it is what lists and forms show until this is settled.
    pub candidates: Vec<ConflictCandidateView>,
}

/// One of the answers.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ConflictCandidateView {
    /// Names it when settling.
    pub edit: String,
    /// The canonical text; `None` where it was removed. Of a member as a whole: `present`, or `None`.
    pub value: Option<String>,
    /// The answer in words.
    pub shown: Text,
    /// Who.
    pub author: String,
    /// When, on that laptop's clock (RFC 3339).
    pub at: String,
    /// One life of one laptop's database; the same for everything it wrote.
    pub writer: String,
    /// On which laptop.
    pub place: HistoryPlace,
}

/// How to settle one place.
#[derive(Debug, Clone, PartialEq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SettlementChoice {
    /// One of the answers, by its edit.
    Candidate(String),
    /// Another answer, as typed; empty for none.
    Value(String),
}

/// One place to settle.
#[derive(Debug, Clone, PartialEq, Deserialize, Type)]
pub struct SettlementForm {
    /// Household id.
    pub household: String,
    /// Which document.
    pub document: ConflictDocument,
    /// The place.
    pub path: String,
    /// How.
    pub choice: SettlementChoice,
}

/// How to settle many places at once.
#[derive(Debug, Clone, PartialEq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SettlementRule {
    /// The latest answer of each.
    Latest,
    /// The answer of this writer, where it has one.
    Writer(String),
}

/// What came of settling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
pub struct SettledView {
    /// Places settled.
    pub settled: u32,
    /// Places that were not as they were shown: settled already, or the answer chosen is not among them.
    pub passed_over: u32,
}
