//! Edits from where they are kept: by themselves, or in the batch that they came in.

use std::collections::{BTreeSet, HashMap};

use rasoat_casework::Edit;
use tokio_postgres::Row;

use super::sealed::Kind;
use super::tx::{Tx, get};
use crate::storage::StorageError;
use crate::storage::judged::{edit_alone, edits_of};

/// Reads edits in one transaction, some rows after others.
pub(super) struct Kept<'t> {
    tx: &'t Tx<'t>,
    batches: HashMap<i64, Vec<Edit>>,
}

impl<'t> Kept<'t> {
    pub(super) fn new(tx: &'t Tx<'_>) -> Self {
        Self { tx, batches: HashMap::new() }
    }

    /// Fetches the batches of rows that begin with `batch`, `place` and `bytes`; of those before them only what these need stays.
    pub(super) async fn fetch(&mut self, rows: &[Row]) -> Result<(), StorageError> {
        let mut wanted = BTreeSet::new();
        for row in rows {
            if let (Some(batch), Some(_)) = (get::<Option<i64>>(row, 0)?, get::<Option<i64>>(row, 1)?) {
                wanted.insert(batch);
            }
        }
        self.batches.retain(|batch, _| wanted.contains(batch));
        let missing: Vec<i64> =
            wanted.into_iter().filter(|batch| !self.batches.contains_key(batch)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        for row in self.tx.rows(include_str!("sql/kept_batches.sql"), &[&missing]).await? {
            let bytes = self.tx.sealer.open(Kind::Batch, get(&row, 1)?)?;
            self.batches.insert(get(&row, 0)?, edits_of(&bytes)?);
        }
        Ok(())
    }

    /// The edit of a row that was fetched.
    pub(super) fn edit(&self, row: &Row) -> Result<Edit, StorageError> {
        match (get::<Option<i64>>(row, 0)?, get::<Option<i64>>(row, 1)?) {
            (Some(batch), Some(place)) => {
                let place = usize::try_from(place).map_err(|_| StorageError::Damaged("place"))?;
                let found = self.batches.get(&batch).and_then(|edits| edits.get(place));
                found.cloned().ok_or(StorageError::Damaged("edit"))
            }
            (_, _) => edit_alone(&self.tx.sealer.open(Kind::Edit, get(row, 2)?)?),
        }
    }
}
