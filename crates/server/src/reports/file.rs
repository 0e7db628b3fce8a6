//! A table of the report as a file, in the words of the page.

use crate::files::{File, Work};
use crate::problem::Refusal;
use crate::sheet::{self, Figure, Sheet};
use crate::view::{ReportCellView, ReportFileForm, ReportHeadingForm, ReportRowView, ReportTableView};

/// Writes it.
///
/// # Errors
/// [`Refusal::Unreadable`] where there are not as many headings as columns; [`Refusal::Cancelled`].
pub(crate) fn written(table: &ReportTableView, form: &ReportFileForm, work: &Work) -> Result<File, Refusal> {
    if form.columns.len() != columns(table) {
        return Err(Refusal::Unreadable);
    }
    let head = std::iter::once(form.first.clone()).chain(form.columns.iter().map(heading));
    let sheet = Sheet {
        name: form.above.first().cloned().unwrap_or_else(|| table.id.clone()),
        above: form.above.clone(),
        head: head.collect(),
        rows: table.rows.iter().chain([&table.total]).map(|row| figures(row, form)).collect(),
        below: form.below.clone(),
    };
    sheet::file(&table.id, vec![sheet], form.xlsx, work)
}

/// Columns of a table with headings: the differences of a movement are two more.
fn columns(table: &ReportTableView) -> usize {
    table.columns.len() + table.total.differences.as_ref().map_or(0, Vec::len)
}

fn heading(heading: &ReportHeadingForm) -> String {
    match heading.group.as_str() {
        "" => heading.name.clone(),
        group => format!("{group}: {}", heading.name),
    }
}

fn figures(row: &ReportRowView, form: &ReportFileForm) -> Vec<Figure> {
    let name = form.names.get(&row.key).unwrap_or(&row.name);
    let cells = row.cells.iter().map(|cell| match share(*cell) {
        None => Figure::Count(cell.count),
        Some(None) => Figure::Text(form.nobody.clone()),
        Some(Some(share)) => Figure::Percent(share),
    });
    let differences = row.differences.iter().flatten().copied().map(Figure::Difference);
    std::iter::once(Figure::Text(name.clone())).chain(cells).chain(differences).collect()
}

/// Of a share the share of one, `None` of nobody; nothing of a count.
fn share(cell: ReportCellView) -> Option<Option<f64>> {
    cell.of.map(|of| (of > 0).then(|| cell.count as f64 / of as f64))
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
        let file = written(&table(None), &form(false), &Work::alone()).unwrap();
        assert_eq!(file.name, "official.csv");
        let text = String::from_utf8(file.bytes).unwrap();
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
        let file = written(&table, &form, &Work::alone()).unwrap();
        assert!(String::from_utf8(file.bytes).unwrap().contains("Quốc Khánh,0,0,không có đối tượng,-1,4"));
    }

    #[test]
    fn a_workbook_is_read_back_with_real_numbers_and_its_heads() {
        let file = written(&table(None), &form(true), &Work::alone()).unwrap();
        assert_eq!(file.name, "official.xlsx");
        let mut book: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(file.bytes)).unwrap();
        let sheet = calamine::Reader::worksheet_range_at(&mut book, 0).unwrap().unwrap();
        let at = |row, column| sheet.get_value((row, column)).cloned().unwrap();
        assert_eq!(at(0, 0), calamine::Data::String("Kết quả".to_owned()));
        assert_eq!(at(1, 0), calamine::Data::String("Toàn tỉnh".to_owned()));
        assert_eq!(at(3, 3), calamine::Data::String("Hộ nghèo: Tỷ lệ".to_owned()));
        assert_eq!(at(4, 0), calamine::Data::String("=Đoàn Kết".to_owned()));
        assert_eq!(at(4, 1), calamine::Data::Float(3.0));
        assert_eq!(at(4, 3), calamine::Data::Float(1.0 / 3.0));
        assert_eq!(at(5, 3), calamine::Data::String("không có đối tượng".to_owned()));
        assert_eq!(at(6, 0), calamine::Data::String("Tổng".to_owned()));
        let mut short = form(true);
        short.columns.pop();
        assert_eq!(written(&table(None), &short, &Work::alone()).unwrap_err(), Refusal::Unreadable);
    }
}
