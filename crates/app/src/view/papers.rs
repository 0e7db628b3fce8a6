//! Lists and papers of a village or of all: what can be made, what stands in the way, and what was written.

pub use rasoat_casework::papers::PaperKind;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::ProcedureVillageView;

/// A paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(untagged)]
pub enum Paper {
    /// In which households stand.
    Of(PaperKind),
    /// That counts them.
    Counting(CountingPaper),
}

impl Paper {
    /// Which, of those in which households stand.
    pub(crate) fn kind(self) -> Option<PaperKind> {
        match self {
            Self::Of(kind) => Some(kind),
            Self::Counting(CountingPaper::Tables) => None,
        }
    }
}

impl From<PaperKind> for Paper {
    fn from(kind: PaperKind) -> Self {
        Self::Of(kind)
    }
}

impl From<CountingPaper> for Paper {
    fn from(paper: CountingPaper) -> Self {
        Self::Counting(paper)
    }
}

/// A paper in which nobody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CountingPaper {
    /// The official tables by village.
    Tables,
}

/// As what it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PaperFormat {
    /// To be printed.
    Pdf,
    /// To be worked with.
    Xlsx,
}

/// What can be made of a village, or of all.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PapersView {
    /// Villages with households.
    pub villages: Vec<ProcedureVillageView>,
    /// Every paper, in the order of the work.
    pub papers: Vec<PaperStateView>,
}

/// One paper, as it would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct PaperStateView {
    /// Which.
    pub kind: Paper,
    /// As what it can be written.
    pub formats: Vec<PaperFormat>,
    /// Households that would stand in it.
    pub households: u32,
    /// Households that would not, by why.
    pub missing: Vec<PaperMissingView>,
    /// Whether everybody may read it.
    pub public: bool,
}

/// Why households do not stand in a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct PaperMissingView {
    /// `not_begun`, `not_accepted`, `no_class`, `not_met`, `not_posted`, `posting_runs`, `complaint`, `provisional`, `not_recognised`,
    /// `not_on_list`.
    pub code: String,
    /// So many of them.
    pub households: u32,
}

/// A paper to be written.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct PaperWriteForm {
    /// Which.
    pub kind: Paper,
    /// Of which village; `None`: of all.
    pub village: Option<String>,
    /// As what.
    pub format: PaperFormat,
    /// Of interviews: citizen IDs stand there in full, for the household to sign.
    pub full_ids: bool,
    /// Where.
    pub folder: String,
}

/// A paper that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct PaperWrittenView {
    /// The file's name.
    pub name: String,
    /// How large it is.
    pub bytes: u32,
    /// Households in it.
    pub households: u32,
    /// Households that are not, by why.
    pub missing: Vec<PaperMissingView>,
}

/// How far writing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct PaperProgressView {
    /// So much is done.
    pub done: u32,
    /// Of so much.
    pub total: u32,
}

/// One of the official tables, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedTableView {
    /// Keys of its columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<CountedRowView>,
}

/// A row of an official table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedRowView {
    /// `village.06001.thon-1`, `ethnic.07`.
    pub key: String,
    /// Counts by column; of a share nothing.
    pub counts: Vec<u32>,
}
