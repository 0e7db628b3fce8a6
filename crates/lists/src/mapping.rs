//! What a person says about the columns of a file, and what they are shown to say it by.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::CommuneCode;

use crate::columns::{self, ListField, letter};
use crate::words::plain;
use crate::workbook::Sheet;

/// Values shown of each column.
const SAMPLES: usize = 3;
/// Rows that are looked through for them.
const SAMPLE_ROWS: usize = 40;
/// Rows that may be named as the row of headers.
const FIRST_ROWS: u32 = 40;
/// Characters shown of a header or a value.
const LONGEST_SHOWN: usize = 60;

/// What a person said about a file; where nothing was said, its headers decide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// By the name of the sheet; a text file is a sheet without a name.
    pub sheets: BTreeMap<String, SheetMapping>,
    /// The commune of households whose row names none.
    pub commune: Option<CommuneCode>,
    /// The village of households whose row names none.
    pub village: Option<String>,
}

/// What a person said about a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetMapping {
    /// Leave the whole sheet out.
    pub skip: bool,
    /// The lowest row of headers, from 0.
    pub header_row: Option<u32>,
    /// The columns, from 0; `None`: as the headers say.
    pub columns: Option<BTreeMap<ListField, u32>>,
}

/// A sheet as a person is asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetOutline {
    /// Its name.
    pub name: String,
    /// Whether it is read as a list.
    pub is_list: bool,
    /// Whether every column is there that a household cannot be made without.
    pub is_usable: bool,
    /// The lowest row of headers as Excel numbers it.
    pub header_row: u32,
    /// Rows below the headers that are not empty.
    pub rows: u32,
    /// Columns with a header or a value, from the left.
    pub columns: Vec<ColumnOutline>,
    /// The headers with their places, folded: equal in files of one make.
    pub headers: String,
}

/// A column as a person is asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnOutline {
    /// From 0.
    pub index: u32,
    /// As Excel names it.
    pub letter: String,
    /// Its header, as written.
    pub header: String,
    /// What it holds, as far as is known.
    pub field: Option<ListField>,
    /// Some of its values. Personal.
    pub samples: Vec<String>,
}

/// A sheet with its columns as they are understood under a mapping. `None`: nothing is written there.
pub(crate) fn outline(sheet: &Sheet, mapping: &Mapping) -> Option<SheetOutline> {
    let table = columns::find_table(sheet, mapping, &mut Vec::new());
    let is_list = table.is_some();
    let is_usable = table.as_ref().is_some_and(|table| table.usable);
    let (header, first_row) = match &table {
        Some(table) => (table.header, table.first_row),
        None => likely_header(sheet).map(|header| (header, header + 1))?,
    };
    let below = || sheet.rows.range(first_row..);
    let headers = above(sheet, header);
    let written = below().take(SAMPLE_ROWS).flat_map(|(_, cells)| cells.keys().copied());
    let all: BTreeSet<u32> = headers.keys().copied().chain(written).collect();
    let columns: Vec<ColumnOutline> = all
        .into_iter()
        .map(|index| {
            let values = below().take(SAMPLE_ROWS).filter_map(|(_, cells)| cells.get(&index)?.words());
            ColumnOutline {
                index,
                letter: letter(index),
                header: headers.get(&index).map(|header| short(header)).unwrap_or_default(),
                field: table.as_ref().and_then(|table| table.field(index)),
                samples: values.take(SAMPLES).map(|value| short(&value)).collect(),
            }
        })
        .collect();
    let folded = columns.iter().map(|column| format!("{}={}", column.letter, plain(&column.header)));
    Some(SheetOutline {
        name: sheet.name.clone(),
        is_list,
        is_usable,
        header_row: header + 1,
        rows: u32::try_from(below().count()).unwrap_or(u32::MAX),
        headers: folded.collect::<Vec<_>>().join("|"),
        columns,
    })
}

/// The headers over each column: what stands in the row, else in the two rows above it.
fn above(sheet: &Sheet, row: u32) -> BTreeMap<u32, String> {
    let mut found = BTreeMap::new();
    for (_, cells) in sheet.rows.range(row.saturating_sub(2)..=row) {
        let words = cells.iter().filter_map(|(column, cell)| Some((*column, cell.words()?)));
        found.extend(words);
    }
    found
}

/// The first row with the most texts among the first ones.
fn likely_header(sheet: &Sheet) -> Option<u32> {
    let texts = sheet.rows.range(..FIRST_ROWS).map(|(row, cells)| {
        (cells.values().filter(|cell| cell.as_text().is_some()).count(), std::cmp::Reverse(*row))
    });
    texts.max().filter(|(texts, _)| *texts > 0).map(|(_, std::cmp::Reverse(row))| row)
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST_SHOWN).collect()
}
