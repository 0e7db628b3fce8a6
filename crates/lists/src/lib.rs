//! Workbooks from offices: Excel bytes in, households or points and problems out.
//!
//! The list comes as a workbook of three sheets (poor and near-poor households after the review, households that left
//! poverty, households that left near-poverty), one row per member, the household's own cells on its first row only. Real
//! files shift columns, merge headers and type dates by hand, so columns are found by the words of their headers.
//! Everything that is not taken as it stands is reported by sheet, row and column; nothing is dropped silently.
//!
//! The B1 point table comes as a workbook, too, and can be written as one; it is taken whole or not at all.
//!
//! This crate knows nothing of stores, edits or files: bytes are passed in.

mod cell;
mod columns;
mod households;
mod list;
mod place;
mod points;
mod problem;
mod repeated;
mod words;
mod workbook;

pub use list::{HouseholdList, Layout, ListedHousehold, ListedMember, SheetKind};
pub use points::{PointsProblem, read_points, write_points};
pub use problem::{ListError, ListProblem, ProblemCode};

use rasoat_casework::Units;

/// Reads an official list. `units` maps old commune codes to the ones in force.
///
/// # Errors
/// When the bytes as a whole are not a list that can be read; what is wrong with single rows is in
/// [`HouseholdList::problems`].
pub fn read_list(bytes: &[u8], units: &Units) -> Result<HouseholdList, ListError> {
    let sheets = workbook::read(bytes, workbook::Texts::Plain)?;
    let mut list = HouseholdList::default();
    let mut recognised = 0;
    for sheet in &sheets {
        let Some(table) = columns::find_table(sheet, &mut list.problems) else { continue };
        recognised += 1;
        if table.has_district(sheet) {
            list.layout = Layout::WithDistrict;
        }
        households::read_sheet(sheet, &table, units, &mut list);
    }
    if recognised == 0 {
        return Err(ListError::NoList);
    }
    if list.households.is_empty() && list.rows == 0 && list.problems.iter().all(|problem| !problem.refuses) {
        return Err(ListError::Empty);
    }
    repeated::report(&mut list);
    Ok(list)
}
