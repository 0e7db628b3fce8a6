//! A file of a list: read once, shown by its columns, understood as a person says.

use rasoat_casework::Units;

use crate::list::{HouseholdList, Layout};
use crate::mapping::{self, Mapping, SheetOutline};
use crate::problem::ListError;
use crate::workbook::{self, Sheet, Texts};
use crate::{columns, delimited, households, legacy, repeated};

/// The cells of a file.
#[derive(Debug)]
pub struct ListFile {
    sheets: Vec<Sheet>,
}

impl ListFile {
    /// Reads an Excel workbook or text with separators.
    ///
    /// # Errors
    /// When the bytes as a whole cannot be read, or were typed for fonts of before Unicode.
    pub fn read(bytes: &[u8]) -> Result<Self, ListError> {
        let sheets = if workbook::is_workbook(bytes) {
            workbook::read(bytes, Texts::Plain)?
        } else {
            vec![delimited::read(bytes)?]
        };
        match sheets.iter().find_map(legacy::of_sheet) {
            Some(legacy) => Err(legacy.into()),
            None => Ok(Self { sheets }),
        }
    }

    /// The sheets that are not empty, with their columns as they are understood under a mapping.
    pub fn outline(&self, mapping: &Mapping) -> Vec<SheetOutline> {
        self.sheets.iter().filter_map(|sheet| mapping::outline(sheet, mapping)).collect()
    }

    /// The households of all sheets. `units` maps old commune codes to the ones in force.
    ///
    /// # Errors
    /// When no sheet is a list, or none of them has a household; what is wrong with single rows is in
    /// [`HouseholdList::problems`].
    pub fn list(&self, units: &Units, mapping: &Mapping) -> Result<HouseholdList, ListError> {
        let mut list = HouseholdList::default();
        let mut recognised = 0;
        for sheet in &self.sheets {
            let Some(table) = columns::find_table(sheet, mapping, &mut list.problems) else { continue };
            recognised += 1;
            if table.has_district(sheet) {
                list.layout = Layout::WithDistrict;
            }
            households::read_sheet(sheet, &table, (units, mapping), &mut list);
        }
        if recognised == 0 {
            return Err(ListError::NoList);
        }
        let nothing = list.households.is_empty() && list.rows == 0;
        if nothing && list.problems.iter().all(|problem| !problem.refuses) {
            return Err(ListError::Empty);
        }
        repeated::report(&mut list);
        Ok(list)
    }
}

/// Reads a list as its headers say.
///
/// # Errors
/// As [`ListFile::read`] and [`ListFile::list`].
pub fn read_list(bytes: &[u8], units: &Units) -> Result<HouseholdList, ListError> {
    ListFile::read(bytes)?.list(units, &Mapping::default())
}
