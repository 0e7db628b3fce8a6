//! Workbooks as LibreOffice opens them.

use std::path::Path;
use std::process::{Command, Stdio};

use rasoat_documents::{Cell, Interchange, xlsx_rows};

use crate::support::{HOSTILE, village, watched};
use crate::workbooks::table;

/// Comma, quotation marks, UTF-8; values as they are, texts quoted, every sheet.
const CSV: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";

/// The rows of each sheet, in the order of their files' names.
fn opened(folder: &Path, files: &[(&str, Vec<u8>)]) -> Vec<(String, Vec<Vec<String>>)> {
    let mut office = Command::new("soffice");
    office.arg(format!("-env:UserInstallation=file://{}", folder.join("profile").display()));
    office.args(["--headless", "--convert-to", CSV, "--outdir"]).arg(folder.join("out"));
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).expect("written");
        office.arg(folder.join(name));
    }
    let ended = office.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("LibreOffice is set up");
    assert!(ended.success());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder.join("out")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(&path).expect("CSV");
        let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect());
        found.push((path.file_name().expect("a name").to_string_lossy().into_owned(), rows.collect()));
    }
    found.sort();
    found
}

#[test]
fn libreoffice_opens_the_same_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows: Vec<Vec<Cell>> = HOSTILE
        .iter()
        .zip(1_u32..)
        .map(|(text, number)| {
            let fraction = Cell::Number(f64::from(number) / 4.0);
            vec![Cell::text(text), Cell::count(number), fraction, Cell::Number(0.25), Cell::day("2026-11-20")]
        })
        .collect();
    let total = rows.len();
    let bytes = watched(|watch| xlsx_rows(&table(), (rows.into_iter(), total), watch)).expect("a workbook");
    let households = village(21, 60);
    let list =
        Interchange { round: 2026, province: "Lạng Sơn".to_owned(), households: households.clone() };
    let list = watched(|watch| list.xlsx(watch)).expect("a workbook");
    let sheets = opened(folder.path(), &[("table.xlsx", bytes), ("list.xlsx", list)]);
    assert_eq!(sheets.len(), 4, "three sheets and one");

    let (_, table) = sheets.last().expect("the table");
    for (row, (text, number)) in table[4..].iter().zip(HOSTILE.iter().zip(1_u32..)) {
        assert_eq!(row[0], *text);
        assert_eq!(row[1], number.to_string());
        assert_eq!(row[2], (f64::from(number) / 4.0).to_string());
        assert_eq!(row[3], "25%");
        // A date, as the machine's language writes it.
        assert!(["2026-11-20", "20/11/2026", "11/20/2026"].contains(&&*row[4]), "{}", row[4]);
    }
    let names: Vec<&String> =
        sheets[..3].iter().flat_map(|(_, rows)| rows).filter_map(|row| row.get(3)).collect();
    for household in &households {
        let escaped = household.class.as_deref().is_some_and(|class| class.starts_with("escaped"));
        for member in &household.members {
            // Names stand in column D of the first sheet and in C of the others.
            let stands = if escaped {
                sheets[..3].iter().flat_map(|(_, rows)| rows).any(|row| row.get(2) == Some(&member.name))
            } else {
                names.contains(&&member.name)
            };
            assert!(stands, "{}", member.name);
        }
    }
}
