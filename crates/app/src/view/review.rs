//! Checking: signed interviews with what speaks for looking closer, and what is asked of them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::InterviewView;

/// The signed interviews that nobody has accepted as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct CheckQueueView {
    /// Those with the most to look at first.
    pub items: Vec<CheckItemView>,
    /// Interviews accepted as they are.
    pub accepted: u32,
    /// Interviews returned and not signed again.
    pub returned: u32,
}

/// One signed interview.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct CheckItemView {
    /// Household id.
    pub household: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// How many members.
    pub members: u32,
    /// Who signed it.
    pub surveyor: String,
    /// When (RFC 3339).
    pub signed_at: Option<String>,
    /// Last year's class.
    pub previous_class: Option<String>,
    /// This year's class under the standard in force.
    pub class: Option<String>,
    /// The class rests on a point table that is not verified.
    pub provisional: bool,
    /// What was decided of it.
    pub standing: CheckStanding,
    /// What is looked at, for the decision over it.
    pub version: String,
    /// What speaks for looking closer, the weightiest first.
    pub reasons: Vec<CheckReasonView>,
}

/// What was decided of an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckStanding {
    /// Nothing, as it is.
    Unchecked,
    /// Accepted as it is.
    Accepted,
    /// Accepted, and changed since.
    ChangedSince,
    /// Returned, and not signed again.
    Returned,
    /// Returned, and signed again.
    SignedAgain,
}

/// Why to look closer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckReason {
    /// `count` places hold several answers.
    Conflicts,
    /// It was changed after it was accepted.
    ChangedSince,
    /// It was returned and is signed again.
    SignedAgain,
    /// `count` remarks are not answered.
    RemarksOpen,
    /// `count` remarks are answered.
    RemarksAnswered,
    /// `count` findings block it by the form in use.
    Findings,
    /// Its class is another than last year's.
    ClassChanged,
    /// `count` warnings have a reason.
    Explained,
    /// `count` places differ from last year's list.
    ListChanges,
    /// It took `count` minutes, and `of` usually.
    Quick,
    /// Nearly the same answers as in `count` of `of` others of the same surveyor.
    Alike,
    /// `count` things at a low income; most households have at most `of`.
    Things,
}

/// One reason with its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct CheckReasonView {
    /// Which.
    pub code: CheckReason,
    /// How many or how much.
    pub count: u32,
    /// Against how many or how much, where that says something.
    pub of: u32,
}

/// One signed interview with all there is to look at.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct CheckView {
    /// Its line of the queue.
    pub item: CheckItemView,
    /// Its answers, result, findings and remarks.
    pub interview: InterviewView,
    /// What it says otherwise than last year's list.
    pub changes: Vec<ListChangeView>,
}

/// A place that differs from last year's list. A person's own place: they came or went, with their name.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ListChangeView {
    /// Where.
    pub path: String,
    /// What the list says; canonical text.
    pub before: Option<String>,
    /// What the interview says; canonical text.
    pub after: Option<String>,
}

/// What a supervisor asks.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct RemarkView {
    /// At which question; none: of the whole.
    pub question: Option<String>,
    /// In words; several, where people wrote without seeing one another's.
    pub texts: Vec<String>,
    /// Who.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
    /// How far it is.
    pub state: RemarkState,
}

/// How far a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RemarkState {
    /// Not answered.
    Open,
    /// A new answer was given there.
    Answered,
    /// The interview was accepted.
    Closed,
}

/// Accepting.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct AcceptForm {
    /// Household id.
    pub household: String,
    /// What was looked at.
    pub version: String,
}

/// Returning.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct ReturnForm {
    /// Household id.
    pub household: String,
    /// What was looked at.
    pub version: String,
    /// What is asked of the whole; may be empty.
    pub whole: String,
    /// What is asked of questions.
    pub remarks: Vec<RemarkForm>,
}

/// What is asked of one question.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct RemarkForm {
    /// Which.
    pub question: String,
    /// In words.
    pub text: String,
}
