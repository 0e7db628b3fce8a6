//! From bytes to cells: bounded before anything is believed.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::cell::Cell;
use crate::problem::ListError;

/// Larger files are refused unread. The largest real list (a province's 18,000 households) is under 10 MB.
pub(crate) const LARGEST_FILE: usize = 64 << 20;
/// All parts together may unpack to this many bytes.
const LARGEST_UNPACKED: u64 = 512 << 20;
/// A part above [`SMALL_PART`] that unpacks to more than this many times its packed size is no spreadsheet. Sheets of
/// repeated rows reach 30; deflate ends at 1,032.
const LARGEST_RATIO: u64 = 150;
/// Below this many unpacked bytes the ratio says nothing.
const SMALL_PART: u64 = 8 << 20;
/// A workbook has some dozens of parts.
const MOST_PARTS: usize = 2_000;
/// Rows and columns beyond these are no list; the columns stay unread, the rows refuse the file.
pub(crate) const MOST_ROWS: u32 = 200_000;
pub(crate) const MOST_COLUMNS: u32 = 100;

/// The first bytes of Microsoft's compound files: Excel before 2007, and every workbook under a password.
const COMPOUND_MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// One sheet's cells.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// Its name.
    pub(crate) name: String,
    /// Row and column, both from 0, to the cell; empty cells are absent.
    pub(crate) rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
    /// Merged areas: first row and column, last row and column.
    pub(crate) merged: Vec<((u32, u32), (u32, u32))>,
}

/// What becomes of texts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Texts {
    /// Single-spaced, as names and words are compared.
    Plain,
    /// Inner blanks stay: in an expression they may mean something.
    AsWritten,
}

/// Whether the bytes begin as a workbook does, of whatever age.
pub(crate) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(&COMPOUND_MAGIC)
}

/// Reads every sheet.
pub(crate) fn read(bytes: &[u8], texts: Texts) -> Result<Vec<Sheet>, ListError> {
    if bytes.starts_with(&COMPOUND_MAGIC) {
        let marker: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(marker.len()).any(|window| window == marker);
        return Err(if encrypted { ListError::PasswordProtected } else { ListError::OldExcel });
    }
    if bytes.len() > LARGEST_FILE {
        return Err(ListError::TooLarge);
    }
    if !bytes.starts_with(b"PK") {
        return Err(ListError::NotExcel);
    }
    refuse_bombs(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ListError::Damaged)?;
    workbook.sheet_names().into_iter().map(|name| read_sheet(&mut workbook, name, texts)).collect()
}

/// Unpacks every part to nowhere, counting: what the archive's directory says about sizes may be a lie.
fn refuse_bombs(bytes: &[u8]) -> Result<(), ListError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ListError::Damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(ListError::ZipBomb);
    }
    let mut workbook_seen = false;
    let mut unpacked = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| {
            let locked = matches!(error, ZipError::UnsupportedArchive(_));
            if locked { ListError::PasswordProtected } else { ListError::Damaged }
        })?;
        workbook_seen |= part.name().eq_ignore_ascii_case("xl/workbook.xml");
        let packed = part.compressed_size().max(1);
        let may = (LARGEST_UNPACKED - unpacked).min(SMALL_PART.max(packed.saturating_mul(LARGEST_RATIO)));
        if part.size() > may {
            return Err(ListError::ZipBomb);
        }
        let read =
            std::io::copy(&mut part.take(may + 1), &mut std::io::sink()).map_err(|_| ListError::Damaged)?;
        if read > may {
            return Err(ListError::ZipBomb);
        }
        unpacked += read;
    }
    if workbook_seen { Ok(()) } else { Err(ListError::NotExcel) }
}

fn read_sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: String, texts: Texts) -> Result<Sheet, ListError> {
    let mut sheet = Sheet { name, ..Sheet::default() };
    let merged = workbook.merge_cells_by_sheet_name(&sheet.name).map_err(|_| ListError::Damaged)?;
    sheet.merged = merged.into_iter().map(|area| (area.start, area.end)).collect();
    // Cell by cell: a sheet may claim one cell at its far corner, and a dense table of it would not fit in memory.
    let mut cells = workbook.worksheet_cells_reader(&sheet.name).map_err(|_| ListError::Damaged)?;
    while let Some(found) = cells.next_cell().map_err(|_| ListError::Damaged)? {
        let (row, column) = found.get_position();
        let cell = convert(found.get_value(), texts);
        if cell == Cell::Empty || column >= MOST_COLUMNS {
            continue;
        }
        if row >= MOST_ROWS {
            return Err(ListError::TooManyRows);
        }
        sheet.rows.entry(row).or_default().insert(column, cell);
    }
    Ok(sheet)
}

fn convert(data: &DataRef<'_>, texts: Texts) -> Cell {
    let text = |text: &str| match texts {
        Texts::Plain => Cell::text(text),
        Texts::AsWritten => Cell::as_written(text),
    };
    match data {
        DataRef::Int(number) => number.to_string().parse().map_or(Cell::Error, Cell::Number),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(words) => text(words),
        DataRef::SharedString(words) => text(words),
        DataRef::Bool(yes) => match texts {
            Texts::Plain => text(if *yes { "x" } else { "" }),
            Texts::AsWritten => text(if *yes { "yes" } else { "no" }),
        },
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            Cell::date(year, month, day)
        }
        DataRef::DateTimeIso(words) => text(words.split('T').next().unwrap_or_default()),
        DataRef::DurationIso(_) | DataRef::Error(_) => Cell::Error,
        DataRef::Empty => Cell::Empty,
    }
}
