//! What goes down to laptops: edits in the order they came in, and snapshots of them.

use std::collections::BTreeMap;

use rasoat_casework::{CommuneCode, DeviceId};

use super::kept::Kept;
use super::sealed::Kind;
use super::tx::{Tx, column, commune, count, get, hash, number};
use crate::storage::{FeedPage, FeedQuery, FeedStart, Snapshot, StorageError};

/// Edits read at once.
const STEP: usize = 256;
/// Bytes of a snapshot in one row.
const PIECE: usize = 256 * 1024;

pub(super) async fn ends(
    tx: &Tx<'_>,
    communes: &[CommuneCode],
) -> Result<BTreeMap<CommuneCode, u64>, StorageError> {
    let codes: Vec<&str> = communes.iter().map(CommuneCode::as_str).collect();
    let mut ends: BTreeMap<CommuneCode, u64> = communes.iter().map(|commune| (commune.clone(), 0)).collect();
    for row in tx.rows(include_str!("sql/feed_ends.sql"), &[&codes]).await? {
        ends.insert(commune(&row, 0)?, number(&row, 1)?);
    }
    Ok(ends)
}

pub(super) async fn changes_since(tx: &Tx<'_>, query: &FeedQuery) -> Result<FeedPage, StorageError> {
    let mut page = FeedPage { edits: Vec::new(), reached: BTreeMap::new(), more: false };
    let mut room = query.most_bytes;
    let mut kept = Kept::new(tx);
    let communes: Vec<CommuneCode> = query.starts.iter().map(|start| start.commune.clone()).collect();
    let ends = ends(tx, &communes).await?;
    for start in &query.starts {
        let (mut reached, exhausted) = fill(tx, (query, start), &mut page, &mut room, &mut kept).await?;
        if exhausted {
            // Past what is withheld too, so that it is not looked at again.
            reached = reached.max(ends.get(&start.commune).copied().unwrap_or_default());
        }
        page.more |= !exhausted;
        page.reached.insert(start.commune.clone(), reached);
    }
    Ok(page)
}

/// Adds edits of one commune while there is room. How far that goes, and whether it is all there is.
async fn fill(
    tx: &Tx<'_>,
    (query, start): (&FeedQuery, &FeedStart),
    page: &mut FeedPage,
    room: &mut usize,
    kept: &mut Kept<'_>,
) -> Result<(u64, bool), StorageError> {
    let withheld = query.withheld.map(|device| device.0);
    let mut reached = start.number;
    loop {
        let step = query.most_edits.saturating_sub(page.edits.len()).clamp(1, STEP);
        let limit = i64::try_from(step + 1).unwrap_or(i64::MAX);
        let (code, after, whole) = (start.commune.as_str(), column(reached), column(start.whole));
        let from: super::tx::Params<'_> = &[&code, &after, &withheld, &whole, &limit];
        let rows = tx.rows(include_str!("sql/changes_since.sql"), from).await?;
        kept.fetch(&rows).await?;
        for row in &rows {
            let edit = kept.edit(row)?;
            let bytes = edit.to_bytes().len();
            let full = bytes > *room || page.edits.len() >= query.most_edits;
            if full && !page.edits.is_empty() {
                return Ok((reached, false));
            }
            *room = room.saturating_sub(bytes);
            page.edits.push(edit);
            reached = number(row, 3)?;
        }
        if rows.len() <= step {
            return Ok((reached, true));
        }
    }
}

pub(super) async fn writers_of(tx: &Tx<'_>, device: &DeviceId) -> Result<u32, StorageError> {
    count(&tx.sure(include_str!("sql/count_writers_of.sql"), &[&device.0]).await?, 0)
}

pub(super) async fn keep_cursor(
    tx: &Tx<'_>,
    (hash, positions): &([u8; 16], Vec<u8>),
) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/keep_cursor.sql"), &[&hash.as_slice(), positions]).await?;
    Ok(())
}

pub(super) async fn kept_cursor(tx: &Tx<'_>, hash: &[u8; 16]) -> Result<Option<Vec<u8>>, StorageError> {
    let found = tx.row(include_str!("sql/kept_cursor.sql"), &[&hash.as_slice()]).await?;
    found.map(|row| get(&row, 0)).transpose()
}

pub(super) async fn put_snapshot(
    tx: &Tx<'_>,
    (snapshot, bytes): &(Snapshot, Vec<u8>),
) -> Result<(), StorageError> {
    let (commune, number) = (snapshot.commune.as_str(), column(snapshot.number));
    let row: super::tx::Params<'_> = &[&commune, &number, &snapshot.hash.as_slice(), &column(snapshot.size)];
    if tx.execute(include_str!("sql/put_snapshot.sql"), row).await? > 0 {
        for (at, piece) in bytes.chunks(PIECE).enumerate() {
            let place = i64::try_from(at * PIECE).map_err(|_| StorageError::Damaged("snapshot"))?;
            let sealed = tx.sealer.seal(Kind::Snapshot, piece)?;
            let sql = include_str!("sql/put_snapshot_piece.sql");
            tx.execute(sql, &[&commune, &number, &place, &sealed]).await?;
        }
    }
    tx.execute(include_str!("sql/forget_snapshots.sql"), &[&commune]).await?;
    Ok(())
}

pub(super) async fn snapshots(tx: &Tx<'_>, of: &CommuneCode) -> Result<Vec<Snapshot>, StorageError> {
    let mut found = Vec::new();
    for row in tx.rows(include_str!("sql/snapshots.sql"), &[&of.as_str()]).await? {
        found.push(Snapshot {
            commune: of.clone(),
            number: number(&row, 0)?,
            hash: hash(&row, 1)?,
            size: number(&row, 2)?,
        });
    }
    Ok(found)
}

pub(super) async fn snapshot_range(
    tx: &Tx<'_>,
    (hash, offset, length): &([u8; 32], u64, u32),
) -> Result<Option<Vec<u8>>, StorageError> {
    let Some(found) = tx.row(include_str!("sql/snapshot.sql"), &[&hash.as_slice()]).await? else {
        return Ok(None);
    };
    let (commune, number): (&str, i64) = (get(&found, 0)?, get(&found, 1)?);
    let (from, to) = (column(*offset), column(offset.saturating_add(u64::from(*length))));
    let piece = i64::try_from(PIECE).unwrap_or(i64::MAX);
    let asked: super::tx::Params<'_> = &[&commune, &number, &from, &to, &piece];
    let mut bytes = Vec::new();
    for row in tx.rows(include_str!("sql/snapshot_pieces.sql"), asked).await? {
        let place: i64 = get(&row, 0)?;
        let piece = tx.sealer.open(Kind::Snapshot, get(&row, 1)?)?;
        let within = |at: i64| usize::try_from(at.saturating_sub(place)).unwrap_or(0).min(piece.len());
        bytes.extend_from_slice(&piece[within(from)..within(to)]);
    }
    Ok(Some(bytes))
}
