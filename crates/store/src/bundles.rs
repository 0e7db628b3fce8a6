//! What travels on sticks: batches as they were signed, receipts and news to be passed on, and which file held what.

use std::ops::RangeInclusive;

use rasoat_casework::{CommuneCode, DeviceId, Edit, EditId, Subject, VillageId, WriterId};
use rusqlite::{OptionalExtension, Row, named_params, params};
use uuid::Uuid;

use crate::columns;
use crate::edits::read_edit;
use crate::error::StoreError;
use crate::store::{Reader, Tx};

/// News kept to be passed on; each has the latest forms, standards and devices in full.
const NEWS_KEPT: u32 = 8;

/// A batch as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBatch {
    /// Its hash.
    pub hash: [u8; 32],
    /// Who signed it.
    pub device: DeviceId,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The signature over them.
    pub signature: [u8; 64],
}

/// Whose batch it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchOrigin {
    /// This laptop signed it.
    Own,
    /// Another laptop did; it was brought here on its way to the province.
    Collected,
}

/// How much of a collected batch is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// The key of its laptop is not known: nothing of it is believed.
    Closed,
    /// Some of its edits build on others that are not here.
    Waiting,
    /// All that is to be taken in was.
    Taken,
}

/// Something signed, to be passed on as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMessage {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The server's signature over them.
    pub signature: [u8; 64],
}

/// Which edits and batches to carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carry {
    /// What no receipt was seen for.
    Unsent,
    /// The same, as far as it is about a village, with what must go before it.
    Village(CommuneCode, VillageId),
    /// What was sealed or collected since a time (milliseconds since 1970), whether a receipt was seen for it or not.
    Since(i64),
}

/// Whether a file was written here or taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Written.
    Out,
    /// Taken in.
    In,
}

/// A file on a stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleRecord {
    /// Written or taken in.
    pub direction: Direction,
    /// When, milliseconds since 1970 on the laptop's clock.
    pub at: i64,
    /// The file's name; empty for one taken in, whose name is somebody else's.
    pub name: String,
    /// Whom it is for, or who made it: names of devices, or `province`.
    pub parties: Vec<String>,
    /// Edits in it.
    pub edits: u32,
    /// Households they are about.
    pub households: u32,
}

/// What lies here for the province from other laptops.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Batches.
    pub batches: u32,
    /// Laptops that signed them.
    pub devices: u32,
    /// Households on this laptop's list that they are about.
    pub households: u32,
}

impl Reader<'_> {
    /// This laptop's own edits to carry, in the order of their chain.
    pub fn edits_to_carry(&self, carry: &Carry) -> Result<Vec<Edit>, StoreError> {
        let read = |row: &Row<'_>| row.get::<_, Vec<u8>>(0);
        let bytes: Vec<Vec<u8>> = match carry {
            Carry::Unsent => self
                .connection
                .prepare_cached(include_str!("edits/unsent.sql"))?
                .query_map([], read)?
                .collect::<Result<_, _>>()?,
            Carry::Village(commune, village) => self
                .connection
                .prepare_cached(include_str!("bundles/edits_of_village.sql"))?
                .query_map(params![commune.as_str(), village.as_str()], read)?
                .collect::<Result<_, _>>()?,
            Carry::Since(millis) => self
                .connection
                .prepare_cached(include_str!("bundles/edits_since.sql"))?
                .query_map(params![millis], read)?
                .collect::<Result<_, _>>()?,
        };
        bytes.iter().map(|bytes| read_edit(bytes)).collect()
    }

    /// Batches of other laptops to carry, in the order they came.
    pub fn batches_to_carry(&self, carry: &Carry) -> Result<Vec<KeptBatch>, StoreError> {
        let (since, place) = match carry {
            Carry::Unsent => (None, None),
            Carry::Village(commune, village) => (None, Some((commune.as_str(), village.as_str()))),
            Carry::Since(millis) => (Some(millis), None),
        };
        let (commune, village) = place.unzip();
        let mut statement = self.connection.prepare_cached(include_str!("bundles/collected.sql"))?;
        let found = statement.query_map(
            named_params! {":since": since, ":commune": commune, ":village": village},
            read_batch,
        )?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The batches that this laptop signed as `device`, with what each holds, the oldest first.
    pub fn own_batches(&self, device: DeviceId) -> Result<Vec<(KeptBatch, Vec<EditId>)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/own.sql"))?;
        let batches =
            statement.query_map(params![device.0.as_bytes()], read_batch)?.collect::<Result<Vec<_>, _>>()?;
        batches
            .into_iter()
            .map(|batch| {
                let edits = self.edits_of_batch(&batch.hash)?;
                Ok((batch, edits))
            })
            .collect()
    }

    /// The laptop that a writer is of, where a batch of it is kept here.
    pub fn device_of(&self, writer: WriterId) -> Result<Option<DeviceId>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/device_of.sql"))?;
        let found = statement.query_row(params![writer.0.as_bytes()], |row| columns::uuid(row, 0));
        Ok(found.optional()?.map(DeviceId))
    }

    /// Collected batches of which something is not here yet, in the order they came.
    pub fn unread_batches(&self) -> Result<Vec<KeptBatch>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/unread.sql"))?;
        Ok(statement.query_map([], read_batch)?.collect::<Result<_, _>>()?)
    }

    /// Whose a kept batch is; `None` when it is not kept.
    pub fn batch_origin(&self, hash: &[u8; 32]) -> Result<Option<BatchOrigin>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/origin.sql"))?;
        let found: Option<String> = statement.query_row(params![hash], |row| row.get(0)).optional()?;
        found
            .map(|name| match name.as_str() {
                "own" => Ok(BatchOrigin::Own),
                "collected" => Ok(BatchOrigin::Collected),
                _ => Err(StoreError::Damaged),
            })
            .transpose()
    }

    /// The edits of a kept batch; none of one that is closed.
    pub fn edits_of_batch(&self, hash: &[u8; 32]) -> Result<Vec<EditId>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/edits_of_batch.sql"))?;
        let found = statement.query_map(params![hash], |row| columns::edit_id(row, 0, 1))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Whether everything that an edit's author had seen of its subject is here. Folded without it, the edit would pass for
    /// having seen what nobody here can look at.
    pub fn has_what_was_seen(&self, edit: &Edit) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/has_edit.sql"))?;
        for (writer, seq) in &edit.seen.0 {
            let Ok(seq) = columns::seq_column(*seq) else { return Ok(false) };
            if !statement.exists(params![writer.0.as_bytes(), seq, edit.subject.id.as_bytes()])? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether an edit is here, under its number or beside another that has it.
    pub fn has_edit(&self, edit: EditId, subject: &Subject) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/has_edit.sql"))?;
        let Ok(seq) = columns::seq_column(edit.seq) else { return Ok(false) };
        Ok(statement.exists(params![edit.writer.0.as_bytes(), seq, subject.id.as_bytes()])?)
    }

    /// The household on the list that an id is of, or whose interview's.
    pub fn household_named(&self, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/household_of.sql"))?;
        Ok(statement.query_row(params![id.as_bytes()], |row| columns::uuid(row, 0)).optional()?)
    }

    /// Receipts to carry back to a laptop, the newest first.
    pub fn receipts_to_carry(&self, device: DeviceId, limit: u32) -> Result<Vec<KeptMessage>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/receipts_for.sql"))?;
        let found = statement.query_map(params![device.0.as_bytes(), limit], read_message)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The receipt kept for a batch of another laptop.
    pub fn receipt_kept(&self, batch: &[u8; 32]) -> Result<Option<KeptMessage>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/receipt_of.sql"))?;
        Ok(statement.query_row(params![batch], read_message).optional()?)
    }

    /// News to pass on, the oldest first.
    pub fn news(&self) -> Result<Vec<KeptMessage>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/news.sql"))?;
        Ok(statement.query_map([], read_message)?.collect::<Result<_, _>>()?)
    }

    /// Files written and taken in with their numbers, the newest first.
    pub fn bundles(&self, limit: u32) -> Result<Vec<(i64, BundleRecord)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/list.sql"))?;
        let found = statement.query_map(params![limit], |row| Ok((row.get(6)?, read_record(row)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// What lies here for the province from other laptops.
    pub fn collected(&self) -> Result<Collected, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/waiting.sql"))?;
        let found = statement.query_row([], |row| {
            Ok(Collected { batches: row.get(0)?, devices: row.get(1)?, households: row.get(2)? })
        })?;
        Ok(found)
    }

    /// Households with something unsent, all of which is on a stick.
    pub fn households_on_sticks(&self) -> Result<u32, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/on_stick.sql"))?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

impl Tx<'_> {
    /// Keeps a batch as it was signed; `false` when it was kept before. Then nothing of it changes, but that a verified one
    /// stands in place of one whose signature nobody here could look at.
    pub fn keep_batch(
        &self,
        batch: &KeptBatch,
        origin: BatchOrigin,
        state: BatchState,
        now_millis: i64,
    ) -> Result<bool, StoreError> {
        let origin = match origin {
            BatchOrigin::Own => "own",
            BatchOrigin::Collected => "collected",
        };
        let kept =
            self.connection.prepare_cached(include_str!("bundles/keep_batch.sql"))?.execute(params![
                batch.hash,
                batch.device.0.as_bytes(),
                batch.bytes,
                batch.signature,
                origin,
                state_name(state),
                now_millis
            ])?;
        self.note(|changed| changed.sync = true);
        Ok(kept > 0)
    }

    /// Notes which edits a kept batch holds, once that is known, and how much of it is here.
    pub fn note_batch(&self, hash: &[u8; 32], edits: &[EditId], state: BatchState) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/keep_batch_edit.sql"))?;
        for edit in edits {
            let seq = columns::seq_column(edit.seq)?;
            statement.execute(params![hash, edit.writer.0.as_bytes(), seq])?;
        }
        self.connection
            .prepare_cached(include_str!("bundles/set_state.sql"))?
            .execute(params![hash, state_name(state)])?;
        Ok(())
    }

    /// Notes what a verified receipt says of a kept batch. `accepted`: `None` for all of its edits. `settled`: there is nothing to gain by carrying it again.
    pub fn settle_batch(
        &self,
        hash: &[u8; 32],
        accepted: Option<&[(WriterId, RangeInclusive<u64>)]>,
        settled: bool,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("bundles/accept.sql"))?;
        if accepted.is_none() {
            self.connection.prepare_cached(include_str!("bundles/accept_all.sql"))?.execute(params![hash])?;
        }
        for (writer, range) in accepted.unwrap_or_default() {
            let end = |seq: &u64| i64::try_from(*seq).unwrap_or(i64::MAX);
            statement.execute(params![hash, writer.0.as_bytes(), end(range.start()), end(range.end())])?;
        }
        self.connection
            .prepare_cached(include_str!("bundles/settle.sql"))?
            .execute(params![hash, settled])?;
        self.note(|changed| changed.sync = true);
        Ok(())
    }

    /// Keeps a verified receipt for another laptop's batch, in place of an older one.
    pub fn keep_receipt(
        &self,
        batch: &[u8; 32],
        device: DeviceId,
        receipt: &KeptMessage,
        server_time_millis: i64,
    ) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("bundles/keep_receipt.sql"))?.execute(params![
            batch,
            device.0.as_bytes(),
            receipt.bytes,
            receipt.signature,
            server_time_millis
        ])?;
        Ok(())
    }

    /// Keeps verified news to be passed on; the oldest are forgotten.
    pub fn keep_news(
        &self,
        hash: &[u8; 32],
        news: &KeptMessage,
        made_at_millis: i64,
    ) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("bundles/keep_news.sql"))?.execute(params![
            hash,
            news.bytes,
            news.signature,
            made_at_millis
        ])?;
        self.connection
            .prepare_cached(include_str!("bundles/forget_old_news.sql"))?
            .execute(params![NEWS_KEPT])?;
        Ok(())
    }

    /// Notes a file that was written and read back, or taken in, and the batches it held.
    pub fn record_bundle(&self, bundle: &BundleRecord, batches: &[[u8; 32]]) -> Result<(), StoreError> {
        let direction = match bundle.direction {
            Direction::Out => "out",
            Direction::In => "in",
        };
        let parties = serde_json::to_string(&bundle.parties)?;
        let number: i64 = self.connection.prepare_cached(include_str!("bundles/record.sql"))?.query_row(
            params![direction, bundle.at, bundle.name, parties, bundle.edits, bundle.households],
            |row| row.get(0),
        )?;
        let mut statement = self.connection.prepare_cached(include_str!("bundles/record_batch.sql"))?;
        for batch in batches {
            statement.execute(params![number, batch])?;
        }
        self.note(|changed| changed.sync = true);
        Ok(())
    }
}

fn state_name(state: BatchState) -> &'static str {
    match state {
        BatchState::Closed => "closed",
        BatchState::Waiting => "waiting",
        BatchState::Taken => "taken",
    }
}

fn read_batch(row: &Row<'_>) -> rusqlite::Result<KeptBatch> {
    Ok(KeptBatch {
        hash: row.get(0)?,
        device: DeviceId(columns::uuid(row, 1)?),
        bytes: row.get(2)?,
        signature: row.get(3)?,
    })
}

pub(crate) fn read_record(row: &Row<'_>) -> rusqlite::Result<BundleRecord> {
    let direction: String = row.get(0)?;
    let parties: String = row.get(3)?;
    Ok(BundleRecord {
        direction: match direction.as_str() {
            "out" => Direction::Out,
            "in" => Direction::In,
            _ => return Err(columns::out_of_range(0)),
        },
        at: row.get(1)?,
        name: row.get(2)?,
        parties: serde_json::from_str(&parties).map_err(|_| columns::out_of_range(3))?,
        edits: row.get(4)?,
        households: row.get(5)?,
    })
}

fn read_message(row: &Row<'_>) -> rusqlite::Result<KeptMessage> {
    Ok(KeptMessage { bytes: row.get(0)?, signature: row.get(1)? })
}
