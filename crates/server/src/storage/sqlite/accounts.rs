//! Accounts and sessions.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::storage::account::{communes_of, communes_text, role_of, role_text};
use crate::storage::{Account, LoginFailures, OpenSession, StorageError};

/// From the first eight columns of what asks for accounts.
fn account_of(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        name: row.get(0)?,
        role: role_of(&row.get::<_, String>(1)?).ok_or(rusqlite::Error::InvalidQuery)?,
        communes: communes_of(&row.get::<_, String>(2)?).ok_or(rusqlite::Error::InvalidQuery)?,
        password_hash: row.get(3)?,
        must_change: row.get(4)?,
        created_at: row.get(5)?,
        last_login_at: row.get(6)?,
        disabled_at: row.get(7)?,
    })
}

pub(super) fn add(tx: &Transaction<'_>, account: &Account, now: i64) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/add_account.sql"))?.execute(params![
        account.name,
        role_text(account.role),
        communes_text(account),
        account.password_hash,
        account.must_change,
        now
    ])?;
    Ok(())
}

pub(super) fn put(
    tx: &Transaction<'_>,
    account: &Account,
    keep: Option<&[u8; 32]>,
) -> Result<bool, StorageError> {
    let changed = tx.prepare_cached(include_str!("sql/put_account.sql"))?.execute(params![
        account.name,
        role_text(account.role),
        communes_text(account),
        account.password_hash,
        account.must_change,
        account.disabled_at
    ])?;
    close_sessions_of(tx, &account.name, keep)?;
    Ok(changed > 0)
}

pub(super) fn all(tx: &Transaction<'_>) -> Result<Vec<Account>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/accounts.sql"))?;
    let rows = statement.query_map([], account_of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn one(tx: &Transaction<'_>, name: &str) -> Result<Option<Account>, StorageError> {
    let found = tx.prepare_cached(include_str!("sql/account.sql"))?.query_row([name], account_of);
    Ok(found.optional()?)
}

pub(super) fn note_logged_in(tx: &Transaction<'_>, name: &str, now: i64) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/note_logged_in.sql"))?.execute(params![name, now])?;
    Ok(())
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
    password_hash: &str,
    dead_before: i64,
) -> Result<bool, StorageError> {
    tx.prepare_cached(include_str!("sql/drop_dead_sessions.sql"))?.execute([dead_before])?;
    let opened = tx.prepare_cached(include_str!("sql/open_session.sql"))?.execute(params![
        session.token_hash,
        session.user,
        session.csrf,
        session.browser,
        session.opened_at,
        session.used_at,
        password_hash
    ])?;
    Ok(opened > 0)
}

pub(super) fn session(
    tx: &Transaction<'_>,
    token_hash: &[u8; 32],
) -> Result<Option<(OpenSession, Account)>, StorageError> {
    let found = tx.prepare_cached(include_str!("sql/session.sql"))?.query_row([token_hash], |row| {
        let account = account_of(row)?;
        let session = OpenSession {
            token_hash: *token_hash,
            user: account.name.clone(),
            csrf: row.get(8)?,
            browser: row.get(9)?,
            opened_at: row.get(10)?,
            used_at: row.get(11)?,
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

pub(super) fn sessions_of(tx: &Transaction<'_>, name: &str) -> Result<Vec<OpenSession>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/sessions_of.sql"))?;
    let rows = statement.query_map([name], |row| {
        Ok(OpenSession {
            token_hash: row.get(0)?,
            user: name.to_owned(),
            csrf: row.get(1)?,
            browser: row.get(2)?,
            opened_at: row.get(3)?,
            used_at: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn close_sessions_of(
    tx: &Transaction<'_>,
    name: &str,
    keep: Option<&[u8; 32]>,
) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/close_sessions_of.sql"))?.execute(params![name, keep])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use refinery::Target;

    use super::*;
    use crate::view::Role;

    #[test]
    fn accounts_of_before_there_were_roles_for_communes_log_in_as_they_did_and_their_sessions_are_over() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        let runner = super::super::migrations::migrations::runner;
        runner().set_target(Target::Version(11)).run(&mut connection).unwrap();
        connection
            .execute_batch(
                "INSERT INTO users (name, role, password_hash, created_at)
                 VALUES ('admin', 'administrator', '$argon2id$a', 7), ('lan', 'officer', '$argon2id$b', 8);
                 INSERT INTO sessions (token_hash, user, csrf, opened_at, used_at) VALUES (x'01', 'lan', 'c', 9, 9);
                 INSERT INTO audit (at, actor, act, object) VALUES (9, 'lan', 'logged_in', '');",
            )
            .unwrap();
        runner().run(&mut connection).unwrap();
        let tx = connection.transaction().unwrap();
        let found = all(&tx).unwrap();
        let rights: Vec<(&str, Role, bool, bool)> = found
            .iter()
            .map(|one| (one.name.as_str(), one.role, one.communes.is_empty(), one.must_change))
            .collect();
        assert_eq!(
            rights,
            [("admin", Role::Administrator, true, false), ("lan", Role::Officer, true, false)]
        );
        assert_eq!((found[1].password_hash.as_str(), found[1].created_at), ("$argon2id$b", 8));
        assert!(sessions_of(&tx, "lan").unwrap().is_empty());
        let session = OpenSession {
            token_hash: [2; 32],
            user: "lan".to_owned(),
            csrf: "c".to_owned(),
            browser: String::new(),
            opened_at: 10,
            used_at: 10,
        };
        assert!(open_session(&tx, &session, "$argon2id$b", 0).unwrap());
        assert_eq!(crate::storage::sqlite::audit::after(&tx, 0, 10).unwrap().len(), 1);
    }
}
