//! Sheets as an Excel workbook that is pleasant to go on with.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use super::Sheets;
use super::rows::Rows;

/// Widths of columns in characters: of names and flags, of expressions, of wordings.
const NARROW: f64 = 16.0;
const MIDDLE: f64 = 30.0;
const WIDE: f64 = 48.0;

pub(super) fn workbook(sheets: &Sheets) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Equal forms are equal files, whenever they are written.
    let created = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let format = Formats::new();
    // Types and names stay in sight.
    format.sheet(workbook.add_worksheet(), "survey", &sheets.survey, 2)?;
    format.sheet(workbook.add_worksheet(), "choices", &sheets.choices, 2)?;
    format.sheet(workbook.add_worksheet(), "settings", &sheets.settings, 0)?;
    workbook.save_to_buffer()
}

struct Formats {
    header: Format,
    cell: Format,
}

impl Formats {
    fn new() -> Self {
        // As text, so that Excel makes no dates and numbers of what is typed there.
        let cell = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
        let header = Format::new()
            .set_num_format("@")
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(Color::RGB(0x1F_4E_79))
            .set_align(FormatAlign::Top);
        Self { header, cell }
    }

    fn sheet(&self, sheet: &mut Worksheet, name: &str, rows: &Rows, fixed: u16) -> Result<(), XlsxError> {
        sheet.set_name(name)?;
        for (column, header) in (0..).zip(rows.headers()) {
            sheet.set_column_width(column, width(header))?;
            sheet.set_column_format(column, &self.cell)?;
            sheet.write_string_with_format(0, column, header, &self.header)?;
        }
        for (row, cells) in (1..).zip(rows.cells()) {
            for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string_with_format(row, column, cell, &self.cell)?;
            }
        }
        sheet.set_freeze_panes(1, fixed)?;
        Ok(())
    }
}

fn width(header: &str) -> f64 {
    match header.split("::").next().unwrap_or_default() {
        "label" | "hint" | "guidance_hint" | "form_title" => WIDE,
        "type" | "name" | "required_message" | "relevant" | "constraint" | "constraint_message"
        | "warning" | "warning_message" | "calculation" | "choice_filter" | "source" | "instance_name" => {
            MIDDLE
        }
        _ => NARROW,
    }
}
