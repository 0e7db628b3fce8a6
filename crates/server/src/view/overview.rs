//! The province at a glance. Households are counted by mark: `all`, `state.…`, `stage.…`, `class_2022.…`, `class_2027.…`, `open`,
//! `conflict`, `returned`, `unscored`, `doubtful`, `check.…`; a mark that no household bears is left out.

use std::collections::BTreeMap;

use rasoat_instrument::Provenance;
use serde::Serialize;
use utoipa::ToSchema;

use super::CommuneRefView;

/// The province at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OverviewView {
    /// When in the year the review is; `None` where no procedure says so.
    pub calendar: Option<CalendarView>,
    /// Households of all communes by mark.
    pub marks: BTreeMap<String, u32>,
    /// Every commune, by code.
    pub communes: Vec<CommuneProgressView>,
    /// Interviews that first came in, for each of the last 30 days; the last is today.
    pub days: Vec<DayView>,
    /// The laptops.
    pub devices: DeviceHealthView,
    /// Pairs of households in two communes that may be one.
    pub duplicates: u32,
    /// When something last came in (RFC 3339).
    pub last_received_at: Option<String>,
    /// The server's time when this was counted (RFC 3339).
    pub counted_at: String,
}

/// The review's time in the year.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CalendarView {
    /// First day: `2026-09-01`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Days from today to the last; below 0 when it is over.
    pub days_left: i32,
    /// How much of the time is over, in percent.
    pub passed_percent: u8,
    /// Who says so, and how sure that is.
    pub provenance: Provenance,
}

/// A commune and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommuneProgressView {
    /// Which.
    pub commune: CommuneRefView,
    /// Degrees north of its centre (WGS 84).
    pub lat: f64,
    /// Degrees east of its centre (WGS 84).
    pub lon: f64,
    /// Its households by mark.
    pub marks: BTreeMap<String, u32>,
    /// Days by which it is behind the calendar, if interviews were signed evenly over it; 0 where it is not.
    pub days_behind: u32,
    /// Laptops in scope, not revoked.
    pub devices: u32,
    /// Of these, not heard of for a week or never.
    pub silent_devices: u32,
    /// When something last came in (RFC 3339).
    pub last_received_at: Option<String>,
}

/// A day's intake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayView {
    /// The day in Việt Nam: `2026-11-26`.
    pub day: String,
    /// Households of which an interview first came in then.
    pub households: u32,
}

/// How the laptops are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceHealthView {
    /// Laptops that are not revoked.
    pub all: u32,
    /// Of these, not heard of for a week.
    pub silent: u32,
    /// Of these, never heard of.
    pub never: u32,
    /// Revoked laptops with batches that nobody has decided about.
    pub aside: u32,
    /// Laptops of which edits were refused.
    pub refused: u32,
    /// Laptops in use with something else wrong: clock, room, what waits, an old program.
    pub troubled: u32,
    /// Days without a word after which a laptop counts as silent.
    pub silent_days: u32,
}

/// A commune's villages and how far each is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VillagesView {
    /// The commune.
    pub commune: CommuneRefView,
    /// Its villages, in Vietnamese order.
    pub villages: Vec<VillageProgressView>,
}

/// A village and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VillageProgressView {
    /// Its name; empty for households of which none is known.
    pub name: String,
    /// Its households by mark.
    pub marks: BTreeMap<String, u32>,
}
