//! What is known of batches and of writers' chains while a group of arrivals is taken in. Read once, with the rows locked that any other
//! server would need to change it, and kept up as one arrival is taken after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rasoat_casework::{CommuneCode, DeviceId, EditHash, EditId, WriterId};
use rasoat_exchange::BatchHash;
use uuid::Uuid;

use super::rows::{EditRow, Refused};
use super::tx::{Tx, column, commune, get, hash, number};
use crate::storage::judged::{Before, Judged, signed_receipt};
use crate::storage::{Arrival, Arriving, Judgement, StorageError, judge};

/// A writer.
struct Writer {
    /// The last number stored.
    last: u64,
    /// Whether any link of it was refused and kept.
    has_refusals: bool,
}

/// What is known.
#[derive(Default)]
pub(super) struct Known {
    /// With the row of each.
    pub(super) batches: HashMap<BatchHash, (i64, Before)>,
    writers: HashMap<WriterId, Writer>,
    links: HashMap<EditId, EditHash>,
    refusals: HashMap<EditId, Vec<(EditHash, DeviceId)>>,
    /// The last number in each commune's feed.
    pub(super) feeds: BTreeMap<CommuneCode, i64>,
}

impl Known {
    /// Locks and reads what arrivals need.
    pub(super) async fn lock<'a>(
        tx: &Tx<'_>,
        arrivals: impl Iterator<Item = &'a Arrival> + Clone,
    ) -> Result<Self, StorageError> {
        // In the same order everywhere: laptops, writers, feeds, each by its key.
        let devices: BTreeSet<Uuid> = arrivals.clone().map(|arrival| arrival.device.0).collect();
        let devices: Vec<Uuid> = devices.into_iter().collect();
        tx.rows(include_str!("sql/lock_devices.sql"), &[&devices]).await?;
        let edits = arrivals.clone().flat_map(|arrival| &arrival.edits);
        let writers = lock_writers(tx, edits.clone()).await?;
        let feeds = lock_feeds(tx, edits.clone()).await?;
        let mut known =
            Self { batches: HashMap::new(), writers, links: HashMap::new(), refusals: HashMap::new(), feeds };
        known.read_batches(tx, arrivals).await?;
        known.read_links(tx, edits).await?;
        known.read_refusals(tx).await?;
        Ok(known)
    }

    async fn read_batches<'a>(
        &mut self,
        tx: &Tx<'_>,
        arrivals: impl Iterator<Item = &'a Arrival>,
    ) -> Result<(), StorageError> {
        let hashes: Vec<&[u8]> = arrivals.map(|arrival| arrival.batch.0.as_slice()).collect();
        for row in tx.rows(include_str!("sql/batches.sql"), &[&hashes]).await? {
            let before = Before {
                outcome: hash(&row, 2)?,
                refused: get(&row, 3)?,
                receipt: signed_receipt(get(&row, 4)?, get(&row, 5)?)?,
            };
            self.batches.insert(BatchHash(hash(&row, 0)?), (get(&row, 1)?, before));
        }
        Ok(())
    }

    /// Of each edit what has its number, and the number before it; beyond the writer's last there is nothing to read.
    async fn read_links<'a>(
        &mut self,
        tx: &Tx<'_>,
        edits: impl Iterator<Item = &'a Arriving>,
    ) -> Result<(), StorageError> {
        let mut wanted = BTreeSet::new();
        for id in edits.map(Arriving::id) {
            let last = self.writers.get(&id.writer).map_or(0, |writer| writer.last);
            let numbers = [id.seq.checked_sub(1), Some(id.seq)].into_iter().flatten();
            wanted.extend(numbers.filter(|seq| *seq <= last).map(|seq| (id.writer, seq)));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let writers: Vec<Uuid> = wanted.iter().map(|(writer, _)| writer.0).collect();
        let numbers: Vec<i64> = wanted.iter().filter_map(|(_, seq)| i64::try_from(*seq).ok()).collect();
        for row in tx.rows(include_str!("sql/links.sql"), &[&writers, &numbers]).await? {
            let id = EditId { writer: WriterId(get(&row, 0)?), seq: number(&row, 1)? };
            self.links.insert(id, EditHash(hash(&row, 2)?));
        }
        Ok(())
    }

    async fn read_refusals(&mut self, tx: &Tx<'_>) -> Result<(), StorageError> {
        let refused = self.writers.iter().filter(|(_, writer)| writer.has_refusals);
        let writers: Vec<Uuid> = refused.map(|(id, _)| id.0).collect();
        if writers.is_empty() {
            return Ok(());
        }
        for row in tx.rows(include_str!("sql/refusals.sql"), &[&writers]).await? {
            let id = EditId { writer: WriterId(get(&row, 0)?), seq: number(&row, 1)? };
            let link = (EditHash(hash(&row, 2)?), DeviceId(get(&row, 3)?));
            self.refusals.entry(id).or_default().push(link);
        }
        Ok(())
    }

    /// What to do with each edit of a batch, in the order of their numbers.
    pub(super) fn judge_all<'a>(&self, arrival: &'a Arrival) -> Vec<Judged<'a>> {
        let mut edits: Vec<&Arriving> = arrival.edits.iter().collect();
        edits.sort_by_key(|arriving| arriving.id());
        // The last link of this batch that connects.
        let mut link: Option<(EditId, EditHash)> = None;
        let mut judged = Vec::with_capacity(edits.len());
        for arriving in edits {
            let (id, hash) = (arriving.id(), arriving.hash());
            let judgement = judge(arriving, hash, self.taken(id, hash, arrival.device), |id, hash| {
                link == Some((id, hash)) || self.is_link(id, hash)
            });
            match judgement {
                Judgement::Known | Judgement::Store | Judgement::KeepPlace(_) => link = Some((id, hash)),
                Judgement::Refuse(_) => {}
            }
            let has_refusals = self.writers.get(&id.writer).is_some_and(|writer| writer.has_refusals);
            judged.push((arriving, judgement, has_refusals));
        }
        judged
    }

    /// The hash of what has a number already: what is stored under it, or another edit of the device that was refused and keeps its place.
    fn taken(&self, id: EditId, hash: EditHash, device: DeviceId) -> Option<EditHash> {
        let refused = || {
            let links = self.refusals.get(&id)?;
            links.iter().find(|(other, by)| *other != hash && *by == device).map(|(other, _)| *other)
        };
        self.links.get(&id).copied().or_else(refused)
    }

    fn is_link(&self, id: EditId, hash: EditHash) -> bool {
        let refused =
            || self.refusals.get(&id).is_some_and(|links| links.iter().any(|(link, _)| *link == hash));
        self.links.get(&id) == Some(&hash) || refused()
    }

    /// The next number of a commune's feed.
    pub(super) fn next_number(&mut self, commune: &CommuneCode) -> Result<i64, StorageError> {
        let last = self.feeds.get_mut(commune).ok_or(StorageError::Damaged("feed"))?;
        *last += 1;
        Ok(*last)
    }

    pub(super) fn note_stored(&mut self, id: EditId, hash: EditHash) {
        self.links.insert(id, hash);
        if let Some(writer) = self.writers.get_mut(&id.writer) {
            writer.last = writer.last.max(id.seq);
        }
        if let Some(links) = self.refusals.get_mut(&id) {
            links.retain(|(link, _)| *link != hash);
        }
    }

    /// Whether it was not kept before.
    pub(super) fn note_refused(&mut self, id: EditId, hash: EditHash, device: DeviceId) -> bool {
        if let Some(writer) = self.writers.get_mut(&id.writer) {
            writer.has_refusals = true;
        }
        let links = self.refusals.entry(id).or_default();
        let is_new = links.iter().all(|(link, _)| *link != hash);
        if is_new {
            links.push((hash, device));
        }
        is_new
    }

    /// Writes how far feeds and writers are.
    pub(super) async fn write(
        &self,
        tx: &Tx<'_>,
        stored: &[EditRow<'_>],
        refused: &[Refused],
        first_by: &HashMap<WriterId, Uuid>,
    ) -> Result<(), StorageError> {
        let communes: BTreeSet<&CommuneCode> = stored.iter().map(|row| &row.subject.commune).collect();
        let (codes, ends): (Vec<&str>, Vec<i64>) = communes
            .iter()
            .filter_map(|commune| Some((commune.as_str(), *self.feeds.get(*commune)?)))
            .unzip();
        tx.execute(include_str!("sql/move_feeds.sql"), &[&codes, &ends]).await?;
        let stored = stored.iter().map(|row| row.id.writer);
        let touched: BTreeSet<WriterId> = stored.chain(refused.iter().map(|row| row.id.writer)).collect();
        let writer = |id: &WriterId| self.writers.get(id);
        let ids: Vec<Uuid> = touched.iter().map(|id| id.0).collect();
        let last: Vec<i64> =
            touched.iter().map(|id| writer(id).map_or(0, |writer| column(writer.last))).collect();
        let refusals: Vec<bool> =
            touched.iter().map(|id| writer(id).is_some_and(|writer| writer.has_refusals)).collect();
        let first_by: Vec<Option<Uuid>> = touched.iter().map(|id| first_by.get(id).copied()).collect();
        tx.execute(include_str!("sql/move_writers.sql"), &[&ids, &last, &refusals, &first_by]).await?;
        Ok(())
    }
}

async fn lock_writers<'a>(
    tx: &Tx<'_>,
    edits: impl Iterator<Item = &'a Arriving>,
) -> Result<HashMap<WriterId, Writer>, StorageError> {
    let ids: BTreeSet<Uuid> = edits.map(|arriving| arriving.id().writer.0).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    tx.execute(include_str!("sql/begin_writers.sql"), &[&ids]).await?;
    let mut writers = HashMap::new();
    for row in tx.rows(include_str!("sql/lock_writers.sql"), &[&ids]).await? {
        let writer = Writer { last: number(&row, 1)?, has_refusals: get(&row, 2)? };
        writers.insert(WriterId(get(&row, 0)?), writer);
    }
    Ok(writers)
}

async fn lock_feeds<'a>(
    tx: &Tx<'_>,
    edits: impl Iterator<Item = &'a Arriving>,
) -> Result<BTreeMap<CommuneCode, i64>, StorageError> {
    let communes: BTreeSet<&str> = edits
        .filter_map(|arriving| match arriving {
            Arriving::Edit { subject, out_of_scope: false, .. } => Some(subject.commune.as_str()),
            Arriving::Edit { .. } | Arriving::Unreadable(_) => None,
        })
        .collect();
    let communes: Vec<&str> = communes.into_iter().collect();
    tx.execute(include_str!("sql/begin_feeds.sql"), &[&communes]).await?;
    let rows = tx.rows(include_str!("sql/lock_feeds.sql"), &[&communes]).await?;
    rows.iter().map(|row| Ok((commune(row, 0)?, get(row, 1)?))).collect()
}
