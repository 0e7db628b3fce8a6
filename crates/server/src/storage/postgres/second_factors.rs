//! Second factors and their recovery codes.

use std::collections::BTreeSet;

use super::sealed::Kind;
use super::tx::{Tx, count, get, text};
use crate::storage::{SecondFactor, StorageError};

pub(super) async fn put(tx: &Tx<'_>, (name, secret): &(String, Vec<u8>)) -> Result<bool, StorageError> {
    let sealed = tx.sealer.seal(Kind::SecondFactor, secret)?;
    Ok(tx.execute(include_str!("sql/put_second_factor.sql"), &[&text(name), &sealed]).await? > 0)
}

pub(super) async fn one(tx: &Tx<'_>, name: &str) -> Result<Option<SecondFactor>, StorageError> {
    let found = tx.row(include_str!("sql/second_factor.sql"), &[&text(name)]).await?;
    let Some(row) = found else { return Ok(None) };
    Ok(Some(SecondFactor {
        secret: tx.sealer.open(Kind::SecondFactor, get(&row, 0)?)?,
        confirmed_at: get(&row, 1)?,
        last_step: get(&row, 2)?,
        recovery_codes: count(&row, 3)?,
    }))
}

pub(super) async fn all(tx: &Tx<'_>, (): &()) -> Result<BTreeSet<String>, StorageError> {
    tx.rows(include_str!("sql/second_factors.sql"), &[]).await?.iter().map(|row| get(row, 0)).collect()
}

pub(super) async fn confirm(
    tx: &Tx<'_>,
    (name, step, codes, now): &(String, i64, Vec<[u8; 32]>, i64),
) -> Result<bool, StorageError> {
    let name = text(name);
    if tx.execute(include_str!("sql/confirm_second_factor.sql"), &[&name, step, now]).await? == 0 {
        return Ok(false);
    }
    tx.execute(include_str!("sql/drop_recovery_codes.sql"), &[&name]).await?;
    for code in codes {
        tx.execute(include_str!("sql/put_recovery_code.sql"), &[&name, &code.as_slice()]).await?;
    }
    Ok(true)
}

pub(super) async fn use_step(tx: &Tx<'_>, (name, step): &(String, i64)) -> Result<bool, StorageError> {
    Ok(tx.execute(include_str!("sql/use_second_step.sql"), &[&text(name), step]).await? > 0)
}

pub(super) async fn use_recovery(
    tx: &Tx<'_>,
    (name, code): &(String, [u8; 32]),
) -> Result<bool, StorageError> {
    Ok(tx.execute(include_str!("sql/use_recovery_code.sql"), &[&text(name), &code.as_slice()]).await? > 0)
}

pub(super) async fn forget(tx: &Tx<'_>, name: &str) -> Result<bool, StorageError> {
    let name = text(name);
    tx.execute(include_str!("sql/drop_recovery_codes.sql"), &[&name]).await?;
    Ok(tx.execute(include_str!("sql/drop_second_factor.sql"), &[&name]).await? > 0)
}
