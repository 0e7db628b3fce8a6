//! All that this storage holds, table by table, for another.

use rusqlite::Transaction;
use rusqlite::types::ValueRef;

use crate::storage::StorageError;
use crate::storage::moved::{Cell, Rows, Sink};

/// Rows handed over at once, unless they are long.
const STEP: usize = 2_000;
const STEP_BYTES: usize = 4 << 20;

/// How the rows of each table are read, in an order in which each finds what it refers to. A statement stands under its table's name.
const STATEMENTS: &str = include_str!("sql/export.sql");

/// Tables of which nothing is to be moved: what waits to be settled is settled before, and what is indexed is indexed anew.
const NOT_MOVED: &[&str] = &[
    "unsettled_edits",
    "unindexed_households",
    "indexed_households",
    "persons",
    "duplicate_pairs",
    "refinery_schema_history",
    "sqlite_sequence",
];
/// The index of words, and the tables that it makes for itself.
const WORDS: &str = "household_words";

/// Hands every row over. Refused where there is a table that nobody told how to move.
pub(super) fn export(tx: &Transaction<'_>, sink: &mut Sink<'_>) -> Result<(), StorageError> {
    let mut names = tx.prepare("SELECT name FROM sqlite_master WHERE type = 'table'")?;
    let statements: Vec<(&'static str, &'static str)> =
        STATEMENTS.split("-- ").filter_map(|part| part.split_once('\n')).collect();
    for name in names.query_map([], |row| row.get::<_, String>(0))? {
        let name = name?;
        let is_known = statements.iter().any(|(table, _)| *table == name)
            || NOT_MOVED.contains(&name.as_str())
            || name.starts_with(WORDS);
        if !is_known {
            return Err(StorageError::Damaged("table"));
        }
    }
    for (table, sql) in statements {
        let mut statement = tx.prepare(sql)?;
        let columns = statement.column_count();
        let mut found = statement.query([])?;
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(row) = found.next()? {
            let cells: Vec<Cell> =
                (0..columns).map(|place| cell(row.get_ref(place)?)).collect::<Result<_, _>>()?;
            bytes += cells.iter().map(length).sum::<usize>();
            rows.push(cells);
            if rows.len() == STEP || bytes > STEP_BYTES {
                sink(Rows { table, rows: std::mem::take(&mut rows) })?;
                bytes = 0;
            }
        }
        sink(Rows { table, rows })?;
    }
    Ok(())
}

fn cell(value: ValueRef<'_>) -> Result<Cell, StorageError> {
    match value {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(number) => Ok(Cell::Int(number)),
        // As other storages can keep it.
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Cell::Text(text.replace('\0', "\u{fffd}"))),
            Err(_) => Err(StorageError::Damaged("text")),
        },
        ValueRef::Blob(bytes) => Ok(Cell::Bytes(bytes.to_vec())),
        ValueRef::Real(_) => Err(StorageError::Damaged("number")),
    }
}

fn length(cell: &Cell) -> usize {
    match cell {
        Cell::Null | Cell::Int(_) => 8,
        Cell::Text(text) => text.len(),
        Cell::Bytes(bytes) => bytes.len(),
    }
}
