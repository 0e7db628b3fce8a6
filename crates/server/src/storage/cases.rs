//! What households are counted by in reports, kept beside what it was made from.

use std::collections::BTreeSet;

use rasoat_casework::CommuneCode;
use uuid::Uuid;

/// The cases of a commune, as [`rasoat_reports::pack`] packs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCases {
    /// Which.
    pub commune: CommuneCode,
    /// Of which lock; 0: of what stands.
    pub number: u64,
    /// What they were scored and counted by.
    pub basis: [u8; 32],
    /// The end of the commune's feed when they were made.
    pub feed_end: u64,
    /// When they were made.
    pub made_at: i64,
    /// The cases, after how many edits each was made from; nothing where heads alone were asked for.
    pub bytes: Vec<u8>,
}

/// A household of a commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdEdits {
    /// Which.
    pub household: Uuid,
    /// Of how many edits.
    pub edits: u32,
    /// Whether it is one still: it was not merged into another, and the list that brought it was not taken back.
    pub is_counted: bool,
}

/// Which cases to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasesQuery {
    /// Of which lock; 0: of what stands.
    pub number: u64,
    /// Of these communes; `None`: of all.
    pub communes: Option<BTreeSet<CommuneCode>>,
    /// Without the cases themselves: what they were made from alone.
    pub heads_only: bool,
}
