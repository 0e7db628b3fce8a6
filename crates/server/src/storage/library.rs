//! Versions of what the province works by: forms, standards, point tables, targets and code lists.

use serde::Serialize;
use utoipa::ToSchema;

/// What a version is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LibraryKind {
    /// A form.
    Instrument,
    /// A standard.
    Standard,
    /// A B1 point table.
    Points,
    /// The targets of a resolution.
    Targets,
    /// A code list of communes, with the map from the codes before.
    Units,
}

impl LibraryKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Instrument, Self::Standard, Self::Points, Self::Targets, Self::Units];

    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instrument => "instruments",
            Self::Standard => "standards",
            Self::Points => "points",
            Self::Targets => "targets",
            Self::Units => "units",
        }
    }

    /// The kind of that code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == code)
    }
}

/// How far a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LibraryState {
    /// Looked at by administrators, used by nobody.
    Draft,
    /// In use, or superseded by a later one.
    Published,
    /// Given out no more; what was made with it stays with it.
    Retired,
}

impl LibraryState {
    const ALL: [Self; 3] = [Self::Draft, Self::Published, Self::Retired];

    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Retired => "retired",
        }
    }

    /// The state of that code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == code)
    }
}

/// When something was done to a version, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryAct {
    /// When (milliseconds).
    pub at: i64,
    /// Account name, or `program` for what came with it.
    pub by: String,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryItem {
    /// What it is of.
    pub kind: LibraryKind,
    /// BLAKE3 of its content.
    pub hash: [u8; 32],
    /// Which form, standard, …
    pub id: String,
    /// Its version's name, where it has one.
    pub version: String,
    /// How far it is.
    pub state: LibraryState,
    /// TOML, or JSON of its files.
    pub content: String,
    /// Taken in.
    pub made: LibraryAct,
    /// Published.
    pub published: Option<LibraryAct>,
    /// Its place among all that were published: of several versions the last counts.
    pub place: u64,
    /// Retired.
    pub retired: Option<LibraryAct>,
}

/// All versions as of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LibraryItems {
    /// Grows with every change; 0 before the first.
    pub number: u64,
    /// By kind, and by the time at which they were taken in.
    pub items: Vec<LibraryItem>,
}

/// A change of versions, of which all or nothing is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryChange {
    /// The number that the change was thought out at: where there is another, nothing is done.
    pub at_number: u64,
    /// Versions as they are to stand.
    pub put: Vec<LibraryItem>,
    /// Versions to be forgotten.
    pub forget: Vec<(LibraryKind, [u8; 32])>,
    /// Whether every household is to be scored anew.
    pub rescore: bool,
}
