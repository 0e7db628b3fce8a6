//! Small tables of figures as files: CSV, or sheets of a workbook with real numbers.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::routes::exports::safe;
use crate::storage::StorageError;

/// So that spreadsheet programs read CSV as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Characters of a sheet's name at most.
const LONGEST_NAME: usize = 31;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Figure {
    Text(String),
    Count(u64),
    /// A share of one.
    Share(Option<f64>),
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<Figure>>,
}

/// Words of whoever asks.
pub(crate) struct Worded<'w>(pub(crate) &'w BTreeMap<String, String>);

impl Worded<'_> {
    /// The words for a code; without any the code itself.
    pub(crate) fn of(&self, code: &str) -> String {
        self.0.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }
}

/// A table as CSV, or a workbook of it behind the sheets that go with it.
pub(crate) fn answer(
    name: &str,
    sheets: &[Sheet],
    table: &Sheet,
    xlsx: bool,
) -> Result<Response, StorageError> {
    let (media, end, bytes) = if xlsx {
        let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        (media, "xlsx", workbook(sheets, table).map_err(|_| StorageError::Damaged("xlsx"))?)
    } else {
        ("text/csv; charset=utf-8", "csv", csv(table)?)
    };
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{end}\"")),
    ];
    Ok((headers, Body::from(bytes)).into_response())
}

fn csv(sheet: &Sheet) -> Result<Vec<u8>, StorageError> {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    let damaged = |_| StorageError::Damaged("csv");
    writer.write_record(sheet.head.iter().map(|heading| safe(heading))).map_err(damaged)?;
    for row in &sheet.rows {
        let cells = row.iter().map(|figure| match figure {
            Figure::Text(text) => safe(text),
            Figure::Count(count) => count.to_string(),
            Figure::Share(share) => share.map(|share| share.to_string()).unwrap_or_default(),
        });
        writer.write_record(cells).map_err(damaged)?;
    }
    writer.into_inner().map_err(|_| StorageError::Damaged("csv"))
}

fn workbook(sheets: &[Sheet], table: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let heading = Format::new().set_bold().set_text_wrap();
    let share = Format::new().set_num_format("0.0%");
    for sheet in sheets.iter().chain([table]) {
        let page = book.add_worksheet();
        let name: String =
            sheet.name.chars().filter(|letter| !"[]:*?/\\".contains(*letter)).take(LONGEST_NAME).collect();
        page.set_name(name)?.set_freeze_panes(1, 0)?;
        page.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        for (column, words) in (0..).zip(&sheet.head) {
            page.set_column_width(column, 18)?;
            page.write_string_with_format(0, column, words, &heading)?;
        }
        for (row, figures) in (1..).zip(&sheet.rows) {
            for (column, figure) in (0..).zip(figures) {
                match figure {
                    Figure::Text(text) => page.write_string(row, column, text)?,
                    Figure::Count(count) => page.write_number(row, column, *count as f64)?,
                    Figure::Share(Some(of)) => page.write_number_with_format(row, column, *of, &share)?,
                    Figure::Share(None) => page,
                };
            }
        }
    }
    book.save_to_buffer()
}
