//! Versions of forms, standards, point tables, targets and code lists.

use tokio_postgres::Row;

use super::tx::{Params, Tx, column, get, hash, number as number_at, text};
use crate::storage::{
    LibraryAct, LibraryChange, LibraryItem, LibraryItems, LibraryKind, LibraryState, StorageError,
};

pub(super) async fn all(tx: &Tx<'_>, (): &()) -> Result<LibraryItems, StorageError> {
    let rows = tx.rows(include_str!("sql/library_items.sql"), &[]).await?;
    let items = rows.iter().map(item).collect::<Result<_, _>>()?;
    Ok(LibraryItems { number: number(tx, &()).await?, items })
}

pub(super) async fn number(tx: &Tx<'_>, (): &()) -> Result<u64, StorageError> {
    let found = tx.row(include_str!("sql/library_number.sql"), &[]).await?;
    found.map_or(Ok(0), |row| number_at(&row, 0))
}

pub(super) async fn change(tx: &Tx<'_>, change: &LibraryChange) -> Result<bool, StorageError> {
    tx.execute(include_str!("sql/begin_library_number.sql"), &[]).await?;
    let moved = tx.execute(include_str!("sql/move_library_number.sql"), &[&column(change.at_number)]).await?;
    if moved == 0 {
        return Ok(false);
    }
    for (kind, hash) in &change.forget {
        let of: Params<'_> = &[&kind.as_str(), &hash.as_slice()];
        tx.execute(include_str!("sql/forget_library_item.sql"), of).await?;
    }
    for item in &change.put {
        put(tx, item).await?;
    }
    if change.rescore {
        mark_all_stale(tx, &()).await?;
    }
    Ok(true)
}

async fn put(tx: &Tx<'_>, item: &LibraryItem) -> Result<(), StorageError> {
    let by = |act: &Option<LibraryAct>| act.as_ref().map(|act| text(&act.by));
    let at = |act: &Option<LibraryAct>| act.as_ref().map(|act| act.at);
    let row: Params<'_> = &[
        &item.kind.as_str(),
        &item.hash.as_slice(),
        &text(&item.id),
        &text(&item.version),
        &item.state.as_str(),
        &text(&item.content),
        &item.made.at,
        &text(&item.made.by),
        &at(&item.published),
        &by(&item.published),
        &column(item.place),
        &at(&item.retired),
        &by(&item.retired),
    ];
    tx.execute(include_str!("sql/put_library_item.sql"), row).await?;
    Ok(())
}

pub(super) async fn mark_all_stale(tx: &Tx<'_>, (): &()) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/mark_all_stale.sql"), &[]).await?;
    Ok(())
}

fn item(row: &Row) -> Result<LibraryItem, StorageError> {
    let act = |at: usize| -> Result<Option<LibraryAct>, StorageError> {
        let (at, by): (Option<i64>, Option<String>) = (get(row, at)?, get(row, at + 1)?);
        Ok(at.zip(by).map(|(at, by)| LibraryAct { at, by }))
    };
    let damaged = StorageError::Damaged("library");
    Ok(LibraryItem {
        kind: LibraryKind::of(get(row, 0)?).ok_or(damaged)?,
        hash: hash(row, 1)?,
        id: get(row, 2)?,
        version: get(row, 3)?,
        state: LibraryState::of(get(row, 4)?).ok_or(damaged)?,
        content: get(row, 5)?,
        made: act(6)?.ok_or(damaged)?,
        published: act(8)?,
        place: number_at(row, 10)?,
        retired: act(11)?,
    })
}
