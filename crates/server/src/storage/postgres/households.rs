//! Households: their edits, and the projections made from them.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::CommuneCode;
use tokio_postgres::Row;
use uuid::Uuid;

use super::kept::Kept;
use super::settle::{self, Placed};
use super::tx::{Tx, commune, count, device, get, number, text};
use super::{merges, tally};
use crate::assess::owner_named_by;
use crate::storage::counted::{Standing, Tally};
use crate::storage::facts::Facts;
use crate::storage::line::{Borne, Line, class_of};
use crate::storage::{
    CommuneCounts, HouseholdKeyRef, HouseholdPage, HouseholdQuery, HouseholdRow, State, StorageError,
    StoredEdit,
};

/// Edits settled at once.
const STEP: i64 = 8_000;

/// Keys as two columns.
pub(super) fn columns<'k>(keys: impl IntoIterator<Item = &'k HouseholdKeyRef>) -> (Vec<&'k str>, Vec<Uuid>) {
    keys.into_iter().map(|key| (key.commune.as_str(), key.household)).unzip()
}

/// The edits of households, in their order.
pub(super) async fn edits_of_all(
    tx: &Tx<'_>,
    households: &[HouseholdKeyRef],
) -> Result<Vec<Vec<StoredEdit>>, StorageError> {
    let mut found: Vec<Vec<StoredEdit>> = households.iter().map(|_| Vec::new()).collect();
    let (communes, ids) = columns(households);
    let rows = tx.rows(include_str!("sql/edits_of.sql"), &[&communes, &ids]).await?;
    let mut kept = Kept::new(tx);
    for rows in rows.chunks(1_000) {
        kept.fetch(rows).await?;
        for row in rows {
            let position = usize::try_from(get::<i64>(row, 5)? - 1).unwrap_or(usize::MAX);
            let stored =
                StoredEdit { edit: kept.edit(row)?, device: device(row, 3)?, received_at: get(row, 4)? };
            found.get_mut(position).ok_or(StorageError::Damaged("row"))?.push(stored);
        }
    }
    Ok(found)
}

pub(super) async fn household_of(
    tx: &Tx<'_>,
    (commune, interview): &(CommuneCode, Uuid),
) -> Result<Option<Uuid>, StorageError> {
    let found = tx.row(include_str!("sql/household_of.sql"), &[&commune.as_str(), interview]).await?;
    found.map(|row| get(&row, 0)).transpose()
}

pub(super) async fn stale(tx: &Tx<'_>, limit: &u32) -> Result<Vec<HouseholdKeyRef>, StorageError> {
    let rows = tx.rows(include_str!("sql/stale.sql"), &[&i64::from(*limit)]).await?;
    rows.iter().map(|row| Ok(HouseholdKeyRef::new(commune(row, 0)?, get(row, 1)?))).collect()
}

pub(super) async fn conflicted(
    tx: &Tx<'_>,
    (commune, limit): &(CommuneCode, u32),
) -> Result<Vec<HouseholdKeyRef>, StorageError> {
    let asked: super::tx::Params<'_> = &[&commune.as_str(), &i64::from(*limit)];
    let rows = tx.rows(include_str!("sql/conflicted.sql"), asked).await?;
    rows.iter().map(|row| Ok(HouseholdKeyRef::new(commune.clone(), get(row, 0)?))).collect()
}

/// How many edits there are of each household.
pub(super) async fn edits_counted(
    tx: &Tx<'_>,
    keys: &BTreeSet<&HouseholdKeyRef>,
) -> Result<BTreeMap<HouseholdKeyRef, u32>, StorageError> {
    let (communes, ids) = columns(keys.iter().copied());
    let rows = tx.rows(include_str!("sql/count_edits_of.sql"), &[&communes, &ids]).await?;
    let read = |row: &Row| Ok((HouseholdKeyRef::new(commune(row, 0)?, get(row, 1)?), count(row, 2)?));
    rows.iter().map(read).collect()
}

/// Writes projections unless there are other edits than they were made from; how many were written.
pub(super) async fn put(tx: &Tx<'_>, lines: &[Line]) -> Result<usize, StorageError> {
    merges::share(tx, lines.iter()).await?;
    let communes: BTreeSet<&CommuneCode> = lines.iter().map(|line| &line.row.key.commune).collect();
    let communes: Vec<&str> = communes.into_iter().map(CommuneCode::as_str).collect();
    // Edits that come in meanwhile wait, and mark what is written here.
    tx.execute(include_str!("sql/begin_feeds.sql"), &[&communes]).await?;
    tx.rows(include_str!("sql/lock_feeds.sql"), &[&communes]).await?;
    let lines: Vec<&Line> = lines.iter().collect();
    let held = put_lines(tx, &lines).await?;
    let put = lines.iter().filter(|line| held.contains(&line.row.key)).count();
    let (communes, ids) = columns(&held);
    tx.execute(include_str!("sql/unmark_stale.sql"), &[&communes, &ids]).await?;
    Ok(put)
}

/// Writes those of the lines that hold; of which households they are.
pub(super) async fn put_lines(
    tx: &Tx<'_>,
    lines: &[&Line],
) -> Result<BTreeSet<HouseholdKeyRef>, StorageError> {
    let counts = edits_counted(tx, &lines.iter().map(|line| &line.row.key).collect()).await?;
    // Edits are only ever added: an equal count is the same state.
    let counted = |line: &Line| counts.get(&line.row.key).copied().unwrap_or_default();
    let holding: Vec<&Line> = lines.iter().copied().filter(|line| counted(line) == line.row.edits).collect();
    let written: BTreeMap<&HouseholdKeyRef, &Line> =
        holding.iter().filter(|line| line.row.edits > 0).map(|line| (&line.row.key, *line)).collect();
    write(tx, &written.into_values().collect::<Vec<_>>()).await?;
    Ok(holding.into_iter().map(|line| line.row.key.clone()).collect())
}

async fn write(tx: &Tx<'_>, lines: &[&Line]) -> Result<(), StorageError> {
    if lines.is_empty() {
        return Ok(());
    }
    let rows = || lines.iter().map(|line| &line.row);
    let (communes, ids) = columns(rows().map(|row| &row.key));
    let heads: Vec<String> = rows().map(|row| text(&row.head_name)).collect();
    let search: Vec<String> = lines.iter().map(|line| text(&line.search)).collect();
    let codes: Vec<Option<String>> = rows().map(|row| row.code.as_deref().map(text)).collect();
    let villages: Vec<String> = rows().map(|row| text(&row.village_name)).collect();
    let members: Vec<i64> = rows().map(|row| i64::from(row.members)).collect();
    let citizen_ids: Vec<Option<String>> = rows().map(|row| row.citizen_id.as_deref().map(text)).collect();
    let states: Vec<&str> = rows().map(|row| row.state.as_str()).collect();
    let class = |class: &Result<Option<String>, StorageError>| class.clone();
    let classes_2022 =
        lines.iter().map(|line| class(&line.class_2022)).collect::<Result<Vec<Option<String>>, _>>()?;
    let classes_2027 =
        lines.iter().map(|line| class(&line.class_2027)).collect::<Result<Vec<Option<String>>, _>>()?;
    let unscored: Vec<Option<&str>> = rows().map(|row| row.unscored.as_deref()).collect();
    let conflicts: Vec<i64> = rows().map(|row| i64::from(row.conflicts)).collect();
    let edits: Vec<i64> = rows().map(|row| i64::from(row.edits)).collect();
    let received: Vec<i64> = rows().map(|row| row.last_received_at).collect();
    let withdrawn: Vec<bool> = rows().map(|row| row.withdrawn).collect();
    let name_orders: Vec<&[u8]> = lines.iter().map(|line| line.name_order.as_slice()).collect();
    let marks: Vec<String> = lines.iter().map(|line| text(&line.marks)).collect();
    let columns: super::tx::Params<'_> = &[
        &communes,
        &ids,
        &heads,
        &search,
        &codes,
        &villages,
        &members,
        &citizen_ids,
        &states,
        &classes_2022,
        &classes_2027,
        &unscored,
        &conflicts,
        &edits,
        &received,
        &withdrawn,
        &name_orders,
        &marks,
    ];
    let mut before = standings(tx, rows().map(|row| &row.key)).await?;
    tx.execute(include_str!("sql/put_households.sql"), columns).await?;
    let mut tally = Tally::default();
    for line in lines {
        let (row, before) = (&line.row, before.remove(&line.row.key));
        // Who stands for it is settled after all lines are written.
        let is_counted = !row.withdrawn && before.as_ref().is_none_or(|before| !before.is_merged);
        let after = Borne { village: text(&row.village_name), marks: text(&line.marks) };
        let before = before.and_then(Standing::counted);
        tally.note(row.key.commune.as_str(), before.as_ref(), Some(&after).filter(|_| is_counted));
        tally.note_received(row.key.commune.as_str(), row.last_received_at);
    }
    let persons = lines
        .iter()
        .map(|line| line.persons.clone().map(Some))
        .collect::<Result<Vec<Option<String>>, _>>()?;
    tx.execute(include_str!("sql/mark_unindexed.sql"), &[&communes, &ids, &persons]).await?;
    merges::note(tx, lines, &mut tally).await?;
    tally::settle(tx, tally).await
}

/// How households stand in the table, those that are there.
pub(super) async fn standings<'k>(
    tx: &Tx<'_>,
    keys: impl IntoIterator<Item = &'k HouseholdKeyRef>,
) -> Result<BTreeMap<HouseholdKeyRef, Standing>, StorageError> {
    let (communes, ids) = columns(keys);
    let read = |row: &Row| {
        let borne = Borne { village: get(row, 2)?, marks: get(row, 3)? };
        let standing = Standing { borne, is_merged: get(row, 4)?, is_withdrawn: get(row, 5)? };
        Ok((HouseholdKeyRef::new(commune(row, 0)?, get(row, 1)?), standing))
    };
    tx.rows(include_str!("sql/borne.sql"), &[&communes, &ids]).await?.iter().map(read).collect()
}

/// Throws every projection away, and settles all edits anew in the order in which they came in.
pub(super) async fn forget(tx: &Tx<'_>, (): &()) -> Result<(), StorageError> {
    tx.batch(include_str!("sql/lock_all_feeds.sql")).await?;
    tx.batch(include_str!("sql/forget_projections.sql")).await?;
    for row in tx.rows(include_str!("sql/communes.sql"), &[]).await? {
        let commune = commune(&row, 0)?;
        let mut after = 0_i64;
        loop {
            let from: super::tx::Params<'_> = &[&commune.as_str(), &after, &STEP];
            let rows = tx.rows(include_str!("sql/edits_from.sql"), from).await?;
            let Some(last) = rows.last() else { break };
            after = get(last, 4)?;
            settle::settle(tx, placed(tx, &rows).await?, &[]).await?;
        }
    }
    Ok(())
}

async fn placed(tx: &Tx<'_>, rows: &[Row]) -> Result<Vec<Placed>, StorageError> {
    let mut kept = Kept::new(tx);
    let mut placed = Vec::with_capacity(rows.len());
    for rows in rows.chunks(1_000) {
        kept.fetch(rows).await?;
        for row in rows {
            let edit = kept.edit(row)?;
            let names = owner_named_by(&edit);
            let number = i64::try_from(number(row, 4)?).map_err(|_| StorageError::Damaged("number"))?;
            placed.push(Placed::of(edit.subject, names, number));
        }
    }
    Ok(placed)
}

pub(super) async fn counts(tx: &Tx<'_>, (): &()) -> Result<Vec<CommuneCounts>, StorageError> {
    let read = |row: &Row| {
        Ok(CommuneCounts {
            commune: commune(row, 0)?,
            households: count(row, 1)?,
            started: count(row, 2)?,
            signed: count(row, 3)?,
            poor: count(row, 4)?,
            near_poor: count(row, 5)?,
            open: count(row, 6)?,
            conflicts: count(row, 7)?,
            last_received_at: get(row, 8)?,
        })
    };
    tx.rows(include_str!("sql/counts.sql"), &[]).await?.iter().map(read).collect()
}

pub(super) async fn page(tx: &Tx<'_>, query: &HouseholdQuery) -> Result<HouseholdPage, StorageError> {
    let code = query.commune.as_str();
    let words: Vec<String> = query.words.iter().map(|word| text(word)).collect();
    let total = tx.sure(include_str!("sql/count_household_page.sql"), &[&code, &words]).await?;
    let (limit, offset) = (i64::from(query.limit), i64::from(query.offset));
    let asked: super::tx::Params<'_> = &[&code, &words, &limit, &offset];
    let rows = tx.rows(include_str!("sql/household_page.sql"), asked).await?;
    Ok(HouseholdPage { total: count(&total, 0)?, rows: rows.iter().map(read).collect::<Result<_, _>>()? })
}

pub(super) async fn one(
    tx: &Tx<'_>,
    household: &HouseholdKeyRef,
) -> Result<Option<HouseholdRow>, StorageError> {
    let key: super::tx::Params<'_> = &[&household.commune.as_str(), &household.household];
    tx.row(include_str!("sql/household.sql"), key).await?.map(|row| read(&row)).transpose()
}

/// Those of the households that have a projection.
pub(super) async fn several(
    tx: &Tx<'_>,
    keys: &[HouseholdKeyRef],
) -> Result<BTreeMap<HouseholdKeyRef, HouseholdRow>, StorageError> {
    let (communes, ids) = columns(keys);
    let rows = tx.rows(include_str!("sql/households.sql"), &[&communes, &ids]).await?;
    rows.iter().map(|row| read(row).map(|row| (row.key.clone(), row))).collect()
}

/// Every household's projection, by commune and id, after one of them.
pub(super) async fn all(
    tx: &Tx<'_>,
    (after, limit): &(Option<HouseholdKeyRef>, u32),
) -> Result<Vec<HouseholdRow>, StorageError> {
    let (commune, household) = match after {
        Some(key) => (key.commune.as_str(), key.household),
        None => ("", Uuid::nil()),
    };
    let asked: super::tx::Params<'_> = &[&commune, &household, &i64::from(*limit)];
    tx.rows(include_str!("sql/all_households.sql"), asked).await?.iter().map(read).collect()
}

pub(super) fn read(row: &Row) -> Result<HouseholdRow, StorageError> {
    Ok(HouseholdRow {
        key: HouseholdKeyRef::new(commune(row, 0)?, get(row, 1)?),
        head_name: get(row, 2)?,
        code: get(row, 3)?,
        village_name: get(row, 4)?,
        members: count(row, 5)?,
        citizen_id: get(row, 6)?,
        state: State::of(get(row, 7)?).ok_or(StorageError::Damaged("state"))?,
        class_2022: class_of(get(row, 8)?)?,
        class_2027: class_of(get(row, 9)?)?,
        unscored: get(row, 10)?,
        conflicts: count(row, 11)?,
        edits: count(row, 12)?,
        last_received_at: get(row, 13)?,
        merged_into: get(row, 14)?,
        withdrawn: get(row, 15)?,
        facts: Facts::of(get(row, 16)?)?,
        persons: Vec::new(),
    })
}
