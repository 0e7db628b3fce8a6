//! The lives of this database: who writes, how far its chain is, and the logical clock.

use std::collections::BTreeSet;

use rasoat_casework::{Chain, EditHash, Hlc, WriterId};
use rusqlite::params;
use uuid::Uuid;

use crate::columns;
use crate::error::StoreError;
use crate::keys::random;
use crate::store::{Reader, Tx};

impl Reader<'_> {
    /// Who writes, and how far.
    pub fn chain(&self) -> Result<Chain, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("writer/current.sql"))?;
        let chain = statement.query_row([], |row| {
            let id = columns::edit_id(row, 0, 1)?;
            let last: Option<[u8; 16]> = row.get(2)?;
            let clock = Hlc { millis: row.get(3)?, counter: row.get(4)? };
            Ok(Chain { writer: id.writer, seq: id.seq, last: last.map(EditHash), clock })
        })?;
        Ok(chain)
    }

    /// Every life of this database.
    pub fn own_writers(&self) -> Result<BTreeSet<WriterId>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("writer/all.sql"))?;
        let found = statement.query_map([], |row| Ok(WriterId(columns::uuid(row, 0)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Begins a new life: for a database that was restored or copied. What earlier writers sealed stays as it is.
    pub fn start_new_writer(&self, now_millis: i64) -> Result<WriterId, StoreError> {
        let mut bytes = [0; 16];
        random(&mut bytes)?;
        let writer = uuid::Builder::from_random_bytes(bytes).into_uuid();
        self.connection
            .prepare_cached(include_str!("writer/start.sql"))?
            .execute(params![writer.as_bytes(), now_millis])?;
        self.note(|changed| changed.edits = true);
        Ok(WriterId(writer))
    }

    /// Keeps how far the writer and the clock are.
    pub(crate) fn keep_chain(&self, chain: &Chain) -> Result<(), StoreError> {
        let Chain { writer: WriterId(writer), seq, last, clock } = chain;
        self.connection.prepare_cached(include_str!("writer/keep.sql"))?.execute(params![
            Uuid::as_bytes(writer),
            columns::seq_column(*seq)?,
            last.as_ref().map(|EditHash(hash)| hash)
        ])?;
        self.connection
            .prepare_cached(include_str!("writer/keep_clock.sql"))?
            .execute(params![clock.millis, clock.counter])?;
        Ok(())
    }
}
