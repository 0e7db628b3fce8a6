//! From bytes and texts to rows of cells, bounded before anything is believed.

mod csv_text;
mod workbook;

pub(crate) use csv_text::grid as csv_grid;
pub(crate) use workbook::{Grids, read as read_workbook};

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::problem::{Problems, Sheet};

/// Larger files and texts are refused unread.
pub(crate) const LARGEST: usize = 32 << 20;
/// Columns of a sheet or file.
pub(crate) const MOST_COLUMNS: usize = 500;
/// Questions, groups and repeats. The largest surveys in use have some thousands.
const MOST_SURVEY_ROWS: usize = 10_000;
/// Choices of all lists, or rows of a file.
const MOST_ROWS: usize = 200_000;
/// Rows times columns: what a sheet takes up in memory.
const MOST_CELLS: usize = 6_000_000;
/// Excel's own limit for a cell, in UTF-16 units.
const LONGEST_CELL: usize = 32_767;

/// A sheet as somebody typed it: rows with something in them.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    /// The first row.
    pub(crate) headers: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// One row with something in it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The row of the sheet or the line of the text that it starts on, from 1.
    pub(crate) line: usize,
    /// Trimmed, in NFC.
    pub(crate) cells: Vec<String>,
}

impl Grid {
    /// Takes one row in; false where there is no use in going on.
    fn take(&mut self, sheet: &Sheet, line: usize, cells: Vec<String>, problems: &mut Problems) -> bool {
        if cells.iter().all(String::is_empty) {
            return true;
        }
        if cells.len() > MOST_COLUMNS {
            problems.add(sheet, line, "", "too_many_columns", "");
            return false;
        }
        let most = if *sheet == Sheet::Survey { MOST_SURVEY_ROWS } else { MOST_ROWS };
        if self.rows.len() == most {
            problems.add(sheet, line, "", "too_many_rows", &most.to_string());
            return false;
        }
        if self.rows.len() * self.headers.len().max(cells.len()) > MOST_CELLS {
            problems.add(sheet, line, "", "too_large", "");
            return false;
        }
        for (cell, column) in
            cells.iter().zip(self.headers.iter().map(String::as_str).chain([""].into_iter().cycle()))
        {
            if cell.len() > LONGEST_CELL && cell.encode_utf16().count() > LONGEST_CELL {
                problems.add(sheet, line, column, "cell_too_long", "");
            }
            if let Some(character) = cell.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
                problems.add(sheet, line, column, "bad_character", &character.escape_default().to_string());
            }
        }
        self.rows.push(Row { line, cells });
        true
    }
}

/// A cell as everything else may rely on it: trimmed, in NFC, with plain line breaks.
pub(crate) fn tidied(cell: &str) -> String {
    let cell = cell.trim();
    let cell =
        if cell.contains('\r') { cell.replace("\r\n", "\n").replace('\r', "\n") } else { cell.to_owned() };
    if is_nfc(&cell) { cell } else { cell.nfc().collect() }
}
