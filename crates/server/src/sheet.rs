//! Tables of figures as files: CSV, or sheets of a workbook that looks like every other of the program's.

use std::collections::BTreeMap;

use rasoat_documents::{Cell, Column, Kind, Table, xlsx_sheets};

use crate::files::{CSV, File, WORKBOOK, Work};
use crate::problem::Refusal;
use crate::routes::exports::safe;
use crate::storage::StorageError;

/// So that spreadsheet programs read CSV as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Letters that a column of figures is wide.
const OF_FIGURES: u16 = 13;
/// Letters that a column of words is wide at least, and at most.
const OF_WORDS: (usize, usize) = (12, 42);

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Figure {
    Text(String),
    Count(u64),
    /// A count less another.
    Difference(i64),
    /// A number in the unit that stands beside it.
    Number(Option<f64>),
    /// A share of one, also in CSV.
    Share(Option<f64>),
    /// A share of one that CSV says in hundredths.
    Percent(f64),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// What stands above it in a workbook: a title, then what it is of. The name, where there is nothing.
    pub(crate) above: Vec<String>,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<Figure>>,
    /// What stands below it in a workbook.
    pub(crate) below: Vec<String>,
}

/// Words of whoever asks.
pub(crate) struct Worded<'w>(pub(crate) &'w BTreeMap<String, String>);

impl Worded<'_> {
    /// The words for a code; without any the code itself.
    pub(crate) fn of(&self, code: &str) -> String {
        self.0.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// The words for codes.
    pub(crate) fn all(&self, codes: &[&str]) -> Vec<String> {
        codes.iter().map(|code| self.of(code)).collect()
    }
}

/// The last of these tables as CSV, or all of them as a workbook.
///
/// # Errors
/// [`Refusal::Cancelled`]; [`Refusal::Busy`] where the file cannot be written.
pub(crate) fn file(name: &str, sheets: Vec<Sheet>, xlsx: bool, work: &Work) -> Result<File, Refusal> {
    if xlsx {
        let tables: Vec<(String, Table)> = sheets.into_iter().map(Sheet::into_table).collect();
        let bytes = work.watched(|watch| xlsx_sheets(&tables, watch))?;
        return Ok(File { name: format!("{name}.xlsx"), media: WORKBOOK, bytes });
    }
    let table = sheets.last().ok_or(Refusal::NotFound)?;
    Ok(File { name: format!("{name}.csv"), media: CSV, bytes: csv(table, work)? })
}

/// Rows between two looks at whether to go on.
const PIECE: usize = 500;

fn csv(sheet: &Sheet, work: &Work) -> Result<Vec<u8>, Refusal> {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    let damaged = |_| StorageError::Damaged("csv");
    writer.write_record(sheet.head.iter().map(|heading| safe(heading))).map_err(damaged)?;
    for (done, row) in sheet.rows.iter().enumerate() {
        if done.is_multiple_of(PIECE) {
            work.at(done, sheet.rows.len())?;
        }
        let cells = row.iter().map(|figure| match figure {
            Figure::Text(text) => safe(text),
            Figure::Count(count) => count.to_string(),
            Figure::Difference(difference) => difference.to_string(),
            Figure::Number(number) | Figure::Share(number) => {
                number.map(|number| number.to_string()).unwrap_or_default()
            }
            Figure::Percent(share) => format!("{:.4}", 100.0 * share),
        });
        writer.write_record(cells).map_err(damaged)?;
    }
    Ok(writer.into_inner().map_err(|_| StorageError::Damaged("csv"))?)
}

impl Sheet {
    fn into_table(self) -> (String, Table) {
        let columns = self.head.iter().enumerate().map(|(place, heading)| {
            let kind = self.kind(place);
            let width = if kind == Kind::Text { self.longest(place) } else { OF_FIGURES };
            Column { heading: heading.clone(), kind, width }
        });
        let columns = columns.collect();
        let mut above = self.above.into_iter();
        let table = Table {
            title: above.next().unwrap_or_else(|| self.name.clone()),
            subtitles: above.collect(),
            columns,
            rows: self.rows.into_iter().map(|row| row.into_iter().map(Figure::into_cell).collect()).collect(),
            notes: self.below,
            landscape: true,
        };
        (self.name, table)
    }

    /// What a column holds: its first figure says it, as words may stand in place of one.
    fn kind(&self, place: usize) -> Kind {
        let kinds = self.rows.iter().filter_map(|row| row.get(place)).filter_map(|figure| match figure {
            Figure::Text(_) => None,
            Figure::Count(_) | Figure::Difference(_) => Some(Kind::Count),
            Figure::Number(_) => Some(Kind::Number),
            Figure::Share(_) | Figure::Percent(_) => Some(Kind::Percent),
        });
        kinds.into_iter().next().unwrap_or(Kind::Text)
    }

    fn longest(&self, place: usize) -> u16 {
        let words = self.rows.iter().filter_map(|row| match row.get(place) {
            Some(Figure::Text(text)) => Some(text.chars().count()),
            _ => None,
        });
        let (least, most) = OF_WORDS;
        u16::try_from(words.max().unwrap_or_default().clamp(least, most)).unwrap_or(OF_FIGURES)
    }
}

impl Figure {
    fn into_cell(self) -> Cell {
        match self {
            Self::Text(text) => Cell::text(&text),
            Self::Count(count) => Cell::Number(count as f64),
            Self::Difference(difference) => Cell::Number(difference as f64),
            Self::Number(number) | Self::Share(number) => Cell::number(number),
            Self::Percent(share) => Cell::Number(share),
        }
    }
}
