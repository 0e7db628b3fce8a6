//! Point tables as workbooks: what is read, what is refused and where, and that what is written is read back the same.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use rasoat_casework::standard::PointTable;
use rasoat_instrument::{Confidence, Plan};
use rasoat_lists::{PointsProblem, read_points, write_points};
use rust_xlsxwriter::{Workbook, Worksheet};

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let sheet = |name: &str| shipped(&format!("household-2026/{name}.csv"));
    let form = rasoat_xlsform::read_csv(&sheet("survey"), &sheet("choices"), &sheet("settings"));
    Plan::new(Arc::new(form.unwrap_or_else(|problems| panic!("{problems:#?}"))))
});

fn shipped(place: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../instruments").join(place);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{place}: {error}"))
}

fn dummy() -> PointTable {
    PointTable::from_toml(&shipped("points/b1-dummy.toml")).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

const HEADERS: [&str; 7] = ["key", "label", "expression", "each", "at_most", "urban", "NT2"];
const ABOUT: [[&str; 2]; 5] = [
    ["id", "trial"],
    ["title", "Bảng thử"],
    ["source", "Bịa ra để thử"],
    ["confidence", "unverified"],
    ["dummy", "yes"],
];
const ROW: [&str; 7] = ["water", "Nước sạch", "${water_source} = 'tap'", "", "", "15", "10"];

/// Writes a row; what reads as a number becomes one, `#` an error, `'15` the text 15.
fn put(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, text) in (0_u16..).zip(cells) {
        if text.is_empty() {
            continue;
        }
        let done = match (text.strip_prefix('\''), text.parse::<f64>()) {
            (Some(text), _) => sheet.write_string(row, column, text),
            (None, Ok(number)) => sheet.write_number(row, column, number),
            (None, Err(_)) if *text == "#" => {
                sheet.write_formula(row, column, rust_xlsxwriter::Formula::new("=A1/0").set_result("#DIV/0!"))
            }
            (None, Err(_)) => sheet.write_string(row, column, *text),
        };
        done.unwrap();
    }
}

fn book(headers: &[&str], rows: &[&[&str]], about: &[[&str; 2]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Điểm").unwrap();
    put(sheet, 0, headers);
    for (index, row) in (1..).zip(rows) {
        put(sheet, index, row);
    }
    let sheet = workbook.add_worksheet().set_name("About").unwrap();
    for (index, line) in (0..).zip(about) {
        put(sheet, index, line);
    }
    workbook.save_to_buffer().unwrap()
}

fn problems(bytes: &[u8]) -> Vec<PointsProblem> {
    read_points(bytes, Some(&PLAN)).expect_err("something is wrong")
}

/// Problems as `Sheet!C4 code word`.
fn told(bytes: &[u8]) -> Vec<String> {
    let tell = |problem: PointsProblem| {
        let PointsProblem { sheet, row, column, code, word } = problem;
        format!("{sheet}!{column}{row} {code} {word}").trim_end().to_owned()
    };
    problems(bytes).into_iter().map(tell).collect()
}

fn with(column: usize, text: &'static str) -> Vec<&'static str> {
    let mut row = ROW.to_vec();
    row[column] = text;
    row
}

#[test]
fn a_sheet_of_rows_and_a_sheet_about_it_make_a_table() {
    let each = ["wages", "Làm công", "${work_status}  =  'wage'", "members", "2", "'30", "-2.5"];
    let bytes = book(&HEADERS, &[&ROW, &[], &each], &ABOUT);
    let table = read_points(&bytes, Some(&PLAN)).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!((table.id.as_str(), table.title.get("vi"), table.dummy), ("trial", "Bảng thử", true));
    assert_eq!(table.provenance.confidence, Confidence::Unverified);
    assert_eq!(table.columns, ["urban", "NT2"]);
    assert_eq!(table.rows.len(), 2);
    assert_eq!((table.rows[0].key.as_str(), table.rows[0].points.as_slice()), ("water", &[15.0, 10.0][..]));
    assert_eq!(table.rows[0].each, None);
    let members = table.rows[1].each.as_ref().expect("for each member");
    assert_eq!((members.repeat.as_str(), members.at_most), ("members", Some(2)));
    assert_eq!(table.rows[1].points, [30.0, -2.5]);
    assert_eq!(table.rows[1].when.source(), "${work_status}  =  'wage'", "blanks stay as they were written");
}

#[test]
fn a_table_written_as_a_workbook_is_read_back_the_same() {
    let table = dummy();
    let bytes = write_points(&table).unwrap();
    let again = read_points(&bytes, Some(&PLAN)).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(again, table);
    let toml = PointTable::from_toml(&again.to_toml()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(toml, table);
}

#[test]
fn columns_may_stand_in_any_order_below_a_title() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    put(sheet, 1, &["BẢNG ĐIỂM"]);
    put(sheet, 3, &["", "nt2", "URBAN", "Expression", "Label", "label::en", "Key"]);
    put(sheet, 4, &["", "10", "15", "${water_source} = 'tap'", "Nước sạch", "Clean water", "water"]);
    let sheet = workbook.add_worksheet().set_name("about").unwrap();
    for (index, line) in (0..).zip(&ABOUT) {
        put(sheet, index, line);
    }
    let table = read_points(&workbook.save_to_buffer().unwrap(), None);
    let table = table.unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(table.columns, ["urban", "NT2"]);
    assert_eq!(table.rows[0].points, [15.0, 10.0]);
    assert_eq!(table.rows[0].label.get("en"), "Clean water");
}

#[test]
fn everything_wrong_with_a_table_is_told_at_once_with_its_place() {
    let headers = ["key", "label", "expression", "each", "at_most", "urban", "NT2", "NT9", "NT2", "note"];
    let rows: [&[&str]; 9] = [
        &ROW,
        &with(0, "water"),
        &with(0, ""),
        &["a", "", "${water_source} =", "", "", "many", ""],
        &["b", "B", "${cows} > 1", "", "", "#", "1.500 đ"],
        &["c", "C", "${work_status} = 'wage'", "cows", "", "1", "1"],
        &["d", "D", "${work_status} = 'wage'", "members", "0", "1", "1"],
        &["e", "E", "${work_status} = 'wage'", "", "2", "1", "1"],
        &["f", "F", "true()", "", "", "1", "1", "", "", "", "stray"],
    ];
    let about = [["id", "x"], ["title", ""], ["colour", "red"], ["confidence", "sure"], ["dummy", "perhaps"]];
    let expected = [
        "Điểm!H1 unknown_table NT9",
        "Điểm!I1 repeated_column NT2",
        "Điểm!J1 unknown_table note",
        "Điểm!A3 duplicate_key water",
        "Điểm!A4 missing_value",
        "Điểm!B5 missing_value",
        "Điểm!C5 bad_expression unexpected_end at character 17 ()",
        "Điểm!F5 not_a_number many",
        "Điểm!G5 missing_value",
        "Điểm!C6 bad_expression unknown_name at character 0 (cows)",
        "Điểm!F6 formula_error",
        "Điểm!G6 not_a_number 1.500 đ",
        "Điểm!D7 unknown_repeat cows",
        "Điểm!E8 bad_value 0",
        "Điểm!D9 missing_value each",
        "Điểm!K10 without_header",
        "About!B2 missing_value title",
        "About!A3 unknown_word colour",
        "About!0 missing_value source",
        "About!B4 bad_value sure",
        "About!B5 bad_value perhaps",
    ];
    let found = told(&book(&headers, &rows, &about));
    assert_eq!(found, expected, "{found:#?}");
}

#[test]
fn columns_that_are_not_there_are_told_by_name() {
    let found = told(&book(&["key", "note", "urban"], &[&["a", "b", "1"]], &ABOUT));
    assert_eq!(
        found,
        ["Điểm!B1 unknown_table note", "Điểm!1 missing_column label", "Điểm!1 missing_column expression"]
    );
    let found = told(&book(&HEADERS[..5], &[&ROW[..5]], &ABOUT));
    assert_eq!(found, ["Điểm!1 missing_column urban NT1 NT2 NT3 NT4 NT5 NT6"]);
}

#[test]
fn a_table_without_rows_or_sheets_is_refused() {
    assert_eq!(told(&book(&HEADERS, &[], &ABOUT)), ["Điểm!0 empty_table"]);
    let mut workbook = Workbook::new();
    put(workbook.add_worksheet(), 0, &["STT", "Họ và tên"]);
    let found = told(&workbook.save_to_buffer().unwrap());
    assert_eq!(found, ["!0 missing_sheet points", "!0 missing_sheet about"]);
}

#[test]
fn an_expression_is_tried_on_the_form_only_where_there_is_one() {
    let unknown = with(2, "${cows} > 1");
    let bytes = book(&HEADERS, &[&unknown], &ABOUT);
    assert!(read_points(&bytes, None).is_ok());
    assert_eq!(problems(&bytes).len(), 1);
}

#[test]
fn an_empty_cell_of_points_is_no_zero() {
    assert_eq!(told(&book(&HEADERS, &[&with(6, "")], &ABOUT)), ["Điểm!G2 missing_value"]);
    let zero = with(6, "0");
    let table = read_points(&book(&HEADERS, &[&zero], &ABOUT), None).expect("readable");
    assert_eq!(table.rows[0].points, [15.0, 0.0]);
}

#[test]
fn a_word_of_the_table_said_twice_is_refused() {
    let mut about = ABOUT.to_vec();
    about.push(["dummy", "no"]);
    assert_eq!(told(&book(&HEADERS, &[&ROW], &about)), ["About!A6 duplicate_key dummy"]);
}

#[test]
fn more_rows_than_a_table_has_are_refused_and_not_read_on() {
    let keys: Vec<String> = (0..1_100).map(|number| format!("k{number}")).collect();
    let rows: Vec<Vec<&str>> = keys
        .iter()
        .map(|key| {
            let mut row: Vec<&str> = ROW.to_vec();
            row[0] = key;
            row
        })
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    assert_eq!(told(&book(&HEADERS, &rows, &ABOUT)), ["Điểm!1002 too_many_rows 1000"]);
}

#[test]
fn what_is_no_workbook_is_told_as_such() {
    let of_file = |bytes: &[u8]| {
        let problems = problems(bytes);
        assert_eq!(problems.len(), 1);
        problems[0].code
    };
    assert_eq!(of_file(b"key,label,expression"), "not_excel");
    assert_eq!(of_file(&[]), "not_excel");
    assert_eq!(of_file(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]), "old_excel");
    let whole = write_points(&dummy()).unwrap();
    assert_eq!(of_file(&whole[..whole.len() / 2]), "damaged_workbook");
    assert_eq!(of_file(&vec![0; (64 << 20) + 1]), "file_too_large");
}

#[test]
fn a_text_too_long_for_a_cell_cannot_be_written() {
    let mut table = dummy();
    table.provenance.source = "x".repeat(40_000);
    assert_eq!(write_points(&table).expect_err("too long").code, "unwritable");
}

#[test]
fn every_code_of_its_own_is_listed() {
    for code in PointsProblem::CODES {
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
    }
    let mut codes = PointsProblem::CODES.to_vec();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), PointsProblem::CODES.len());
}
