//! Households: a commune's list, and one household with its answers, classes and history.

use rasoat_casework::AreaType;
use rasoat_casework::standard::Classification;
use rasoat_instrument::{FindingKind, Text, ValueKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::commune::CommuneRefView;
use super::marks::ProcedureStage;
use super::round::BeforeView;

/// How far a household is in the round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HouseholdState {
    /// Known, nothing answered.
    Listed,
    /// Some answers, not signed off.
    Started,
    /// Signed off.
    Signed,
}

/// Which of a commune's households to list.
#[derive(Clone, Deserialize, ToSchema)]
pub struct HouseholdQuery {
    /// Words of the head's name (tones may be left out), or a household code. Never logged.
    #[serde(default)]
    pub text: String,
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

/// One page of a commune's households.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HouseholdPageView {
    /// The commune.
    pub commune: CommuneRefView,
    /// Households that match.
    pub total: u32,
    /// This page, by village and head's name.
    pub rows: Vec<HouseholdRowView>,
}

/// One line of a household list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HouseholdRowView {
    /// Household id.
    pub id: String,
    /// Commune code.
    pub commune: String,
    /// Processed no further at somebody's request: lists are without name and citizen ID.
    pub restricted: bool,
    /// Head's name; empty while not known.
    pub head_name: String,
    /// The province's household code, if any.
    pub code: Option<String>,
    /// Village name; empty while not known.
    pub village_name: String,
    /// Members known.
    pub members: u32,
    /// Head's citizen ID, masked: "020 •••• 4417".
    pub citizen_id: Option<String>,
    /// How far.
    pub state: HouseholdState,
    /// Class under the standard in force (2022–2026), as scored here.
    pub class_2022: Option<ClassView>,
    /// Class under the coming standard (2027–2030), as scored here.
    pub class_2027: Option<ClassView>,
    /// Why there is an interview but no score: `unknown_instrument`.
    pub unscored: Option<String>,
    /// Places in conflict.
    pub conflicts: u32,
    /// Edits received.
    pub edits: u32,
    /// When the last of them came in (RFC 3339).
    pub last_received_at: Option<String>,
}

/// A class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClassView {
    /// Key: `poor`, `near_poor`, `average`, `not_poor`.
    pub key: String,
    /// Its name.
    pub label: Text,
    /// Not final, though known: thresholds or points are not verified.
    pub provisional: bool,
}

/// One household.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HouseholdView {
    /// Its line in the list.
    pub row: HouseholdRowView,
    /// Its commune.
    pub commune: CommuneRefView,
    /// The household that stands for it, if it was merged into one.
    pub merged_into: Option<HouseholdRefView>,
    /// The round's year.
    pub round: u16,
    /// What it was when the round before was locked; `None` where there was none, or the household was not in it.
    pub before: Option<BeforeView>,
    /// Which income line was used.
    pub area: Option<AreaType>,
    /// Class in last year's list: `poor`, `near_poor`, `average`, `not_poor`, `escaped_poor`, `escaped_near_poor`.
    pub previous_class: Option<String>,
    /// Who signed the interview off.
    pub signed_by: Option<String>,
    /// When, on the laptop's clock (RFC 3339).
    pub signed_at: Option<String>,
    /// The form that was used; `None` while there is no interview.
    pub instrument: Option<InstrumentView>,
    /// The interview by section, in the form's order; the list's line alone while there is no interview or the form is
    /// not known here.
    pub sections: Vec<SectionView>,
    /// What both standards make of the answers, scored here.
    pub classifications: Vec<Classification>,
    /// What the laptop showed at sign-off, when it said so.
    pub reported: Vec<ReportedView>,
    /// Where the two differ.
    pub differences: Vec<DifferenceView>,
    /// What is wrong, doubtful or open in the answers, validated here.
    pub findings: Vec<FindingView>,
    /// Places where people who did not see one another's answer differ.
    pub conflicts: Vec<ConflictView>,
    /// Its way through the round; `None` while nothing was decided of it.
    pub procedure: Option<ProceedingView>,
    /// What supervisors asked, the open ones first.
    pub remarks: Vec<RemarkView>,
    /// Every edit, newest first.
    pub edits: Vec<EditView>,
    /// The files that its answers name or named.
    pub attachments: Vec<AttachmentView>,
}

/// A household's way through the round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProceedingView {
    /// Where it is.
    pub stage: ProcedureStage,
    /// What the last check of the interview came to.
    pub checked: Option<CheckedView>,
    /// To whom it is assigned; several where two people assigned it without seeing one another.
    pub assigned: Vec<String>,
    /// What was done, in order.
    pub acts: Vec<ActView>,
}

/// A supervisor's word on the interview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckedView {
    /// Accepted; else returned.
    pub accepted: bool,
    /// Whether it is over the interview as it is.
    pub holds: bool,
    /// By whom.
    pub by: String,
    /// When, on the laptop's clock (RFC 3339).
    pub at: String,
}

/// Something that was done with a household on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActView {
    /// `meeting`, `posting`, `complaint`, `finding`, `recognition`, `refusal`, `certificate`, `correction`.
    pub kind: String,
    /// Its day, if it has one.
    pub day: Option<String>,
    /// Whether it counts: it was not taken back, and what it was done over is still so.
    pub holds: bool,
    /// Why it was taken back.
    pub withdrawn: Option<String>,
    /// By whom.
    pub by: String,
    /// When it was written down (RFC 3339).
    pub at: String,
}

/// What a supervisor asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RemarkView {
    /// The question; `None`: of the whole interview.
    pub label: Option<Text>,
    /// What is asked; several texts, where two people wrote without seeing one another's.
    pub texts: Vec<String>,
    /// `open`, `answered` or `closed`.
    pub state: String,
    /// By whom.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
}

/// Which household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HouseholdRefView {
    /// Commune code.
    pub commune: String,
    /// Household id.
    pub id: String,
    /// Its head; empty while not known.
    pub head_name: String,
    /// Its village; empty while not known.
    pub village_name: String,
}

/// A file beside the answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttachmentView {
    /// Its name, as the answer has it.
    pub name: String,
    /// What it is, by its name: `image/jpeg`, ….
    pub media_type: String,
    /// Bytes of the whole; `None` before anything of it came.
    pub size: Option<u32>,
    /// Bytes that have come.
    pub have: u32,
    /// Whether it is all there and can be shown.
    pub whole: bool,
}

/// A form by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InstrumentView {
    /// BLAKE3 of its files, in hex.
    pub hash: String,
    /// Whether the server has it; without it answers are stored and shown, not scored.
    pub known: bool,
    /// Id, when known.
    pub id: Option<String>,
    /// Version, when known.
    pub version: Option<String>,
    /// Title, when known.
    pub title: Option<Text>,
}

/// A value, worded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswerView {
    /// Kind of the value.
    pub kind: ValueKind,
    /// In words: the labels of choices; else the canonical text (`2026-11-23`, `38.5`). Citizen IDs are masked.
    pub text: Text,
    /// The canonical text: names of choices. Citizen IDs are masked.
    pub canonical: String,
}

/// One section of the form.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SectionView {
    /// Name of the group.
    pub name: String,
    /// Number, from 1.
    pub number: u32,
    /// Heading.
    pub label: Text,
    /// Questions that are asked, in order (answered or not), and those not asked any more where people differ.
    pub questions: Vec<QuestionView>,
    /// Rosters, in order.
    pub rosters: Vec<RosterView>,
}

/// One question with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuestionView {
    /// Number as shown: "5.4".
    pub number: String,
    /// Path.
    pub path: String,
    /// The question, references filled in.
    pub label: Text,
    /// The answer.
    pub value: Option<AnswerView>,
    /// Computed from other answers.
    pub computed: bool,
    /// Why a warning was accepted.
    pub reason: Option<String>,
    /// The interviewer's note.
    pub note: Option<String>,
    /// People differ here: see `conflicts`.
    pub conflict: bool,
    /// `id` of the edit that the answer comes from.
    pub edit: Option<String>,
}

/// A repeat as a grid.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RosterView {
    /// Name of the repeat.
    pub name: String,
    /// Heading.
    pub label: Text,
    /// Its columns in order.
    pub columns: Vec<ColumnView>,
    /// Its instances in order.
    pub rows: Vec<RosterRowView>,
}

/// A column of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ColumnView {
    /// Field name.
    pub name: String,
    /// Number as shown: "2.3".
    pub number: String,
    /// Heading.
    pub label: Text,
}

/// An instance of a roster.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RosterRowView {
    /// Path of the instance.
    pub path: String,
    /// One per column, in the same order.
    pub cells: Vec<QuestionView>,
}

/// What the laptop showed under one standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportedView {
    /// The standard's id.
    pub standard: String,
    /// Key of the class.
    pub class: String,
}

/// The laptop's class and ours differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DifferenceView {
    /// The standard's id.
    pub standard: String,
    /// What the laptop showed.
    pub reported: String,
    /// What we make of the same answers; `None` while open.
    pub scored: Option<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingView {
    /// How much it weighs.
    pub kind: FindingKind,
    /// The question it is about.
    pub path: String,
    /// That question.
    pub label: Text,
    /// What is wrong; empty when the form has no words for it.
    pub message: Text,
    /// The reason given, for a warning.
    pub reason: Option<String>,
}

/// A place where people differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConflictView {
    /// The place.
    pub path: String,
    /// The question.
    pub label: Text,
    /// The values, in the order of logical time; the last stands until somebody settles it.
    pub candidates: Vec<CandidateView>,
}

/// One of the values that differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CandidateView {
    /// The value; `None` where it was removed.
    pub value: Option<AnswerView>,
    /// `id` of the edit it comes from.
    pub edit: String,
    /// Who.
    pub author: String,
    /// On which device.
    pub device_name: String,
    /// When, on the laptop's clock (RFC 3339).
    pub made_at: String,
}

/// What an edit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EditKind {
    /// Brought the line of the official list.
    Listed,
    /// Gave answers.
    Answers,
    /// Signed the interview off.
    Signed,
    /// Opened it again.
    Reopened,
    /// About the case or a remark.
    Other,
}

/// One sealed edit and the way it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EditView {
    /// `writer:seq`.
    pub id: String,
    /// The writer (one life of one database).
    pub writer: String,
    /// Its number in the writer's chain.
    pub seq: u64,
    /// The device that signed the batch it came in.
    pub device: String,
    /// That device's name.
    pub device_name: String,
    /// Who made it.
    pub author: String,
    /// When, on the laptop's clock (RFC 3339).
    pub made_at: String,
    /// When it came in, on the server's clock (RFC 3339).
    pub received_at: String,
    /// What it did.
    pub kind: EditKind,
    /// What changed.
    pub changes: Vec<ChangeView>,
}

/// One place that an edit changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeView {
    /// The place.
    pub path: String,
    /// The question; empty when the form does not name it.
    pub label: Text,
    /// The value it set; `None` where it removed.
    pub value: Option<AnswerView>,
}
