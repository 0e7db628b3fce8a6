//! Files that somebody uploads, read as a version: everything that is wrong with them is told at once.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rasoat_casework::Units;
use rasoat_casework::standard::{PointTable, Standard, StandardProblem};
use rasoat_casework::targets::Targets;
use rasoat_exchange::enrolment::UnitsFiles;
use rasoat_instrument::Plan;
use rasoat_xlsform::{Files, Form, SheetProblem};

use crate::shipped::instrument;
use crate::storage::LibraryKind;
use crate::view::LibraryProblemView;

/// Files of one upload.
pub(crate) const MOST_FILES: usize = 40;
/// All files of one upload together, in bytes.
pub(crate) const LARGEST: usize = 8 << 20;

/// What was uploaded.
pub(crate) struct Upload {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The day from which a code list is in force.
    pub(crate) version: String,
}

/// A version as it was read.
pub(crate) struct Read {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) hash: [u8; 32],
    pub(crate) content: String,
}

type Problems = Vec<LibraryProblemView>;

/// Reads an upload as a version of a kind; point tables are tried on a form.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn read(kind: LibraryKind, upload: Upload, form: &Plan) -> Result<Read, Problems> {
    match kind {
        LibraryKind::Instrument => read_form(upload.files),
        LibraryKind::Standard => {
            let text = only_text(upload.files, "toml")?;
            let standard = Standard::from_toml(&text).map_err(|problems| of_keys("", &problems, true))?;
            Ok(of_text(standard.id, String::new(), text))
        }
        LibraryKind::Points => read_table(upload.files, form),
        LibraryKind::Targets => {
            let text = only_text(upload.files, "toml")?;
            let targets = Targets::from_toml(&text).map_err(|problems| of_keys("", &problems, true))?;
            Ok(of_text(targets.id, String::new(), text))
        }
        LibraryKind::Units => read_units(upload),
    }
}

fn of_text(id: String, version: String, content: String) -> Read {
    Read { id, version, hash: *blake3::hash(content.as_bytes()).as_bytes(), content }
}

/// A workbook with the CSV files beside it, or sheets as CSV.
fn read_form(mut files: Files) -> Result<Read, Problems> {
    let workbook = files.keys().find(|name| has_ending(name, "xlsx")).cloned();
    let form = match workbook.and_then(|name| files.remove(&name)) {
        Some(bytes) => {
            let definition =
                rasoat_xlsform::read_xlsx(&bytes, &files).map_err(|problems| of_sheets(&problems))?;
            rasoat_xlsform::write_csv(&definition)
        }
        None => {
            let mut sheet = |name: &str| text_of(files.remove(name).unwrap_or_default(), name);
            let (survey, choices, settings) =
                (sheet("survey.csv")?, sheet("choices.csv")?, sheet("settings.csv")?);
            if survey.is_empty() {
                return Err(vec![of_file("", "missing_form")]);
            }
            Form { survey, choices, settings, files }
        }
    };
    let definition = form.read().map_err(|problems| of_sheets(&problems))?;
    let mut beside = BTreeMap::new();
    for (name, bytes) in form.files {
        let text = text_of(bytes, &name)?;
        beside.insert(name, text);
    }
    let mut made = instrument(form.survey, form.choices, form.settings, beside);
    made.id = definition.id;
    made.version = definition.version;
    let hash = crate::hex::parse(&made.hash).unwrap_or_default();
    let content = serde_json::to_string(&made).map_err(|_| vec![of_file("", "unreadable")])?;
    Ok(Read { id: made.id, version: made.version, hash, content })
}

/// A workbook, or the file that such a one is turned into.
fn read_table(mut files: Files, form: &Plan) -> Result<Read, Problems> {
    let workbook = files.keys().find(|name| has_ending(name, "xlsx")).cloned();
    let Some(bytes) = workbook.and_then(|name| files.remove(&name)) else {
        let text = only_text(files, "toml")?;
        let table = PointTable::from_toml(&text).map_err(|problems| of_keys("", &problems, true))?;
        return Ok(of_text(table.id, String::new(), text));
    };
    let table = rasoat_lists::read_points(&bytes, Some(form)).map_err(|problems| {
        let problems = problems.into_iter().map(|problem| LibraryProblemView {
            sheet: problem.sheet,
            row: problem.row,
            column: problem.column,
            code: problem.code.to_owned(),
            word: problem.word,
            at: None,
            blocks: true,
        });
        problems.collect::<Problems>()
    })?;
    let text = table.to_toml();
    Ok(of_text(table.id, String::new(), text))
}

/// Two files, told apart by their headings: communes, and the map from the codes before.
fn read_units(upload: Upload) -> Result<Read, Problems> {
    let (mut communes, mut moves) = (None, None);
    for (name, bytes) in upload.files {
        let text = text_of(bytes, &name)?;
        let heading = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
        if heading.contains("old_code") {
            moves = Some((name, text));
        } else {
            communes = Some((name, text));
        }
    }
    let missing = |code| vec![of_file("", code)];
    let (communes_name, units_csv) = communes.ok_or_else(|| missing("missing_communes"))?;
    let (moves_name, old_to_new_csv) = moves.ok_or_else(|| missing("missing_map"))?;
    if upload.version.parse::<Date>().is_err() {
        return Err(missing("missing_day"));
    }
    Units::from_csv(&upload.version, &units_csv, &old_to_new_csv).map_err(|error| {
        let of_map = ["unknown_unit", "no_default", "two_defaults"].contains(&error.code);
        vec![LibraryProblemView {
            sheet: if of_map { moves_name } else { communes_name },
            row: u32::try_from(error.line).unwrap_or_default(),
            code: error.code.to_owned(),
            ..of_file("", "")
        }]
    })?;
    let files = UnitsFiles { version: upload.version, units_csv, old_to_new_csv };
    let content = serde_json::to_string(&files).map_err(|_| missing("unreadable"))?;
    Ok(of_text("units".to_owned(), files.version, content))
}

/// The one file with an ending.
fn only_text(files: Files, ending: &str) -> Result<String, Problems> {
    let mut found = files.into_iter().filter(|(name, _)| has_ending(name, ending));
    match (found.next(), found.next()) {
        (Some((name, bytes)), None) => text_of(bytes, &name),
        _ => Err(vec![of_file("", "missing_toml")]),
    }
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(ending))
}

/// Texts are UTF-8 without NUL, which databases do not keep.
fn text_of(bytes: Vec<u8>, name: &str) -> Result<String, Problems> {
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    text.ok_or_else(|| vec![of_file(name, "unreadable")])
}

/// Something that is wrong with a file as a whole.
pub(crate) fn of_file(sheet: &str, code: &str) -> LibraryProblemView {
    LibraryProblemView {
        sheet: sheet.to_owned(),
        row: 0,
        column: String::new(),
        code: code.to_owned(),
        word: String::new(),
        at: None,
        blocks: true,
    }
}

fn of_sheets(problems: &[SheetProblem]) -> Problems {
    let view = |problem: &SheetProblem| LibraryProblemView {
        sheet: problem.sheet.to_string(),
        row: u32::try_from(problem.row).unwrap_or(u32::MAX),
        column: problem.column.clone(),
        code: problem.code.clone(),
        word: problem.word.clone(),
        at: problem.at.and_then(|at| u32::try_from(at + 1).ok()),
        blocks: true,
    };
    problems.iter().map(view).collect()
}

/// What is wrong in a file of keys, or between it and another.
pub(crate) fn of_keys(sheet: &str, problems: &[StandardProblem], blocks: bool) -> Problems {
    let view = |problem: &StandardProblem| LibraryProblemView {
        column: problem.place.clone(),
        word: problem.detail.chars().take(300).collect(),
        blocks,
        ..of_file(sheet, &problem.code)
    };
    problems.iter().map(view).collect()
}
