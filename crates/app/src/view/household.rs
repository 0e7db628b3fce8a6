//! Household lists and pages.

use rasoat_casework::AreaType;
use rasoat_instrument::Text;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::PaperView;

/// How far a household is in the round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HouseholdState {
    /// On the list, nothing answered.
    Listed,
    /// Some answers, not signed off.
    Started,
    /// Signed off.
    Signed,
}

/// Where a household's answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Custody {
    /// Nothing to send.
    Nothing,
    /// Only on this machine.
    OnlyHere,
    /// Confirmed by a verified receipt.
    Confirmed,
    /// Refused by the province; kept here.
    Refused,
}

/// Which findings a household is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FindingsFilter {
    /// Some that keep it from being signed off.
    Blocking,
    /// Warnings without a reason.
    Warnings,
    /// None of either.
    Clear,
}

/// How a list is ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HouseholdSort {
    /// By commune, village and the head's name.
    #[default]
    Place,
    /// By the head's name.
    Name,
    /// By code; those without one last.
    Code,
    /// By when it was changed, the first first.
    Changed,
    /// By class in this round, in the standard's order; none at last.
    Class,
    /// By the share of questions answered, the least first.
    Answered,
}

/// Which households to list, and in which order.
#[derive(Debug, Clone, Default, Deserialize, Type)]
pub struct HouseholdQuery {
    /// Beginnings of words of a name (tones may be left out), code, village or address, or digits of a citizen ID: its first
    /// four or more, or its last three or more.
    pub text: String,
    /// Only this village.
    pub village: Option<String>,
    /// Only this state.
    pub state: Option<HouseholdState>,
    /// Only this class in this round; empty: none known.
    pub class: Option<String>,
    /// Only this class in last year's list; empty: none.
    pub previous_class: Option<String>,
    /// Only this custody.
    pub custody: Option<Custody>,
    /// Only with these findings.
    pub findings: Option<FindingsFilter>,
    /// Only those with answers that differ and wait to be settled.
    pub in_conflict: bool,
    /// The order.
    pub sort: HouseholdSort,
    /// The other way round.
    pub descending: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return, at most 200.
    pub limit: u32,
}

/// One page of a household list.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HouseholdPageView {
    /// Households that match.
    pub total: u32,
    /// This page; words in Vietnamese order.
    pub rows: Vec<HouseholdRowView>,
}

/// One line of a household list.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HouseholdRowView {
    /// Household id.
    pub id: String,
    /// Head's name.
    pub head_name: String,
    /// The province's household code, if any.
    pub code: Option<String>,
    /// Village name.
    pub village_name: String,
    /// Address within the village.
    pub address: Option<String>,
    /// Members known.
    pub members: u32,
    /// Head's citizen ID, masked: "020 •••• 4417".
    pub citizen_id: Option<String>,
    /// Class in last year's list: `poor`, `near_poor`, …
    pub previous_class: Option<String>,
    /// State in this round.
    pub state: HouseholdState,
    /// Whether a supervisor returned it, and nobody signed it again. Known in lists and on its page.
    pub returned: bool,
    /// Class under the standard in force, when it is known.
    pub class: Option<String>,
    /// Whether that class is provisional.
    pub provisional: bool,
    /// Where its answers are.
    pub custody: Custody,
    /// Findings that keep it from being signed off (0 when not started).
    pub findings: u32,
    /// Warnings without a reason.
    pub warnings: u32,
    /// Questions answered.
    pub answered: u32,
    /// Questions asked (0 when not started).
    pub questions: u32,
    /// Answers that differ and wait to be settled.
    pub conflicts: u32,
    /// The household that stands for it, where it was merged into another: it is in no list and no count.
    pub merged_into: Option<String>,
    /// Whether the list that brought it was undone.
    pub withdrawn: bool,
}

/// A household's page.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HouseholdView {
    /// The same as in lists.
    pub row: HouseholdRowView,
    /// Village id.
    pub village: String,
    /// Commune name with kind.
    pub commune_name: String,
    /// Which income line applies.
    pub area: AreaType,
    /// Telephone.
    pub phone: Option<String>,
    /// Points of last year's list.
    pub previous_b1: Option<f64>,
    /// Points of last year's list.
    pub previous_b2: Option<f64>,
    /// Year of that list.
    pub list_year: Option<u16>,
    /// Members as last known.
    pub members: Vec<MemberView>,
    /// Households that were merged into it.
    pub merged: Vec<HouseholdRowView>,
    /// Of an interview that was typed from paper: by whom, and whether it was typed twice.
    pub paper: Option<PaperView>,
    /// What happened, newest first.
    pub history: Vec<HistoryView>,
}

/// One member as last known.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct MemberView {
    /// Instance id.
    pub id: String,
    /// Name.
    pub full_name: String,
    /// Relation to the head, worded.
    pub relation: Text,
    /// `1984-03-12` or `1987`.
    pub birth: Option<String>,
    /// Sex, worded.
    pub sex: Text,
    /// Masked citizen ID.
    pub citizen_id: Option<String>,
}

/// One sealed edit in a household's history.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HistoryView {
    /// When (RFC 3339).
    pub at: String,
    /// Who.
    pub author: String,
    /// `imported`, `withdrawn`, `answers`, `signed`, `reopened`, `added`, `undone`, `merged`, `merge_undone`, `members_taken`,
    /// `members_given_back`, `not_same`, `not_same_undone`.
    pub kind: String,
    /// Number of answers changed.
    pub changes: u32,
    /// Where this edit is.
    pub custody: Custody,
    /// The merged household it is of, where it is not of this one itself.
    pub household: Option<String>,
}

/// A household that is not on the list (it applied, form 01).
#[derive(Debug, Clone, Deserialize, Type)]
pub struct NewHouseholdForm {
    /// Village id.
    pub village: String,
    /// Head's name.
    pub head_name: String,
    /// `1984-03-12`, `1987` or empty.
    pub birth: String,
    /// `male`, `female` or empty.
    pub sex: String,
    /// Twelve digits or empty.
    pub citizen_id: String,
    /// Address within the village.
    pub address: String,
}
