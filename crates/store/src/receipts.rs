//! What the province confirmed or refused. Only a receipt whose signature was verified comes here.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rasoat_casework::{EditId, WriterId};
use rusqlite::{OptionalExtension, params};

use crate::error::StoreError;
use crate::store::{Reader, Tx};

/// A verified receipt, in the store's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReceipt {
    /// Hash of the batch it is for.
    pub batch: [u8; 32],
    /// The receipt as it came, with its signature.
    pub bytes: Vec<u8>,
    /// Edits the province has, as ranges of each writer's numbers.
    pub accepted: Vec<(WriterId, RangeInclusive<u64>)>,
    /// Edits it refused.
    pub refused: Vec<Refusal>,
    /// Milliseconds since 1970 on the server's clock.
    pub server_time_millis: i64,
}

/// Why one edit was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which.
    pub edit: EditId,
    /// Stable code.
    pub code: String,
    /// Parameters of the sentence, never personal data.
    pub params: BTreeMap<String, String>,
}

/// What a receipt changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Edits that are confirmed by it and were not before.
    pub confirmed: u32,
    /// Edits that are refused by it and were not before.
    pub refused: u32,
}

impl Reader<'_> {
    /// The receipts kept, as they came, the newest first.
    pub fn receipts(&self, limit: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("receipts/list.sql"))?;
        let found = statement.query_map(params![limit], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Reader<'_> {
    /// The batch by which the province confirmed the last edit of ours that it did.
    pub fn latest_receipted(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("receipts/latest.sql"))?;
        Ok(statement.query_row([], |row| row.get(0)).optional()?)
    }
}

impl Tx<'_> {
    /// Keeps a receipt and marks exactly the edits it names. Once confirmed, an edit stays confirmed; a refused one may
    /// be confirmed later.
    pub fn apply_receipt(&self, receipt: &StoredReceipt, now_millis: i64) -> Result<Applied, StoreError> {
        self.connection.prepare_cached(include_str!("receipts/insert.sql"))?.execute(params![
            receipt.batch,
            receipt.bytes,
            receipt.server_time_millis,
            now_millis
        ])?;
        let mut applied = Applied::default();
        let mut confirm = self.connection.prepare_cached(include_str!("receipts/confirm.sql"))?;
        for (writer, range) in &receipt.accepted {
            let (first, last) = (clamped(*range.start()), clamped(*range.end()));
            applied.confirmed +=
                count(confirm.execute(params![writer.0.as_bytes(), first, last, receipt.batch])?);
        }
        let mut refuse = self.connection.prepare_cached(include_str!("receipts/refuse.sql"))?;
        for Refusal { edit, code, params } in &receipt.refused {
            let params = serde_json::to_string(params)?;
            let seq = clamped(edit.seq);
            applied.refused +=
                count(refuse.execute(params![edit.writer.0.as_bytes(), seq, code, params, receipt.batch])?);
        }
        self.note(|changed| changed.sync = true);
        Ok(applied)
    }
}

/// An end of a range; beyond what the column holds there are no edits.
fn clamped(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
