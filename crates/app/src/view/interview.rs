//! An open interview: the moving part of the form, and what comes of it.

use rasoat_casework::AreaType;
use rasoat_casework::standard::Classification;
use rasoat_instrument::{Completion, FindingKind, Text};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::RemarkView;

/// An interview as it opens.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct InterviewView {
    /// Household id.
    pub household: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// Commune name with kind.
    pub commune_name: String,
    /// Which income line applies.
    pub area: AreaType,
    /// The round's year.
    pub round: u16,
    /// Signed off: read-only until reopened.
    pub signed: bool,
    /// Every node's state.
    pub nodes: Vec<NodeView>,
    /// Members (instances of each repeat) in order: repeat name → instance paths.
    pub instances: std::collections::BTreeMap<String, Vec<String>>,
    /// Progress, findings and classes.
    pub summary: SummaryView,
    /// The question that was answered last: where to go on.
    pub resume_at: Option<String>,
    /// Answers of an earlier version of the form that this one has no place for. They are kept.
    pub left: Vec<LeftView>,
    /// What supervisors asked when it was returned, of the whole first.
    pub remarks: Vec<RemarkView>,
}

/// An answer without a place in this version of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct LeftView {
    /// Where the earlier version had it.
    pub path: String,
    /// Canonical text of the value.
    pub value: String,
}

/// The state of one node.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct NodeView {
    /// `floor_area`, `members.k3v….birth`.
    pub path: String,
    /// Whether it is asked.
    pub relevant: bool,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether it may be changed by hand.
    pub read_only: bool,
    /// Canonical text of the value: `38.5`, `1984-03-12`, `yes`, `a b c`.
    pub value: Option<String>,
    /// Choices offered, when narrowed.
    pub offered: Option<Vec<String>>,
    /// Whether the value stands as it was carried over from last year or the list, and nobody confirmed it yet.
    pub carried: bool,
    /// Last year's value, when known and different in origin from this one.
    pub previous: Option<String>,
    /// The label with references filled in, when it has any.
    pub label: Option<Text>,
    /// The hint with references filled in, when it has any.
    pub hint: Option<Text>,
    /// What the surveyor wrote beside it (`path#note`).
    pub note: Option<String>,
    /// Findings here.
    pub findings: Vec<FindingView>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FindingView {
    /// How much it weighs.
    pub kind: FindingKind,
    /// Question to jump to.
    pub path: String,
    /// What is wrong; empty when the form has no words for it.
    pub message: Text,
    /// The reason given, for a warning.
    pub reason: Option<String>,
    /// Whether sign-off must wait for it.
    pub blocks: bool,
    /// What it does to sign-off: block, ask once more, or nothing.
    pub completion: Completion,
}

/// Members of a household in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct PeopleView {
    /// All of them.
    pub members: u32,
    /// Of these, women and girls.
    pub women: u32,
    /// Of these, those whom the form counts as dependent; none where it does not count them yet.
    pub dependants: Option<u32>,
}

/// What follows from the answers.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SummaryView {
    /// Who lives there, as far as it was answered.
    pub people: PeopleView,
    /// Sections in order.
    pub sections: Vec<ProgressView>,
    /// Questions answered.
    pub answered: u32,
    /// Questions asked.
    pub questions: u32,
    /// All findings, in the order of the form.
    pub findings: Vec<FindingView>,
    /// The class under each standard, with reasons.
    pub classifications: Vec<Classification>,
    /// When the last answer was committed to disk (RFC 3339).
    pub saved_at: Option<String>,
}

/// What follows from the answers, after an act. Findings and classes are the long part of it and mostly as they were.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SummaryChangeView {
    /// Who lives there, as far as it was answered.
    pub people: PeopleView,
    /// Sections in order.
    pub sections: Vec<ProgressView>,
    /// Questions answered.
    pub answered: u32,
    /// Questions asked.
    pub questions: u32,
    /// All findings, in the order of the form; none where they are those last told.
    pub findings: Option<Vec<FindingView>>,
    /// The class under each standard, with reasons; none where they are those last told.
    pub classifications: Option<Vec<Classification>>,
    /// When the last answer was committed to disk (RFC 3339).
    pub saved_at: Option<String>,
}

/// How far a section is.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProgressView {
    /// Section name.
    pub name: String,
    /// Whether it is asked.
    pub relevant: bool,
    /// Questions asked.
    pub questions: u32,
    /// Answered.
    pub answered: u32,
    /// Errors.
    pub errors: u32,
    /// Required and unanswered.
    pub unanswered: u32,
    /// Warnings without a reason.
    pub warnings: u32,
}

/// One answer, reason (`path#reason`) or note (`path#note`).
#[derive(Debug, Clone, Deserialize, Type)]
pub struct AnswerForm {
    /// Household id.
    pub household: String,
    /// Path.
    pub path: String,
    /// Canonical text; empty clears.
    pub value: String,
}

/// What one act changed. The answer is on disk when this returns.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct InterviewChangeView {
    /// New states of the nodes that changed.
    pub nodes: Vec<NodeView>,
    /// Paths that are gone.
    pub removed: Vec<String>,
    /// Instances of each repeat that changed, in order.
    pub instances: std::collections::BTreeMap<String, Vec<String>>,
    /// Progress, with findings and classes where they are others than before.
    pub summary: SummaryChangeView,
    /// What supervisors asked, with what was answered by now.
    pub remarks: Vec<RemarkView>,
}

/// What came of signing off.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SignOffView {
    /// Whether the interview is signed off now.
    pub signed: bool,
    /// What blocks it.
    pub blocking: Vec<FindingView>,
}
