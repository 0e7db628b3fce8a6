//! What Excel makes of a form: numbers, dates, formulas, further sheets, files that are no workbooks.

use rasoat_instrument::{Definition, Node};
use rasoat_xlsform::{Files, SheetProblem, read_csv, read_xlsx, write_xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};

use crate::fixtures::{assert_round_trip, written};

const SETTINGS: &str = "form_title,form_id,version,default_language\nPhiếu,form,1,vi\n";

/// A workbook whose survey is filled by `fill`; the settings are [`SETTINGS`], with `version` a number.
pub(crate) fn workbook(fill: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>) -> Workbook {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet().set_name("survey").expect("a name")).expect("the survey");
    let settings = workbook.add_worksheet().set_name("settings").expect("a name");
    for (row, line) in (0..).zip(SETTINGS.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            settings.write(row, column, cell).expect("a cell");
        }
    }
    settings.write(1, 2, 1.0).expect("a cell");
    workbook
}

fn rows(sheet: &mut Worksheet, rows: &[&[&str]]) -> Result<(), XlsxError> {
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell)?;
        }
    }
    Ok(())
}

fn read(mut workbook: Workbook) -> Result<Definition, Vec<SheetProblem>> {
    read_xlsx(&workbook.save_to_buffer().expect("the bytes"), &Files::new())
}

fn problems(workbook: Workbook) -> Vec<String> {
    read(workbook).err().unwrap_or_default().iter().map(written).collect()
}

fn problems_of(bytes: &[u8]) -> Vec<String> {
    read_xlsx(bytes, &Files::new()).err().unwrap_or_default().iter().map(written).collect()
}

fn defaults(form: &Definition) -> Vec<String> {
    let default = |node: &Node| match node {
        Node::Question(question) => question.default.as_ref().map(|expr| expr.source().to_owned()),
        Node::Group(_) | Node::Repeat(_) => None,
    };
    form.nodes.iter().filter_map(default).collect()
}

#[test]
fn cells_are_read_as_a_person_sees_them() {
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let time = Format::new().set_num_format("hh:mm");
    let both = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let form = read(workbook(|sheet| {
        rows(sheet, &[&["type", "name", "label::vi", "default", "required"]])?;
        let types =
            ["integer", "decimal", "decimal", "date", "time", "dateTime", "text", "integer", "decimal"];
        for (row, kind) in (1..).zip(types) {
            sheet.write_string(row, 0, kind)?;
            sheet.write_string(row, 1, format!("q{row}"))?;
            sheet.write_string(row, 2, "Câu")?;
            sheet.write_boolean(row, 4, row % 2 == 0)?;
        }
        sheet.write_number(1, 3, 1.0)?;
        sheet.write_number(2, 3, 1.5)?;
        sheet.write_number(3, 3, 0.1 + 0.2)?;
        sheet.write_datetime_with_format(4, 3, ExcelDateTime::from_ymd(2026, 11, 23)?, &day)?;
        sheet.write_datetime_with_format(5, 3, ExcelDateTime::from_hms(14, 30, 0)?, &time)?;
        let met = ExcelDateTime::from_ymd(2026, 11, 23)?.and_hms(7, 5, 0)?;
        sheet.write_datetime_with_format(6, 3, met, &both)?;
        sheet.write_string(7, 3, "  001  ")?;
        sheet.write_formula(8, 3, Formula::new("=1+1").set_result("2"))?;
        sheet.write_number(9, 3, 1234567.0)?;
        Ok(())
    }));
    let form = form.unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(form.version, "1");
    let expected =
        ["1", "1.5", "0.3", "2026-11-23", "14:30:00", "2026-11-23T07:05:00", "001", "2", "1234567"];
    assert_eq!(defaults(&form), expected);
    let required = |node: &Node| matches!(node, Node::Question(question) if question.required.is_some());
    assert_eq!(form.nodes.iter().filter(|node| required(node)).count(), 4);
}

#[test]
fn problems_name_the_row_of_the_sheet() {
    let found = problems(workbook(|sheet| {
        rows(sheet, &[&["type", "name", "label::vi", "relevant"]])?;
        sheet.write_string(6, 0, "text")?.write_string(6, 1, "a")?.write_string(
            6,
            2,
            "Dòng một\nDòng hai",
        )?;
        sheet.write_string(41, 0, "text")?.write_string(41, 1, "b")?.write_string(41, 2, "B")?;
        sheet.write_string(41, 3, "${nobody}")?;
        sheet.write_string(42, 0, "text")?.write_string(42, 1, "c")?.write_string(42, 2, "C")?;
        sheet.write_formula(42, 3, Formula::new("=1/0").set_result("#DIV/0!"))?;
        sheet.write_string(43, 5, "lạc")?;
        Ok(())
    }));
    let expected = [
        "survey 42 relevant: unknown_name nobody @0",
        "survey 43 relevant: formula_error",
        "survey 44 : unnamed_column lạc",
        "survey 44 type: missing_type",
    ];
    assert_eq!(found, expected);
}

#[test]
fn sheets_are_known_by_name_and_others_refused_unless_empty_or_marked() {
    let plain = || workbook(|sheet| rows(sheet, &[&["type", "name", "label::vi"], &["text", "a", "A"]]));
    let with = |name: &str, cell: &str| {
        let mut workbook = plain();
        workbook.add_worksheet().set_name(name).expect("a name").write_string(3, 2, cell).expect("a cell");
        problems(workbook)
    };
    assert_eq!(problems(plain()), [] as [&str; 0]);
    assert_eq!(with("Sheet4", " "), [] as [&str; 0]);
    assert_eq!(with("_ghi chú", "Nhớ hỏi lại"), [] as [&str; 0]);
    assert_eq!(with("CHOICES", ""), [] as [&str; 0]);
    for name in ["entities", "external_choices", "osm", "Bảng tính"] {
        assert_eq!(with(name, "x"), [format!("sheet {name} 1 : unsupported_sheet {name}")]);
    }
}

#[test]
fn a_workbook_without_the_sheets_of_a_form_is_refused() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write(0, 0, "Danh sách hộ").expect("a cell");
    let expected = [
        "workbook 1 : missing_sheet settings",
        "workbook 1 : missing_sheet survey",
        "sheet Sheet1 1 : unsupported_sheet Sheet1",
    ];
    assert_eq!(problems(workbook), expected);
}

#[test]
fn files_that_are_no_workbooks_are_refused_by_what_they_are() {
    let old = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    let marker: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let locked = [old.as_slice(), &marker].concat();
    let cases: [(&[u8], &str); 6] = [
        (b"", "not_a_workbook"),
        (b"type,name,label\n", "not_a_workbook"),
        (b"PK\x03\x04 cut off", "damaged"),
        (&old, "old_excel"),
        (&locked, "password_protected"),
        (&vec![b'P'; (32 << 20) + 1], "too_large"),
    ];
    for (bytes, code) in cases {
        assert_eq!(problems_of(bytes), [format!("workbook 1 : {code}")]);
    }
}

#[test]
fn the_shipped_form_goes_to_excel_and_back() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../instruments/household-2026");
    let sheet = |name: &str| std::fs::read_to_string(format!("{folder}/{name}.csv")).expect("a sheet");
    let form = read_csv(&sheet("survey"), &sheet("choices"), &sheet("settings"));
    let form = form.unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_round_trip("household-2026", &form);
}

#[test]
fn equal_forms_are_equal_workbooks() {
    let form = read_csv("type,name,label::vi\ntext,a,A\n", "", SETTINGS).expect("a form");
    let [one, other] = [0, 1].map(|_| write_xlsx(&form).expect("a workbook").bytes);
    assert!(one == other);
}
