//! Tables as workbooks: real types, widths, the header frozen and repeated, a print area that fits a page's width.

use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::error::DocumentError;
use crate::table::{Cell, Column, Kind, List, Table};
use crate::watch::Watch;
use crate::words::words;

/// Rows between two looks at whether to go on.
const PIECE: usize = 500;
/// A4.
const PAPER: u8 = 9;
const ROW_HEIGHT: f64 = 18.0;
/// Letters of a sheet's name at most, and those that may not stand in it.
const LONGEST_NAME: usize = 31;
const NOT_IN_NAMES: &str = "[]:*?/\\";

/// Several lists as one workbook: one table of all their rows under the first one's title.
///
/// # Errors
/// [`DocumentError::Nothing`] where there is no list; [`DocumentError::Cancelled`]
pub fn xlsx(lists: &[List], watch: &mut Watch<'_>) -> Result<Vec<u8>, DocumentError> {
    let first = lists.first().ok_or(DocumentError::Nothing)?;
    let total = lists.iter().map(|list| list.table.rows.len()).sum();
    let rows = lists.iter().flat_map(|list| list.table.rows.iter().cloned());
    xlsx_rows(&first.table, (rows, total), watch)
}

/// A table as a workbook, of rows that are made while they are written. The table's own rows are left out.
///
/// # Errors
/// [`DocumentError::Cancelled`]
pub fn xlsx_rows(
    table: &Table,
    (rows, total): (impl Iterator<Item = Vec<Cell>>, usize),
    watch: &mut Watch<'_>,
) -> Result<Vec<u8>, DocumentError> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet(), table, rows, (0, total), watch)?;
    watch.at(total, total)?;
    Ok(workbook.save_to_buffer()?)
}

/// Several tables as one workbook, a sheet each under its name.
///
/// # Errors
/// [`DocumentError::Nothing`] where there is no table; [`DocumentError::Cancelled`]
pub fn xlsx_sheets(tables: &[(String, Table)], watch: &mut Watch<'_>) -> Result<Vec<u8>, DocumentError> {
    if tables.is_empty() {
        return Err(DocumentError::Nothing);
    }
    let mut workbook = Workbook::new();
    let (mut done, total) = (0, tables.iter().map(|(_, table)| table.rows.len()).sum());
    for (name, table) in tables {
        let sheet = workbook.add_worksheet();
        let name = name.chars().filter(|letter| !NOT_IN_NAMES.contains(*letter)).take(LONGEST_NAME);
        sheet.set_name(name.collect::<String>())?;
        fill(sheet, table, table.rows.iter().cloned(), (done, total), watch)?;
        done += table.rows.len();
    }
    watch.at(total, total)?;
    Ok(workbook.save_to_buffer()?)
}

fn fill(
    sheet: &mut Worksheet,
    table: &Table,
    rows: impl Iterator<Item = Vec<Cell>>,
    (before, total): (usize, usize),
    watch: &mut Watch<'_>,
) -> Result<(), DocumentError> {
    let formats = Formats::new();
    let last_column = last_column(table.columns.len());
    let mut row = above(sheet, table, &formats)?;
    header(sheet, row, 0, &table.columns, &formats)?;
    sheet.set_freeze_panes(row + 1, 0)?.set_repeat_rows(row, row)?;
    let header_row = row;
    for (done, cells) in rows.enumerate() {
        if done.is_multiple_of(PIECE) {
            watch.at(before + done, total)?;
        }
        row += 1;
        for ((column, cell), at) in table.columns.iter().zip(&cells).zip(0..) {
            write(sheet, (row, at), cell, column.kind, &formats)?;
        }
    }
    if row > header_row {
        sheet.autofilter(header_row, 0, row, last_column)?;
    }
    row += 1;
    for note in &table.notes {
        sheet.write_string_with_format(row, 0, note, &formats.note)?;
        row += 1;
    }
    printed(sheet, table.landscape)?.set_print_area(0, 0, row.saturating_sub(1), last_column)?;
    Ok(())
}

/// Formats of cells, by what they hold.
pub(crate) struct Formats {
    pub(crate) title: Format,
    subtitle: Format,
    header: Format,
    text: Format,
    count: Format,
    number: Format,
    percent: Format,
    date: Format,
    note: Format,
}

impl Formats {
    pub(crate) fn new() -> Self {
        let plain = Format::new().set_font_name("Times New Roman").set_font_size(12);
        let cell = plain.clone().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
        Self {
            title: plain.clone().set_bold().set_font_size(14).set_align(FormatAlign::Left),
            subtitle: plain.clone(),
            header: cell
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color("EAEFE9"),
            text: cell.clone().set_text_wrap(),
            count: cell.clone().set_num_format("#,##0"),
            number: cell.clone().set_num_format("#,##0.##"),
            percent: cell.clone().set_num_format("0.00%"),
            date: cell.set_num_format("dd/mm/yyyy").set_align(FormatAlign::Center),
            note: plain.set_italic(),
        }
    }

    fn of(&self, kind: Kind) -> &Format {
        match kind {
            Kind::Text => &self.text,
            Kind::Count => &self.count,
            Kind::Number => &self.number,
            Kind::Percent => &self.percent,
            Kind::Date => &self.date,
        }
    }
}

/// Title and subtitles; the row below them.
fn above(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<u32, XlsxError> {
    sheet.write_string_with_format(0, 0, &table.title, &formats.title)?;
    sheet.set_row_height(0, ROW_HEIGHT * 1.2)?;
    let mut row = 1;
    for subtitle in &table.subtitles {
        sheet.write_string_with_format(row, 0, subtitle, &formats.subtitle)?;
        row += 1;
    }
    Ok(row + 1)
}

/// The header, and the widths of its columns.
pub(crate) fn header(
    sheet: &mut Worksheet,
    row: u32,
    first: u16,
    columns: &[Column],
    formats: &Formats,
) -> Result<(), XlsxError> {
    for (column, at) in columns.iter().zip(first..) {
        sheet.write_string_with_format(row, at, &column.heading, &formats.header)?;
        sheet.set_column_width(at, f64::from(column.width))?;
    }
    sheet.set_row_height(row, ROW_HEIGHT * 2.5)?;
    Ok(())
}

/// One cell. Text is written as text whatever it begins with: it never becomes a formula.
pub(crate) fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    kind: Kind,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let format = formats.of(kind);
    match cell {
        Cell::Empty => sheet.write_blank(row, column, format)?,
        Cell::Text(text) => sheet.write_string_with_format(row, column, text, &formats.text)?,
        Cell::Number(number) => sheet.write_number_with_format(row, column, *number, format)?,
        Cell::Date(date) => {
            let (year, month, day) = (date.year(), date.month(), date.day());
            let parts = (u16::try_from(year), u8::try_from(month), u8::try_from(day));
            // Excel's calendar begins in 1900: an earlier day is written out.
            match parts {
                (Ok(year), Ok(month), Ok(day)) if year >= 1900 => {
                    let day = ExcelDateTime::from_ymd(year, month, day)?;
                    sheet.write_datetime_with_format(row, column, &day, &formats.date)?
                }
                _ => sheet.write_string_with_format(row, column, cell.printed(Kind::Date), &formats.text)?,
            }
        }
    };
    Ok(())
}

/// How it goes to the printer.
pub(crate) fn printed(sheet: &mut Worksheet, landscape: bool) -> Result<&mut Worksheet, XlsxError> {
    sheet.set_paper_size(PAPER).set_print_fit_to_pages(1, 0).set_margins(0.5, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_footer(format!("&C{}", words().paper("page")));
    Ok(if landscape { sheet.set_landscape() } else { sheet.set_portrait() })
}

pub(crate) fn last_column(columns: usize) -> u16 {
    u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX)
}
