//! Answers that differ, and settling them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CommuneRefView, ConflictView, HouseholdRowView};

/// Which of a household's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictDocument {
    /// The line of the list.
    Household,
    /// The interview of the round.
    Interview,
}

/// A commune's households with answers that differ.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConflictsView {
    /// Which commune.
    pub commune: CommuneRefView,
    /// The households, by village and head's name; at most 200.
    pub households: Vec<HouseholdConflictsView>,
    /// Whether there are more.
    pub more: bool,
}

/// A household with answers that differ.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HouseholdConflictsView {
    /// The household.
    pub row: HouseholdRowView,
    /// Its places.
    pub conflicts: Vec<OpenConflictView>,
}

/// One place to settle.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OpenConflictView {
    /// In which document.
    pub document: ConflictDocument,
    /// The place and its answers.
    pub conflict: ConflictView,
}

/// How to settle one place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettlementChoice {
    /// One of the answers, by its edit.
    Candidate(String),
    /// Another answer in canonical text; empty for none.
    Value(String),
}

/// One place, and how to settle it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
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

/// Places to settle one by one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct SettleForm {
    /// At most 1,000.
    pub places: Vec<SettlementForm>,
}

/// Which answer to take everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettlementRule {
    /// The latest.
    Latest,
    /// That of this device, where it has one.
    Device(String),
}

/// Places to settle by one rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct SettleByForm {
    /// Households, at most 1,000; none for all of the commune.
    #[serde(default)]
    pub households: Vec<String>,
    /// Which answer to take.
    pub rule: SettlementRule,
}

/// What came of settling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettledView {
    /// Places settled.
    pub settled: u32,
    /// Places left as they are: not in conflict any more, or without the answer asked for.
    pub passed_over: u32,
}
