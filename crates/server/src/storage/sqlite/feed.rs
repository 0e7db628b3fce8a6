//! What goes down to laptops: edits in the order they came in, and snapshots of them.

use std::collections::BTreeMap;

use rasoat_casework::{CommuneCode, DeviceId};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::hash_of;
use super::kept::Kept;
use crate::storage::{FeedPage, FeedQuery, Snapshot, StorageError};

pub(super) fn ends(
    tx: &Transaction<'_>,
    communes: Vec<CommuneCode>,
) -> Result<BTreeMap<CommuneCode, u64>, StorageError> {
    communes.into_iter().map(|commune| Ok((commune.clone(), end(tx, &commune)?))).collect()
}

fn end(tx: &Transaction<'_>, commune: &CommuneCode) -> Result<u64, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/feed_end.sql"))?;
    number_of(statement.query_row([commune.as_str()], |row| row.get(0))?)
}

pub(super) fn changes_since(tx: &Transaction<'_>, query: &FeedQuery) -> Result<FeedPage, StorageError> {
    let mut page = FeedPage { edits: Vec::new(), reached: BTreeMap::new(), more: false };
    let mut room = query.most_bytes;
    let mut kept = Kept::new(tx);
    let withheld = query.withheld.as_ref().map(|device| device.0.as_bytes());
    for start in &query.starts {
        let from = params![start.commune.as_str(), column(start.number), withheld, column(start.whole)];
        let mut statement = tx.prepare_cached(include_str!("sql/changes_since.sql"))?;
        let mut rows = statement.query(from)?;
        let mut reached = start.number;
        let mut exhausted = true;
        while let Some(row) = rows.next()? {
            let edit = kept.edit(row)?;
            let bytes = edit.to_bytes().len();
            let full = bytes > room || page.edits.len() >= query.most_edits;
            if full && !page.edits.is_empty() {
                exhausted = false;
                break;
            }
            room = room.saturating_sub(bytes);
            page.edits.push(edit);
            reached = number_of(row.get(3)?)?;
        }
        if exhausted {
            // Past what is withheld too, so that it is not looked at again.
            reached = reached.max(end(tx, &start.commune)?);
        }
        page.more |= !exhausted;
        page.reached.insert(start.commune.clone(), reached);
    }
    Ok(page)
}

pub(super) fn writers_of(tx: &Transaction<'_>, device: DeviceId) -> Result<u32, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/count_writers_of.sql"))?;
    Ok(statement.query_row([device.0.as_bytes()], |row| row.get(0))?)
}

pub(super) fn keep_cursor(
    tx: &Transaction<'_>,
    hash: [u8; 16],
    positions: &[u8],
) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/keep_cursor.sql"))?.execute(params![hash, positions])?;
    Ok(())
}

pub(super) fn kept_cursor(tx: &Transaction<'_>, hash: [u8; 16]) -> Result<Option<Vec<u8>>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/kept_cursor.sql"))?;
    Ok(statement.query_row([hash], |row| row.get(0)).optional()?)
}

pub(super) fn put_snapshot(
    tx: &Transaction<'_>,
    snapshot: &Snapshot,
    bytes: &[u8],
) -> Result<(), StorageError> {
    let commune = snapshot.commune.as_str();
    tx.prepare_cached(include_str!("sql/put_snapshot.sql"))?.execute(params![
        commune,
        column(snapshot.number),
        snapshot.hash,
        column(snapshot.size),
        bytes
    ])?;
    tx.prepare_cached(include_str!("sql/forget_snapshots.sql"))?.execute([commune])?;
    Ok(())
}

pub(super) fn snapshots(tx: &Transaction<'_>, commune: &CommuneCode) -> Result<Vec<Snapshot>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/snapshots.sql"))?;
    let mut rows = statement.query([commune.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Snapshot {
            commune: commune.clone(),
            number: number_of(row.get(0)?)?,
            hash: hash_of(&row.get::<_, Vec<u8>>(1)?)?,
            size: number_of(row.get(2)?)?,
        });
    }
    Ok(found)
}

pub(super) fn snapshot_range(
    tx: &Transaction<'_>,
    hash: [u8; 32],
    offset: u64,
    length: u32,
) -> Result<Option<Vec<u8>>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/snapshot_range.sql"))?;
    Ok(statement.query_row(params![hash, column(offset), length], |row| row.get(0)).optional()?)
}

/// Beyond what the column holds there is nothing.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn number_of(column: i64) -> Result<u64, StorageError> {
    u64::try_from(column).map_err(|_| StorageError::Damaged("number"))
}
