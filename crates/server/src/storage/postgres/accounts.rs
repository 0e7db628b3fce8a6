//! Accounts, sessions and the audit log.

use tokio_postgres::Row;

use super::tx::{Tx, column, count, get, text};
use crate::storage::{Account, AuditEntry, LoginFailures, OpenSession, StorageError};
use crate::view::Role;

fn role_text(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Officer => "officer",
    }
}

fn role_of(text: &str) -> Result<Role, StorageError> {
    [Role::Administrator, Role::Officer]
        .into_iter()
        .find(|role| role_text(*role) == text)
        .ok_or(StorageError::Damaged("role"))
}

pub(super) async fn add(tx: &Tx<'_>, (account, now): &(Account, i64)) -> Result<(), StorageError> {
    tx.execute(
        include_str!("sql/add_account.sql"),
        &[&account.name, &role_text(account.role), &account.password_hash, now],
    )
    .await?;
    Ok(())
}

fn account(row: &Row, first: usize, name: String) -> Result<Account, StorageError> {
    Ok(Account { name, role: role_of(get(row, first)?)?, password_hash: get(row, first + 1)? })
}

pub(super) async fn one(tx: &Tx<'_>, name: &str) -> Result<Option<Account>, StorageError> {
    let found = tx.row(include_str!("sql/account.sql"), &[&text(name)]).await?;
    found.map(|row| account(&row, 1, get(&row, 0)?)).transpose()
}

pub(super) async fn failures(tx: &Tx<'_>, name: &str) -> Result<LoginFailures, StorageError> {
    let found = tx.row(include_str!("sql/failures.sql"), &[&text(name)]).await?;
    match found {
        Some(row) => Ok(LoginFailures { failures: count(&row, 0)?, last_at: get(&row, 1)? }),
        None => Ok(LoginFailures::default()),
    }
}

pub(super) async fn note_failure(tx: &Tx<'_>, (name, now): &(String, i64)) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/note_failure.sql"), &[&text(name), now]).await?;
    Ok(())
}

pub(super) async fn forget_failures(tx: &Tx<'_>, name: &str) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/forget_failures.sql"), &[&text(name)]).await?;
    Ok(())
}

pub(super) async fn open_session(
    tx: &Tx<'_>,
    (session, dead_before): &(OpenSession, i64),
) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/drop_dead_sessions.sql"), &[dead_before]).await?;
    let token = session.token_hash.as_slice();
    let row: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
        [&token, &session.user, &session.csrf, &session.opened_at, &session.used_at];
    tx.execute(include_str!("sql/open_session.sql"), &row).await?;
    Ok(())
}

pub(super) async fn session(
    tx: &Tx<'_>,
    token_hash: &[u8; 32],
) -> Result<Option<(OpenSession, Account)>, StorageError> {
    let found = tx.row(include_str!("sql/session.sql"), &[&token_hash.as_slice()]).await?;
    let Some(row) = found else { return Ok(None) };
    let user: String = get(&row, 0)?;
    let session = OpenSession {
        token_hash: *token_hash,
        user: user.clone(),
        csrf: get(&row, 1)?,
        opened_at: get(&row, 2)?,
        used_at: get(&row, 3)?,
    };
    Ok(Some((session, account(&row, 4, user)?)))
}

pub(super) async fn note_used(tx: &Tx<'_>, (token_hash, now): &([u8; 32], i64)) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/note_session_used.sql"), &[&token_hash.as_slice(), now]).await?;
    Ok(())
}

pub(super) async fn close_session(tx: &Tx<'_>, token_hash: &[u8; 32]) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/close_session.sql"), &[&token_hash.as_slice()]).await?;
    Ok(())
}

pub(super) async fn note_act(tx: &Tx<'_>, entry: &AuditEntry) -> Result<(), StorageError> {
    let (actor, object) = (text(&entry.actor), text(&entry.object));
    tx.execute(include_str!("sql/note_act.sql"), &[&entry.at, &actor, &entry.act, &object]).await?;
    Ok(())
}

pub(super) async fn acts(tx: &Tx<'_>, limit: &u32) -> Result<Vec<AuditEntry>, StorageError> {
    let rows = tx.rows(include_str!("sql/acts.sql"), &[&column(u64::from(*limit))]).await?;
    let read = |row: &Row| {
        Ok(AuditEntry { at: get(row, 0)?, actor: get(row, 1)?, act: get(row, 2)?, object: get(row, 3)? })
    };
    rows.iter().map(read).collect()
}
