//! The audit log.

use tokio_postgres::Row;

use super::tx::{Params, Tx, column, get, hash, number, text};
use crate::storage::{
    AuditEntry, AuditLine, AuditPage, AuditQuery, FIRST_PREVIOUS, StorageError, audit_hash,
};

pub(super) async fn note(tx: &Tx<'_>, entry: &AuditEntry) -> Result<(), StorageError> {
    tx.rows(include_str!("sql/lock_audit.sql"), &[]).await?;
    let (last, previous) = match head(tx, &()).await? {
        Some(head) => head,
        None => (number(&tx.sure(include_str!("sql/last_act.sql"), &[]).await?, 0)?, FIRST_PREVIOUS),
    };
    // Chained as it is kept.
    let AuditEntry { at, actor, act, object } = entry;
    let entry = AuditEntry { at: *at, actor: text(actor), act: text(act), object: text(object) };
    let hash = audit_hash(&previous, last + 1, &entry);
    let (next, hash) = (column(last + 1), hash.as_slice());
    let line: Params<'_> = &[&next, &entry.at, &entry.actor, &entry.act, &entry.object, &hash];
    tx.execute(include_str!("sql/note_act.sql"), line).await?;
    tx.execute(include_str!("sql/put_audit_head.sql"), &[&next, &hash]).await?;
    Ok(())
}

pub(super) async fn head(tx: &Tx<'_>, (): &()) -> Result<Option<(u64, [u8; 32])>, StorageError> {
    let found = tx.row(include_str!("sql/audit_head.sql"), &[]).await?;
    found.map(|row| Ok((number(&row, 0)?, hash(&row, 1)?))).transpose()
}

pub(super) async fn latest(tx: &Tx<'_>, limit: &u32) -> Result<Vec<AuditEntry>, StorageError> {
    let rows = tx.rows(include_str!("sql/acts.sql"), &[&i64::from(*limit)]).await?;
    rows.iter().map(entry_of).collect()
}

pub(super) async fn page(tx: &Tx<'_>, query: &AuditQuery) -> Result<AuditPage, StorageError> {
    let AuditQuery { actor, act, object, from, until, offset, limit } = query;
    let (actor, act, object) = (text(actor), text(act), text(object));
    let matching: Params<'_> = &[&actor, &act, &object, from, until];
    let total = number(&tx.sure(include_str!("sql/count_audit_page.sql"), matching).await?, 0)?;
    let (limit, offset) = (i64::from(*limit), i64::from(*offset));
    let asked: Params<'_> = &[&actor, &act, &object, from, until, &limit, &offset];
    let rows = tx.rows(include_str!("sql/audit_page.sql"), asked).await?;
    let lines = rows.iter().map(|row| Ok((number(row, 4)?, entry_of(row)?)));
    Ok(AuditPage { total, lines: lines.collect::<Result<_, StorageError>>()? })
}

pub(super) async fn after(tx: &Tx<'_>, (from, limit): &(u64, u32)) -> Result<Vec<AuditLine>, StorageError> {
    let asked: Params<'_> = &[&column(*from), &i64::from(*limit)];
    let read = |row: &Row| {
        let hash = get::<Option<&[u8]>>(row, 5)?.map(|_| hash(row, 5)).transpose()?;
        Ok(AuditLine { number: number(row, 4)?, entry: entry_of(row)?, hash })
    };
    tx.rows(include_str!("sql/audit_after.sql"), asked).await?.iter().map(read).collect()
}

fn entry_of(row: &Row) -> Result<AuditEntry, StorageError> {
    Ok(AuditEntry { at: get(row, 0)?, actor: get(row, 1)?, act: get(row, 2)?, object: get(row, 3)? })
}
