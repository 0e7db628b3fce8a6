//! Households: their edits, and the projections made from them.

use std::collections::BTreeMap;

use rasoat_casework::{CommuneCode, DeviceId};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::kept::Kept;
use super::merges::Merges;
use super::{backlog, commune_of, uuid_of};
use crate::storage::counted::Standing;
use crate::storage::facts::Facts;
use crate::storage::line::{Borne, Line, class_of};
use crate::storage::{
    CommuneCounts, HouseholdKeyRef, HouseholdPage, HouseholdQuery, HouseholdRow, State, StorageError,
    StoredEdit,
};

/// The edits of households, in their order.
pub(super) fn edits_of_all(
    tx: &Transaction<'_>,
    households: &[HouseholdKeyRef],
) -> Result<Vec<Vec<StoredEdit>>, StorageError> {
    let mut kept = Kept::new(tx);
    households.iter().map(|household| edits_of(tx, household, &mut kept)).collect()
}

fn edits_of(
    tx: &Transaction<'_>,
    household: &HouseholdKeyRef,
    kept: &mut Kept<'_>,
) -> Result<Vec<StoredEdit>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/edits_of.sql"))?;
    let mut rows = statement.query(params![household.commune.as_str(), household.household.as_bytes()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(StoredEdit {
            edit: kept.edit(row)?,
            device: DeviceId(uuid_of(&row.get::<_, Vec<u8>>(3)?)?),
            received_at: row.get(4)?,
        });
    }
    Ok(found)
}

pub(super) fn stale(tx: &Transaction<'_>, limit: u32) -> Result<Vec<HouseholdKeyRef>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/stale.sql"))?;
    let mut rows = statement.query([limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let commune = commune_of(&row.get::<_, String>(0)?)?;
        found.push(HouseholdKeyRef { commune, household: uuid_of(&row.get::<_, Vec<u8>>(1)?)? });
    }
    Ok(found)
}

pub(super) fn conflicted(
    tx: &Transaction<'_>,
    commune: &CommuneCode,
    limit: u32,
) -> Result<Vec<HouseholdKeyRef>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/conflicted.sql"))?;
    let mut rows = statement.query(params![commune.as_str(), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(HouseholdKeyRef::new(commune.clone(), uuid_of(&row.get::<_, Vec<u8>>(0)?)?));
    }
    Ok(found)
}

/// What is known of a household whose line is to be written.
pub(super) struct Place {
    /// False where it cannot be marked stale.
    pub(super) may_be_stale: bool,
    /// So many of its edits were just settled: when it has no others, it has no line yet.
    pub(super) just_settled: u32,
}

/// Writes a projection unless there are other edits than it was made from.
pub(super) fn put(
    tx: &Transaction<'_>,
    merges: &mut Merges<'_>,
    line: &Line,
    place: &Place,
) -> Result<bool, StorageError> {
    let row = &line.row;
    let key = params![row.key.commune.as_str(), row.key.household.as_bytes()];
    let count: u32 =
        tx.prepare_cached(include_str!("sql/count_edits_of.sql"))?.query_row(key, |row| row.get(0))?;
    // Edits are only ever added: an equal count is the same state.
    if count != row.edits {
        return Ok(false);
    }
    if count > 0 {
        let before = if place.just_settled == count { None } else { standing(tx, &row.key)? };
        write(tx, line)?;
        // Who stands for it is settled after all lines are written.
        let is_counted = !row.withdrawn && before.as_ref().is_none_or(|before| !before.is_merged);
        let after = Borne { village: row.village_name.clone(), marks: line.marks.clone() };
        let before = before.and_then(Standing::counted);
        merges.tally.note(row.key.commune.as_str(), before.as_ref(), Some(&after).filter(|_| is_counted));
        merges.tally.note_received(row.key.commune.as_str(), row.last_received_at);
        tx.prepare_cached(include_str!("sql/mark_unindexed.sql"))?.execute(params![
            row.key.commune.as_str(),
            row.key.household.as_bytes(),
            line.persons.as_ref().map_err(|error| *error)?
        ])?;
        merges.note(row)?;
    }
    if place.may_be_stale {
        tx.prepare_cached(include_str!("sql/unmark_stale.sql"))?.execute(key)?;
    }
    Ok(true)
}

fn standing(tx: &Transaction<'_>, key: &HouseholdKeyRef) -> Result<Option<Standing>, StorageError> {
    let found = tx
        .prepare_cached(include_str!("sql/borne.sql"))?
        .query_row(params![key.commune.as_str(), key.household.as_bytes()], |row| {
            let borne = Borne { village: row.get(0)?, marks: row.get(1)? };
            Ok(Standing { borne, is_merged: row.get(2)?, is_withdrawn: row.get(3)? })
        })
        .optional()?;
    Ok(found)
}

/// What a household is counted as; `None` where it is counted nowhere.
pub(super) fn borne(tx: &Transaction<'_>, key: &HouseholdKeyRef) -> Result<Option<Borne>, StorageError> {
    Ok(standing(tx, key)?.and_then(Standing::counted))
}

fn write(tx: &Transaction<'_>, line: &Line) -> Result<(), StorageError> {
    let row = &line.row;
    tx.prepare_cached(include_str!("sql/put_household.sql"))?.execute(params![
        row.key.commune.as_str(),
        row.key.household.as_bytes(),
        row.head_name,
        line.search,
        row.code,
        row.village_name,
        row.members,
        row.citizen_id,
        row.state.as_str(),
        line.class_2022.as_ref().map_err(|error| *error)?,
        line.class_2027.as_ref().map_err(|error| *error)?,
        row.unscored,
        row.conflicts,
        row.edits,
        row.last_received_at,
        row.withdrawn,
        line.name_order,
        line.marks
    ])?;
    Ok(())
}

pub(super) fn forget(tx: &Transaction<'_>) -> Result<(), StorageError> {
    tx.execute_batch(include_str!("sql/forget_projections.sql"))?;
    // In the order in which they came in, as they were settled the first time.
    backlog::settle_stored(tx, i64::MIN, i64::MAX)
}

pub(super) fn counts(tx: &Transaction<'_>) -> Result<Vec<CommuneCounts>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/counts.sql"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(CommuneCounts {
            commune: commune_of(&row.get::<_, String>(0)?)?,
            households: row.get(1)?,
            started: row.get(2)?,
            signed: row.get(3)?,
            poor: row.get(4)?,
            near_poor: row.get(5)?,
            open: row.get(6)?,
            conflicts: row.get(7)?,
            last_received_at: row.get(8)?,
        });
    }
    Ok(found)
}

pub(super) fn page(tx: &Transaction<'_>, query: &HouseholdQuery) -> Result<HouseholdPage, StorageError> {
    let words = serde_json::to_string(&query.words).map_err(|_| StorageError::Damaged("words"))?;
    let commune = query.commune.as_str();
    let total = tx
        .prepare_cached(include_str!("sql/count_household_page.sql"))?
        .query_row(params![commune, words], |row| row.get(0))?;
    let mut statement = tx.prepare_cached(include_str!("sql/household_page.sql"))?;
    let mut rows = statement.query(params![commune, words, query.limit, query.offset])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(HouseholdPage { total, rows: found })
}

pub(super) fn one(
    tx: &Transaction<'_>,
    household: &HouseholdKeyRef,
) -> Result<Option<HouseholdRow>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/household.sql"))?;
    let found = statement
        .query_row(params![household.commune.as_str(), household.household.as_bytes()], |row| Ok(read(row)))
        .optional()?;
    found.transpose()
}

/// Those of the households that have a projection.
pub(super) fn several(
    tx: &Transaction<'_>,
    keys: &[HouseholdKeyRef],
) -> Result<BTreeMap<HouseholdKeyRef, HouseholdRow>, StorageError> {
    let found = keys.iter().filter_map(|key| one(tx, key).transpose());
    found.map(|row| row.map(|row| (row.key.clone(), row))).collect()
}

/// Every household's projection, by commune and id, after one of them.
pub(super) fn all(
    tx: &Transaction<'_>,
    after: Option<&HouseholdKeyRef>,
    limit: u32,
) -> Result<Vec<HouseholdRow>, StorageError> {
    let (commune, household) = match after {
        Some(key) => (key.commune.as_str(), key.household.as_bytes().as_slice()),
        None => ("", [].as_slice()),
    };
    let mut statement = tx.prepare_cached(include_str!("sql/all_households.sql"))?;
    let mut rows = statement.query(params![commune, household, limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

pub(super) fn read(row: &Row<'_>) -> Result<HouseholdRow, StorageError> {
    Ok(HouseholdRow {
        key: HouseholdKeyRef {
            commune: commune_of(&row.get::<_, String>(0)?)?,
            household: uuid_of(&row.get::<_, Vec<u8>>(1)?)?,
        },
        head_name: row.get(2)?,
        code: row.get(3)?,
        village_name: row.get(4)?,
        members: row.get(5)?,
        citizen_id: row.get(6)?,
        state: State::of(&row.get::<_, String>(7)?).ok_or(StorageError::Damaged("state"))?,
        class_2022: class_of(row.get(8)?)?,
        class_2027: class_of(row.get(9)?)?,
        unscored: row.get(10)?,
        conflicts: row.get(11)?,
        edits: row.get(12)?,
        last_received_at: row.get(13)?,
        merged_into: row.get::<_, Option<Vec<u8>>>(14)?.map(|kept| uuid_of(&kept)).transpose()?,
        withdrawn: row.get(15)?,
        facts: Facts::of(&row.get::<_, String>("marks")?)?,
        persons: Vec::new(),
    })
}
