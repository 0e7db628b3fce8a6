//! Lists over communes: households by what they bear, and pairs that may be one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{CommuneRefView, HouseholdConflictsView, HouseholdRowView};

/// Which household: commune and id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HouseholdKeyForm {
    /// Commune code.
    pub commune: String,
    /// Household id.
    pub id: String,
}

/// Which households to list.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct HouseholdFilter {
    /// Of this commune; of all where it is left out.
    pub commune: Option<String>,
    /// Of the village of this name.
    pub village: Option<String>,
    /// Bearing all of these marks, at most eight: `state.signed`, `stage.posted`, `class_2022.poor`, `conflict`, `check.class_differs`, …
    #[serde(default)]
    pub marks: Vec<String>,
    /// Words of a member's name (tones may be left out) or the village, a household code, the last digits of a citizen ID. Never
    /// logged.
    #[serde(default)]
    pub text: String,
}

/// A page to list.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct HouseholdListForm {
    /// Which households.
    #[serde(default)]
    pub filter: HouseholdFilter,
    /// Those behind this one; from the first where it is left out.
    pub after: Option<HouseholdKeyForm>,
    /// Rows to return, at most 500; 50 when nothing is said.
    pub limit: Option<u32>,
}

/// One page of households.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HouseholdListView {
    /// How many there are; `None` where that would have to be counted one by one.
    pub total: Option<u32>,
    /// Whether the words fit more households than are looked at.
    pub is_cut: bool,
    /// This page, by commune, village and head's name in Vietnamese order.
    pub rows: Vec<ListedHouseholdView>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<HouseholdKeyForm>,
}

/// A household with its commune.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ListedHouseholdView {
    /// Its line.
    pub household: HouseholdRowView,
    /// Its commune.
    pub commune: CommuneRefView,
    /// Where it is on its way through the round.
    pub stage: super::ProcedureStage,
    /// What is doubtful in it.
    pub checks: Vec<super::Check>,
}

/// Which pairs to list.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DuplicatesForm {
    /// Also pairs within one commune, which the commune's own laptops show.
    #[serde(default)]
    pub within: bool,
    /// Pairs to skip.
    #[serde(default)]
    pub offset: u32,
    /// Pairs to return, at most 100; 20 when nothing is said.
    pub limit: Option<u32>,
}

/// Pairs of households that may be one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DuplicatesView {
    /// How many there are.
    pub total: u32,
    /// This page, the likeliest first.
    pub pairs: Vec<DuplicatePairView>,
}

/// Two households that may be one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DuplicatePairView {
    /// One.
    pub first: ListedHouseholdView,
    /// The other.
    pub second: ListedHouseholdView,
    /// The members in common, the surest first.
    pub shared: Vec<SharedMemberView>,
}

/// A member of each of them who may be one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SharedMemberView {
    /// Name in the first household.
    pub first: String,
    /// Name in the second.
    pub second: String,
    /// What they agree in: `citizen_id`, `name_and_date`, `name_and_year`, `name_and_near_year`.
    pub agreement: String,
    /// Whether both have a citizen ID, and not the same.
    pub ids_differ: bool,
}

/// That two households are two.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NotSameForm {
    /// One.
    pub first: HouseholdKeyForm,
    /// The other.
    pub second: HouseholdKeyForm,
}

/// Which page of the conflicts.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboxForm {
    /// Of this commune alone.
    pub commune: Option<String>,
    /// Those behind the household of this id …
    pub after: Option<String>,
    /// … in this commune.
    pub after_commune: Option<String>,
}

/// Households of all communes with answers that differ.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConflictInboxView {
    /// How many households there are.
    pub total: u32,
    /// This page, by commune, village and head's name.
    pub households: Vec<InboxHouseholdView>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<HouseholdKeyForm>,
}

/// A household of the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct InboxHouseholdView {
    /// Its commune.
    pub commune: CommuneRefView,
    /// The household and its places.
    pub household: HouseholdConflictsView,
}

/// A table to be written as CSV, in the words of whoever asks for it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ExportForm {
    /// Columns in order: code of the column, and its heading.
    pub columns: Vec<ExportColumnForm>,
    /// Words for codes that stand in the cells; a code without words stands as it is.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// Which households, of the table of households.
    #[serde(default)]
    pub filter: HouseholdFilter,
    /// Which lock's, of the tables of what stood at one; the last one's where it is left out.
    #[serde(default)]
    pub snapshot: Option<u64>,
    /// Which figure's, of the households behind a figure of a report's table.
    #[serde(default)]
    pub cell: Option<super::ReportCellForm>,
    /// Which target's, of the households of a target.
    #[serde(default)]
    pub target: Option<super::TargetHouseholdsForm>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct ExportColumnForm {
    /// `head_name`, or a mark for tables of counts.
    pub code: String,
    /// Its heading.
    pub heading: String,
}
