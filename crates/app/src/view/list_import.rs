//! Lists of households (Excel, CSV): their columns, what they would bring, what they brought, and undoing it.

use rasoat_instrument::Text;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::BundleVillageView;

/// The columns of a list file, to be looked at and changed.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ListColumnsView {
    /// File name without folder.
    pub file: String,
    /// Whether somebody said before how files of this make are to be read.
    pub remembered: bool,
    /// Whether nothing needs to be asked before the list can be read.
    pub is_clear: bool,
    /// Names of all fields that a column may hold.
    pub fields: Vec<String>,
    /// The laptop's communes, for files whose rows name none.
    pub communes: Vec<ListCommuneView>,
    /// Their villages.
    pub villages: Vec<BundleVillageView>,
    /// The sheets that are not empty; a text file is a sheet without a name.
    pub sheets: Vec<ListSheetView>,
}

/// A commune to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ListCommuneView {
    /// Its code.
    pub code: String,
    /// Its name with its kind.
    pub name: String,
}

/// A sheet of a list file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ListSheetView {
    /// Its name.
    pub name: String,
    /// Whether it is read as a list.
    pub is_list: bool,
    /// The lowest row of headers as Excel numbers it.
    pub header_row: u32,
    /// Rows below the headers.
    pub rows: u32,
    /// Its columns from the left.
    pub columns: Vec<ListColumnView>,
}

/// A column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ListColumnView {
    /// From 0.
    pub index: u32,
    /// As Excel names it.
    pub letter: String,
    /// Its header.
    pub header: String,
    /// What it holds; `null`: it is not read.
    pub field: Option<String>,
    /// Some of its values.
    pub samples: Vec<String>,
}

/// What a person says of the columns of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Type)]
pub struct ListMappingForm {
    /// The sheets.
    pub sheets: Vec<ListSheetForm>,
    /// Code of the commune of households whose row names none.
    pub commune: Option<String>,
    /// Name of the village of households whose row names none.
    pub village: Option<String>,
}

/// What a person says of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Type)]
pub struct ListSheetForm {
    /// Its name.
    pub name: String,
    /// Leave it out.
    pub skip: bool,
    /// The lowest row of headers as Excel numbers it.
    pub header_row: u32,
    /// The columns that are read.
    pub columns: Vec<ListColumnForm>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Type)]
pub struct ListColumnForm {
    /// From 0.
    pub index: u32,
    /// Name of the field.
    pub field: String,
}

/// What would become of a household of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ListFate {
    /// It is new here.
    New,
    /// It is here, and the list says something else.
    Updated,
    /// It is here, the same.
    Unchanged,
    /// Which household it is a person has to say.
    Doubt,
    /// It cannot be taken in.
    Refused,
}

/// Which rows of the list to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
pub struct ListRowsQuery {
    /// Those alone that this would become of.
    pub fate: Option<ListFate>,
    /// Rows to leave out before.
    pub offset: u32,
    /// Rows wanted, at most 200.
    pub limit: u32,
}

/// A page of the rows of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ListRowsView {
    /// Rows that fit.
    pub total: u32,
    /// This page.
    pub rows: Vec<ListRowView>,
}

/// A household of a list, with what would become of it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ListRowView {
    /// Sheet name.
    pub sheet: String,
    /// Its first row as Excel numbers it.
    pub row: u32,
    /// Head's name.
    pub head_name: String,
    /// Village name as the list has it.
    pub village_name: String,
    /// Members in the list.
    pub members: u32,
    /// What would become of it.
    pub fate: ListFate,
    /// Where list and laptop differ.
    pub differences: Vec<ListDifferenceView>,
    /// Why it is in doubt (`code_of_others`, `name_alone`, …), or left out (`out_of_scope`).
    pub reason: Option<String>,
    /// The households that it may be.
    pub candidates: Vec<ListCandidateView>,
    /// What it is refused for.
    pub problem: Option<ListProblemView>,
}

/// A place where list and laptop differ.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ListDifferenceView {
    /// The field, named as columns are.
    pub field: String,
    /// Whose it is, where it is a member's.
    pub member: Option<String>,
    /// What the laptop has; of classes the key.
    pub here: Option<Text>,
    /// What the list has; `null`: the list no longer names the member.
    pub listed: Option<Text>,
    /// Whether the laptop's stays.
    pub kept: bool,
    /// Why it stays: `typed` by a surveyor, `answered` in the interview, `in_conflict`.
    pub why: Option<String>,
}

/// A household that a row of a list may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ListCandidateView {
    /// Its id.
    pub household: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// Commune name.
    pub commune_name: String,
    /// Household code.
    pub code: Option<String>,
    /// Members known.
    pub members: u32,
    /// What it was found by: `code`, `citizen_id`, `name`.
    pub by: String,
}

/// What a list is to be taken in with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Type)]
pub struct ListTakeForm {
    /// The file.
    pub path: String,
    /// What was said of its columns.
    pub mapping: Option<ListMappingForm>,
    /// Leave out what is refused, and what is in doubt and not settled.
    pub leave_out: bool,
    /// What a person said of single households.
    pub choices: Vec<ListChoiceForm>,
}

/// What a person said of a household of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Type)]
pub struct ListChoiceForm {
    /// Sheet name.
    pub sheet: String,
    /// Its first row as Excel numbers it.
    pub row: u32,
    /// `skip` it, it is `new`, the `list` is right where a surveyor typed something else, or the id of the household it is.
    pub choice: String,
}

/// How far reading or taking in is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ListProgressView {
    /// `reading`, `comparing`, `writing`, `undoing`.
    pub phase: String,
    /// Households done.
    pub done: u32,
    /// Of so many; 0 while it is not known.
    pub total: u32,
}

/// A list that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ListImportRecordView {
    /// By which it is undone.
    pub number: String,
    /// When (RFC 3339).
    pub at: String,
    /// Who.
    pub author: String,
    /// File name without folder.
    pub file: String,
    /// Households added.
    pub new: u32,
    /// Households changed.
    pub updated: u32,
    /// Households the same.
    pub unchanged: u32,
    /// Households left out.
    pub left_out: u32,
    /// When it was undone (RFC 3339).
    pub undone_at: Option<String>,
    /// Who undid it.
    pub undone_by: Option<String>,
    /// Households that undoing kept.
    pub kept: u32,
}

/// What undoing came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ListUndoView {
    /// Households that are as they were before.
    pub undone: u32,
    /// Households kept, because somebody worked on them since.
    pub kept: u32,
    /// Their heads' names, at most 200.
    pub kept_names: Vec<String>,
}

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
    /// Households of which a person has to say which they are; left out until then.
    pub doubts: u32,
    /// Households of which something stays as surveyors have it, in spite of the list.
    pub kept: u32,
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
