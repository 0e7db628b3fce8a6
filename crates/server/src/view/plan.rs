//! A commune's villages as they are planned, and announcements.

use rasoat_casework::AreaType;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CommuneRefView;

/// A commune's villages: which income line applies in each, and who does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanView {
    /// The commune.
    pub commune: CommuneRefView,
    /// Its villages that are known, by name.
    pub villages: Vec<PlanVillageView>,
    /// People and laptops of the commune that a village can be assigned to.
    pub people: Vec<String>,
}

/// A village.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanVillageView {
    /// Its id within the commune.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Households that it is said to have.
    pub households: u32,
    /// `rural` or `urban`.
    #[schema(value_type = String)]
    pub area_type: AreaType,
    /// Whether the province has said so here, and it counts before what interviews recorded.
    pub area_ruled: bool,
    /// Number to be sent back with a change of the area type.
    pub area_over: u64,
    /// Who does it.
    pub assigned: Vec<String>,
    /// Number to be sent back with a change of who does it.
    pub assigned_over: u64,
}

/// Changes area types. Households of the commune are scored anew.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AreasForm {
    /// The villages whose area type changes.
    pub villages: Vec<AreaForm>,
}

/// A village's area type.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AreaForm {
    /// The village's id.
    pub id: String,
    /// `rural` or `urban`.
    #[schema(value_type = String)]
    pub area_type: AreaType,
    /// `area_over` of the village that was looked at.
    pub over: u64,
}

/// Villages and their area types from a file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct VillagesFileForm {
    /// CSV with the columns `id,name,area_type,households`; `area_type` is `rural` or `urban`.
    pub csv: String,
}

/// Assigns villages.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AssignsForm {
    /// The villages that somebody else does from now on.
    pub villages: Vec<AssignForm>,
}

/// Who does a village.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AssignForm {
    /// The village's id.
    pub id: String,
    /// Names of people or laptops; none: nobody any more.
    pub to: Vec<String>,
    /// `assigned_over` of the village that was looked at.
    pub over: u64,
}

/// Something for people to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnnouncementView {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// First day: `2026-10-01`.
    pub from: String,
    /// Last day.
    pub until: String,
    /// For whom; none: for all.
    pub communes: Vec<CommuneRefView>,
    /// Whether it is shown today.
    pub shown: bool,
    /// When it was made (RFC 3339).
    pub at: String,
    /// By whom.
    pub by: String,
    /// Number to be sent back when it is ended.
    pub over: u64,
}

/// Makes an announcement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AnnouncementForm {
    /// What it says.
    pub text: String,
    /// First day: `2026-10-01`.
    pub from: String,
    /// Last day.
    pub until: String,
    /// Codes of the communes it is for; none: for all.
    #[serde(default)]
    pub communes: Vec<String>,
}

/// Takes an announcement down.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AnnouncementEndForm {
    /// Its id.
    pub id: String,
    /// `over` of the announcement that was looked at.
    pub over: u64,
}
