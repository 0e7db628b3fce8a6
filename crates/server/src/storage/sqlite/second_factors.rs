//! Second factors and their recovery codes.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::storage::{SecondFactor, StorageError};

pub(super) fn put(tx: &Transaction<'_>, name: &str, secret: &[u8]) -> Result<bool, StorageError> {
    Ok(tx.prepare_cached(include_str!("sql/put_second_factor.sql"))?.execute(params![name, secret])? > 0)
}

pub(super) fn one(tx: &Transaction<'_>, name: &str) -> Result<Option<SecondFactor>, StorageError> {
    let found = tx.prepare_cached(include_str!("sql/second_factor.sql"))?.query_row([name], |row| {
        Ok(SecondFactor {
            secret: row.get(0)?,
            confirmed_at: row.get(1)?,
            last_step: row.get(2)?,
            recovery_codes: row.get(3)?,
        })
    });
    Ok(found.optional()?)
}

pub(super) fn all(tx: &Transaction<'_>) -> Result<BTreeSet<String>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/second_factors.sql"))?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn confirm(
    tx: &Transaction<'_>,
    name: &str,
    step: i64,
    codes: &[[u8; 32]],
    now: i64,
) -> Result<bool, StorageError> {
    let confirm = include_str!("sql/confirm_second_factor.sql");
    if tx.prepare_cached(confirm)?.execute(params![name, step, now])? == 0 {
        return Ok(false);
    }
    tx.prepare_cached(include_str!("sql/drop_recovery_codes.sql"))?.execute([name])?;
    for code in codes {
        tx.prepare_cached(include_str!("sql/put_recovery_code.sql"))?.execute(params![name, code])?;
    }
    Ok(true)
}

pub(super) fn use_step(tx: &Transaction<'_>, name: &str, step: i64) -> Result<bool, StorageError> {
    Ok(tx.prepare_cached(include_str!("sql/use_second_step.sql"))?.execute(params![name, step])? > 0)
}

pub(super) fn use_recovery(tx: &Transaction<'_>, name: &str, code: &[u8; 32]) -> Result<bool, StorageError> {
    Ok(tx.prepare_cached(include_str!("sql/use_recovery_code.sql"))?.execute(params![name, code])? > 0)
}

pub(super) fn forget(tx: &Transaction<'_>, name: &str) -> Result<bool, StorageError> {
    tx.prepare_cached(include_str!("sql/drop_recovery_codes.sql"))?.execute([name])?;
    Ok(tx.prepare_cached(include_str!("sql/drop_second_factor.sql"))?.execute([name])? > 0)
}
