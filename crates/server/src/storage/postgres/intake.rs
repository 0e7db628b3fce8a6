//! Taking in batches, several in one transaction: what comes to one server while it commits, it takes next together. Each batch is whole
//! or not there, whatever becomes of the others.

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use rasoat_casework::{AttachmentName, CommuneCode, DeviceId, EditHash, EditId, WriterId};
use rasoat_exchange::{BatchHash, SignedReceipt, VerdictCode};
use uuid::Uuid;

use super::known::Known;
use super::merges;
use super::rows::{BatchRow, EditRow, PlaceKept, Refused, put_batches, put_edits, put_refusals};
use super::sealed::Kind;
use super::settle::{self, Placed};
use super::tx::{Tx, get};
use crate::storage::judged::{Before, Judged, Keep, alone, outcome_of, seq};
use crate::storage::line::Line;
use crate::storage::{Arrival, Arriving, Health, Judgement, SignReceipt, StorageError};

/// An arrival made ready, so that what need not wait for the database's locks is done.
pub(super) struct Prepared {
    arrival: Arrival,
    lines: Vec<Line>,
    sign: SignReceipt,
}

impl Prepared {
    pub(super) fn of((mut arrival, sign): (Arrival, SignReceipt)) -> Self {
        let lines = std::mem::take(&mut arrival.lines).into_iter().map(Line::of).collect();
        Self { arrival, lines, sign }
    }

    /// How many edits it brings.
    pub(super) fn edits(&self) -> usize {
        self.arrival.edits.len()
    }
}

/// What became of each arrival.
pub(super) type Taken = Vec<Result<SignedReceipt, StorageError>>;

/// Takes arrivals in. An error is the database's, and nothing was done.
pub(super) async fn accept(tx: &Tx<'_>, arrivals: &[Arc<Prepared>]) -> Result<Taken, StorageError> {
    merges::share(tx, arrivals.iter().flat_map(|one| &one.lines)).await?;
    let known = Known::lock(tx, arrivals.iter().map(|one| &one.arrival)).await?;
    let ids = batch_ids(tx, arrivals.len()).await?;
    let mut group = Group { known, ..Group::default() };
    let mut taken = Vec::with_capacity(arrivals.len());
    for (one, id) in arrivals.iter().zip(ids) {
        taken.push(group.take(tx, one, id));
    }
    group.write(tx).await?;
    Ok(taken)
}

async fn batch_ids(tx: &Tx<'_>, count: usize) -> Result<Vec<i64>, StorageError> {
    let count = i64::try_from(count).map_err(|_| StorageError::Failed(-1))?;
    tx.rows(include_str!("sql/batch_ids.sql"), &[&count]).await?.iter().map(|row| get(row, 0)).collect()
}

/// What is to be written of arrivals that were taken.
#[derive(Default)]
struct Group<'a> {
    known: Known,
    batches: BTreeMap<[u8; 32], BatchRow<'a>>,
    edits: Vec<EditRow<'a>>,
    refused: Vec<Refused>,
    /// Links that were refused and are stored.
    forgotten: Vec<(EditId, EditHash)>,
    files: Vec<(&'a CommuneCode, AttachmentName)>,
    placed: Vec<Placed>,
    lines: Vec<&'a Line>,
    /// When each laptop was heard of, how many of its edits were stored, and what it says of itself.
    seen: BTreeMap<DeviceId, (i64, i64, Option<String>)>,
    first_by: HashMap<WriterId, Uuid>,
}

impl<'a> Group<'a> {
    /// Takes one, or leaves everything as it was.
    fn take(&mut self, tx: &Tx<'_>, one: &'a Prepared, id: i64) -> Result<SignedReceipt, StorageError> {
        let Prepared { arrival, lines, sign } = one;
        let before = self.known.batches.get(&arrival.batch).cloned();
        if let Some((_, before)) = before.as_ref().filter(|(_, before)| !before.refused) {
            self.note_seen(arrival, 0)?;
            return Ok(before.receipt.clone());
        }
        // What was refused may fit by now: the scope was widened, the link before it came in.
        let judged = self.known.judge_all(arrival);
        let outcome = outcome_of(&judged);
        let alone = alone(arrival, &judged)?;
        let digest = outcome.digest();
        let same = before.as_ref().filter(|(_, before)| before.outcome == digest);
        let (receipt, row) = match same {
            Some((_, before)) => (before.receipt.clone(), None),
            None => {
                // A defect in one arrival must not undo the others.
                let signed = std::panic::catch_unwind(AssertUnwindSafe(|| sign(&outcome)));
                let receipt = signed.map_err(|_| StorageError::Failed(-1))?;
                let id = before.as_ref().map_or(id, |(id, _)| *id);
                let bytes = match &alone {
                    None => Some(tx.sealer.seal(Kind::Batch, &arrival.bytes)?),
                    Some(_) => None,
                };
                let refused = outcome.refuses();
                (receipt.clone(), Some(BatchRow { id, arrival, outcome: digest, refused, receipt, bytes }))
            }
        };
        let keep = Keep { batch: row.as_ref().map(|row| row.id), alone };
        let kept = Self::kept(tx, &judged, &keep)?;
        if let Some(row) = row {
            let before = Before { outcome: row.outcome, refused: row.refused, receipt: row.receipt.clone() };
            self.known.batches.insert(arrival.batch, (row.id, before));
            self.batches.insert(arrival.batch.0, row);
        }
        self.store(arrival, &judged, kept)?;
        let stored = judged.iter().filter(|(_, judgement, _)| *judgement == Judgement::Store).count();
        self.note_seen(arrival, i64::try_from(stored).unwrap_or(i64::MAX))?;
        if stored > 0 {
            self.lines.extend(lines);
        }
        Ok(receipt)
    }

    /// Where those edits are kept that are stored: all that can fail.
    fn kept(tx: &Tx<'_>, judged: &[Judged<'a>], keep: &Keep) -> Result<Vec<PlaceKept>, StorageError> {
        let mut kept = Vec::with_capacity(judged.len());
        for (arriving, judgement, _) in judged {
            let (Judgement::Store, Arriving::Edit { id, kept: keeping, .. }) = (judgement, arriving) else {
                continue;
            };
            seq(*id)?;
            let (batch, place, bytes) = keep.place(*id, keeping)?;
            let bytes = bytes.map(|bytes| tx.sealer.seal(Kind::Edit, bytes)).transpose()?;
            kept.push((batch, place.map(i64::from), bytes));
        }
        Ok(kept)
    }

    fn store(
        &mut self,
        arrival: &'a Arrival,
        judged: &[Judged<'a>],
        kept: Vec<PlaceKept>,
    ) -> Result<(), StorageError> {
        let mut kept = kept.into_iter();
        for &(arriving, judgement, has_refusals) in judged {
            let (id, hash) = (arriving.id(), arriving.hash());
            match (judgement, arriving) {
                (Judgement::Store, Arriving::Edit { subject, names, files, .. }) => {
                    let number = self.known.next_number(&subject.commune)?;
                    let kept = kept.next().ok_or(StorageError::Damaged("batch"))?;
                    self.edits.push(EditRow { arrival, id, hash, subject, number, kept });
                    self.placed.push(Placed::of(subject.clone(), *names, number));
                    self.files.extend(files.iter().map(|name| (&subject.commune, *name)));
                    self.known.note_stored(id, hash);
                    if has_refusals {
                        self.refused.retain(|refused| (refused.id, refused.hash) != (id, hash));
                        self.forgotten.push((id, hash));
                    }
                    if id.seq == 1 {
                        self.first_by.insert(id.writer, arrival.device.0);
                    }
                }
                (Judgement::KeepPlace(code), _) => self.keep_place(arrival, (id, hash), code),
                (Judgement::Store, Arriving::Unreadable(_))
                | (Judgement::Known | Judgement::Refuse(_), _) => {}
            }
        }
        Ok(())
    }

    fn keep_place(&mut self, arrival: &Arrival, (id, hash): (EditId, EditHash), code: VerdictCode) {
        if self.known.note_refused(id, hash, arrival.device) {
            let Arrival { device, received_at, .. } = arrival;
            self.refused.push(Refused { id, hash, code, device: *device, received_at: *received_at });
        }
    }

    fn note_seen(&mut self, arrival: &Arrival, stored: i64) -> Result<(), StorageError> {
        let health = arrival.health.as_ref().map(Health::to_text).transpose()?;
        let seen = self.seen.entry(arrival.device).or_insert((arrival.received_at, 0, None));
        seen.0 = seen.0.max(arrival.received_at);
        seen.1 += stored;
        seen.2 = health.or(seen.2.take());
        Ok(())
    }

    async fn write(self, tx: &Tx<'_>) -> Result<(), StorageError> {
        put_batches(tx, self.batches.into_values().collect()).await?;
        put_edits(tx, &self.edits).await?;
        put_refusals(tx, &self.refused, &self.forgotten).await?;
        self.known.write(tx, &self.edits, &self.refused, &self.first_by).await?;
        if !self.files.is_empty() {
            let communes: Vec<&str> = self.files.iter().map(|(commune, _)| commune.as_str()).collect();
            let names: Vec<Vec<u8>> = self
                .files
                .iter()
                .map(|(_, name)| crate::storage::judged::attachment_key(*name).to_vec())
                .collect();
            tx.execute(include_str!("sql/name_attachments.sql"), &[&communes, &names]).await?;
        }
        settle::settle(tx, self.placed, &self.lines).await?;
        let devices: Vec<Uuid> = self.seen.keys().map(|device| device.0).collect();
        let (at, edits): (Vec<i64>, Vec<i64>) =
            self.seen.values().map(|(at, edits, _)| (*at, *edits)).unzip();
        let health: Vec<Option<&str>> = self.seen.values().map(|(.., health)| health.as_deref()).collect();
        tx.execute(include_str!("sql/note_all_seen.sql"), &[&devices, &at, &edits, &health]).await?;
        tx.execute(include_str!("sql/forget_enrolment_files.sql"), &[&devices]).await?;
        Ok(())
    }
}

/// The receipts of those of the batches that came in.
pub(super) async fn receipts(tx: &Tx<'_>, batches: &[BatchHash]) -> Result<Vec<SignedReceipt>, StorageError> {
    let hashes: Vec<&[u8]> = batches.iter().map(|batch| batch.0.as_slice()).collect();
    let mut found = HashMap::new();
    for row in tx.rows(include_str!("sql/batches.sql"), &[&hashes]).await? {
        let receipt = crate::storage::judged::signed_receipt(get(&row, 4)?, get(&row, 5)?)?;
        found.insert(super::tx::hash::<32>(&row, 0)?, receipt);
    }
    Ok(batches.iter().filter_map(|batch| found.get(&batch.0).cloned()).collect())
}

pub(super) async fn receipts_of(
    tx: &Tx<'_>,
    (device, limit): &(DeviceId, u32),
) -> Result<Vec<SignedReceipt>, StorageError> {
    let asked: super::tx::Params<'_> = &[&device.0, &i64::from(*limit)];
    let rows = tx.rows(include_str!("sql/receipts_of.sql"), asked).await?;
    let read = |row| crate::storage::judged::signed_receipt(get(row, 0)?, get(row, 1)?);
    rows.iter().rev().map(read).collect()
}

pub(super) async fn known(
    tx: &Tx<'_>,
    edits: &[EditId],
) -> Result<std::collections::BTreeSet<EditId>, StorageError> {
    let asked: Vec<(Uuid, i64)> =
        edits.iter().filter_map(|id| Some((id.writer.0, i64::try_from(id.seq).ok()?))).collect();
    let (writers, numbers): (Vec<Uuid>, Vec<i64>) = asked.into_iter().unzip();
    let rows = tx.rows(include_str!("sql/known.sql"), &[&writers, &numbers]).await?;
    let read = |row| Ok(EditId { writer: WriterId(get(row, 0)?), seq: super::tx::number(row, 1)? });
    rows.iter().map(read).collect()
}
