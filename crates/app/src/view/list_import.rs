//! The official household list (Excel), before and after it is taken in.

use serde::Serialize;
use specta::Type;

/// What a list would bring.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ListPreviewView {
    /// File name without folder.
    pub file: String,
    /// `with_district` (before July 2025) or `two_tier`.
    pub layout: String,
    /// Households that are new here.
    pub new: u32,
    /// Households here already whose line differs.
    pub updated: u32,
    /// Households here already, the same.
    pub unchanged: u32,
    /// Households outside this laptop's communes; left out.
    pub out_of_scope: u32,
    /// Households with an error; left out.
    pub refused: u32,
    /// Members in all.
    pub members: u32,
    /// Rows read.
    pub rows: u32,
    /// Villages that the province's list does not have (they are added under the commune), by name.
    pub new_villages: Vec<String>,
    /// Problems by row, at most 500.
    pub problems: Vec<ListProblemView>,
    /// Problems beyond those listed.
    pub more_problems: u32,
    /// First households, for a look.
    pub sample: Vec<ListSampleView>,
}

/// One problem in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ListProblemView {
    /// Sheet name.
    pub sheet: String,
    /// Row as Excel numbers it; 0 for the whole sheet.
    pub row: u32,
    /// Column letter; empty for the whole row.
    pub column: String,
    /// Whether the household is left out because of it (else it is taken and the cell is left empty or put right).
    pub refuses: bool,
    /// Stable code: `duplicate_code`, `unknown_commune`, `old_commune_mapped`, `date_as_text`, …
    pub code: String,
    /// Parameters of the sentence (never personal data).
    pub params: std::collections::BTreeMap<String, String>,
}

/// One household for a look.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ListSampleView {
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// Members.
    pub members: u32,
    /// `poor`, `near_poor`, …
    pub class: Option<String>,
}

/// What a list brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ListImportView {
    /// Households added.
    pub new: u32,
    /// Households changed.
    pub updated: u32,
    /// Households the same.
    pub unchanged: u32,
    /// Households left out.
    pub left_out: u32,
}
