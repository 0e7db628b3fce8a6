//! Files beside the answers: which are named, and what has come of them.

use rasoat_casework::{AttachmentName, CommuneCode};
use tokio_postgres::Row;

use super::sealed::Kind;
use super::tx::{Tx, commune, count, get};
use crate::storage::judged::attachment_key as key;
use crate::storage::{ArrivedPiece, AttachmentPiece, StorageError, StoredAttachment};

/// Of which communes, and which files.
pub(super) type Asked = (Option<Vec<CommuneCode>>, Vec<AttachmentName>);

pub(super) async fn named_in(
    tx: &Tx<'_>,
    (communes, names): &Asked,
) -> Result<Vec<Option<CommuneCode>>, StorageError> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        found.push(match communes {
            None => {
                let any =
                    tx.row(include_str!("sql/attachment_commune.sql"), &[&key(*name).as_slice()]).await?;
                any.map(|row| commune(&row, 0)).transpose()?
            }
            Some(communes) => first_of(tx, communes, *name).await?,
        });
    }
    Ok(found)
}

async fn first_of(
    tx: &Tx<'_>,
    communes: &[CommuneCode],
    name: AttachmentName,
) -> Result<Option<CommuneCode>, StorageError> {
    let (sql, key) = (include_str!("sql/attachment_is_named.sql"), key(name));
    for commune in communes {
        if tx.row(sql, &[&commune.as_str(), &key.as_slice()]).await?.is_some() {
            return Ok(Some(commune.clone()));
        }
    }
    Ok(None)
}

pub(super) async fn all(
    tx: &Tx<'_>,
    names: &[AttachmentName],
) -> Result<Vec<Option<StoredAttachment>>, StorageError> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let row = tx.row(include_str!("sql/attachment.sql"), &[&key(*name).as_slice()]).await?;
        found.push(row.map(|row| read(&row)).transpose()?);
    }
    Ok(found)
}

fn read(row: &Row) -> Result<StoredAttachment, StorageError> {
    Ok(StoredAttachment { size: count(row, 0)?, have: count(row, 1)?, whole: get(row, 2)? })
}

/// Keeps a piece if it begins where what has come ends. The first of a file is refused where it would be too much. One piece of a file is
/// looked at after the other, and one beginning after the other of a commune and of a device, whichever server they come to.
pub(super) async fn put_piece(tx: &Tx<'_>, piece: &AttachmentPiece) -> Result<ArrivedPiece, StorageError> {
    let key = key(piece.name);
    let key = key.as_slice();
    let turn = (piece.commune.as_str(), piece.device.0);
    tx.execute(include_str!("sql/turn_of_attachment.sql"), &[&key, &turn.0, &turn.1]).await?;
    let found = tx.row(include_str!("sql/attachment.sql"), &[&key]).await?;
    let mut stored = found.map(|row| read(&row)).transpose()?;
    // Whoever said another size was wrong, or this one is: the hash will tell.
    if stored.is_some_and(|stored| !stored.whole && stored.size != piece.size && piece.offset == 0) {
        forget(tx, piece.name).await?;
        stored = None;
    }
    let size = i64::from(piece.size);
    let stored = match stored {
        Some(stored) => stored,
        None => {
            let sums = tx.sure(include_str!("sql/attachment_sums.sql"), &[&turn.1, &turn.0]).await?;
            let is_too_much = |sum: i64, most: u64| sum.unsigned_abs() + u64::from(piece.size) > most;
            if is_too_much(get(&sums, 0)?, piece.device_bytes)
                || is_too_much(get(&sums, 1)?, piece.commune_bytes)
            {
                return Ok(ArrivedPiece::TooMuch);
            }
            let row: super::tx::Params<'_> = &[&key, &turn.0, &turn.1, &size, &piece.received_at];
            tx.execute(include_str!("sql/begin_attachment.sql"), row).await?;
            StoredAttachment { size: piece.size, have: 0, whole: false }
        }
    };
    let length = u32::try_from(piece.bytes.len()).unwrap_or(u32::MAX);
    let fits = stored.have.checked_add(length).is_some_and(|have| have <= stored.size);
    if stored.whole || length == 0 || piece.offset != stored.have || piece.size != stored.size || !fits {
        return Ok(ArrivedPiece::Has(stored));
    }
    let sealed = tx.sealer.seal(Kind::Attachment, &piece.bytes)?;
    let place = i64::from(piece.offset);
    tx.execute(include_str!("sql/put_attachment_piece.sql"), &[&key, &place, &sealed]).await?;
    tx.execute(include_str!("sql/note_attachment_piece.sql"), &[&key, &i64::from(length)]).await?;
    Ok(ArrivedPiece::Has(StoredAttachment { have: stored.have + length, ..stored }))
}

/// Notes that a file is what its name says, or forgets what has come of it.
pub(super) async fn settle(
    tx: &Tx<'_>,
    (name, is_whole): &(AttachmentName, bool),
) -> Result<(), StorageError> {
    if !is_whole {
        return forget(tx, *name).await;
    }
    tx.execute(include_str!("sql/note_attachment_whole.sql"), &[&key(*name).as_slice()]).await?;
    Ok(())
}

/// Forgets what has come of a file that is not whole.
async fn forget(tx: &Tx<'_>, name: AttachmentName) -> Result<(), StorageError> {
    let key = key(name);
    tx.execute(include_str!("sql/forget_attachment_pieces.sql"), &[&key.as_slice()]).await?;
    tx.execute(include_str!("sql/forget_attachment.sql"), &[&key.as_slice()]).await?;
    Ok(())
}

pub(super) async fn range(
    tx: &Tx<'_>,
    (name, offset, length): &(AttachmentName, u32, u32),
) -> Result<Vec<u8>, StorageError> {
    let end = offset.saturating_add(*length);
    let key = key(*name);
    let row: super::tx::Params<'_> = &[&key.as_slice(), &i64::from(*offset), &i64::from(end)];
    let mut bytes = Vec::new();
    for row in tx.rows(include_str!("sql/attachment_range.sql"), row).await? {
        let place = count(&row, 0)?;
        let piece = tx.sealer.open(Kind::Attachment, get(&row, 1)?)?;
        let from = (offset.saturating_sub(place) as usize).min(piece.len());
        let to = (end.saturating_sub(place) as usize).min(piece.len());
        bytes.extend_from_slice(&piece[from..to]);
    }
    Ok(bytes)
}
