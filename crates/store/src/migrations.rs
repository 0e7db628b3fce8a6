//! The schema's versions. A released file under `migrations/` is never edited.

use rusqlite::Connection;

use crate::error::StoreError;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The schema this program writes (`PRAGMA user_version`; each migration sets its own).
pub const SCHEMA_VERSION: i64 = 1;

/// Makes an empty file a database of this version.
pub(crate) fn initialise(connection: &mut Connection) -> Result<(), StoreError> {
    embedded::migrations::runner().run(connection)?;
    Ok(())
}

/// Brings an older file up to this version; refuses a newer one untouched.
pub(crate) fn bring_up(connection: &mut Connection) -> Result<(), StoreError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        // Version 0 is an empty file: the database that was here is gone.
        ..=0 => Err(StoreError::Damaged),
        SCHEMA_VERSION => Ok(()),
        _ if version > SCHEMA_VERSION => Err(StoreError::NewerFile),
        _ => initialise(connection),
    }
}
