//! Opening SQLCipher with a raw key, and the settings every connection runs with.

use std::fs;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::keys::{DataKey, hex};

/// How long a statement waits for another process.
const BUSY: Duration = Duration::from_secs(5);
const STATEMENTS_KEPT: usize = 160;
/// A file of so many bytes is checked in less than a tenth of a second on a slow laptop: a commune's.
pub(crate) const CHECKED_AT_ONCE: u64 = 16 << 20;

/// Who else may open the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Shared,
    Alone,
}

/// Creates a database file that is not there.
pub(crate) fn create(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = keyed(path, key, flags, Access::Shared)?;
    set_up(&connection)?;
    Ok(connection)
}

/// Opens a database file, and checks that it is whole if that is quickly done. On a disk without room for the index of the log,
/// which connections share, this one has the file for itself and keeps the index in memory: what is there can be read.
pub(crate) fn open(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    let connection = match open_as(path, key, Access::Shared) {
        Err(StoreError::DiskFull) => open_as(path, key, Access::Alone)?,
        opened => opened?,
    };
    if fs::metadata(path)?.len() <= CHECKED_AT_ONCE {
        check(&connection)?;
    }
    Ok(connection)
}

/// Opens a database file. What is not as it was written is still found as soon as it is read: each page carries a code of
/// its content.
pub(crate) fn open_unchecked(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    open_as(path, key, Access::Shared)
}

fn open_as(path: &Path, key: &DataKey, access: Access) -> Result<Connection, StoreError> {
    let connection = keyed(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE, access)?;
    set_up(&connection)?;
    Ok(connection)
}

/// Whether a connection has its file for itself, because the disk was full when it was opened.
pub(crate) fn is_alone(connection: &Connection) -> Result<bool, StoreError> {
    let mode: String = connection.query_row("PRAGMA locking_mode", [], |row| row.get(0))?;
    Ok(mode == "exclusive")
}

/// Reads the whole file.
pub(crate) fn check(connection: &Connection) -> Result<(), StoreError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged) }
}

/// Creates a file to copy a database into. It is of no use before it is whole, so nothing of it needs to survive a power cut.
pub(crate) fn create_copy(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = keyed(path, key, flags, Access::Shared)?;
    connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    Ok(connection)
}

/// Opens a copy to be read.
pub(crate) fn open_copy(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    keyed(path, key, OpenFlags::SQLITE_OPEN_READ_ONLY, Access::Shared)
}

/// SQLite lets others in as soon as it is ready itself, which is before SQLCipher is: whoever opens a database just then would be told
/// `SQLITE_ERROR`. So the first who comes opens nothing, while the others wait.
fn ready() {
    static READY: Once = Once::new();
    READY.call_once(|| drop(Connection::open_in_memory()));
}

fn keyed(path: &Path, key: &DataKey, flags: OpenFlags, access: Access) -> Result<Connection, StoreError> {
    ready();
    let connection = Connection::open_with_flags(
        path,
        flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
    )?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // SQLCipher writes to stderr by itself when a key does not fit.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.execute_batch(&with_key("key", key))?;
    if access == Access::Alone {
        connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
    }
    // A file that this key does not open shows itself at the first read.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    // Temporary tables and sorting stay in memory: pages there are not encrypted.
    connection.execute_batch("PRAGMA temp_store = MEMORY")?;
    Ok(connection)
}

/// Puts the database under another key: all pages in one transaction. SQLCipher says of it that it was done even where the disk was
/// full, and goes on with the next key: afterwards this connection is of no use, and the key that opens the file is the one that
/// it is under.
pub(crate) fn rekey(connection: &Connection, key: &DataKey) -> Result<(), StoreError> {
    connection.execute_batch(&with_key("rekey", key))?;
    Ok(())
}

fn with_key(pragma: &str, key: &DataKey) -> Zeroizing<String> {
    let digits = Zeroizing::new(hex(key.expose_secret()));
    // With its whole room at once, so that no part of the key stays behind where the text grew.
    let mut statement = Zeroizing::new(String::with_capacity(128));
    for part in ["PRAGMA ", pragma, " = \"x'", digits.as_str(), "'\""] {
        statement.push_str(part);
    }
    statement
}

fn set_up(connection: &Connection) -> Result<(), StoreError> {
    // `FAST` wipes what is deleted where that costs no extra writing. An interview writes the same few pages over and over:
    // the longer the log may grow, the fewer of them are written a second time.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = FAST;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA cache_size = -65536;
         PRAGMA wal_autocheckpoint = 4000;",
    )?;
    Ok(())
}
