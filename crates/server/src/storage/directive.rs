//! What the province's administration has said, and what stood when a round was locked. Only ever added to.

use std::collections::BTreeMap;

use super::HouseholdKeyRef;

/// What a directive is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DirectiveKind {
    /// A round is locked, or open again; by the round's year.
    Round,
    /// For how long laptops keep a locked round's households; by the round's year.
    Term,
    /// The notice that is read out before the questions.
    Notice,
    /// Who does a village; by `commune/village`.
    Assignment,
    /// Which income line applies in a village; by `commune/village`.
    Area,
    /// Something for people to know; by its id.
    Announcement,
    /// A round was opened after the one before it; by its year.
    Opened,
}

impl DirectiveKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Round,
        Self::Term,
        Self::Notice,
        Self::Assignment,
        Self::Area,
        Self::Announcement,
        Self::Opened,
    ];

    /// Its name in a storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Round => "round",
            Self::Term => "term",
            Self::Notice => "notice",
            Self::Assignment => "assignment",
            Self::Area => "area",
            Self::Announcement => "announcement",
            Self::Opened => "opened",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDirective {
    /// What it is about.
    pub kind: DirectiveKind,
    /// Which of its kind.
    pub key: String,
    /// What is said: JSON.
    pub content: String,
    /// By whom.
    pub said_by: String,
    /// When.
    pub said_at: i64,
    /// Number of what was said of it before, as far as whoever says this has seen; 0 where nothing was.
    pub over: u64,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Counted over all kinds, from 1.
    pub number: u64,
    /// What it is about.
    pub kind: DirectiveKind,
    /// Which of its kind.
    pub key: String,
    /// What is said: JSON.
    pub content: String,
    /// By whom.
    pub said_by: String,
    /// When.
    pub said_at: i64,
}

/// What stood when a round was locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundSnapshot {
    /// The number of the directive that locked the round.
    pub number: u64,
    /// The round's year.
    pub round: u16,
    /// When.
    pub made_at: i64,
    /// How many households it has.
    pub households: u64,
    /// How many of them bear each mark, but for the days.
    pub marks: BTreeMap<String, u32>,
    /// Over all of its lines: [`SnapshotHash`].
    pub hash: [u8; 32],
}

/// A household in a snapshot, and what it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotLine {
    /// Which.
    pub household: HouseholdKeyRef,
    /// Household code.
    pub code: Option<String>,
    /// The village's name.
    pub village_name: String,
    /// Marks that it bore then, between blanks; `None` where it was not there.
    pub then: Option<String>,
    /// Marks that it bears now; `None` where it is not there any more.
    pub now: Option<String>,
}

/// Which lines of a snapshot to read, in the order of commune and household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotQuery {
    /// The snapshot's number.
    pub number: u64,
    /// Only households that are counted otherwise now, with those that have come since.
    pub only_changed: bool,
    /// Those behind this household.
    pub after: Option<HouseholdKeyRef>,
    /// Lines to return.
    pub limit: u32,
}

/// BLAKE3 over a snapshot's lines in their order: of each the commune, the household's id (as text), its code (empty where it has
/// none), the village's name, and its marks with a blank between them; each as the number of its bytes (4 bytes, the highest first) and
/// its UTF-8.
#[derive(Default)]
pub struct SnapshotHash {
    hasher: blake3::Hasher,
    /// Lines so far.
    pub households: u64,
    /// How many bear each mark, but for the days.
    pub marks: BTreeMap<String, u32>,
}

impl SnapshotHash {
    /// Adds the next line.
    pub fn add(&mut self, commune: &str, household: uuid::Uuid, code: &str, village_name: &str, marks: &str) {
        let household = household.to_string();
        for field in [commune, &household, code, village_name, marks.trim()] {
            let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
            self.hasher.update(&length.to_be_bytes()).update(field.as_bytes());
        }
        self.households += 1;
        for mark in marks.split_whitespace().filter(|mark| !mark.starts_with(super::facts::DAY)) {
            *self.marks.entry(mark.to_owned()).or_default() += 1;
        }
    }

    /// The hash of all that was added.
    pub fn end(&self) -> [u8; 32] {
        *self.hasher.finalize().as_bytes()
    }
}
