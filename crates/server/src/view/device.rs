//! Enrolled laptops.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::commune::CommuneRefView;
use super::household::HouseholdRowView;
use crate::storage::HeldBy;

/// One enrolled laptop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceView {
    /// Its id.
    pub id: String,
    /// "Máy 07".
    pub name: String,
    /// The person it was enrolled for.
    pub surveyor: String,
    /// Of its key in use, as the laptop shows it.
    pub fingerprint: String,
    /// Communes in scope.
    pub communes: Vec<CommuneRefView>,
    /// When it was enrolled (RFC 3339).
    pub enrolled_at: String,
    /// Until when its enrolment file may be used (RFC 3339).
    pub expires_at: String,
    /// When it last sent anything (RFC 3339).
    pub last_seen_at: Option<String>,
    /// Edits received from it.
    pub edits: u64,
    /// Edits of it that were refused, and that nobody has sent in a way that can be stored.
    pub refused_edits: u32,
    /// When it was revoked (RFC 3339).
    pub revoked_at: Option<String>,
    /// Whether it may no longer exchange.
    pub revoked: bool,
    /// What came in of it after it was revoked, and is set aside.
    pub aside: Option<AsideView>,
    /// What it said of itself with its last exchange; none where its program does not say.
    pub health: Option<SaidHealthView>,
    /// What is wrong with it, the worst first.
    pub troubles: Vec<DeviceTrouble>,
}

/// What a laptop said of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SaidHealthView {
    /// When (RFC 3339).
    pub said_at: String,
    /// Seconds that its clock is behind the server's; negative where it is ahead.
    pub clock_behind_s: i64,
    /// The version of its program.
    pub program: String,
    /// Edits that waited on it.
    pub waiting_edits: u32,
    /// Files that waited on it.
    pub waiting_files: u32,
    /// Free space where its database is, in MiB; none where its system does not say.
    pub free_mib: Option<u32>,
}

/// What is wrong with a laptop that is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceTrouble {
    /// Nothing was heard of it for a week.
    Silent,
    /// Its clock is more than five minutes off.
    Clock,
    /// Its disk is nearly full.
    LittleRoom,
    /// Much waits on it though it was heard of.
    MuchWaiting,
    /// Its program is older than the server's.
    OldProgram,
}

impl DeviceTrouble {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Clock => "clock",
            Self::LittleRoom => "little_room",
            Self::MuchWaiting => "much_waiting",
            Self::OldProgram => "old_program",
        }
    }
}

/// What came in of a revoked laptop. It counts for nothing until an administrator takes it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AsideView {
    /// Batches that nobody has decided about.
    pub batches: u32,
    /// Their edits.
    pub edits: u32,
    /// How many of those were made after the laptop was revoked, by its own clock.
    pub edits_after: u32,
    /// Batches that were refused; they are kept.
    pub refused: u32,
    /// When the last came in (RFC 3339).
    pub last_at: String,
}

/// A laptop to enrol.
#[derive(Clone, Deserialize, ToSchema)]
pub struct NewDeviceForm {
    /// "Máy 07".
    pub name: String,
    /// The person it is for. Never logged.
    pub surveyor: String,
    /// Codes of the communes it is for, at least one.
    pub communes: Vec<String>,
}

/// A laptop that was enrolled: what to tell its person. The code is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EnrolledView {
    /// The laptop's id.
    pub device: String,
    /// What to type on the laptop: where the province is.
    pub address: String,
    /// And the one-time code.
    pub code: String,
    /// Until when both work (RFC 3339).
    pub until: String,
    /// Of this server's key: the laptop shows it, to be compared.
    pub fingerprint: String,
}

/// What to do with what was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub struct AsideForm {
    /// Take it in; else refuse it.
    pub accept: bool,
}

/// Which of a laptop's households to list.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HeldQueryForm {
    /// Rows to skip.
    #[serde(default)]
    pub offset: u32,
    /// Rows to return, at most 500; 100 when nothing is said.
    #[serde(default = "default_limit")]
    pub limit: u32,
}

fn default_limit() -> u32 {
    100
}

/// Why a household is on a laptop, or may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldReason {
    /// The laptop signed an edit of it: certain.
    Signed,
    /// It was given to the laptop, which has said so: certain.
    Given,
    /// It was sent, and nothing says that it arrived: possible.
    Offered,
    /// It is in a commune of the laptop, and another laptop may have passed it on: possible.
    Scope,
}

impl From<HeldBy> for HeldReason {
    fn from(by: HeldBy) -> Self {
        match by {
            HeldBy::Signed => Self::Signed,
            HeldBy::Given => Self::Given,
            HeldBy::Offered => Self::Offered,
            HeldBy::Scope => Self::Scope,
        }
    }
}

/// A household that a laptop holds or may hold.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeldHouseholdView {
    /// The household, as in every list.
    pub household: HouseholdRowView,
    /// Whether the laptop holds it beyond doubt.
    pub certain: bool,
    /// Why.
    pub by: HeldReason,
}

/// One page of the households on a laptop.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeldPageView {
    /// The laptop.
    pub device: DeviceView,
    /// How many households it holds or may hold, as far as the province knows.
    pub total: u32,
    /// How many it holds beyond doubt; they come first.
    pub certain: u32,
    /// This page, by commune, village and head's name.
    pub rows: Vec<HeldHouseholdView>,
}
