//! Interviews typed from paper: the desk they are typed at, the comparison of two entries, and how people type.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::FindingView;

/// What an interview says of the paper it was typed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct PaperView {
    /// Who interviewed, as the paper says.
    pub by: String,
    /// The date on the paper (`2026-11-26`).
    pub on: String,
    /// Who typed it.
    pub typed_by: String,
    /// Whether it was typed twice.
    pub standing: PaperStanding,
    /// Who typed it the second time.
    pub verified_by: Option<String>,
    /// When the two were compared (RFC 3339).
    pub verified_at: Option<String>,
    /// Answers compared.
    pub compared: u32,
    /// Of these, the differing ones.
    pub differing: u32,
}

/// Whether an interview was typed twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PaperStanding {
    /// Typed once.
    Unverified,
    /// Typed twice, and every answer as it was agreed or decided.
    Verified,
    /// Typed twice, and changed since.
    ChangedSince,
}

/// What the desk for papers begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PaperDeskView {
    /// The question that asks for the date on the paper, where the form has one.
    pub date_question: Option<String>,
    /// Papers that who is in has typed today.
    pub today: u32,
    /// How everybody typed, the last day first.
    pub days: Vec<OperatorDayView>,
}

/// How somebody typed on one day. Kept on this laptop alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct OperatorDayView {
    /// `2026-11-26`.
    pub day: String,
    /// Who; empty for somebody who is no user any more.
    pub name: String,
    /// Papers typed to their end.
    pub forms: u32,
    /// Answers given.
    pub answers: u32,
    /// Seconds at work, without pauses.
    pub active_s: u32,
    /// Keys pressed.
    pub keystrokes: u32,
    /// Answers given anew within the same paper.
    pub corrections: u32,
    /// Answers typed a second time and compared.
    pub compared: u32,
    /// Of these, the differing ones.
    pub differing: u32,
    /// Answers of this person that a comparison replaced.
    pub mistakes: u32,
}

/// Signing an interview that was typed from paper.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct SignPaperForm {
    /// Household id.
    pub household: String,
    /// Who interviewed, as the paper says.
    pub by: String,
    /// The date on the paper (`2026-11-26`).
    pub on: String,
    /// Keys pressed since it was opened.
    pub keys: u32,
}

/// Two entries of a paper, compared.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ComparisonView {
    /// Household id.
    pub household: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// Who typed it first.
    pub first_by: String,
    /// Answers compared.
    pub compared: u32,
    /// Where the two differ, in the order of the form.
    pub differences: Vec<DifferenceView>,
}

/// One place at which two entries differ.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DifferenceView {
    /// The question, or the member that only one of them has.
    pub path: String,
    /// Whether it is an answer or a member as a whole.
    pub kind: DifferenceKind,
    /// Number of the member's line, from 1.
    pub line: Option<u32>,
    /// The member's name, as the entry says that has the line.
    pub name: Option<String>,
    /// Canonical text of the first entry's answer; of a member, the name.
    pub first: Option<String>,
    /// The same of the second.
    pub second: Option<String>,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// An answer.
    Answer,
    /// A member who is only in the first entry.
    OnlyFirst,
    /// A member who is only in the second entry.
    OnlySecond,
}

/// What was decided of one difference.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "take", content = "value")]
pub enum DifferenceForm {
    /// The first entry is right.
    First,
    /// The second entry is right.
    Second,
    /// Neither; the canonical text of what the paper says, empty for nothing.
    Other(String),
}

/// What is decided of a comparison.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct SettleEntriesForm {
    /// Id of the second entry.
    pub entry: String,
    /// By the path of each difference.
    pub decisions: BTreeMap<String, DifferenceForm>,
    /// Reasons for what is odd in the answers as they were decided, by question.
    pub reasons: BTreeMap<String, String>,
}

/// What came of deciding.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SettledEntriesView {
    /// Whether it is sealed.
    pub sealed: bool,
    /// What keeps it from being sealed.
    pub blocking: Vec<FindingView>,
}

/// How people type, as a table to be written out.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct ExportDaysForm {
    /// Where to.
    pub folder: String,
    /// Words above the columns, in the order of [`OperatorDayView`].
    pub heads: Vec<String>,
}
