//! Small forms in `tests/forms`, a folder each: their sheets, and what must come of them.
//!
//! `expect.toml` says what the form is about, whether ODK's pyxform takes it (without our own columns) and where it differs, and
//! then either what is read (`reads`, as `describe.rs` puts it) or every problem (`problems`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rasoat_instrument::Definition;
use rasoat_xlsform::{Files, Form, SheetProblem, read_xlsx, write_csv, write_xlsx};
use serde::Deserialize;

use crate::describe::describe;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    about: String,
    pyxform: bool,
    differs: Option<String>,
    reads: Option<Vec<String>>,
    problems: Option<Vec<String>>,
}

pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) form: Form,
    expected: Expected,
}

/// All of them, by name.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the forms").map(|entry| entry.expect("a form").path()).collect();
    folders.sort();
    folders.iter().map(|folder| fixture(folder)).collect()
}

fn fixture(folder: &Path) -> Fixture {
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    let mut form = Form::default();
    let mut files = Files::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).expect("its bytes");
        let text = || String::from_utf8(bytes.clone()).expect("a text");
        match file.as_str() {
            "survey.csv" => form.survey = text(),
            "choices.csv" => form.choices = text(),
            "settings.csv" => form.settings = text(),
            "expect.toml" => {}
            _ => {
                files.insert(file, bytes);
            }
        }
    }
    form.files = files;
    let expected = std::fs::read_to_string(folder.join("expect.toml")).expect("expect.toml");
    let expected = toml::from_str(&expected).unwrap_or_else(|error| panic!("{name}: {error}"));
    Fixture { name, form, expected }
}

/// `sheet row column: code word @character`, the last two where there are any.
pub(crate) fn written(problem: &SheetProblem) -> String {
    let at = problem.at.map(|at| format!("@{at}")).unwrap_or_default();
    let SheetProblem { sheet, row, column, code, word, .. } = problem;
    let text = format!("{sheet} {row} {column}: {code} {word} {at}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_form_reads_as_expected() {
    let mut wrong = Vec::new();
    let fixtures = fixtures();
    for Fixture { name, form, expected } in &fixtures {
        let (reads, problems) = match form.read() {
            Ok(definition) => (Some(describe(&definition)), None),
            Err(problems) => (None, Some(problems.iter().map(written).collect::<Vec<_>>())),
        };
        assert!(!expected.about.is_empty(), "{name} is about nothing");
        if expected.pyxform != reads.is_some() {
            assert!(expected.differs.is_some(), "{name} says not where pyxform differs");
        }
        if (&reads, &problems) != (&expected.reads, &expected.problems) {
            wrong.push(format!("{name}\n  reads {reads:#?}\n  problems {problems:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} forms:\n{}", wrong.len(), fixtures.len(), wrong.join("\n"));
    assert!(fixtures.len() >= 40, "only {} forms", fixtures.len());
}

#[test]
fn what_is_written_reads_as_the_same_form() {
    for Fixture { name, form, .. } in fixtures() {
        let Ok(definition) = form.read() else { continue };
        assert_round_trip(&name, &definition);
    }
}

/// As an Excel workbook and as CSV texts.
pub(crate) fn assert_round_trip(name: &str, definition: &Definition) {
    let text = format!("{definition:#?}");
    let form = write_csv(definition);
    let again = form.read().unwrap_or_else(|problems| panic!("{name}: {problems:#?}\n{form:#?}"));
    assert_eq!(format!("{again:#?}"), text, "{name} as CSV");
    assert_eq!(write_csv(&again), form, "{name} twice");
    let workbook = write_xlsx(definition).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(workbook.files, form.files, "{name}");
    let again = read_xlsx(&workbook.bytes, &workbook.files)
        .unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
    assert_eq!(format!("{again:#?}"), text, "{name} as a workbook");
    assert_eq!(write_xlsx(&again).expect("the workbook"), workbook, "{name} twice");
}

#[test]
fn the_same_sheets_in_a_workbook_are_read_and_refused_alike() {
    for Fixture { name, form, .. } in fixtures() {
        let sheets = [("survey", &form.survey), ("choices", &form.choices), ("settings", &form.settings)];
        let bytes = workbook(&sheets.map(|(name, text)| (name, text.as_str())));
        let texts = |read: Result<Definition, Vec<SheetProblem>>| match read {
            Ok(definition) => vec![format!("{definition:#?}")],
            Err(problems) => {
                let rows = rows_of_lines(&form);
                problems.iter().map(|problem| written(&moved(problem, &rows))).collect()
            }
        };
        let found = match read_xlsx(&bytes, &form.files) {
            Ok(definition) => vec![format!("{definition:#?}")],
            Err(problems) => problems.iter().map(written).collect(),
        };
        assert_eq!(found, texts(form.read()), "{name}");
    }
}

/// The sheets' cells, all of them texts.
fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, text) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).expect("a name");
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        for (row, record) in (0..).zip(reader.records()) {
            for (column, cell) in (0..).zip(record.expect("a row").iter()) {
                sheet.write_string(row, column, cell).expect("a cell");
            }
        }
    }
    workbook.save_to_buffer().expect("the workbook")
}

/// For each sheet, the row of the workbook for each line of the text that a row starts on.
fn rows_of_lines(form: &Form) -> BTreeMap<String, BTreeMap<usize, usize>> {
    let sheets = [("survey", &form.survey), ("choices", &form.choices), ("settings", &form.settings)];
    let rows = |text: &str| {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let lines =
            reader.records().map(|record| record.expect("a row").position().map_or(1, |p| p.line() as usize));
        lines.zip(1..).collect()
    };
    sheets.into_iter().map(|(name, text)| (name.to_owned(), rows(text))).collect()
}

fn moved(problem: &SheetProblem, rows: &BTreeMap<String, BTreeMap<usize, usize>>) -> SheetProblem {
    let row = rows.get(&problem.sheet.to_string()).and_then(|rows| rows.get(&problem.row));
    SheetProblem { row: row.copied().unwrap_or(problem.row), ..problem.clone() }
}
