//! The round: how far it is, its lock, its term, and what stood when it was locked.

use std::collections::BTreeMap;

use rasoat_instrument::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CalendarView, CommuneRefView};

/// The server's round.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RoundView {
    /// Its year.
    pub year: u16,
    /// What kind of review it is, by the procedure in force; `None` where no procedure says so.
    pub kind: Option<Text>,
    /// When it is, by the same procedure.
    pub calendar: Option<CalendarView>,
    /// What households are classified by.
    pub standards: Vec<RoundStandardView>,
    /// Households by mark, as in the overview.
    pub marks: BTreeMap<String, u32>,
    /// What is not done yet.
    pub waiting: RoundWaitingView,
    /// The lock that holds; `None` while the round is open.
    pub lock: Option<RoundLockView>,
    /// Number to be sent back when the round is locked or opened again.
    pub over: u64,
    /// For how long laptops keep its households once it is locked, newest first; the first holds.
    pub terms: Vec<TermView>,
    /// Number to be sent back when the term is changed.
    pub term_over: u64,
    /// Locks and what opened it again, newest first.
    pub history: Vec<RoundWordView>,
    /// What stood at each lock, newest first.
    pub snapshots: Vec<RoundSnapshotView>,
    /// The round that may be opened once this one is locked.
    pub next: NextRoundView,
    /// The rounds before it, the latest first.
    pub former: Vec<FormerRoundView>,
}

/// The round that comes after the open one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NextRoundView {
    /// Its year.
    pub year: u16,
    /// What kind of review it is, by the procedure that is in force then.
    pub kind: Option<Text>,
    /// When it is, by the same procedure.
    pub calendar: Option<CalendarView>,
    /// The standards that decide its classes.
    pub standards: Vec<RoundStandardView>,
    /// Title and version of the form that is handed out.
    pub form: Option<String>,
    /// Households of the open round that are signed and were neither recognised nor refused.
    pub undecided: u32,
}

/// A round that another came after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormerRoundView {
    /// Its year.
    pub year: u16,
    /// When it was locked last (RFC 3339).
    pub locked_at: Option<String>,
    /// When the next one was opened (RFC 3339), and by whom.
    pub ended_at: Option<String>,
    /// By whom.
    pub ended_by: Option<String>,
    /// What stood at its locks, newest first.
    pub snapshots: Vec<RoundSnapshotView>,
    /// Households of which something came in after the lock.
    pub late: u32,
}

/// What a household was when the round before was locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BeforeView {
    /// That round's year.
    pub year: u16,
    /// What it was counted as.
    pub standing: StandingView,
}

/// Opens the next round.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpenRoundForm {
    /// `over` of the round that was looked at.
    pub over: u64,
    /// The year of the next round: what is opened is what was read.
    pub year: u16,
}

/// A standard of the round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundStandardView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// First day whose status it decides.
    pub valid_from: String,
    /// Last.
    pub valid_to: String,
}

/// What is not done yet in a round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundWaitingView {
    /// Households without a signed interview.
    pub unsigned: u32,
    /// Households of which people said different things.
    pub conflicts: u32,
    /// Households whose interview was returned and not signed again.
    pub returned: u32,
    /// Laptops in use that were not heard of for a week, or never: they may hold what was not sent.
    pub silent_devices: u32,
    /// Revoked laptops with batches that nobody has decided about.
    pub aside: u32,
}

/// A lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundLockView {
    /// Since when (RFC 3339).
    pub at: String,
    /// By whom.
    pub by: String,
    /// When laptops remove its households (RFC 3339).
    pub due_at: Option<String>,
}

/// A term that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TermView {
    /// Days from the lock on.
    pub days: u32,
    /// When it was said (RFC 3339).
    pub at: String,
    /// By whom.
    pub by: String,
}

/// The round was locked or opened again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundWordView {
    /// Whether it was locked by this.
    pub locked: bool,
    /// Why it was opened again.
    pub reason: String,
    /// When (RFC 3339).
    pub at: String,
    /// By whom.
    pub by: String,
}

/// What stood when the round was locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundSnapshotView {
    /// Which.
    pub number: u64,
    /// When (RFC 3339).
    pub made_at: String,
    /// How many households.
    pub households: u64,
    /// How many of them bore each mark.
    pub marks: BTreeMap<String, u32>,
    /// BLAKE3 over all of it, in hexadecimal: to be written down elsewhere.
    pub hash: String,
}

/// Households whose stage or class is not what it was at a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundChangesView {
    /// The first of them, by commune.
    pub rows: Vec<RoundChangeView>,
    /// Whether there are more: the table has them all.
    pub more: bool,
}

/// A household whose stage or class is not what it was at a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundChangeView {
    /// Its commune.
    pub commune: CommuneRefView,
    /// Its id.
    pub household: String,
    /// Household code.
    pub code: Option<String>,
    /// Its village's name.
    pub village_name: String,
    /// What it was; `None` where it was not there.
    pub then: Option<StandingView>,
    /// What it is; `None` where it is not there any more.
    pub now: Option<StandingView>,
}

/// What a household is counted as.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingView {
    /// Where it is on its way through the round.
    pub stage: String,
    /// Class under the standard in force; `None` where there is none.
    pub class_2022: Option<String>,
    /// Class under the coming standard.
    pub class_2027: Option<String>,
}

/// Locks the round.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LockForm {
    /// `over` of the round that was looked at.
    pub over: u64,
}

/// Opens the round again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReopenForm {
    /// `over` of the round that was looked at.
    pub over: u64,
    /// Why; must say something.
    pub reason: String,
}

/// Says for how long laptops keep the round's households.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TermForm {
    /// `term_over` of the round that was looked at.
    pub over: u64,
    /// Days from the lock on.
    pub days: u32,
}

/// The notice that is read out before the questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeView {
    /// What has been said, newest first; the first holds.
    pub versions: Vec<NoticeVersionView>,
    /// The form's own, which holds where nothing else was said, or where it was taken back.
    pub form: Option<Text>,
    /// Number to be sent back with a change.
    pub over: u64,
}

/// A version of the notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeVersionView {
    /// Its number.
    pub version: u64,
    /// In Vietnamese; empty: the form's own.
    pub vi: String,
    /// In English.
    pub en: String,
    /// When (RFC 3339).
    pub at: String,
    /// By whom.
    pub by: String,
}

/// Changes the notice.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NoticeForm {
    /// `over` of the notice that was looked at.
    pub over: u64,
    /// In Vietnamese; empty: the form's own holds again.
    pub vi: String,
    /// In English; may be empty.
    #[serde(default)]
    pub en: String,
}
