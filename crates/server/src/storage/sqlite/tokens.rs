//! Tokens of other systems.

use rasoat_casework::CommuneCode;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use uuid::Uuid;

use crate::storage::account::communes_of;
use crate::storage::token::{words, words_of};
use crate::storage::{StorageError, Token};

fn token_of(row: &Row<'_>) -> rusqlite::Result<Token> {
    Ok(Token {
        id: row.get::<_, [u8; 16]>(0).map(Uuid::from_bytes)?,
        name: row.get(1)?,
        token_hash: row.get(2)?,
        tables: words_of(&row.get::<_, String>(3)?),
        communes: communes_of(&row.get::<_, String>(4)?).ok_or(rusqlite::Error::InvalidQuery)?,
        citizen_ids: row.get(5)?,
        made_by: row.get(6)?,
        made_at: row.get(7)?,
        expires_at: row.get(8)?,
        revoked_at: row.get(9)?,
        last_used_at: row.get(10)?,
        uses: u64::try_from(row.get::<_, i64>(11)?).unwrap_or_default(),
    })
}

pub(super) fn add(tx: &Transaction<'_>, token: &Token) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/add_token.sql"))?.execute(params![
        token.id.as_bytes(),
        token.name,
        token.token_hash,
        words(token.tables.iter().map(String::as_str)),
        words(token.communes.iter().map(CommuneCode::as_str)),
        token.citizen_ids,
        token.made_by,
        token.made_at,
        token.expires_at
    ])?;
    Ok(())
}

pub(super) fn all(tx: &Transaction<'_>) -> Result<Vec<Token>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/tokens.sql"))?;
    let rows = statement.query_map([], token_of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn one(tx: &Transaction<'_>, hash: &[u8; 32]) -> Result<Option<Token>, StorageError> {
    Ok(tx.prepare_cached(include_str!("sql/token.sql"))?.query_row([hash], token_of).optional()?)
}

pub(super) fn revoke(tx: &Transaction<'_>, id: Uuid, now: i64) -> Result<bool, StorageError> {
    Ok(tx.prepare_cached(include_str!("sql/revoke_token.sql"))?.execute(params![id.as_bytes(), now])? > 0)
}

pub(super) fn note_used(tx: &Transaction<'_>, id: Uuid, day: &str, now: i64) -> Result<bool, StorageError> {
    tx.prepare_cached(include_str!("sql/note_token_used.sql"))?.execute(params![id.as_bytes(), now])?;
    let mut count = tx.prepare_cached(include_str!("sql/count_token_use.sql"))?;
    let uses: i64 = count.query_row(params![id.as_bytes(), day], |row| row.get(0))?;
    Ok(uses == 1)
}
