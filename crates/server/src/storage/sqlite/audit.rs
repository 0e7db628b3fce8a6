//! The audit log.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::storage::{
    AuditEntry, AuditLine, AuditPage, AuditQuery, FIRST_PREVIOUS, StorageError, audit_hash,
};

pub(super) fn note(tx: &Transaction<'_>, entry: &AuditEntry) -> Result<(), StorageError> {
    let (number, previous) = match head(tx)? {
        Some(head) => head,
        None => {
            (tx.query_row(include_str!("sql/last_act.sql"), [], |row| number_at(row, 0))?, FIRST_PREVIOUS)
        }
    };
    let number = number + 1;
    let hash = audit_hash(&previous, number, entry);
    let line = params![number.cast_signed(), entry.at, entry.actor, entry.act, entry.object, hash];
    tx.prepare_cached(include_str!("sql/note_act.sql"))?.execute(line)?;
    tx.prepare_cached(include_str!("sql/put_audit_head.sql"))?
        .execute(params![number.cast_signed(), hash])?;
    Ok(())
}

pub(super) fn head(tx: &Transaction<'_>) -> Result<Option<(u64, [u8; 32])>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/audit_head.sql"))?;
    Ok(statement.query_row([], |row| Ok((number_at(row, 0)?, row.get(1)?))).optional()?)
}

pub(super) fn latest(tx: &Transaction<'_>, limit: u32) -> Result<Vec<AuditEntry>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/acts.sql"))?;
    let rows = statement.query_map([limit], entry_of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn page(tx: &Transaction<'_>, query: &AuditQuery) -> Result<AuditPage, StorageError> {
    let AuditQuery { actor, act, object, from, until, offset, limit } = query;
    let total = tx
        .prepare_cached(include_str!("sql/count_audit_page.sql"))?
        .query_row(params![actor, act, object, from, until], |row| number_at(row, 0))?;
    let mut statement = tx.prepare_cached(include_str!("sql/audit_page.sql"))?;
    let rows = statement.query_map(params![actor, act, object, from, until, limit, offset], |row| {
        Ok((number_at(row, 4)?, entry_of(row)?))
    })?;
    Ok(AuditPage { total, lines: rows.collect::<Result<_, _>>()? })
}

pub(super) fn after(tx: &Transaction<'_>, number: u64, limit: u32) -> Result<Vec<AuditLine>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/audit_after.sql"))?;
    let rows = statement.query_map(params![number.cast_signed(), limit], |row| {
        Ok(AuditLine { number: number_at(row, 4)?, entry: entry_of(row)?, hash: row.get(5)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn entry_of(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry { at: row.get(0)?, actor: row.get(1)?, act: row.get(2)?, object: row.get(3)? })
}

fn number_at(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.cast_unsigned())
}
