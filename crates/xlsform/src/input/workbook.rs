//! An Excel workbook as grids.

use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{Grid, LARGEST, MOST_COLUMNS, tidied};
use crate::problem::{Problems, Sheet};

/// All parts together may unpack to this many bytes.
const LARGEST_UNPACKED: u64 = 256 << 20;
/// A part above [`SMALL_PART`] that unpacks to more than this many times its packed size is no spreadsheet. Sheets of
/// repeated rows reach 30; deflate ends at 1,032.
const LARGEST_RATIO: u64 = 150;
/// Below this many unpacked bytes the ratio says nothing.
const SMALL_PART: u64 = 8 << 20;
/// A workbook has some dozens of parts.
const MOST_PARTS: usize = 2_000;

/// The first bytes of Microsoft's compound files: Excel before 2007, and every workbook under a password.
const COMPOUND_MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The sheets of a form.
#[derive(Debug, Default)]
pub(crate) struct Grids {
    pub(crate) survey: Grid,
    pub(crate) choices: Grid,
    pub(crate) settings: Grid,
}

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Reads the form's sheets; `None` where there are none to look at, for reasons that are among the problems.
pub(crate) fn read(bytes: &[u8], problems: &mut Problems) -> Option<Grids> {
    let opened = open(bytes).and_then(|mut book| {
        let sheets = book.sheets_metadata().to_vec();
        let mut grids = Grids::default();
        let mut seen: Vec<Sheet> = Vec::new();
        // Charts and the like have no cells.
        for found in sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
            let sheet = named(&found.name);
            if seen.contains(&sheet) {
                problems.add(&sheet, 1, "", "duplicate_sheet", &found.name);
                continue;
            }
            match &sheet {
                Sheet::Survey => grids.survey = read_sheet(&mut book, &found.name, &sheet, problems)?,
                Sheet::Choices => grids.choices = read_sheet(&mut book, &found.name, &sheet, problems)?,
                Sheet::Settings => grids.settings = read_sheet(&mut book, &found.name, &sheet, problems)?,
                // Authors keep notes there, and ODK's tools pass them over as well.
                Sheet::Workbook | Sheet::File(_) | Sheet::Other(_) if found.name.starts_with('_') => {}
                Sheet::Workbook | Sheet::File(_) | Sheet::Other(_) => {
                    if !is_empty(&mut book, &found.name)? {
                        problems.add(&sheet, 1, "", "unsupported_sheet", &found.name);
                    }
                }
            }
            seen.push(sheet);
        }
        for needed in [Sheet::Survey, Sheet::Settings] {
            if !seen.contains(&needed) {
                problems.add(&Sheet::Workbook, 1, "", "missing_sheet", &needed.to_string());
            }
        }
        Ok(seen.contains(&Sheet::Survey).then_some(grids))
    });
    opened.unwrap_or_else(|code| {
        problems.add(&Sheet::Workbook, 1, "", code, "");
        None
    })
}

fn named(name: &str) -> Sheet {
    match name.trim().to_lowercase().as_str() {
        "survey" => Sheet::Survey,
        "choices" => Sheet::Choices,
        "settings" => Sheet::Settings,
        _ => Sheet::Other(name.to_owned()),
    }
}

fn open(bytes: &[u8]) -> Result<Book<'_>, &'static str> {
    if bytes.starts_with(&COMPOUND_MAGIC) {
        let marker: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(marker.len()).any(|window| window == marker);
        return Err(if encrypted { "password_protected" } else { "old_excel" });
    }
    if bytes.len() > LARGEST {
        return Err("too_large");
    }
    if !bytes.starts_with(b"PK") {
        return Err("not_a_workbook");
    }
    refuse_bombs(bytes)?;
    Xlsx::new(Cursor::new(bytes)).map_err(|_| "damaged")
}

/// Unpacks every part to nowhere, counting: what the archive's directory says about sizes may be a lie.
fn refuse_bombs(bytes: &[u8]) -> Result<(), &'static str> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| "damaged")?;
    if archive.len() > MOST_PARTS {
        return Err("zip_bomb");
    }
    let mut workbook_seen = false;
    let mut unpacked = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| {
            let locked = matches!(error, ZipError::UnsupportedArchive(_));
            if locked { "password_protected" } else { "damaged" }
        })?;
        workbook_seen |= part.name().eq_ignore_ascii_case("xl/workbook.xml");
        let packed = part.compressed_size().max(1);
        let may = (LARGEST_UNPACKED - unpacked).min(SMALL_PART.max(packed.saturating_mul(LARGEST_RATIO)));
        if part.size() > may {
            return Err("zip_bomb");
        }
        let read = std::io::copy(&mut part.take(may + 1), &mut std::io::sink()).map_err(|_| "damaged")?;
        if read > may {
            return Err("zip_bomb");
        }
        unpacked += read;
    }
    if workbook_seen { Ok(()) } else { Err("not_a_workbook") }
}

fn is_empty(book: &mut Book<'_>, name: &str) -> Result<bool, &'static str> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|_| "damaged")?;
    while let Some(cell) = cells.next_cell().map_err(|_| "damaged")? {
        if words(cell.get_value()).is_none_or(|words| !words.is_empty()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Cell by cell: a sheet may claim one cell at its far corner, and a dense table of it would not fit in memory.
fn read_sheet(
    book: &mut Book<'_>,
    name: &str,
    sheet: &Sheet,
    problems: &mut Problems,
) -> Result<Grid, &'static str> {
    let mut grid = Grid::default();
    let mut cells = book.worksheet_cells_reader(name).map_err(|_| "damaged")?;
    let mut row: (u32, Vec<String>) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(|_| "damaged")? {
        let (at, column) = cell.get_position();
        let text = words(cell.get_value());
        if text.as_ref().is_some_and(String::is_empty) {
            continue;
        }
        if at < row.0 {
            return Err("damaged");
        }
        if at > row.0
            && !finish_row(&mut grid, sheet, std::mem::replace(&mut row, (at, Vec::new())), problems)
        {
            return Ok(grid);
        }
        let column = column as usize;
        if column >= MOST_COLUMNS {
            problems.add(sheet, at as usize + 1, "", "too_many_columns", "");
            return Ok(grid);
        }
        let text = text.unwrap_or_else(|| {
            let header = grid.headers.get(column).map_or("", String::as_str);
            problems.add(sheet, at as usize + 1, header, "formula_error", "");
            String::new()
        });
        if row.1.len() <= column {
            row.1.resize(column + 1, String::new());
        }
        if let Some(place) = row.1.get_mut(column) {
            *place = text;
        }
    }
    finish_row(&mut grid, sheet, row, problems);
    Ok(grid)
}

fn finish_row(grid: &mut Grid, sheet: &Sheet, row: (u32, Vec<String>), problems: &mut Problems) -> bool {
    let (at, cells) = row;
    if at == 0 {
        grid.headers = cells;
        return true;
    }
    grid.take(sheet, at as usize + 1, cells, problems)
}

/// What a person sees in the cell; `None` for a formula's error.
fn words(data: &DataRef<'_>) -> Option<String> {
    Some(match data {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_words(*number),
        DataRef::String(text) => tidied(text),
        DataRef::SharedString(text) => tidied(text),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => moment_words(*moment),
        DataRef::DateTimeIso(text) => {
            let text = text.trim();
            text.strip_suffix("T00:00:00").unwrap_or(text).to_owned()
        }
        DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::Error(_) => return None,
        DataRef::Empty => String::new(),
    })
}

/// Excel shows fifteen digits: `0.1 + 0.2` is `0.3`.
fn number_words(number: f64) -> String {
    let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if shown == 0.0 { "0".to_owned() } else { shown.to_string() }
}

/// `2026-11-23`, `14:30:00` or `2026-11-23T14:30:00`.
fn moment_words(moment: ExcelDateTime) -> String {
    let number = moment.as_f64();
    if !(0.0..2_958_466.0).contains(&number) || moment.is_duration() && number >= 1.0 {
        return number_words(number);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if number < 1.0 {
        time
    } else if number.fract() == 0.0 {
        date
    } else {
        format!("{date}T{time}")
    }
}
