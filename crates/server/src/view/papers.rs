//! Lists and papers of a place: what can be made, what stands in the way, and what is asked for.

use rasoat_casework::papers::{FullIds, PaperKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ReportPlaceView;

/// Of where.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PapersQuery {
    /// `village.06001.thon-1`, `commune.06001`, `district.181` or `province`, which it is where nothing is said.
    pub place: Option<String>,
}

/// As what a paper is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaperFormat {
    /// To be printed.
    Pdf,
    /// To be worked with.
    Xlsx,
}

/// What can be made of a place.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PapersView {
    /// Of where.
    pub place: ReportPlaceView,
    /// Whether households were counted: of villages and communes they are, of larger places nobody counts them.
    pub counted: bool,
    /// Every paper, in the order of the work.
    pub kinds: Vec<PaperStateView>,
}

/// One paper, as it would be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PaperStateView {
    /// Which.
    pub kind: PaperKind,
    /// As what it can be made of this place; none where the place is too large for it.
    pub formats: Vec<PaperFormat>,
    /// Households that would stand in it.
    pub households: u32,
    /// Households that would not, by why.
    pub missing: Vec<PaperMissingView>,
    /// Whether everybody may read it.
    pub public: bool,
    /// Whether citizen IDs stand there in full: for `papers_in_full` alone.
    pub full_ids: FullIds,
}

/// Why households do not stand in a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaperMissingView {
    /// `not_begun`, `not_accepted`, `no_class`, `not_met`, `not_posted`, `posting_runs`, `complaint`, `provisional`, `not_recognised`.
    pub code: String,
    /// So many of them.
    pub households: u32,
}

/// A paper to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PaperForm {
    /// Which.
    pub kind: PaperKind,
    /// As what.
    pub format: PaperFormat,
    /// `village.06001.thon-1` or `commune.06001`; lists and the interchange workbook as XLSX also `district.181` and `province`.
    pub place: String,
    /// Of interviews: citizen IDs stand there in full, for the household to sign.
    #[serde(default)]
    pub full_ids: bool,
}
