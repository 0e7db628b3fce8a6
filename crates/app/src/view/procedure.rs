//! The procedure: a village's households, each with where it is, what is next and what stands in its way.

use rasoat_instrument::{Provenance, Text};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A village's households on their way through the round.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProcedureBoardView {
    /// The procedure in force; `None`: the province has not sent one.
    pub procedure: Option<ProcedureView>,
    /// When the round was locked by the province (RFC 3339).
    pub locked_at: Option<String>,
    /// Villages with households.
    pub villages: Vec<ProcedureVillageView>,
    /// The village that is shown; `None` where there is none.
    pub village: Option<String>,
    /// Its households, by the head's name.
    pub rows: Vec<ProcedureRowView>,
    /// Names that households can be assigned to: people and laptops that are known here.
    pub people: Vec<String>,
}

/// A procedure, for people.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProcedureView {
    /// Its name.
    pub title: Text,
    /// First day of the round's review: `2026-09-01`.
    pub from: String,
    /// Last day of it.
    pub to: String,
    /// Whole days from today to the last; below 0 when it is over.
    pub days_left: i32,
    /// Whether it has begun.
    pub has_begun: bool,
    /// At least this share of those present must agree, in percent.
    pub share_percent: u8,
    /// Working days of a posting.
    pub working_days: u8,
    /// Whether any public holiday is known, and counted as a day off.
    pub knows_holidays: bool,
    /// Its steps.
    pub steps: Vec<ProcedureStepView>,
}

/// One step, with who says so.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProcedureStepView {
    /// `list`, `review`, `meeting`, …
    pub key: String,
    /// Its name.
    pub label: Text,
    /// Who does it.
    pub actor: Text,
    /// What it asks for.
    pub rule: Text,
    /// The law had it, and it is passed over.
    pub left_out: bool,
    /// How sure that is, and who says so.
    pub provenance: Provenance,
}

/// A village to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProcedureVillageView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its commune, with kind.
    pub commune_name: String,
    /// Households in it.
    pub households: u32,
}

/// Where a household is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureStage {
    /// On the list, nothing answered.
    Listed,
    /// The same, and somebody is to go there.
    Assigned,
    /// There is an interview, and nobody has accepted it as it is.
    Interviewed,
    /// The interview is accepted.
    Scored,
    /// The meeting agreed.
    MeetingAgreed,
    /// Too few agreed: the interview is made again.
    MeetingRejected,
    /// The result is posted.
    Posted,
    /// A complaint is to be looked into.
    Complaint,
    /// A complaint was looked into, and the result stays as it was.
    Reverified,
    /// Recognised.
    Recognised,
    /// Not recognised.
    Refused,
    /// A certificate was made out.
    Certified,
}

/// What can be done with a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureAct {
    /// Make or go on with the interview.
    Interview,
    /// Check the interview.
    Check,
    /// Hold the meeting.
    Meeting,
    /// Post the result.
    Posting,
    /// Note a complaint.
    Complaint,
    /// Note what was found of a complaint.
    Finding,
    /// Decide.
    Decision,
    /// Make out a certificate.
    Certificate,
    /// Open the interview of a locked round.
    Correction,
}

/// What stands in a household's way, or is to be known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureBlock {
    /// Answers differ and wait to be settled.
    Conflicts,
    /// What was done holds no more: the interview was changed since, or an act was taken back.
    Lapsed,
    /// Two people acted without seeing one another.
    InTwo,
    /// Two people assigned it to different surveyors.
    AssignedTwice,
    /// No standard gives a class.
    NoClass,
    /// Its class rests on what is not verified: it cannot be recognised.
    Provisional,
    /// It is posted until `until`.
    PostingRuns,
    /// The round is locked, and no correction is open.
    Locked,
    /// A correction is open.
    Correcting,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ProcedureBlockView {
    /// Which.
    pub code: ProcedureBlock,
    /// Last day of the posting.
    pub until: Option<String>,
}

/// One household on the board.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProcedureRowView {
    /// Household id.
    pub household: String,
    /// Head's name.
    pub head_name: String,
    /// Last year's class.
    pub previous_class: Option<String>,
    /// This year's class under the standard in force.
    pub class: Option<String>,
    /// That class is provisional.
    pub provisional: bool,
    /// Where it is.
    pub stage: ProcedureStage,
    /// What is next; `None`: nothing.
    pub next: Option<ProcedureAct>,
    /// What can be done with it now.
    pub may: Vec<ProcedureAct>,
    /// What stands in its way.
    pub blocks: Vec<ProcedureBlockView>,
    /// To whom it is assigned.
    pub assigned: Vec<String>,
    /// Whether that is who is in, or this laptop.
    pub mine: bool,
    /// What is looked at, for acts over it.
    pub seen: String,
}

/// A household with all that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProcedureHouseholdView {
    /// As on the board.
    pub row: ProcedureRowView,
    /// Its village.
    pub village: String,
    /// When the round was locked by the province (RFC 3339).
    pub locked_at: Option<String>,
    /// Whether a procedure is here.
    pub known: bool,
    /// All acts, the latest first.
    pub acts: Vec<ProcedureActView>,
}

/// Whether an act holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureActState {
    /// It holds.
    Holds,
    /// The interview was changed since, or what it followed was taken back.
    Lapsed,
    /// It was taken back.
    Withdrawn,
}

/// One act. What an act of its kind does not say is empty.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProcedureActView {
    /// Its id.
    pub id: String,
    /// `meeting`, `posting`, `complaint`, `finding`, `recognition`, `refusal`, `certificate`, `correction`.
    pub kind: String,
    /// Whether it holds.
    pub state: ProcedureActState,
    /// Whether it can be taken back: nothing follows it.
    pub may_withdraw: bool,
    /// Its day: `2026-11-20`.
    pub on: Option<String>,
    /// Last day of a posting.
    pub until: Option<String>,
    /// Of a meeting: how many were there.
    pub attended: Option<u32>,
    /// Of a meeting: how many of them agreed.
    pub agreed: Option<u32>,
    /// Of a meeting: whether that was enough. Of a finding: whether the complaint was right.
    pub outcome: Option<bool>,
    /// Number of the minutes, the decision, the certificate.
    pub number: String,
    /// Of a meeting: chair, secretary, representative, as far as they are named.
    pub people: Vec<String>,
    /// Where it is posted; who complained.
    pub who_or_where: String,
    /// Of what was complained, what was found, why it was refused or opened.
    pub text: String,
    /// As which class it was recognised.
    pub class: Option<String>,
    /// Who wrote it down.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
    /// Why it was taken back, by whom.
    pub withdrawn: Option<ProcedureWithdrawalView>,
}

/// That an act was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProcedureWithdrawalView {
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
}

/// A household as it was looked at.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct SeenForm {
    /// Household id.
    pub household: String,
    /// As [`ProcedureRowView::seen`] said.
    pub seen: String,
}

/// How many agreed with one household's result.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct MeetingHouseholdForm {
    /// Which.
    pub household: SeenForm,
    /// How many of those present agreed.
    pub agreed: u32,
}

/// A meeting over households.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct MeetingForm {
    /// Over which.
    pub households: Vec<MeetingHouseholdForm>,
    /// `2026-11-20`.
    pub on: String,
    /// How many were there.
    pub attended: u32,
    /// Number of the minutes.
    pub minutes: String,
    /// Who chaired.
    pub chair: String,
    /// Who wrote the minutes.
    pub secretary: String,
    /// Who signed for the households.
    pub representative: String,
    /// What the meeting objected to, where too few agreed: the surveyor is asked it.
    pub objection: String,
}

/// Results that are posted.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct PostingForm {
    /// Of which households.
    pub households: Vec<SeenForm>,
    /// First day.
    pub from: String,
    /// Last day; empty: as the procedure counts.
    pub until: String,
    /// Where.
    pub place: String,
}

/// A complaint.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct ComplaintForm {
    /// Over which household's result.
    pub household: SeenForm,
    /// When it was received.
    pub on: String,
    /// Who complained.
    pub person: String,
    /// Of what.
    pub about: String,
}

/// What was found of a complaint.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct FindingForm {
    /// Over which household's result.
    pub household: SeenForm,
    /// When.
    pub on: String,
    /// What.
    pub found: String,
    /// Whether the interview is to be put right.
    pub upheld: bool,
}

/// A decision.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct DecisionForm {
    /// Over which households.
    pub households: Vec<SeenForm>,
    /// Its number.
    pub number: String,
    /// Its date.
    pub on: String,
    /// Whether they are recognised as what the result says.
    pub recognised: bool,
    /// Why not.
    pub reason: String,
}

/// A certificate.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct CertificateForm {
    /// Whose.
    pub household: SeenForm,
    /// Its number.
    pub number: String,
    /// Its date.
    pub on: String,
}

/// Taking an act back.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct WithdrawForm {
    /// Of which household.
    pub household: SeenForm,
    /// Which act.
    pub act: String,
    /// Why.
    pub reason: String,
}

/// Opening the interview of a locked round.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct CorrectionForm {
    /// Of which household.
    pub household: SeenForm,
    /// Why.
    pub reason: String,
}

/// Assigning households.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct AssignForm {
    /// Which.
    pub households: Vec<String>,
    /// To whom; empty: to nobody any more.
    pub to: String,
}

/// What came of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct MeetingDoneView {
    /// Households with whose result enough agreed.
    pub agreed: u32,
    /// Households that are interviewed again.
    pub rejected: u32,
}
