//! What SQLite does by itself: rows as large as a household's edits, put into one table in transactions of a request's size.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use rusqlite::Connection;

/// Rows a second.
pub(super) struct Plain {
    pub(super) bare: f64,
    /// With every page encrypted.
    pub(super) encrypted: f64,
}

pub(super) fn households_per_second(rows: usize, at_once: usize, bytes: usize) -> Result<Plain> {
    let folder = tempfile::tempdir()?;
    Ok(Plain {
        bare: insert(&folder.path().join("bare.db"), None, rows, at_once, bytes)?,
        encrypted: insert(
            &folder.path().join("encrypted.db"),
            Some("x'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'"),
            rows,
            at_once,
            bytes,
        )?,
    })
}

fn insert(file: &Path, key: Option<&str>, rows: usize, at_once: usize, bytes: usize) -> Result<f64> {
    let mut database = Connection::open(file)?;
    if let Some(key) = key {
        database.pragma_update(None, "key", key)?;
    }
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    let row = vec![7_u8; bytes];
    let start = Instant::now();
    for _ in 0..rows.div_ceil(at_once) {
        let transaction = database.transaction()?;
        {
            let mut statement = transaction.prepare_cached("INSERT INTO rows (bytes) VALUES (?1)")?;
            for _ in 0..at_once {
                statement.execute([&row])?;
            }
        }
        transaction.commit()?;
    }
    Ok(rows as f64 / start.elapsed().as_secs_f64())
}
