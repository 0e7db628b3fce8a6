//! What the administration has said, and what stood when rounds were locked.

use std::collections::BTreeMap;

use rasoat_casework::CommuneCode;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use uuid::Uuid;

use super::{commune_of, hash_of, uuid_of};
use crate::storage::{
    Directive, DirectiveKind, HouseholdKeyRef, NewDirective, RoundSnapshot, SnapshotHash, SnapshotLine,
    SnapshotQuery, StorageError, VillageRow,
};

pub(super) fn last(tx: &Transaction<'_>) -> Result<u64, StorageError> {
    Ok(tx.prepare_cached(include_str!("sql/last_directive.sql"))?.query_row([], |row| number(row, 0))?)
}

/// `None` where something else was said meanwhile.
pub(super) fn put(tx: &Transaction<'_>, new: &NewDirective) -> Result<Option<u64>, StorageError> {
    let before = tx
        .prepare_cached(include_str!("sql/last_directive_of.sql"))?
        .query_row(params![new.kind.as_str(), new.key], |row| number(row, 0))?;
    if before != new.over {
        return Ok(None);
    }
    let next = last(tx)? + 1;
    tx.prepare_cached(include_str!("sql/put_directive.sql"))?.execute(params![
        next.cast_signed(),
        new.kind.as_str(),
        new.key,
        new.content,
        new.said_by,
        new.said_at
    ])?;
    Ok(Some(next))
}

/// [`StorageError::Exists`] where something else was said meanwhile.
pub(super) fn plan_commune(
    tx: &Transaction<'_>,
    new: &[NewDirective],
    villages: &[VillageRow],
    stale: Option<&CommuneCode>,
) -> Result<(), StorageError> {
    for directive in new {
        put(tx, directive)?.ok_or(StorageError::Exists)?;
    }
    super::library::put_villages(tx, villages)?;
    if let Some(commune) = stale {
        tx.prepare_cached(include_str!("sql/mark_commune_stale.sql"))?.execute([commune.as_str()])?;
    }
    Ok(())
}

pub(super) fn all(tx: &Transaction<'_>) -> Result<Vec<Directive>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/directives.sql"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(directive(row)?);
    }
    Ok(found)
}

pub(super) fn history(
    tx: &Transaction<'_>,
    kind: DirectiveKind,
    key: &str,
) -> Result<Vec<Directive>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/directives_of.sql"))?;
    let mut rows = statement.query(params![kind.as_str(), key])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(directive(row)?);
    }
    Ok(found)
}

pub(super) fn lock_round(
    tx: &Transaction<'_>,
    new: &NewDirective,
    round: u16,
) -> Result<Option<RoundSnapshot>, StorageError> {
    let Some(number) = put(tx, new)? else { return Ok(None) };
    tx.prepare_cached(include_str!("sql/put_round_snapshot_lines.sql"))?.execute([number.cast_signed()])?;
    let mut hash = SnapshotHash::default();
    {
        let mut statement = tx.prepare_cached(include_str!("sql/round_snapshot_lines.sql"))?;
        let mut rows = statement.query([number.cast_signed()])?;
        while let Some(row) = rows.next()? {
            let (commune, household): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let code: Option<String> = row.get(2)?;
            let (village, marks): (String, String) = (row.get(3)?, row.get(4)?);
            hash.add(&commune, uuid_of(&household)?, code.as_deref().unwrap_or_default(), &village, &marks);
        }
    }
    let snapshot = RoundSnapshot {
        number,
        round,
        made_at: new.said_at,
        households: hash.households,
        hash: hash.end(),
        marks: hash.marks,
    };
    let marks = serde_json::to_string(&snapshot.marks).map_err(|_| StorageError::Damaged("marks"))?;
    tx.prepare_cached(include_str!("sql/put_round_snapshot.sql"))?.execute(params![
        number.cast_signed(),
        round,
        snapshot.made_at,
        snapshot.households.cast_signed(),
        marks,
        snapshot.hash
    ])?;
    Ok(Some(snapshot))
}

pub(super) fn snapshots(tx: &Transaction<'_>) -> Result<Vec<RoundSnapshot>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/round_snapshots.sql"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let marks: BTreeMap<String, u32> =
            serde_json::from_str(&row.get::<_, String>(4)?).map_err(|_| StorageError::Damaged("marks"))?;
        found.push(RoundSnapshot {
            number: number(row, 0)?,
            round: row.get(1)?,
            made_at: row.get(2)?,
            households: number(row, 3)?,
            marks,
            hash: hash_of(&row.get::<_, Vec<u8>>(5)?)?,
        });
    }
    Ok(found)
}

pub(super) fn snapshot_page(
    tx: &Transaction<'_>,
    query: &SnapshotQuery,
) -> Result<Vec<SnapshotLine>, StorageError> {
    let (commune, household) = query
        .after
        .as_ref()
        .map_or((String::new(), Uuid::nil()), |after| (after.commune.to_string(), after.household));
    let mut statement = tx.prepare_cached(include_str!("sql/round_snapshot_page.sql"))?;
    let asked =
        params![query.number.cast_signed(), commune, household.as_bytes(), query.only_changed, query.limit];
    let mut rows = statement.query(asked)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let household = uuid_of(&row.get::<_, Vec<u8>>(1)?)?;
        found.push(SnapshotLine {
            household: HouseholdKeyRef::new(commune_of(&row.get::<_, String>(0)?)?, household),
            code: row.get(2)?,
            village_name: row.get(3)?,
            then: row.get(4)?,
            now: row.get(5)?,
        });
    }
    Ok(found)
}

/// `None` where something else was said meanwhile, of this round or of the one before.
pub(super) fn open_round(
    tx: &Transaction<'_>,
    new: &NewDirective,
    before: u16,
    lock: u64,
) -> Result<Option<u64>, StorageError> {
    let last = tx
        .prepare_cached(include_str!("sql/last_directive_of.sql"))?
        .query_row(params![DirectiveKind::Round.as_str(), before.to_string()], |row| number(row, 0))?;
    if last != lock {
        return Ok(None);
    }
    let Some(number) = put(tx, new)? else { return Ok(None) };
    super::versions::mark_all_stale(tx)?;
    Ok(Some(number))
}

pub(super) fn stood(
    tx: &Transaction<'_>,
    number: u64,
    households: &[HouseholdKeyRef],
) -> Result<Vec<Option<String>>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/stood.sql"))?;
    let mut found = Vec::with_capacity(households.len());
    for key in households {
        let asked = params![number.cast_signed(), key.commune.as_str(), key.household.as_bytes()];
        found.push(statement.query_row(asked, |row| row.get(0)).optional()?);
    }
    Ok(found)
}

fn directive(row: &Row<'_>) -> Result<Directive, StorageError> {
    Ok(Directive {
        number: number(row, 0)?,
        kind: DirectiveKind::of(&row.get::<_, String>(1)?).ok_or(StorageError::Damaged("directive"))?,
        key: row.get(2)?,
        content: row.get(3)?,
        said_by: row.get(4)?,
        said_at: row.get(5)?,
    })
}

fn number(row: &Row<'_>, place: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(place).map(i64::cast_unsigned)
}
