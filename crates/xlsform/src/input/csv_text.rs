//! One CSV text as a grid.

use super::{Grid, LARGEST, MOST_COLUMNS, tidied};
use crate::problem::{Problems, Sheet};

/// Reads a CSV text; a byte-order mark is skipped.
pub(crate) fn grid(sheet: &Sheet, text: &str, problems: &mut Problems) -> Grid {
    let mut grid = Grid::default();
    if text.len() > LARGEST {
        problems.add(sheet, 1, "", "too_large", "");
        return grid;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut is_first = true;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => {
                problems.add(sheet, 1, "", "unreadable", "");
                break;
            }
        }
        let line = record.position().map_or(1, |position| position.line() as usize);
        // One more than allowed, so that it is refused.
        let cells: Vec<String> = record.iter().take(MOST_COLUMNS + 1).map(tidied).collect();
        if !is_first {
            if !grid.take(sheet, line, cells, problems) {
                break;
            }
            continue;
        }
        is_first = false;
        if cells.len() > MOST_COLUMNS {
            problems.add(sheet, 1, "", "too_many_columns", "");
            break;
        }
        grid.headers = cells;
    }
    grid
}
