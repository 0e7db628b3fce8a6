//! Versions of forms, standards, point tables, targets and code lists.

use rasoat_casework::standard::Outline;
use rasoat_casework::targets::Targets;
use rasoat_instrument::{Confidence, Provenance, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::storage::LibraryState;

/// All versions of one kind, the last taken in first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LibraryView {
    /// The versions.
    pub items: Vec<LibraryItemView>,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LibraryItemView {
    /// `instruments`, `standards`, `points`, `targets` or `units`.
    pub kind: String,
    /// Hash of its content, 64 hexadecimal digits.
    pub hash: String,
    /// Which form, standard, …
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Its version's name; empty where it has none.
    pub version: String,
    /// How far it is.
    pub state: LibraryState,
    /// It is the one that is worked by and given out.
    pub in_force: bool,
    /// When it was taken in (RFC 3339).
    pub made_at: String,
    /// By which account; `program` for what came with it.
    pub made_by: String,
    /// When it was published (RFC 3339).
    pub published_at: Option<String>,
    /// By which account.
    pub published_by: Option<String>,
    /// When it was retired (RFC 3339).
    pub retired_at: Option<String>,
    /// By which account.
    pub retired_by: Option<String>,
    /// The least sure confidence of what it says, where it says any.
    pub confidence: Option<Confidence>,
    /// Its figures are invented, for trials.
    pub dummy: bool,
    /// Of a form: households whose interview was last answered on it.
    pub interviews: Option<u64>,
    /// Of a form: the mark that these households bear.
    pub mark: Option<String>,
}

/// Files to be taken in as a draft.
#[derive(Deserialize, ToSchema)]
pub struct UploadForm {
    /// The files.
    pub files: Vec<UploadFileForm>,
    /// Of a code list: the day from which it is in force, `2027-01-01`.
    #[serde(default)]
    pub version: String,
}

/// A file.
#[derive(Deserialize, ToSchema)]
pub struct UploadFileForm {
    /// Its name.
    pub name: String,
    /// Its bytes in base 64.
    pub content: String,
}

/// What came of files.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UploadedView {
    /// The version, when the files could be read: the draft, or what was there of the same content.
    pub item: Option<LibraryItemView>,
    /// There was one of the same content already.
    pub known: bool,
    /// What is wrong with it, and what it changes.
    pub report: ReportView,
}

/// What is wrong with a version, and what it changes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct ReportView {
    /// What is wrong.
    pub problems: Vec<LibraryProblemView>,
    /// What is other than in the one in force.
    pub changes: Vec<LibraryChangeView>,
    /// Hash of the one in force.
    pub against: Option<String>,
}

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LibraryProblemView {
    /// The sheet, the file or, where two do not fit, the other one; empty for the whole.
    pub sheet: String,
    /// Row or line from 1; 0 where it is about no row.
    pub row: u32,
    /// The column's header, or the place in a file of keys.
    pub column: String,
    /// Stable code.
    pub code: String,
    /// The word that it is about.
    pub word: String,
    /// In expressions, the character from 1.
    pub at: Option<u32>,
    /// Whether it cannot be published as it is.
    pub blocks: bool,
}

/// One thing that is other than in the one in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LibraryChangeView {
    /// `question_added`, `question_gone`, `question_renamed`, `group_added`, `group_gone`, `kind_changed`, `choices_added`,
    /// `choices_gone`, `choices_reworded`, `words_changed`, `conditions_changed`, `look_changed`, `order_changed`, `value_added`,
    /// `value_gone`, `value_changed`, `commune_added`, `commune_gone`, `commune_renamed` or `mapping_changed`.
    pub code: String,
    /// The question, key or commune.
    pub name: String,
    /// What it was; empty for none.
    pub before: String,
    /// What it is; empty for none.
    pub after: String,
}

/// A version with what it says.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VersionView {
    /// The version.
    pub item: LibraryItemView,
    /// What is wrong with it here and now, and what it changes.
    pub report: ReportView,
    /// What a form asks.
    pub form: Option<FormPreviewView>,
    /// What a standard says.
    pub standard: Option<Outline>,
    /// What a point table says.
    pub points: Option<PointsPreviewView>,
    /// What targets say.
    pub targets: Option<Targets>,
    /// What a code list says.
    pub units: Option<UnitsPreviewView>,
}

/// A form to be read.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FormPreviewView {
    /// Languages that it is worded in.
    pub languages: Vec<String>,
    /// Its sections, groups and questions in their order.
    pub lines: Vec<FormLineView>,
}

/// A section, group, repeat or question.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FormLineView {
    /// Its name.
    pub name: String,
    /// `group`, `repeat`, `note`, `calculated`, `hidden`, `finished`, `acknowledge`, `rank`, `range`, or the kind of its answer.
    pub kind: String,
    /// How deep it stands; 0 for sections.
    pub depth: u32,
    /// Heading or question.
    pub label: Text,
    /// Help for the interviewer.
    pub hint: Text,
    /// The first of its choices.
    pub choices: Vec<FormChoiceView>,
    /// How many choices there are in all.
    pub choices_total: u32,
    /// Asked only when this holds.
    pub relevant: Option<String>,
    /// Must be answered when this holds.
    pub required: Option<String>,
    /// Must hold for an answer.
    pub constraint: Option<String>,
    /// Should hold for an answer.
    pub warning: Option<String>,
    /// How it is computed.
    pub calculation: Option<String>,
    /// Carried over, and changed by a deliberate act alone.
    pub protected: bool,
    /// Whose wording this is, where it is the law's.
    pub provenance: Option<Provenance>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FormChoiceView {
    /// What is stored.
    pub name: String,
    /// What is shown.
    pub label: Text,
}

/// A point table to be read.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PointsPreviewView {
    /// Where the figures are from.
    pub provenance: Provenance,
    /// They are invented, for trials.
    pub dummy: bool,
    /// Ids of its columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<PointRowView>,
    /// Standards in force that name it.
    pub used_by: Vec<String>,
}

/// A row of points.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PointRowView {
    /// Its key.
    pub key: String,
    /// What it is about.
    pub label: Text,
    /// When it holds.
    pub when: String,
    /// It counts for each of these …
    pub each: Option<String>,
    /// … at most for so many.
    pub at_most: Option<u32>,
    /// Points by column.
    pub points: Vec<f64>,
}

/// A code list to be read.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnitsPreviewView {
    /// Its communes by code.
    pub communes: Vec<UnitView>,
    /// How many codes of before it maps.
    pub mapped: u32,
}

/// A commune of a code list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnitView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `xã` or `phường`.
    pub kind: String,
    /// Codes of before whose households went here.
    pub from: Vec<String>,
}

/// Another figure for a target.
#[derive(Deserialize, ToSchema)]
pub struct TargetForm {
    /// Which targets: `resolution-47`.
    pub id: String,
    /// Hash of the version that was looked at.
    pub hash: String,
    /// Which target: `R5a`.
    pub target: String,
    /// Year.
    pub year: u16,
    /// What is to be reached, in the target's unit.
    pub value: f64,
    /// Who says so: decree and article, or the like. Never empty.
    pub source: String,
    /// How sure that is.
    pub confidence: Confidence,
}
