//! Files beside the answers: which are named, and what has come of them.

use rasoat_casework::{AttachmentName, CommuneCode};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::commune_of;
use crate::storage::judged::attachment_key as key;
use crate::storage::{ArrivedPiece, AttachmentPiece, StorageError, StoredAttachment};

/// Notes which files an edit that is being stored names.
pub(super) fn note_named(
    tx: &Transaction<'_>,
    commune: &CommuneCode,
    names: &[AttachmentName],
) -> Result<(), StorageError> {
    for name in names {
        tx.prepare_cached(include_str!("sql/name_attachment.sql"))?
            .execute(params![commune.as_str(), key(*name)])?;
    }
    Ok(())
}

pub(super) fn named_in(
    tx: &Transaction<'_>,
    communes: Option<&[CommuneCode]>,
    name: AttachmentName,
) -> Result<Option<CommuneCode>, StorageError> {
    let Some(communes) = communes else {
        let mut any = tx.prepare_cached(include_str!("sql/attachment_commune.sql"))?;
        let found: Option<String> = any.query_row([key(name)], |row| row.get(0)).optional()?;
        return found.map(|commune| commune_of(&commune)).transpose();
    };
    let mut is_named = tx.prepare_cached(include_str!("sql/attachment_is_named.sql"))?;
    for commune in communes {
        if is_named.exists(params![commune.as_str(), key(name)])? {
            return Ok(Some(commune.clone()));
        }
    }
    Ok(None)
}

pub(super) fn one(
    tx: &Transaction<'_>,
    name: AttachmentName,
) -> Result<Option<StoredAttachment>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/attachment.sql"))?;
    let found = statement.query_row([key(name)], |row| {
        Ok(StoredAttachment { size: row.get(0)?, have: row.get(1)?, whole: row.get(2)? })
    });
    Ok(found.optional()?)
}

/// Keeps a piece if it begins where what has come ends. The first of a file is refused where it would be too much.
pub(super) fn put_piece(tx: &Transaction<'_>, piece: &AttachmentPiece) -> Result<ArrivedPiece, StorageError> {
    let key = key(piece.name);
    let mut stored = one(tx, piece.name)?;
    // Whoever said another size was wrong, or this one is: the hash will tell.
    if stored.is_some_and(|stored| !stored.whole && stored.size != piece.size && piece.offset == 0) {
        forget(tx, piece.name)?;
        stored = None;
    }
    let stored = match stored {
        Some(stored) => stored,
        None => {
            let sums = params![piece.device.0.as_bytes(), piece.commune.as_str()];
            let (of_device, of_commune): (i64, i64) = tx
                .prepare_cached(include_str!("sql/attachment_sums.sql"))?
                .query_row(sums, |row| Ok((row.get(0)?, row.get(1)?)))?;
            let is_too_much = |sum: i64, most: u64| sum.unsigned_abs() + u64::from(piece.size) > most;
            if is_too_much(of_device, piece.device_bytes) || is_too_much(of_commune, piece.commune_bytes) {
                return Ok(ArrivedPiece::TooMuch);
            }
            tx.prepare_cached(include_str!("sql/begin_attachment.sql"))?.execute(params![
                key,
                piece.commune.as_str(),
                piece.device.0.as_bytes(),
                piece.size,
                piece.received_at
            ])?;
            StoredAttachment { size: piece.size, have: 0, whole: false }
        }
    };
    let length = u32::try_from(piece.bytes.len()).unwrap_or(u32::MAX);
    let fits = stored.have.checked_add(length).is_some_and(|have| have <= stored.size);
    if stored.whole || length == 0 || piece.offset != stored.have || piece.size != stored.size || !fits {
        return Ok(ArrivedPiece::Has(stored));
    }
    tx.prepare_cached(include_str!("sql/put_attachment_piece.sql"))?.execute(params![
        key,
        piece.offset,
        piece.bytes
    ])?;
    tx.prepare_cached(include_str!("sql/note_attachment_piece.sql"))?.execute(params![key, length])?;
    Ok(ArrivedPiece::Has(StoredAttachment { have: stored.have + length, ..stored }))
}

/// Notes that a file is what its name says.
pub(super) fn note_whole(tx: &Transaction<'_>, name: AttachmentName) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/note_attachment_whole.sql"))?.execute([key(name)])?;
    Ok(())
}

/// Forgets what has come of a file that is not whole.
pub(super) fn forget(tx: &Transaction<'_>, name: AttachmentName) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/forget_attachment_pieces.sql"))?.execute([key(name)])?;
    tx.prepare_cached(include_str!("sql/forget_attachment.sql"))?.execute([key(name)])?;
    Ok(())
}

pub(super) fn range(
    tx: &Transaction<'_>,
    name: AttachmentName,
    offset: u32,
    length: u32,
) -> Result<Vec<u8>, StorageError> {
    let damaged = || StorageError::Damaged("attachment");
    let end = offset.saturating_add(length);
    let mut statement = tx.prepare_cached(include_str!("sql/attachment_range.sql"))?;
    let mut rows = statement.query(params![key(name), offset, end])?;
    let mut bytes = Vec::new();
    while let Some(row) = rows.next()? {
        let place: u32 = row.get(0)?;
        let piece = row.get_ref(1)?.as_blob().map_err(|_| damaged())?;
        let from = usize::try_from(offset.saturating_sub(place)).map_err(|_| damaged())?.min(piece.len());
        let to = usize::try_from(end.saturating_sub(place)).map_err(|_| damaged())?.min(piece.len());
        bytes.extend_from_slice(&piece[from..to]);
    }
    Ok(bytes)
}
