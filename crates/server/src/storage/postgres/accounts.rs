//! Accounts and sessions.

use tokio_postgres::Row;

use super::tx::{Params, Tx, count, get, hash, text};
use crate::storage::account::{communes_of, communes_text, role_of, role_text};
use crate::storage::{Account, LoginFailures, OpenSession, StorageError};

/// From the first eight columns of what asks for accounts.
fn account_of(row: &Row) -> Result<Account, StorageError> {
    Ok(Account {
        name: get(row, 0)?,
        role: role_of(get(row, 1)?).ok_or(StorageError::Damaged("role"))?,
        communes: communes_of(get(row, 2)?).ok_or(StorageError::Damaged("commune"))?,
        password_hash: get(row, 3)?,
        must_change: get(row, 4)?,
        created_at: get(row, 5)?,
        last_login_at: get(row, 6)?,
        disabled_at: get(row, 7)?,
    })
}

pub(super) async fn add(tx: &Tx<'_>, (account, now): &(Account, i64)) -> Result<(), StorageError> {
    let communes = communes_text(account);
    let row: Params<'_> = &[
        &text(&account.name),
        &role_text(account.role),
        &communes,
        &account.password_hash,
        &account.must_change,
        now,
    ];
    tx.execute(include_str!("sql/add_account.sql"), row).await?;
    Ok(())
}

pub(super) async fn put(
    tx: &Tx<'_>,
    (account, keep): &(Account, Option<[u8; 32]>),
) -> Result<bool, StorageError> {
    let (name, communes) = (text(&account.name), communes_text(account));
    let row: Params<'_> = &[
        &name,
        &role_text(account.role),
        &communes,
        &account.password_hash,
        &account.must_change,
        &account.disabled_at,
    ];
    let changed = tx.execute(include_str!("sql/put_account.sql"), row).await?;
    close_all(tx, &name, keep.as_ref()).await?;
    Ok(changed > 0)
}

pub(super) async fn all(tx: &Tx<'_>, (): &()) -> Result<Vec<Account>, StorageError> {
    tx.rows(include_str!("sql/accounts.sql"), &[]).await?.iter().map(account_of).collect()
}

pub(super) async fn one(tx: &Tx<'_>, name: &str) -> Result<Option<Account>, StorageError> {
    let found = tx.row(include_str!("sql/account.sql"), &[&text(name)]).await?;
    found.as_ref().map(account_of).transpose()
}

pub(super) async fn note_logged_in(tx: &Tx<'_>, (name, now): &(String, i64)) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/note_logged_in.sql"), &[&text(name), now]).await?;
    Ok(())
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
    (session, password_hash, dead_before): &(OpenSession, String, i64),
) -> Result<bool, StorageError> {
    tx.execute(include_str!("sql/drop_dead_sessions.sql"), &[dead_before]).await?;
    let token = session.token_hash.as_slice();
    let row: Params<'_> = &[
        &token,
        &session.user,
        &session.csrf,
        &text(&session.browser),
        &session.opened_at,
        &session.used_at,
        password_hash,
    ];
    Ok(tx.execute(include_str!("sql/open_session.sql"), row).await? > 0)
}

pub(super) async fn session(
    tx: &Tx<'_>,
    token_hash: &[u8; 32],
) -> Result<Option<(OpenSession, Account)>, StorageError> {
    let found = tx.row(include_str!("sql/session.sql"), &[&token_hash.as_slice()]).await?;
    let Some(row) = found else { return Ok(None) };
    let account = account_of(&row)?;
    let session = OpenSession {
        token_hash: *token_hash,
        user: account.name.clone(),
        csrf: get(&row, 8)?,
        browser: get(&row, 9)?,
        opened_at: get(&row, 10)?,
        used_at: get(&row, 11)?,
    };
    Ok(Some((session, account)))
}

pub(super) async fn note_used(tx: &Tx<'_>, (token_hash, now): &([u8; 32], i64)) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/note_session_used.sql"), &[&token_hash.as_slice(), now]).await?;
    Ok(())
}

pub(super) async fn close_session(tx: &Tx<'_>, token_hash: &[u8; 32]) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/close_session.sql"), &[&token_hash.as_slice()]).await?;
    Ok(())
}

pub(super) async fn sessions_of(tx: &Tx<'_>, name: &str) -> Result<Vec<OpenSession>, StorageError> {
    let read = |row: &Row| {
        Ok(OpenSession {
            token_hash: hash(row, 0)?,
            user: name.to_owned(),
            csrf: get(row, 1)?,
            browser: get(row, 2)?,
            opened_at: get(row, 3)?,
            used_at: get(row, 4)?,
        })
    };
    tx.rows(include_str!("sql/sessions_of.sql"), &[&text(name)]).await?.iter().map(read).collect()
}

pub(super) async fn close_sessions_of(
    tx: &Tx<'_>,
    (name, keep): &(String, Option<[u8; 32]>),
) -> Result<(), StorageError> {
    close_all(tx, &text(name), keep.as_ref()).await
}

async fn close_all(tx: &Tx<'_>, name: &str, keep: Option<&[u8; 32]>) -> Result<(), StorageError> {
    let keep = keep.map(<[u8; 32]>::as_slice);
    tx.execute(include_str!("sql/close_sessions_of.sql"), &[&name, &keep]).await?;
    Ok(())
}
