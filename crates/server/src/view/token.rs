//! Tokens of other systems, and what is read with them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Check, CommuneRefView, DeviceTrouble, HouseholdState, ProcedureStage};

/// A token as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenView {
    /// What it is revoked by; opens nothing.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// The tables it reads.
    pub tables: BTreeSet<String>,
    /// The communes it reads of; none for the whole province.
    pub communes: Vec<CommuneRefView>,
    /// Whether it reads citizen IDs in full.
    pub citizen_ids: bool,
    /// The account that made it.
    pub made_by: String,
    /// When (RFC 3339).
    pub made_at: String,
    /// From when on it opens nothing (RFC 3339).
    pub expires_at: String,
    /// It opens nothing any more: revoked, or its time is over.
    pub ended: bool,
    /// When it was revoked (RFC 3339).
    pub revoked_at: Option<String>,
    /// When it was last used (RFC 3339).
    pub last_used_at: Option<String>,
    /// How often it was used.
    pub uses: u64,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
pub struct NewTokenForm {
    /// What it is for: 1 to 100 letters.
    pub name: String,
    /// The tables it reads: `households`, `conflicts`, `quality`, `villages`, `communes`, `duplicates`, `devices`.
    pub tables: BTreeSet<String>,
    /// Codes of the communes it reads of; none for the whole province.
    pub communes: Vec<String>,
    /// Whether it reads citizen IDs in full.
    pub citizen_ids: bool,
    /// Its last day, `2027-03-31`, in Việt Nam; at most two years from now.
    pub until: String,
}

/// A token that is shown this once.
#[derive(Serialize, ToSchema)]
pub struct TokenShownView {
    /// The token.
    pub token: TokenView,
    /// What the other system sends: `Authorization: Bearer …`.
    pub secret: String,
}

/// Which page of a table is read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportPageForm {
    /// `next` of the page before; none for the first.
    pub after: Option<String>,
    /// Rows at most: 100 when nothing is said, 500 at most, 100 with citizen IDs in full.
    pub limit: Option<u32>,
    /// `json`, which is meant when nothing is said, or `csv`.
    pub format: Option<String>,
}

/// A page of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportPageView {
    /// The rows; of one kind.
    pub rows: Vec<ExportRowView>,
    /// What the next page is asked for with; none after the last. A page may have few rows, or none, and others come behind it.
    pub next: Option<String>,
    /// Households of this page's stretch that are processed no further at somebody's request, and are not in it.
    pub left_out: u32,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ExportRowView {
    /// Of `households`, `conflicts`, `quality`.
    Household(Box<ExportHouseholdView>),
    /// Of `villages` and, without a village, `communes`.
    Counts(ExportCountsView),
    /// Of `duplicates`.
    Pair(Box<ExportPairView>),
    /// Of `devices`.
    Device(Box<ExportDeviceView>),
}

/// Two households that may be one. As CSV, their fields begin with `first_` and `second_`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportPairView {
    /// One.
    pub first: ExportHouseholdView,
    /// The other.
    pub second: ExportHouseholdView,
    /// What members of both agree in: `citizen_id`, `name_and_date`, `name_and_year`, `name_and_near_year`.
    pub reasons: BTreeSet<String>,
}

/// A laptop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportDeviceView {
    /// Its id.
    pub device: String,
    /// "Máy 07".
    pub name: String,
    /// The person it was enrolled for.
    pub surveyor: String,
    /// Codes of its communes.
    pub commune_codes: Vec<String>,
    /// When it was enrolled (RFC 3339).
    pub enrolled_at: String,
    /// When it was last heard of (RFC 3339).
    pub last_seen_at: Option<String>,
    /// When it was revoked (RFC 3339).
    pub revoked_at: Option<String>,
    /// Edits received from it.
    pub edits: u64,
    /// Edits of it that were refused.
    pub refused_edits: u32,
    /// What is wrong with it, the worst first.
    pub troubles: Vec<DeviceTrouble>,
    /// When it said what follows (RFC 3339); none of it where its program says nothing.
    pub said_at: Option<String>,
    /// Seconds that its clock is behind the server's; negative where it is ahead.
    pub clock_behind_s: Option<i64>,
    /// The version of its program.
    pub program: Option<String>,
    /// Edits that waited on it.
    pub waiting_edits: Option<u32>,
    /// Files that waited on it.
    pub waiting_files: Option<u32>,
    /// Free space where its database is, in MiB.
    pub free_mib: Option<u32>,
}

/// A household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportHouseholdView {
    /// The commune's code.
    pub commune_code: String,
    /// The commune's name.
    pub commune: String,
    /// The household's id.
    pub household: String,
    /// The village's name.
    pub village: String,
    /// The head's name.
    pub head_name: String,
    /// The province's code of the household.
    pub code: Option<String>,
    /// The head's citizen ID: masked, or in full where the token has that scope.
    pub citizen_id: Option<String>,
    /// Members known.
    pub members: u32,
    /// How far.
    pub state: HouseholdState,
    /// Where it is on its way through the round.
    pub stage: ProcedureStage,
    /// Class under the standard in force.
    pub class_2022: Option<String>,
    /// Class under the coming standard.
    pub class_2027: Option<String>,
    /// Places in conflict.
    pub conflicts: u32,
    /// What is doubtful.
    pub checks: BTreeSet<Check>,
    /// When something last came in of it (RFC 3339).
    pub last_received_at: String,
}

/// Households of a village or commune by mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportCountsView {
    /// The commune's code.
    pub commune_code: String,
    /// The commune's name.
    pub commune: String,
    /// The village's name; none for a commune.
    pub village: Option<String>,
    /// How many households bear each mark.
    pub marks: BTreeMap<String, u32>,
}
