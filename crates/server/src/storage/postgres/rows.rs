//! Rows of what was taken in, many in one statement.

use rasoat_casework::{DeviceId, EditHash, EditId, Subject};
use rasoat_exchange::{SignedReceipt, VerdictCode};
use uuid::Uuid;

use super::tx::{Params, Tx, column};
use crate::storage::judged::kind_text;
use crate::storage::{Arrival, StorageError};

/// Where an edit is kept: batch, place in it, sealed bytes.
pub(super) type PlaceKept = (Option<i64>, Option<i64>, Option<Vec<u8>>);

/// A batch.
pub(super) struct BatchRow<'a> {
    pub(super) id: i64,
    pub(super) arrival: &'a Arrival,
    pub(super) outcome: [u8; 32],
    pub(super) refused: bool,
    pub(super) receipt: SignedReceipt,
    /// Sealed; `None` where its edits are kept by themselves.
    pub(super) bytes: Option<Vec<u8>>,
}

/// An edit that is stored.
pub(super) struct EditRow<'a> {
    pub(super) arrival: &'a Arrival,
    pub(super) id: EditId,
    pub(super) hash: EditHash,
    pub(super) subject: &'a Subject,
    pub(super) number: i64,
    pub(super) kept: PlaceKept,
}

/// A link that was refused and is kept.
pub(super) struct Refused {
    pub(super) id: EditId,
    pub(super) hash: EditHash,
    pub(super) code: VerdictCode,
    pub(super) device: DeviceId,
    pub(super) received_at: i64,
}

pub(super) async fn put_batches(tx: &Tx<'_>, rows: Vec<BatchRow<'_>>) -> Result<(), StorageError> {
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let hashes: Vec<&[u8]> = rows.iter().map(|row| row.arrival.batch.0.as_slice()).collect();
    let devices: Vec<Uuid> = rows.iter().map(|row| row.arrival.device.0).collect();
    let signatures: Vec<Vec<u8>> = rows.iter().map(|row| row.arrival.signature.to_bytes().to_vec()).collect();
    let received: Vec<i64> = rows.iter().map(|row| row.arrival.received_at).collect();
    let edits: Vec<i64> = rows.iter().map(|row| column(row.arrival.edits.len() as u64)).collect();
    let outcomes: Vec<&[u8]> = rows.iter().map(|row| row.outcome.as_slice()).collect();
    let refused: Vec<bool> = rows.iter().map(|row| row.refused).collect();
    let receipts: Vec<&[u8]> = rows.iter().map(|row| row.receipt.bytes.as_slice()).collect();
    let signed: Vec<Vec<u8>> = rows.iter().map(|row| row.receipt.signature.to_bytes().to_vec()).collect();
    let bytes: Vec<Option<&[u8]>> = rows.iter().map(|row| row.bytes.as_deref()).collect();
    let columns: Params<'_> = &[
        &ids,
        &hashes,
        &devices,
        &signatures,
        &received,
        &edits,
        &outcomes,
        &refused,
        &receipts,
        &signed,
        &bytes,
    ];
    tx.execute(include_str!("sql/put_batches.sql"), columns).await?;
    Ok(())
}

/// Writes edits and their places in their chains.
pub(super) async fn put_edits(tx: &Tx<'_>, rows: &[EditRow<'_>]) -> Result<(), StorageError> {
    if rows.is_empty() {
        return Ok(());
    }
    let communes: Vec<&str> = rows.iter().map(|row| row.subject.commune.as_str()).collect();
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    let writers: Vec<Uuid> = rows.iter().map(|row| row.id.writer.0).collect();
    let places: Vec<i64> = rows.iter().map(|row| column(row.id.seq)).collect();
    let kinds: Vec<&str> = rows.iter().map(|row| kind_text(row.subject.kind)).collect();
    let subjects: Vec<Uuid> = rows.iter().map(|row| row.subject.id).collect();
    let devices: Vec<Uuid> = rows.iter().map(|row| row.arrival.device.0).collect();
    let received: Vec<i64> = rows.iter().map(|row| row.arrival.received_at).collect();
    let batches: Vec<Option<i64>> = rows.iter().map(|row| row.kept.0).collect();
    let in_batches: Vec<Option<i64>> = rows.iter().map(|row| row.kept.1).collect();
    let bytes: Vec<Option<&[u8]>> = rows.iter().map(|row| row.kept.2.as_deref()).collect();
    let columns: Params<'_> = &[
        &communes,
        &numbers,
        &writers,
        &places,
        &kinds,
        &subjects,
        &devices,
        &received,
        &batches,
        &in_batches,
        &bytes,
    ];
    tx.execute(include_str!("sql/put_edits.sql"), columns).await?;
    let hashes: Vec<&[u8]> = rows.iter().map(|row| row.hash.0.as_slice()).collect();
    tx.execute(include_str!("sql/put_links.sql"), &[&writers, &places, &hashes]).await?;
    Ok(())
}

/// Forgets links that are stored after all, and keeps those that were refused.
pub(super) async fn put_refusals(
    tx: &Tx<'_>,
    rows: &[Refused],
    forgotten: &[(EditId, EditHash)],
) -> Result<(), StorageError> {
    if !forgotten.is_empty() {
        let writers: Vec<Uuid> = forgotten.iter().map(|(id, _)| id.writer.0).collect();
        let places: Vec<i64> = forgotten.iter().map(|(id, _)| column(id.seq)).collect();
        let hashes: Vec<&[u8]> = forgotten.iter().map(|(_, hash)| hash.0.as_slice()).collect();
        tx.execute(include_str!("sql/forget_refusals.sql"), &[&writers, &places, &hashes]).await?;
    }
    if rows.is_empty() {
        return Ok(());
    }
    let writers: Vec<Uuid> = rows.iter().map(|row| row.id.writer.0).collect();
    let places: Vec<i64> = rows.iter().map(|row| column(row.id.seq)).collect();
    let hashes: Vec<&[u8]> = rows.iter().map(|row| row.hash.0.as_slice()).collect();
    let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    let devices: Vec<Uuid> = rows.iter().map(|row| row.device.0).collect();
    let received: Vec<i64> = rows.iter().map(|row| row.received_at).collect();
    let columns: Params<'_> = &[&writers, &places, &hashes, &codes, &devices, &received];
    tx.execute(include_str!("sql/put_refusals.sql"), columns).await?;
    Ok(())
}
