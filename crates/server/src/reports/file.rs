//! A table of the report as a file: CSV, or a workbook with real numbers that prints with its heads on each sheet of paper.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::routes::exports::safe;
use crate::storage::StorageError;
use crate::view::{ReportCellView, ReportFileForm, ReportHeadingForm, ReportRowView, ReportTableView};

/// So that spreadsheet programs read CSV as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
const CSV: &str = "text/csv; charset=utf-8";
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// A4, as spreadsheets number papers.
const PAPER: u8 = 9;
/// Letters that the column of names is wide, and the others.
const WIDTHS: (f64, f64) = (26.0, 11.0);

/// Columns of a table with headings: the differences of a movement are two more.
pub(crate) fn columns(table: &ReportTableView) -> usize {
    table.columns.len() + table.total.differences.as_ref().map_or(0, Vec::len)
}

/// The file: its media type, the end of its name, its bytes.
pub(crate) fn written(
    table: &ReportTableView,
    form: &ReportFileForm,
) -> Result<(&'static str, &'static str, Vec<u8>), StorageError> {
    if form.xlsx {
        Ok((WORKBOOK, "xlsx", workbook(table, form).map_err(|_| StorageError::Damaged("xlsx"))?))
    } else {
        Ok((CSV, "csv", csv(table, form).map_err(|_| StorageError::Damaged("csv"))?))
    }
}

fn rows(table: &ReportTableView) -> impl Iterator<Item = &ReportRowView> {
    table.rows.iter().chain([&table.total])
}

fn name<'a>(row: &'a ReportRowView, form: &'a ReportFileForm) -> &'a str {
    form.names.get(&row.key).unwrap_or(&row.name)
}

fn csv(table: &ReportTableView, form: &ReportFileForm) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    let whole = |heading: &ReportHeadingForm| match heading.group.as_str() {
        "" => safe(&heading.name),
        group => safe(&format!("{group}: {}", heading.name)),
    };
    writer.write_record([safe(&form.first)].into_iter().chain(form.columns.iter().map(whole)))?;
    for row in rows(table) {
        let cells = row.cells.iter().map(|cell| match share(*cell) {
            None => cell.count.to_string(),
            Some(None) => safe(&form.nobody),
            Some(Some(share)) => format!("{:.4}", 100.0 * share),
        });
        let differences = row.differences.iter().flatten().map(ToString::to_string);
        writer.write_record([safe(name(row, form))].into_iter().chain(cells).chain(differences))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Of a share the share of one, `None` of nobody; nothing of a count.
fn share(cell: ReportCellView) -> Option<Option<f64>> {
    cell.of.map(|of| (of > 0).then(|| cell.count as f64 / of as f64))
}

struct Formats {
    title: Format,
    head: Format,
    text: [Format; 2],
    count: [Format; 2],
    percent: [Format; 2],
    below: Format,
}

impl Formats {
    fn new() -> Self {
        let cell = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        // Of a row, and of the row of all together.
        let both = |format: &Format| [format.clone(), format.clone().set_bold()];
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: cell.clone().set_bold().set_text_wrap().set_align(FormatAlign::Center),
            text: both(&cell.clone().set_text_wrap()),
            count: both(&cell.clone().set_num_format("#,##0")),
            percent: both(&cell.set_num_format("0.00%")),
            below: Format::new().set_italic(),
        }
    }
}

fn workbook(table: &ReportTableView, form: &ReportFileForm) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let formats = Formats::new();
    let sheet = book.add_worksheet();
    let last = u16::try_from(form.columns.len()).unwrap_or(u16::MAX);
    sheet.set_column_width(0, WIDTHS.0)?;
    for column in 1..=last {
        sheet.set_column_width(column, WIDTHS.1)?;
    }
    let mut line = 0;
    for (place, words) in form.above.iter().enumerate() {
        if place == 0 {
            sheet.write_string_with_format(line, 0, words, &formats.title)?;
        } else {
            sheet.write_string(line, 0, words)?;
        }
        line += 1;
    }
    heads(sheet, line, form, &formats)?;
    sheet.set_repeat_rows(line, line + 1)?.set_freeze_panes(line + 2, 1)?;
    line += 2;
    for row in rows(table) {
        figures(sheet, line, row, form, &formats)?;
        line += 1;
    }
    for words in &form.below {
        sheet.write_string_with_format(line, 0, words, &formats.below)?;
        line += 1;
    }
    sheet.set_landscape().set_paper_size(PAPER).set_print_fit_to_pages(1, 0);
    sheet.set_footer("&R&P / &N").set_print_area(0, 0, line.saturating_sub(1), last)?;
    book.save_to_buffer()
}

/// Two rows of heads: groups over their columns; a column of no group is as high as both.
fn heads(
    sheet: &mut Worksheet,
    line: u32,
    form: &ReportFileForm,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.merge_range(line, 0, line + 1, 0, &form.first, &formats.head)?;
    let mut column = 1;
    for group in form.columns.chunk_by(|one, next| !one.group.is_empty() && one.group == next.group) {
        let begins = column;
        for heading in group {
            if heading.group.is_empty() {
                sheet.merge_range(line, column, line + 1, column, &heading.name, &formats.head)?;
            } else {
                sheet.write_string_with_format(line + 1, column, &heading.name, &formats.head)?;
            }
            column += 1;
        }
        let Some(words) = group.first().map(|heading| &heading.group).filter(|words| !words.is_empty())
        else {
            continue;
        };
        if column - begins > 1 {
            sheet.merge_range(line, begins, line, column - 1, words, &formats.head)?;
        } else {
            sheet.write_string_with_format(line, begins, words, &formats.head)?;
        }
    }
    Ok(())
}

fn figures(
    sheet: &mut Worksheet,
    line: u32,
    row: &ReportRowView,
    form: &ReportFileForm,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let which = usize::from(row.key == "total");
    let [text, count, percent] =
        [&formats.text, &formats.count, &formats.percent].map(|both| both.get(which).unwrap_or(&both[0]));
    sheet.write_string_with_format(line, 0, name(row, form), text)?;
    for (column, cell) in (1..).zip(&row.cells) {
        match share(*cell) {
            None => sheet.write_number_with_format(line, column, cell.count as f64, count)?,
            Some(None) => sheet.write_string_with_format(line, column, &form.nobody, text)?,
            Some(Some(share)) => sheet.write_number_with_format(line, column, share, percent)?,
        };
    }
    let behind = (1..).nth(row.cells.len()).unwrap_or(1);
    for (column, difference) in (behind..).zip(row.differences.iter().flatten()) {
        sheet.write_number_with_format(line, column, *difference as f64, count)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rasoat_instrument::{Confidence, Text};

    use crate::view::{
        ReportColumnView, ReportDoubtsView, ReportOfView, ReportPlaceView, ReportStandardView,
    };

    fn table(differences: Option<Vec<i64>>) -> ReportTableView {
        let column = |key: &str| ReportColumnView {
            key: key.to_owned(),
            group: None,
            unit: "households".to_owned(),
            label: None,
        };
        let standard = ReportStandardView {
            slot: 0,
            id: String::new(),
            title: Text::default(),
            confidence: Confidence::Verbatim,
        };
        let of = ReportOfView {
            round: 2026,
            lock: None,
            counted_at: String::new(),
            standard,
            place: ReportPlaceView { key: "province".to_owned(), name: String::new() },
            rows_by: "communes".to_owned(),
            recognised: false,
        };
        let cell = |count, of| ReportCellView { count, of };
        let row = |key: &str, name: &str, cells: Vec<ReportCellView>| ReportRowView {
            key: key.to_owned(),
            name: name.to_owned(),
            cells,
            differences: differences.clone(),
        };
        ReportTableView {
            id: "official".to_owned(),
            of,
            columns: vec![column("reviewed"), column("poor.households"), column("poor.percent")],
            rows: vec![
                row("commune.06001", "=Đoàn Kết", vec![cell(3, None), cell(1, None), cell(1, Some(3))]),
                row("commune.06004", "Quốc Khánh", vec![cell(0, None), cell(0, None), cell(0, Some(0))]),
            ],
            total: row("total", "", vec![cell(3, None), cell(1, None), cell(1, Some(3))]),
            doubts: ReportDoubtsView::default(),
        }
    }

    fn form(xlsx: bool) -> ReportFileForm {
        let heading =
            |group: &str, name: &str| ReportHeadingForm { group: group.to_owned(), name: name.to_owned() };
        ReportFileForm {
            xlsx,
            above: vec!["Kết quả".to_owned(), "Toàn tỉnh".to_owned()],
            first: "Xã".to_owned(),
            columns: vec![
                heading("", "Hộ đã rà soát"),
                heading("Hộ nghèo", "Số hộ"),
                heading("Hộ nghèo", "Tỷ lệ"),
            ],
            nobody: "không có đối tượng".to_owned(),
            names: [("total".to_owned(), "Tổng".to_owned())].into(),
            ..ReportFileForm::default()
        }
    }

    #[test]
    fn a_table_stands_in_csv_with_its_words_and_runs_nothing() {
        let (_, _, bytes) = written(&table(None), &form(false)).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "\u{feff}Xã,Hộ đã rà soát,Hộ nghèo: Số hộ,Hộ nghèo: Tỷ lệ",
                "'=Đoàn Kết,3,1,33.3333",
                "Quốc Khánh,0,0,không có đối tượng",
                "Tổng,3,1,33.3333",
            ]
        );
    }

    #[test]
    fn a_movement_says_its_differences_in_columns_of_their_own() {
        let table = table(Some(vec![-1, 4]));
        assert_eq!(columns(&table), 5);
        let mut form = form(false);
        form.columns.resize(5, ReportHeadingForm::default());
        let (_, _, bytes) = written(&table, &form).unwrap();
        assert!(String::from_utf8(bytes).unwrap().contains("Quốc Khánh,0,0,không có đối tượng,-1,4"));
    }

    #[test]
    fn a_workbook_is_read_back_with_real_numbers_and_its_heads() {
        let (media, end, bytes) = written(&table(None), &form(true)).unwrap();
        assert_eq!((media, end), (WORKBOOK, "xlsx"));
        let mut book: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let sheet = calamine::Reader::worksheet_range_at(&mut book, 0).unwrap().unwrap();
        let at = |row, column| sheet.get_value((row, column)).cloned().unwrap();
        assert_eq!(at(0, 0), calamine::Data::String("Kết quả".to_owned()));
        assert_eq!(at(2, 2), calamine::Data::String("Hộ nghèo".to_owned()));
        assert_eq!(at(3, 3), calamine::Data::String("Tỷ lệ".to_owned()));
        assert_eq!(at(4, 0), calamine::Data::String("=Đoàn Kết".to_owned()));
        assert_eq!(at(4, 1), calamine::Data::Float(3.0));
        assert_eq!(at(4, 3), calamine::Data::Float(1.0 / 3.0));
        assert_eq!(at(5, 3), calamine::Data::String("không có đối tượng".to_owned()));
        assert_eq!(at(6, 0), calamine::Data::String("Tổng".to_owned()));
    }
}
