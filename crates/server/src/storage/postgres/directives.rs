//! What the administration has said, and what stood when rounds were locked.

use std::collections::BTreeMap;

use rasoat_casework::CommuneCode;
use tokio_postgres::Row;
use uuid::Uuid;

use super::tx::{Params, Tx, column, commune, get, hash, number, text};
use crate::storage::{
    Directive, DirectiveKind, HouseholdKeyRef, NewDirective, RoundSnapshot, SnapshotHash, SnapshotLine,
    SnapshotQuery, StorageError, VillageRow,
};

pub(super) async fn last(tx: &Tx<'_>, (): &()) -> Result<u64, StorageError> {
    number(&tx.sure(include_str!("sql/last_directive.sql"), &[]).await?, 0)
}

/// `None` where something else was said meanwhile.
pub(super) async fn put(tx: &Tx<'_>, new: &NewDirective) -> Result<Option<u64>, StorageError> {
    tx.rows(include_str!("sql/lock_directives.sql"), &[]).await?;
    let (kind, key) = (new.kind.as_str(), text(&new.key));
    let before = tx.sure(include_str!("sql/last_directive_of.sql"), &[&kind, &key]).await?;
    if number(&before, 0)? != new.over {
        return Ok(None);
    }
    let next = last(tx, &()).await? + 1;
    let row: Params<'_> =
        &[&column(next), &kind, &key, &text(&new.content), &text(&new.said_by), &new.said_at];
    tx.execute(include_str!("sql/put_directive.sql"), row).await?;
    Ok(Some(next))
}

/// [`StorageError::Exists`] where something else was said meanwhile.
pub(super) async fn plan_commune(
    tx: &Tx<'_>,
    (new, villages, stale): &(Vec<NewDirective>, Vec<VillageRow>, Option<CommuneCode>),
) -> Result<(), StorageError> {
    for directive in new {
        put(tx, directive).await?.ok_or(StorageError::Exists)?;
    }
    super::library::put_villages(tx, villages).await?;
    if let Some(commune) = stale {
        tx.execute(include_str!("sql/mark_commune_stale.sql"), &[&commune.as_str()]).await?;
    }
    Ok(())
}

pub(super) async fn all(tx: &Tx<'_>, (): &()) -> Result<Vec<Directive>, StorageError> {
    tx.rows(include_str!("sql/directives.sql"), &[]).await?.iter().map(directive).collect()
}

pub(super) async fn history(
    tx: &Tx<'_>,
    (kind, key): &(DirectiveKind, String),
) -> Result<Vec<Directive>, StorageError> {
    let asked: Params<'_> = &[&kind.as_str(), &text(key)];
    tx.rows(include_str!("sql/directives_of.sql"), asked).await?.iter().map(directive).collect()
}

pub(super) async fn lock_round(
    tx: &Tx<'_>,
    (new, round): &(NewDirective, u16),
) -> Result<Option<RoundSnapshot>, StorageError> {
    let Some(number) = put(tx, new).await? else { return Ok(None) };
    tx.execute(include_str!("sql/put_round_snapshot_lines.sql"), &[&column(number)]).await?;
    let mut lines = SnapshotHash::default();
    for row in tx.rows(include_str!("sql/round_snapshot_lines.sql"), &[&column(number)]).await? {
        let code: Option<&str> = get(&row, 2)?;
        let (village, marks): (&str, &str) = (get(&row, 3)?, get(&row, 4)?);
        lines.add(get(&row, 0)?, get(&row, 1)?, code.unwrap_or_default(), village, marks);
    }
    let snapshot = RoundSnapshot {
        number,
        round: *round,
        made_at: new.said_at,
        households: lines.households,
        hash: lines.end(),
        marks: lines.marks,
    };
    let marks = serde_json::to_string(&snapshot.marks).map_err(|_| StorageError::Damaged("marks"))?;
    let row: Params<'_> = &[
        &column(number),
        &i64::from(*round),
        &snapshot.made_at,
        &column(snapshot.households),
        &marks,
        &snapshot.hash.as_slice(),
    ];
    tx.execute(include_str!("sql/put_round_snapshot.sql"), row).await?;
    Ok(Some(snapshot))
}

pub(super) async fn snapshots(tx: &Tx<'_>, (): &()) -> Result<Vec<RoundSnapshot>, StorageError> {
    let read = |row: &Row| {
        let marks: BTreeMap<String, u32> =
            serde_json::from_str(get(row, 4)?).map_err(|_| StorageError::Damaged("marks"))?;
        Ok(RoundSnapshot {
            number: number(row, 0)?,
            round: u16::try_from(get::<i64>(row, 1)?).map_err(|_| StorageError::Damaged("round"))?,
            made_at: get(row, 2)?,
            households: number(row, 3)?,
            marks,
            hash: hash(row, 5)?,
        })
    };
    tx.rows(include_str!("sql/round_snapshots.sql"), &[]).await?.iter().map(read).collect()
}

pub(super) async fn snapshot_page(
    tx: &Tx<'_>,
    query: &SnapshotQuery,
) -> Result<Vec<SnapshotLine>, StorageError> {
    let (after, household) = query
        .after
        .as_ref()
        .map_or((String::new(), Uuid::nil()), |after| (after.commune.to_string(), after.household));
    let asked: Params<'_> =
        &[&column(query.number), &after, &household, &query.only_changed, &i64::from(query.limit)];
    let read = |row: &Row| {
        Ok(SnapshotLine {
            household: HouseholdKeyRef::new(commune(row, 0)?, get(row, 1)?),
            code: get(row, 2)?,
            village_name: get(row, 3)?,
            then: get(row, 4)?,
            now: get(row, 5)?,
        })
    };
    tx.rows(include_str!("sql/round_snapshot_page.sql"), asked).await?.iter().map(read).collect()
}

/// `None` where something else was said meanwhile, of this round or of the one before.
pub(super) async fn open_round(
    tx: &Tx<'_>,
    (new, before, lock): &(NewDirective, u16, u64),
) -> Result<Option<u64>, StorageError> {
    tx.rows(include_str!("sql/lock_directives.sql"), &[]).await?;
    let (kind, key) = (DirectiveKind::Round.as_str(), before.to_string());
    let last = tx.sure(include_str!("sql/last_directive_of.sql"), &[&kind, &text(&key)]).await?;
    if number(&last, 0)? != *lock {
        return Ok(None);
    }
    let Some(number) = put(tx, new).await? else { return Ok(None) };
    super::versions::mark_all_stale(tx, &()).await?;
    Ok(Some(number))
}

pub(super) async fn stood(
    tx: &Tx<'_>,
    (number, households): &(u64, Vec<HouseholdKeyRef>),
) -> Result<Vec<Option<String>>, StorageError> {
    let communes: Vec<&str> = households.iter().map(|key| key.commune.as_str()).collect();
    let ids: Vec<Uuid> = households.iter().map(|key| key.household).collect();
    let rows = tx.rows(include_str!("sql/stood.sql"), &[&column(*number), &communes, &ids]).await?;
    rows.iter().map(|row| get(row, 0)).collect()
}

fn directive(row: &Row) -> Result<Directive, StorageError> {
    Ok(Directive {
        number: number(row, 0)?,
        kind: DirectiveKind::of(get(row, 1)?).ok_or(StorageError::Damaged("directive"))?,
        key: get(row, 2)?,
        content: get(row, 3)?,
        said_by: get(row, 4)?,
        said_at: get(row, 5)?,
    })
}
