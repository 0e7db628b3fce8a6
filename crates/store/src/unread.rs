//! Edits of others in a format that is newer than this program: kept as they came, for the program that can read them.

use rasoat_casework::Edit;
use rusqlite::params;

use crate::error::StoreError;
use crate::store::{Reader, Tx};

impl Reader<'_> {
    /// Whether any wait to be read.
    pub fn has_unread(&self) -> Result<bool, StoreError> {
        Ok(self.connection.prepare_cached(include_str!("unread/list.sql"))?.exists([])?)
    }
}

impl Tx<'_> {
    /// Keeps the bytes of an edit that cannot be read, once.
    pub fn keep_unread(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("unread/keep.sql"))?.execute(params![bytes])?;
        Ok(())
    }

    /// Those that can be read by now, in the order they came in; they are kept here no longer.
    pub fn take_unread(&self) -> Result<Vec<Edit>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("unread/list.sql"))?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        let mut edits = Vec::new();
        for row in rows {
            let (place, bytes) = row?;
            if let Ok(edit) = Edit::from_bytes(&bytes) {
                edits.push(edit);
                self.connection.prepare_cached(include_str!("unread/forget.sql"))?.execute(params![place])?;
            }
        }
        Ok(edits)
    }
}
