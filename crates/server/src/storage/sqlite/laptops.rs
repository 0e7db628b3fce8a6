//! What a laptop holds or may hold, what of revoked laptops waits for a decision, and enrolment files to be fetched.

use std::collections::BTreeMap;

use rasoat_casework::{CommuneCode, DeviceId};
use rasoat_exchange::{BatchHash, Signature, SignedBatch};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{feed, hash_of, households, uuid_of};
use crate::storage::{Aside, EnrolmentRow, HeldBy, HeldHousehold, HeldPage, HeldQuery, Reach, StorageError};

pub(super) fn begin_reach<'a>(
    tx: &Transaction<'_>,
    device: DeviceId,
    communes: impl IntoIterator<Item = &'a CommuneCode>,
) -> Result<(), StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/begin_reach.sql"))?;
    for commune in communes {
        statement.execute(params![device.0.as_bytes(), commune.as_str()])?;
    }
    Ok(())
}

pub(super) fn note_reach(
    tx: &Transaction<'_>,
    device: DeviceId,
    reach: &BTreeMap<CommuneCode, Reach>,
) -> Result<(), StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/note_reach.sql"))?;
    for (commune, reach) in reach {
        let (offered, held) = (feed::column(reach.offered), feed::column(reach.held));
        statement.execute(params![device.0.as_bytes(), commune.as_str(), offered, held])?;
    }
    Ok(())
}

/// Whether there is nothing to note.
pub(super) fn is_reach_noted(
    tx: &Transaction<'_>,
    device: DeviceId,
    reach: &BTreeMap<CommuneCode, Reach>,
) -> Result<bool, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/is_reach_noted.sql"))?;
    for (commune, reach) in reach {
        let (offered, held) = (feed::column(reach.offered), feed::column(reach.held));
        let row = params![device.0.as_bytes(), commune.as_str(), offered, held];
        if statement.query_row(row, |row| row.get(0)).optional()? != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn held(tx: &Transaction<'_>, query: &HeldQuery) -> Result<HeldPage, StorageError> {
    let device = query.device.0.as_bytes();
    let (total, certain) = tx
        .prepare_cached(include_str!("sql/count_held.sql"))?
        .query_row([device], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut statement = tx.prepare_cached(include_str!("sql/held.sql"))?;
    let mut rows = statement.query(params![device, query.limit, query.offset])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let by = HeldBy::of(row.get(16)?, row.get(17)?, row.get(18)?);
        found.push(HeldHousehold { row: households::read(row)?, by });
    }
    Ok(HeldPage { total, certain, rows: found })
}

pub(super) fn put_aside(
    tx: &Transaction<'_>,
    batch: &SignedBatch,
    edits: u32,
    now: i64,
) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/put_aside.sql"))?.execute(params![
        batch.batch_hash().0,
        batch.device.0.as_bytes(),
        batch.signature.to_bytes(),
        batch.bytes,
        edits,
        now
    ])?;
    Ok(())
}

pub(super) fn aside(tx: &Transaction<'_>, device: Option<DeviceId>) -> Result<Vec<Aside>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/aside.sql"))?;
    let mut rows = statement.query([device.as_ref().map(|device| device.0.as_bytes())])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let signature = Signature::from_bytes(hash_of(&row.get::<_, Vec<u8>>(1)?)?);
        let device = DeviceId(uuid_of(&row.get::<_, Vec<u8>>(2)?)?);
        let batch = SignedBatch { bytes: row.get(0)?, signature, device };
        found.push(Aside { batch, received_at: row.get(3)?, refused_at: row.get(4)? });
    }
    Ok(found)
}

pub(super) fn refuse_aside(tx: &Transaction<'_>, device: DeviceId, now: i64) -> Result<usize, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/refuse_aside.sql"))?;
    Ok(statement.execute(params![device.0.as_bytes(), now])?)
}

/// Only what is stored whole is forgotten here.
pub(super) fn forget_aside(tx: &Transaction<'_>, batch: BatchHash) -> Result<bool, StorageError> {
    Ok(tx.prepare_cached(include_str!("sql/forget_aside.sql"))?.execute([batch.0])? > 0)
}

pub(super) fn put_enrolment_file(tx: &Transaction<'_>, row: &EnrolmentRow) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/put_enrolment_file.sql"))?.execute(params![
        row.lookup,
        row.device.0.as_bytes(),
        row.expires_at,
        row.bytes
    ])?;
    Ok(())
}

pub(super) fn enrolment_range(
    tx: &Transaction<'_>,
    lookup: [u8; 16],
    offset: u64,
    length: u32,
    now: i64,
) -> Result<Option<(u64, Vec<u8>)>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/enrolment_range.sql"))?;
    let offset = feed::column(offset).min(i64::MAX - 1);
    let found = statement.query_row(params![lookup, offset, length, now], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
    });
    match found.optional()? {
        Some((total, bytes)) => Ok(Some((feed::number_of(total)?, bytes))),
        None => Ok(None),
    }
}

pub(super) fn forget_enrolment_file(tx: &Transaction<'_>, device: DeviceId) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/forget_enrolment_file.sql"))?.execute([device.0.as_bytes()])?;
    Ok(())
}
