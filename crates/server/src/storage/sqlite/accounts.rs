//! Accounts, sessions and the audit log.

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::storage::{Account, AuditEntry, LoginFailures, OpenSession, StorageError};
use crate::view::Role;

fn role_text(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Officer => "officer",
    }
}

fn role_of(text: &str) -> rusqlite::Result<Role> {
    [Role::Administrator, Role::Officer]
        .into_iter()
        .find(|role| role_text(*role) == text)
        .ok_or(rusqlite::Error::InvalidQuery)
}

pub(super) fn add(tx: &Transaction<'_>, account: &Account, now: i64) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/add_account.sql"))?.execute(params![
        account.name,
        role_text(account.role),
        account.password_hash,
        now
    ])?;
    Ok(())
}

pub(super) fn one(tx: &Transaction<'_>, name: &str) -> Result<Option<Account>, StorageError> {
    let found = tx.prepare_cached(include_str!("sql/account.sql"))?.query_row([name], |row| {
        Ok(Account {
            name: row.get(0)?,
            role: role_of(&row.get::<_, String>(1)?)?,
            password_hash: row.get(2)?,
        })
    });
    Ok(found.optional()?)
}

pub(super) fn failures(tx: &Transaction<'_>, name: &str) -> Result<LoginFailures, StorageError> {
    let found = tx
        .prepare_cached(include_str!("sql/failures.sql"))?
        .query_row([name], |row| Ok(LoginFailures { failures: row.get(0)?, last_at: row.get(1)? }))
        .optional()?;
    Ok(found.unwrap_or_default())
}

pub(super) fn note_failure(tx: &Transaction<'_>, name: &str, now: i64) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/note_failure.sql"))?.execute(params![name, now])?;
    Ok(())
}

pub(super) fn forget_failures(tx: &Transaction<'_>, name: &str) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/forget_failures.sql"))?.execute([name])?;
    Ok(())
}

pub(super) fn open_session(
    tx: &Transaction<'_>,
    session: &OpenSession,
    dead_before: i64,
) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/drop_dead_sessions.sql"))?.execute([dead_before])?;
    tx.prepare_cached(include_str!("sql/open_session.sql"))?.execute(params![
        session.token_hash,
        session.user,
        session.csrf,
        session.opened_at,
        session.used_at
    ])?;
    Ok(())
}

pub(super) fn session(
    tx: &Transaction<'_>,
    token_hash: &[u8; 32],
) -> Result<Option<(OpenSession, Account)>, StorageError> {
    let found = tx.prepare_cached(include_str!("sql/session.sql"))?.query_row([token_hash], |row| {
        let user: String = row.get(0)?;
        let account = Account {
            name: user.clone(),
            role: role_of(&row.get::<_, String>(4)?)?,
            password_hash: row.get(5)?,
        };
        let session = OpenSession {
            token_hash: *token_hash,
            user,
            csrf: row.get(1)?,
            opened_at: row.get(2)?,
            used_at: row.get(3)?,
        };
        Ok((session, account))
    });
    Ok(found.optional()?)
}

pub(super) fn note_used(tx: &Transaction<'_>, token_hash: &[u8; 32], now: i64) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/note_session_used.sql"))?.execute(params![token_hash, now])?;
    Ok(())
}

pub(super) fn close_session(tx: &Transaction<'_>, token_hash: &[u8; 32]) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/close_session.sql"))?.execute([token_hash])?;
    Ok(())
}

pub(super) fn note_act(tx: &Transaction<'_>, entry: &AuditEntry) -> Result<(), StorageError> {
    let line = params![entry.at, entry.actor, entry.act, entry.object];
    tx.prepare_cached(include_str!("sql/note_act.sql"))?.execute(line)?;
    Ok(())
}

pub(super) fn acts(tx: &Transaction<'_>, limit: u32) -> Result<Vec<AuditEntry>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/acts.sql"))?;
    let rows = statement.query_map([limit], |row| {
        Ok(AuditEntry { at: row.get(0)?, actor: row.get(1)?, act: row.get(2)?, object: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
