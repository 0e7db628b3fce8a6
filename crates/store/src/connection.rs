//! Opening SQLCipher with a raw key, and the settings every connection runs with.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::keys::{DataKey, hex};

/// How long a statement waits for another process.
const BUSY: Duration = Duration::from_secs(5);
const STATEMENTS_KEPT: usize = 128;

/// Creates a database file that is not there.
pub(crate) fn create(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    open_with(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
}

/// Opens a database file and checks that it is whole.
pub(crate) fn open(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    let connection = open_with(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(connection) } else { Err(StoreError::Damaged) }
}

fn open_with(path: &Path, key: &DataKey, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // SQLCipher writes to stderr by itself when a key does not fit.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    let digits = Zeroizing::new(hex(key.expose_secret()));
    // With its whole room at once, so that no part of the key stays behind where the text grew.
    let mut statement = Zeroizing::new(String::with_capacity(128));
    for part in ["PRAGMA key = \"x'", digits.as_str(), "'\""] {
        statement.push_str(part);
    }
    connection.execute_batch(&statement)?;
    // A file that this key does not open shows itself at the first read.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    // Nothing readable leaves the process: pages on disk are encrypted, temporary tables stay in memory. `FAST` wipes
    // what is deleted where that costs no extra writing.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = FAST;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;",
    )?;
    Ok(connection)
}
