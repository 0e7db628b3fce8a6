//! Tokens of other systems.

use rasoat_casework::CommuneCode;
use tokio_postgres::Row;
use uuid::Uuid;

use super::tx::{Params, Tx, get, hash, number, text};
use crate::storage::account::communes_of;
use crate::storage::token::{words, words_of};
use crate::storage::{StorageError, Token};

fn token_of(row: &Row) -> Result<Token, StorageError> {
    Ok(Token {
        id: get(row, 0)?,
        name: get(row, 1)?,
        token_hash: hash(row, 2)?,
        tables: words_of(get(row, 3)?),
        communes: communes_of(get(row, 4)?).ok_or(StorageError::Damaged("commune"))?,
        citizen_ids: get(row, 5)?,
        made_by: get(row, 6)?,
        made_at: get(row, 7)?,
        expires_at: get(row, 8)?,
        revoked_at: get(row, 9)?,
        last_used_at: get(row, 10)?,
        uses: number(row, 11)?,
    })
}

pub(super) async fn add(tx: &Tx<'_>, token: &Token) -> Result<(), StorageError> {
    let tables = words(token.tables.iter().map(String::as_str));
    let communes = words(token.communes.iter().map(CommuneCode::as_str));
    let row: Params<'_> = &[
        &token.id,
        &text(&token.name),
        &token.token_hash.as_slice(),
        &tables,
        &communes,
        &token.citizen_ids,
        &token.made_by,
        &token.made_at,
        &token.expires_at,
    ];
    tx.execute(include_str!("sql/add_token.sql"), row).await?;
    Ok(())
}

pub(super) async fn all(tx: &Tx<'_>, (): &()) -> Result<Vec<Token>, StorageError> {
    tx.rows(include_str!("sql/tokens.sql"), &[]).await?.iter().map(token_of).collect()
}

pub(super) async fn one(tx: &Tx<'_>, token_hash: &[u8; 32]) -> Result<Option<Token>, StorageError> {
    let found = tx.row(include_str!("sql/token.sql"), &[&token_hash.as_slice()]).await?;
    found.as_ref().map(token_of).transpose()
}

pub(super) async fn revoke(tx: &Tx<'_>, (id, now): &(Uuid, i64)) -> Result<bool, StorageError> {
    Ok(tx.execute(include_str!("sql/revoke_token.sql"), &[id, now]).await? > 0)
}

pub(super) async fn note_used(
    tx: &Tx<'_>,
    (id, day, now): &(Uuid, String, i64),
) -> Result<bool, StorageError> {
    tx.execute(include_str!("sql/note_token_used.sql"), &[id, now]).await?;
    let row = tx.sure(include_str!("sql/count_token_use.sql"), &[id, day]).await?;
    Ok(get::<i64>(&row, 0)? == 1)
}
