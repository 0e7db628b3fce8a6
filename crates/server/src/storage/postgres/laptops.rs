//! What a laptop holds or may hold, what of revoked laptops waits for a decision, and enrolment files to be fetched.

use std::collections::BTreeSet;

use rasoat_casework::{CommuneCode, DeviceId};
use rasoat_exchange::{BatchHash, Signature, SignedBatch};

use super::households;
use super::sealed::Kind;
use super::tx::{Tx, count, device, get, hash};
use crate::storage::{Aside, EnrolmentRow, HeldBy, HeldHousehold, HeldPage, HeldQuery, StorageError};

pub(super) async fn begin_reach(
    tx: &Tx<'_>,
    device: DeviceId,
    communes: &BTreeSet<CommuneCode>,
) -> Result<(), StorageError> {
    for commune in communes {
        tx.execute(include_str!("sql/begin_reach.sql"), &[&device.0, &commune.as_str()]).await?;
    }
    Ok(())
}

pub(super) async fn held(tx: &Tx<'_>, query: &HeldQuery) -> Result<HeldPage, StorageError> {
    let device = query.device.0;
    let counts = tx.sure(include_str!("sql/count_held.sql"), &[&device]).await?;
    let (limit, offset) = (i64::from(query.limit), i64::from(query.offset));
    let mut rows = Vec::new();
    for row in tx.rows(include_str!("sql/held.sql"), &[&device, &limit, &offset]).await? {
        let by = HeldBy::of(get(&row, 17)?, get(&row, 18)?, get(&row, 19)?);
        rows.push(HeldHousehold { row: households::read(&row)?, by });
    }
    Ok(HeldPage { total: count(&counts, 0)?, certain: count(&counts, 1)?, rows })
}

pub(super) async fn put_aside(
    tx: &Tx<'_>,
    (batch, edits, now): &(SignedBatch, u32, i64),
) -> Result<(), StorageError> {
    let bytes = tx.sealer.seal(Kind::Aside, &batch.bytes)?;
    tx.execute(
        include_str!("sql/put_aside.sql"),
        &[
            &batch.batch_hash().0.as_slice(),
            &batch.device.0,
            &batch.signature.to_bytes().as_slice(),
            &bytes,
            &i64::from(*edits),
            now,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn aside(tx: &Tx<'_>, of: &Option<DeviceId>) -> Result<Vec<Aside>, StorageError> {
    let mut found = Vec::new();
    for row in tx.rows(include_str!("sql/aside.sql"), &[&of.map(|device| device.0)]).await? {
        let batch = SignedBatch {
            bytes: tx.sealer.open(Kind::Aside, get(&row, 0)?)?,
            signature: Signature::from_bytes(hash(&row, 1)?),
            device: device(&row, 2)?,
        };
        found.push(Aside { batch, received_at: get(&row, 3)?, refused_at: get(&row, 4)? });
    }
    Ok(found)
}

pub(super) async fn refuse_aside(
    tx: &Tx<'_>,
    (device, now): &(DeviceId, i64),
) -> Result<usize, StorageError> {
    let refused = tx.execute(include_str!("sql/refuse_aside.sql"), &[&device.0, now]).await?;
    usize::try_from(refused).map_err(|_| StorageError::Damaged("count"))
}

/// Only what is stored whole is forgotten here.
pub(super) async fn forget_aside(tx: &Tx<'_>, batch: &BatchHash) -> Result<bool, StorageError> {
    Ok(tx.execute(include_str!("sql/forget_aside.sql"), &[&batch.0.as_slice()]).await? > 0)
}

pub(super) async fn put_enrolment_file(tx: &Tx<'_>, row: &EnrolmentRow) -> Result<(), StorageError> {
    let bytes = tx.sealer.seal(Kind::Enrolment, &row.bytes)?;
    let lookup = row.lookup.as_slice();
    let sql = include_str!("sql/put_enrolment_file.sql");
    tx.execute(sql, &[&lookup, &row.device.0, &row.expires_at, &bytes]).await?;
    Ok(())
}

/// Code, offset, length and the moment.
pub(super) type EnrolmentRange = ([u8; 16], u64, u32, i64);

pub(super) async fn enrolment_range(
    tx: &Tx<'_>,
    (lookup, offset, length, now): &EnrolmentRange,
) -> Result<Option<(u64, Vec<u8>)>, StorageError> {
    let found = tx.row(include_str!("sql/enrolment_file.sql"), &[&lookup.as_slice(), now]).await?;
    let Some(row) = found else { return Ok(None) };
    let bytes = tx.sealer.open(Kind::Enrolment, get(&row, 0)?)?;
    let from = usize::try_from(*offset).unwrap_or(usize::MAX).min(bytes.len());
    let to = from.saturating_add(*length as usize).min(bytes.len());
    Ok(Some((bytes.len() as u64, bytes[from..to].to_vec())))
}
