//! Text with separators (CSV) to a sheet: which encoding, which separator, then the cells.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1258};

use crate::cell::Cell;
use crate::legacy;
use crate::problem::ListError;
use crate::workbook::{LARGEST_FILE, MOST_COLUMNS, MOST_ROWS, Sheet};

/// What may stand between cells; of equal ones the first is taken.
const SEPARATORS: [u8; 4] = *b";,\t|";
/// Breaks within one cell, at most: beyond, a quotation mark was never closed.
const MOST_LINES: usize = 20;
/// Lines by which the separator is found.
const LOOKED_AT: usize = 30;
/// Bytes by which an encoding without a mark is told.
const SAMPLE: usize = 64 << 10;

/// Reads text as a single sheet without a name.
pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, ListError> {
    if bytes.len() > LARGEST_FILE {
        return Err(ListError::TooLarge);
    }
    let text = decode(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    // Web pages and other documents that only call themselves a table.
    if text.trim_start().starts_with(['<', '{', '%']) || text.trim().is_empty() {
        return Err(ListError::NotExcel);
    }
    let (separator, text) = separator_of(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| ListError::Damaged)? {
        if record.iter().any(|text| text.matches('\n').nth(MOST_LINES).is_some()) {
            return Err(ListError::UnclosedQuote);
        }
        let line = record.position().map_or(0, csv::Position::line);
        // Rows are numbered as an editor numbers lines, blank ones included.
        let row = u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX);
        let fields = record.iter().take(MOST_COLUMNS as usize);
        for (column, cell) in (0..).zip(fields).filter_map(|(column, text)| Some((column, cell(text)?))) {
            if row >= MOST_ROWS {
                return Err(ListError::TooManyRows);
            }
            sheet.rows.entry(row).or_default().insert(column, cell);
        }
    }
    Ok(sheet)
}

/// Digits without a leading zero, as many as a citizen ID has without its zeros, have most likely passed through a
/// spreadsheet's number.
fn cell(text: &str) -> Option<Cell> {
    let digits = text.trim();
    let as_number = matches!(digits.len(), 10 | 11)
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    let cell = match digits.parse().ok().filter(|_| as_number) {
        Some(number) => Cell::Number(number),
        None => Cell::text(text),
    };
    (cell != Cell::Empty).then_some(cell)
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ListError> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return whole(encoding, bytes);
    }
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if sample.contains(&0) {
        // Latin letters leave every other byte empty.
        let empty = |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd) = (empty(0), empty(1));
        return match (sample.len() / 4).max(1) {
            most if odd > most && even == 0 => whole(UTF_16LE, bytes),
            most if even > most && odd == 0 => whole(UTF_16BE, bytes),
            _ => Err(ListError::NotExcel),
        };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let latin: String = sample.iter().map(|byte| char::from(*byte)).collect();
    if let Some(legacy) = legacy::of_text(&latin) {
        return Err(legacy.into());
    }
    let text = whole(WINDOWS_1258, bytes).map_err(|_| ListError::UnknownEncoding)?;
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(ListError::UnknownEncoding);
    }
    Ok(text)
}

fn whole<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, ListError> {
    let (text, _, spoilt) = encoding.decode(bytes);
    match spoilt {
        false => Ok(text),
        true if encoding == UTF_8 => Err(ListError::UnknownEncoding),
        true => Err(ListError::Damaged),
    }
}

/// The separator that parts the first lines into the most columns, alike on most of them. Excel's own `sep=;` decides.
fn separator_of(text: &str) -> (u8, &str) {
    let first = text.lines().next().unwrap_or_default();
    if let Some(named) = first.trim_end().strip_prefix("sep=").map(str::as_bytes)
        && let [separator] = named
    {
        return (*separator, text.get(first.len()..).unwrap_or_default());
    }
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).collect();
    let score = |separator: u8| {
        let mut counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, separator)).collect();
        counts.sort_unstable();
        // As many as half of the lines have.
        counts.get(counts.len() / 2).copied().unwrap_or_default()
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| score(*separator));
    (best.unwrap_or(b','), text)
}

fn outside_quotes(line: &str, separator: u8) -> usize {
    let mut quoted = false;
    line.bytes()
        .filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted && *byte == separator
        })
        .count()
}
