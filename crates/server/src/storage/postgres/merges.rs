//! Which households were merged into which: they are in no list and no count, those that stand for them are.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, merged_into};
use uuid::Uuid;

use super::households::standings;
use super::tx::{Tx, commune, get};
use crate::storage::counted::{Standing, Tally};
use crate::storage::line::Line;
use crate::storage::{HouseholdKeyRef, StorageError};

/// To be called before lines are written. Marks and what they wait for may come at the same time, each unseen by the other: while lines are
/// written nobody works out what stands for what, and the other way round.
pub(super) async fn share<'l>(
    tx: &Tx<'_>,
    lines: impl IntoIterator<Item = &'l Line>,
) -> Result<(), StorageError> {
    let merges = lines.into_iter().any(|line| line.row.merged_into.is_some());
    let sql = if merges { include_str!("sql/lock_merges.sql") } else { include_str!("sql/share_merges.sql") };
    tx.execute(sql, &[]).await?;
    Ok(())
}

/// Notes what lines that were written say their households were merged into, and works out what stands for what if that may have changed.
/// Where nobody was ever merged it costs one look.
pub(super) async fn note(tx: &Tx<'_>, lines: &[&Line], tally: &mut Tally) -> Result<(), StorageError> {
    let any: bool = get(&tx.sure(include_str!("sql/any_merge_marks.sql"), &[]).await?, 0)?;
    if !any && lines.iter().all(|line| line.row.merged_into.is_none()) {
        return Ok(());
    }
    let before = marks(tx).await?;
    let waited_for: BTreeSet<Uuid> = before.values().copied().collect();
    let mut has_changed = false;
    for row in lines.iter().map(|line| &line.row) {
        let (commune, household) = (row.key.commune.as_str(), row.key.household);
        has_changed |= waited_for.contains(&household);
        if before.get(&row.key) == row.merged_into.as_ref() {
            continue;
        }
        has_changed = true;
        match row.merged_into {
            Some(kept) => {
                let mark: super::tx::Params<'_> = &[&commune, &household, &kept];
                tx.execute(include_str!("sql/put_merge_mark.sql"), mark).await?;
            }
            None => {
                tx.execute(include_str!("sql/forget_merge_mark.sql"), &[&commune, &household]).await?;
                stand_for(tx, &row.key, None, tally).await?;
            }
        }
    }
    if has_changed { settle(tx, tally).await } else { Ok(()) }
}

async fn settle(tx: &Tx<'_>, tally: &mut Tally) -> Result<(), StorageError> {
    tx.execute(include_str!("sql/lock_merges.sql"), &[]).await?;
    let all = marks(tx).await?;
    let marks: BTreeMap<Uuid, Uuid> = all.iter().map(|(key, kept)| (key.household, *kept)).collect();
    let kept: Vec<Uuid> = marks.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let known = tx.rows(include_str!("sql/known_households.sql"), &[&kept]).await?;
    let known = known.iter().map(|row| get(row, 0)).collect::<Result<BTreeSet<Uuid>, _>>()?;
    let merged = merged_into(&marks, &known);
    for key in all.keys() {
        stand_for(tx, key, merged.get(&key.household).copied(), tally).await?;
    }
    Ok(())
}

/// Of a household whose members are not at hand: they are found with its edits.
const NO_PERSONS: &[Option<&str>] = &[None];

async fn stand_for(
    tx: &Tx<'_>,
    merged: &HouseholdKeyRef,
    kept: Option<Uuid>,
    tally: &mut Tally,
) -> Result<(), StorageError> {
    let before = standings(tx, [merged]).await?.remove(merged).and_then(Standing::counted);
    let row: super::tx::Params<'_> = &[&merged.commune.as_str(), &merged.household, &kept];
    if tx.execute(include_str!("sql/set_merged_into.sql"), row).await? > 0 {
        let after = standings(tx, [merged]).await?.remove(merged).and_then(Standing::counted);
        tally.note(merged.commune.as_str(), before.as_ref(), after.as_ref());
        let (commune, household) = ([merged.commune.as_str()], [merged.household]);
        let row: super::tx::Params<'_> = &[&commune.as_slice(), &household.as_slice(), &NO_PERSONS];
        tx.execute(include_str!("sql/mark_unindexed.sql"), row).await?;
    }
    Ok(())
}

async fn marks(tx: &Tx<'_>) -> Result<BTreeMap<HouseholdKeyRef, Uuid>, StorageError> {
    let rows = tx.rows(include_str!("sql/merge_marks.sql"), &[]).await?;
    rows.iter().map(|row| Ok((HouseholdKeyRef::new(commune(row, 0)?, get(row, 1)?), get(row, 2)?))).collect()
}

/// A commune in which a household is known; the first where it is in several.
pub(super) async fn commune_with(tx: &Tx<'_>, household: &Uuid) -> Result<Option<CommuneCode>, StorageError> {
    let found = tx.row(include_str!("sql/communes_of_household.sql"), &[household]).await?;
    found.map(|row| commune(&row, 0)).transpose()
}
