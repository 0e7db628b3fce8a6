//! Taking in a batch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rasoat_casework::{CommuneCode, DeviceId, EditHash, EditId, Subject, WriterId};
use rasoat_exchange::{BatchHash, SignedReceipt};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::backlog::{Backlog, Placed, Unsettled};
use super::{attachments, devices, hash_of};
use crate::storage::judged::{
    Before, Judged, Keep, Place, alone, kind_text, outcome_of, seq, signed_receipt,
};
use crate::storage::line::Line;
use crate::storage::{Arrival, Arriving, Judgement, SignReceipt, StorageError, judge};

/// An arrival made ready, so that what the writer need not do is done.
pub(super) struct Prepared {
    arrival: Arrival,
    lines: Arc<[Line]>,
    sign: SignReceipt,
}

impl Prepared {
    pub(super) fn of((mut arrival, sign): (Arrival, SignReceipt)) -> Self {
        let lines = std::mem::take(&mut arrival.lines).into_iter().map(Line::of).collect();
        Self { arrival, lines, sign }
    }
}

pub(super) fn accept(
    tx: &Transaction<'_>,
    backlog: &mut Backlog,
    prepared: &Prepared,
) -> Result<SignedReceipt, StorageError> {
    let Prepared { arrival, lines, sign } = prepared;
    let before = receipt_of(tx, &arrival.batch.0)?;
    if let Some(before) = before.as_ref().filter(|before| !before.refused) {
        devices::note_seen(tx, arrival.device, arrival.received_at, 0, arrival.health.as_ref())?;
        return Ok(before.receipt.clone());
    }
    // What was refused may fit by now: the scope was widened, the link before it came in.
    let judged = judge_all(tx, arrival)?;
    let outcome = outcome_of(&judged);
    let stored = judged.iter().filter(|(_, judgement, _)| *judgement == Judgement::Store).count();
    let count = u32::try_from(stored).unwrap_or(u32::MAX);
    devices::note_seen(tx, arrival.device, arrival.received_at, count, arrival.health.as_ref())?;
    let alone = alone(arrival, &judged)?;
    let (receipt, batch) = match before.filter(|before| before.outcome == outcome.digest()) {
        Some(before) => (before.receipt, None),
        None => {
            let receipt = sign(&outcome);
            let id = tx.prepare_cached(include_str!("sql/put_batch.sql"))?.query_row(
                params![
                    arrival.batch.0,
                    arrival.device.0.as_bytes(),
                    arrival.signature.to_bytes(),
                    arrival.received_at,
                    i64::try_from(arrival.edits.len()).unwrap_or(i64::MAX),
                    outcome.digest(),
                    outcome.refuses(),
                    receipt.bytes,
                    receipt.signature.to_bytes(),
                    alone.is_none().then_some(&arrival.bytes)
                ],
                |row| row.get::<_, i64>(0),
            )?;
            (receipt, Some(id))
        }
    };
    let rows = take_in(tx, arrival, &judged, &Keep { batch, alone })?;
    if let (Some(first), Some(last)) = (rows.first, rows.last) {
        backlog.push(Unsettled::note(tx, (first, last), rows.placed, lines)?);
    }
    Ok(receipt)
}

fn receipt_of(tx: &Transaction<'_>, batch: &[u8; 32]) -> Result<Option<Before>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/batch.sql"))?;
    let mut rows = statement.query([batch])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Before {
        outcome: hash_of(&row.get::<_, Vec<u8>>(0)?)?,
        refused: row.get(1)?,
        receipt: signed_receipt(row.get(2)?, row.get(3)?)?,
    }))
}

pub(super) fn receipts(
    tx: &Transaction<'_>,
    batches: &[BatchHash],
) -> Result<Vec<SignedReceipt>, StorageError> {
    let found = batches.iter().map(|batch| receipt_of(tx, &batch.0));
    found.filter_map(|found| Some(found.transpose()?.map(|before| before.receipt))).collect()
}

pub(super) fn receipts_of(
    tx: &Transaction<'_>,
    device: DeviceId,
    limit: u32,
) -> Result<Vec<SignedReceipt>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/receipts_of.sql"))?;
    let mut rows = statement.query(params![device.0.as_bytes(), limit])?;
    let mut receipts = Vec::new();
    while let Some(row) = rows.next()? {
        receipts.push(signed_receipt(row.get(0)?, row.get(1)?)?);
    }
    receipts.reverse();
    Ok(receipts)
}

pub(super) fn known(tx: &Transaction<'_>, edits: Vec<EditId>) -> Result<BTreeSet<EditId>, StorageError> {
    let mut known = BTreeSet::new();
    for id in edits {
        if stored_hash(tx, id)?.is_some() {
            known.insert(id);
        }
    }
    Ok(known)
}

/// What to do with each edit of a batch, in the order of their numbers.
fn judge_all<'a>(tx: &Transaction<'_>, arrival: &'a Arrival) -> Result<Vec<Judged<'a>>, StorageError> {
    let mut edits: Vec<&Arriving> = arrival.edits.iter().collect();
    edits.sort_by_key(|arriving| arriving.id());
    let mut known: Option<Known> = None;
    let mut judged = Vec::with_capacity(edits.len());
    for arriving in edits {
        let (id, hash) = (arriving.id(), arriving.hash());
        let known = match &mut known {
            Some(known) if known.writer == id.writer => known,
            other => other.insert(Known::of(tx, id.writer)?),
        };
        let mut failure = None;
        let link = known.link;
        let judgement = judge(arriving, hash, known.taken(tx, id, hash, arrival.device)?, |id, hash| {
            link == Some((id.seq, hash))
                || link_is_known(tx, id, hash).unwrap_or_else(|error| {
                    failure = Some(error);
                    false
                })
        });
        if let Some(error) = failure {
            return Err(error);
        }
        match judgement {
            Judgement::Known | Judgement::Store | Judgement::KeepPlace(_) => known.note(id, hash),
            Judgement::Refuse(_) => {}
        }
        judged.push((arriving, judgement, known.has_refusals));
    }
    Ok(judged)
}

/// The rows that an arrival's edits became, one behind the other.
#[derive(Default)]
struct Rows {
    first: Option<i64>,
    last: Option<i64>,
    placed: Vec<Placed>,
}

fn take_in(
    tx: &Transaction<'_>,
    arrival: &Arrival,
    judged: &[Judged<'_>],
    keep: &Keep,
) -> Result<Rows, StorageError> {
    let mut rows = Rows::default();
    let mut numbers = Numbers::default();
    for &(arriving, judgement, has_refusals) in judged {
        let (id, hash) = (arriving.id(), arriving.hash());
        match (judgement, arriving) {
            (Judgement::Store, Arriving::Edit { subject, names, files, kept, .. }) => {
                let number = numbers.next(tx, &subject.commune)?;
                store(tx, arrival, (id, hash), subject, number, keep.place(id, kept)?)?;
                let row = tx.last_insert_rowid();
                rows.first.get_or_insert(row);
                rows.last = Some(row);
                rows.placed.push(Placed {
                    row,
                    commune: subject.commune.clone(),
                    kind: subject.kind,
                    subject: subject.id,
                    names: *names,
                });
                attachments::note_named(tx, &subject.commune, files)?;
                if has_refusals {
                    let link = params![id.writer.0.as_bytes(), seq(id)?, hash.0];
                    tx.prepare_cached(include_str!("sql/forget_refusal.sql"))?.execute(link)?;
                }
            }
            (Judgement::KeepPlace(code), _) => {
                let at = params![
                    id.writer.0.as_bytes(),
                    seq(id)?,
                    hash.0,
                    code.as_str(),
                    arrival.device.0.as_bytes(),
                    arrival.received_at
                ];
                tx.prepare_cached(include_str!("sql/put_refusal.sql"))?.execute(at)?;
            }
            (Judgement::Store, Arriving::Unreadable(_)) | (Judgement::Known | Judgement::Refuse(_), _) => {}
        }
    }
    Ok(rows)
}

/// The places of edits in the feeds of their communes.
#[derive(Default)]
struct Numbers {
    last: BTreeMap<CommuneCode, i64>,
}

impl Numbers {
    fn next(&mut self, tx: &Transaction<'_>, commune: &CommuneCode) -> Result<i64, StorageError> {
        let last = match self.last.get_mut(commune) {
            Some(last) => last,
            None => {
                let mut statement = tx.prepare_cached(include_str!("sql/feed_end.sql"))?;
                let end = statement.query_row([commune.as_str()], |row| row.get(0))?;
                self.last.entry(commune.clone()).or_insert(end)
            }
        };
        *last += 1;
        Ok(*last)
    }
}

/// What is known of a writer while its edits are taken in one after the other.
struct Known {
    writer: WriterId,
    /// The last number stored before this batch.
    last: u64,
    /// Whether any link of it was refused and kept.
    has_refusals: bool,
    /// The last link that connects: number and hash.
    link: Option<(u64, EditHash)>,
}

impl Known {
    fn of(tx: &Transaction<'_>, writer: WriterId) -> Result<Self, StorageError> {
        let id = params![writer.0.as_bytes()];
        let last: Option<i64> =
            tx.prepare_cached(include_str!("sql/last_seq.sql"))?.query_row(id, |row| row.get(0))?;
        let has_refusals =
            tx.prepare_cached(include_str!("sql/has_refusals.sql"))?.query_row(id, |row| row.get(0))?;
        let last =
            last.map_or(Ok(0), |last| u64::try_from(last).map_err(|_| StorageError::Damaged("seq")))?;
        Ok(Self { writer, last, has_refusals, link: None })
    }

    /// The hash of what has a number already: what is stored under it, or another edit of the device that was refused and keeps
    /// its place. Of this batch's own numbers there are none twice.
    fn taken(
        &self,
        tx: &Transaction<'_>,
        id: EditId,
        hash: EditHash,
        device: DeviceId,
    ) -> Result<Option<EditHash>, StorageError> {
        let is_next = id.seq > self.last && self.link.is_none_or(|(seq, _)| id.seq > seq);
        let stored = if is_next { None } else { stored_hash(tx, id)? };
        if stored.is_some() || !self.has_refusals {
            return Ok(stored);
        }
        let kept: Option<Vec<u8>> = tx
            .prepare_cached(include_str!("sql/kept_place.sql"))?
            .query_row(params![id.writer.0.as_bytes(), seq(id)?, hash.0, device.0.as_bytes()], |row| {
                row.get(0)
            })
            .optional()?;
        kept.map(|bytes| hash_of(&bytes).map(EditHash)).transpose()
    }

    fn note(&mut self, id: EditId, hash: EditHash) {
        self.link = Some((id.seq, hash));
    }
}

fn stored_hash(tx: &Transaction<'_>, id: EditId) -> Result<Option<EditHash>, StorageError> {
    let Ok(seq) = i64::try_from(id.seq) else { return Ok(None) };
    let found: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("sql/stored_hash.sql"))?
        .query_row(params![id.writer.0.as_bytes(), seq], |row| row.get(0))
        .optional()?;
    found.map(|bytes| hash_of(&bytes).map(EditHash)).transpose()
}

fn link_is_known(tx: &Transaction<'_>, id: EditId, hash: EditHash) -> Result<bool, StorageError> {
    let Ok(seq) = i64::try_from(id.seq) else { return Ok(false) };
    let mut statement = tx.prepare_cached(include_str!("sql/link.sql"))?;
    Ok(statement.query_row(params![id.writer.0.as_bytes(), seq, hash.0], |row| row.get(0))?)
}

fn store(
    tx: &Transaction<'_>,
    arrival: &Arrival,
    (id, hash): (EditId, EditHash),
    subject: &Subject,
    number: i64,
    (batch, place, bytes): Place<'_>,
) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/put_edit.sql"))?.execute(params![
        subject.commune.as_str(),
        number,
        id.writer.0.as_bytes(),
        seq(id)?,
        hash.0,
        kind_text(subject.kind),
        subject.id.as_bytes(),
        arrival.device.0.as_bytes(),
        arrival.received_at,
        batch,
        place,
        bytes
    ])?;
    Ok(())
}
