//! Today: where I stopped, what is left, where the data is.

use serde::Serialize;
use specta::Type;

use rasoat_casework::AreaType;

/// The first screen after unlocking.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct OverviewView {
    /// What the province wants people to know, until somebody has read it.
    pub announcements: Vec<AnnouncementView>,
    /// The interview last worked on and not signed off.
    pub resume: Option<ResumeView>,
    /// Households that a supervisor returned, and nobody signed again.
    pub returned: Vec<ReturnedView>,
    /// Households with answers that differ.
    pub conflicts: u32,
    /// Every village in scope, in Vietnamese order of names.
    pub villages: Vec<VillageView>,
    /// Where the households' answers are.
    pub custody: CustodyView,
    /// The round's year.
    pub round: u16,
    /// The round that the province has opened since, while something of this one keeps the laptop in it.
    pub next_round: Option<NextRoundView>,
}

/// A round to go over to, and what of the one before waits here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct NextRoundView {
    /// Its year.
    pub round: u16,
    /// Changes that were not sent, or not confirmed.
    pub unsent: u32,
    /// Households with answers in drafts that were not signed.
    pub unfinished: u32,
}

/// Something that the province wants people to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AnnouncementView {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// The last day on which it is shown: `2026-10-31`.
    pub until: String,
}

/// Where the person stopped.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ResumeView {
    /// Household id.
    pub household: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// The question that was answered last.
    pub path: Option<String>,
    /// When (RFC 3339).
    pub at: String,
    /// Questions answered.
    pub answered: u32,
    /// Questions asked.
    pub questions: u32,
    /// Findings open.
    pub findings: u32,
}

/// A household that was returned.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ReturnedView {
    /// Household id.
    pub household: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// By whom.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
    /// Remarks that are not answered.
    pub open: u32,
}

/// One village and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct VillageView {
    /// Village id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Commune code.
    pub commune: String,
    /// Commune name with kind: "xã Đoàn Kết".
    pub commune_name: String,
    /// Which income line applies.
    pub area: AreaType,
    /// Households on the list.
    pub households: u32,
    /// Begun, not signed off.
    pub started: u32,
    /// Signed off.
    pub signed: u32,
}

/// Where the answers are: each household is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
pub struct CustodyView {
    /// Something is only on this machine.
    pub only_here: u32,
    /// Everything was confirmed by the province's signed receipt.
    pub confirmed: u32,
    /// Something was refused and needs attention.
    pub refused: u32,
}
