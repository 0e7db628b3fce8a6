//! Who changed what of a household, when and where; and taking it back.

use rasoat_instrument::Text;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ConflictDocument, Custody};

/// What was changed at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HistoryWhat {
    /// An answer, or a field of the list.
    Answer,
    /// The reason for a warning.
    Reason,
    /// A note beside an answer.
    Note,
    /// A member as a whole.
    Member,
}

/// Where a sitting took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum HistoryPlace {
    /// On this laptop.
    Here,
    /// On another, of this name.
    Laptop(String),
    /// Elsewhere; it came from the province.
    Elsewhere,
}

/// A part of a household's history, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HistoryPageView {
    /// The head's name.
    pub head_name: String,
    /// The household that stands for it, where it was merged into another.
    pub merged_into: Option<String>,
    /// Whether its interview is signed off.
    pub signed: bool,
    /// Sittings in all.
    pub total: u32,
    /// Sittings.
    pub sittings: Vec<SittingView>,
}

/// What one person did in one go.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SittingView {
    /// Names it: its edits, the latest first.
    pub edits: Vec<String>,
    /// When it began (RFC 3339, on the clock of the laptop it was made on).
    pub from: String,
    /// When it ended.
    pub until: String,
    /// Who.
    pub author: String,
    /// Where.
    pub place: HistoryPlace,
    /// As in [`super::HistoryView`], and `settled`.
    pub kind: String,
    /// Of an undoing, why.
    pub reason: Option<String>,
    /// Where its edits are: the furthest from being confirmed counts.
    pub custody: Custody,
    /// The merged household it is of, where it is not of this one itself.
    pub household: Option<String>,
    /// Changes in all.
    pub changes: u32,
    /// The first of them.
    pub first: Vec<HistoryChangeView>,
}

/// What a sitting changed at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HistoryChangeView {
    /// Which document.
    pub document: ConflictDocument,
    /// The place.
    pub path: String,
    /// What of it.
    pub what: HistoryWhat,
    /// The question; empty where the form has none of that name.
    pub label: Text,
    /// The member's name, where it is about one.
    pub member: Option<String>,
    /// What was said, in words; `None` where it was removed.
    pub value: Option<Text>,
    /// What stood there before; several where a conflict was settled, none where nothing did.
    pub before: Vec<Text>,
    /// Whether it stands still.
    pub stands: bool,
    /// Whether something else stands beside it: a conflict.
    pub in_conflict: bool,
}

/// Everything that was ever said of one place, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FieldHistoryView {
    /// The question; empty where the form has none of that name.
    pub label: Text,
    /// The member's name, where it is about one.
    pub member: Option<String>,
    /// What of it.
    pub what: HistoryWhat,
    /// What was said.
    pub words: Vec<FieldWordView>,
}

/// One thing said of a place.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FieldWordView {
    /// The edit that says it.
    pub edit: String,
    /// In words; `None` where it was removed.
    pub value: Option<Text>,
    /// What it replaced.
    pub before: Vec<Text>,
    /// When (RFC 3339).
    pub at: String,
    /// Who.
    pub author: String,
    /// Where.
    pub place: HistoryPlace,
    /// What the edit is, as of sittings.
    pub kind: String,
    /// Whether it stands.
    pub stands: bool,
}

/// What to take back.
#[derive(Debug, Clone, PartialEq, Deserialize, Type)]
pub struct UndoForm {
    /// Household id.
    pub household: String,
    /// The edits, as a sitting or a word names them.
    pub edits: Vec<String>,
    /// One place of them only.
    pub only: Option<UndoPlace>,
    /// Why; needed to do it, not to look at what it would do.
    pub reason: String,
    /// Whether what was said of the same places later is taken back as well.
    pub also_later: bool,
}

/// One place of a household.
#[derive(Debug, Clone, PartialEq, Deserialize, Type)]
pub struct UndoPlace {
    /// Which document.
    pub document: ConflictDocument,
    /// The place.
    pub path: String,
}

/// What taking back would do.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct UndoPreviewView {
    /// What each place would hold.
    pub changes: Vec<UndoChangeView>,
    /// What stands in the way: said of the same places later, or by somebody who had not seen them.
    pub later: Vec<LaterChangeView>,
    /// Why it cannot be done, if it cannot.
    pub refusal: Option<String>,
}

/// A place and what taking back makes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct UndoChangeView {
    /// What of it.
    pub what: HistoryWhat,
    /// The question.
    pub label: Text,
    /// The place.
    pub path: String,
    /// The member's name.
    pub member: Option<String>,
    /// What it holds.
    pub now: Option<Text>,
    /// What it would hold.
    pub then: Option<Text>,
}

/// What was said of a place later.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct LaterChangeView {
    /// The question.
    pub label: Text,
    /// The place.
    pub path: String,
    /// The member's name.
    pub member: Option<String>,
    /// In words; `None` where it was removed.
    pub value: Option<Text>,
    /// Who.
    pub author: String,
    /// When (RFC 3339).
    pub at: String,
}
