//! Versions of forms, standards, point tables, targets and code lists.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::hash_of;
use crate::storage::{
    LibraryAct, LibraryChange, LibraryItem, LibraryItems, LibraryKind, LibraryState, StorageError,
};

pub(super) fn all(tx: &Transaction<'_>) -> Result<LibraryItems, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/library_items.sql"))?;
    let mut rows = statement.query([])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(item(row)?);
    }
    Ok(LibraryItems { number: number(tx)?, items })
}

pub(super) fn number(tx: &Transaction<'_>) -> Result<u64, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/library_number.sql"))?;
    let number: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(number.unwrap_or_default().cast_unsigned())
}

pub(super) fn change(tx: &Transaction<'_>, change: &LibraryChange) -> Result<bool, StorageError> {
    tx.prepare_cached(include_str!("sql/begin_library_number.sql"))?.execute([])?;
    let moved = tx
        .prepare_cached(include_str!("sql/move_library_number.sql"))?
        .execute([change.at_number.cast_signed()])?;
    if moved == 0 {
        return Ok(false);
    }
    for (kind, hash) in &change.forget {
        tx.prepare_cached(include_str!("sql/forget_library_item.sql"))?
            .execute(params![kind.as_str(), hash])?;
    }
    for item in &change.put {
        let by = |act: &Option<LibraryAct>| act.as_ref().map(|act| act.by.clone());
        let at = |act: &Option<LibraryAct>| act.as_ref().map(|act| act.at);
        tx.prepare_cached(include_str!("sql/put_library_item.sql"))?.execute(params![
            item.kind.as_str(),
            item.hash,
            item.id,
            item.version,
            item.state.as_str(),
            item.content,
            item.made.at,
            item.made.by,
            at(&item.published),
            by(&item.published),
            item.place.cast_signed(),
            at(&item.retired),
            by(&item.retired),
        ])?;
    }
    if change.rescore {
        mark_all_stale(tx)?;
    }
    Ok(true)
}

pub(super) fn mark_all_stale(tx: &Transaction<'_>) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/mark_all_stale.sql"), [])?;
    Ok(())
}

fn item(row: &Row<'_>) -> Result<LibraryItem, StorageError> {
    let act = |at: usize| -> rusqlite::Result<Option<LibraryAct>> {
        let (at, by): (Option<i64>, Option<String>) = (row.get(at)?, row.get(at + 1)?);
        Ok(at.zip(by).map(|(at, by)| LibraryAct { at, by }))
    };
    let damaged = StorageError::Damaged("library");
    Ok(LibraryItem {
        kind: LibraryKind::of(&row.get::<_, String>(0)?).ok_or(damaged)?,
        hash: hash_of(&row.get::<_, Vec<u8>>(1)?)?,
        id: row.get(2)?,
        version: row.get(3)?,
        state: LibraryState::of(&row.get::<_, String>(4)?).ok_or(damaged)?,
        content: row.get(5)?,
        made: act(6)?.ok_or(damaged)?,
        published: act(8)?,
        place: row.get::<_, i64>(10)?.cast_unsigned(),
        retired: act(11)?,
    })
}
