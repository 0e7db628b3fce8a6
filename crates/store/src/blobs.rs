//! What is being fetched by its hash, piece by piece: what has come stays over cuts and restarts.

use rusqlite::params;

use crate::error::StoreError;
use crate::store::{Reader, Tx};

impl Reader<'_> {
    /// How many bytes of a blob have come.
    pub fn blob_length(&self, hash: &[u8; 32]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("blobs/length.sql"))?;
        let length: i64 = statement.query_row([hash], |row| row.get(0))?;
        u64::try_from(length).map_err(|_| StoreError::Damaged)
    }

    /// What has come of a blob.
    pub fn blob(&self, hash: &[u8; 32]) -> Result<Vec<u8>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("blobs/pieces.sql"))?;
        let mut rows = statement.query([hash])?;
        let mut bytes = Vec::new();
        while let Some(row) = rows.next()? {
            bytes.extend_from_slice(row.get_ref(0)?.as_blob().map_err(|_| StoreError::Damaged)?);
        }
        Ok(bytes)
    }

    /// The blobs of which something has come.
    pub fn blobs(&self) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("blobs/hashes.sql"))?;
        let found = statement.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps the piece of a blob that begins at `place`: where what has come so far ends.
    pub fn put_blob_piece(&self, hash: &[u8; 32], place: u64, bytes: &[u8]) -> Result<(), StoreError> {
        if place != self.blob_length(hash)? {
            return Err(StoreError::NotFound);
        }
        let place = i64::try_from(place).map_err(|_| StoreError::TooLarge)?;
        self.connection
            .prepare_cached(include_str!("blobs/put.sql"))?
            .execute(params![hash, place, bytes])?;
        Ok(())
    }

    /// Forgets what has come of a blob.
    pub fn forget_blob(&self, hash: &[u8; 32]) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("blobs/forget.sql"))?.execute([hash])?;
        Ok(())
    }
}
