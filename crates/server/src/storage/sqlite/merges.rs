//! Which households were merged into which: they are in no list and no count, those that stand for them are.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, merged_into};
use rusqlite::{OptionalExtension as _, Transaction, params};
use uuid::Uuid;

use super::households::borne;
use super::{backlog, commune_of, tally, uuid_of};
use crate::storage::counted::Tally;
use crate::storage::{HouseholdKeyRef, HouseholdRow, StorageError};

/// Keeps up what stands for what while lines are written. Where nobody was ever merged it costs one look.
pub(super) struct Merges<'t> {
    tx: &'t Transaction<'t>,
    any: bool,
    has_changed: bool,
    /// What the lines that are written, and what stands for what, do to the counts.
    pub(super) tally: Tally,
}

impl<'t> Merges<'t> {
    pub(super) fn begin(tx: &'t Transaction<'t>) -> Result<Self, StorageError> {
        let any = backlog::exists(tx, include_str!("sql/any_merge_marks.sql"))?;
        Ok(Self { tx, any, has_changed: false, tally: Tally::default() })
    }

    /// Notes what a line that was written says its household was merged into.
    pub(super) fn note(&mut self, row: &HouseholdRow) -> Result<(), StorageError> {
        if !self.any && row.merged_into.is_none() {
            return Ok(());
        }
        let (commune, household) = (row.key.commune.as_str(), row.key.household);
        let key = params![commune, household.as_bytes()];
        let before: Option<Vec<u8>> = self
            .tx
            .prepare_cached(include_str!("sql/merge_mark.sql"))?
            .query_row(key, |row| row.get(0))
            .optional()?;
        match row.merged_into {
            Some(kept) => {
                self.tx.prepare_cached(include_str!("sql/put_merge_mark.sql"))?.execute(params![
                    commune,
                    household.as_bytes(),
                    kept.as_bytes()
                ])?;
            }
            None => {
                self.tx.prepare_cached(include_str!("sql/forget_merge_mark.sql"))?.execute(key)?;
                self.stand_for(&row.key, None)?;
            }
        }
        self.any = true;
        // It may also be the one that a mark waits for.
        self.has_changed = self.has_changed
            || before.as_deref() != row.merged_into.as_ref().map(|kept| kept.as_bytes().as_slice())
            || self
                .tx
                .prepare_cached(include_str!("sql/is_kept.sql"))?
                .query_row([household.as_bytes()], |row| row.get(0))?;
        Ok(())
    }

    /// Works out what stands for what, if that may have changed.
    pub(super) fn settle(mut self) -> Result<(), StorageError> {
        if !self.has_changed {
            return tally::settle(self.tx, self.tally);
        }
        let all = marks(self.tx)?;
        let marks: BTreeMap<Uuid, Uuid> = all.iter().map(|(key, kept)| (key.household, *kept)).collect();
        let mut known = BTreeSet::new();
        for kept in marks.values() {
            if commune_with(self.tx, *kept)?.is_some() {
                known.insert(*kept);
            }
        }
        let merged = merged_into(&marks, &known);
        all.iter().try_for_each(|(key, _)| self.stand_for(key, merged.get(&key.household)))?;
        tally::settle(self.tx, self.tally)
    }

    fn stand_for(&mut self, merged: &HouseholdKeyRef, kept: Option<&Uuid>) -> Result<(), StorageError> {
        let before = borne(self.tx, merged)?;
        let row =
            params![merged.commune.as_str(), merged.household.as_bytes(), kept.map(|kept| kept.as_bytes())];
        if self.tx.prepare_cached(include_str!("sql/set_merged_into.sql"))?.execute(row)? > 0 {
            let after = borne(self.tx, merged)?;
            self.tally.note(merged.commune.as_str(), before.as_ref(), after.as_ref());
            let row = params![merged.commune.as_str(), merged.household.as_bytes(), None::<&str>];
            self.tx.prepare_cached(include_str!("sql/mark_unindexed.sql"))?.execute(row)?;
        }
        Ok(())
    }
}

fn marks(tx: &Transaction<'_>) -> Result<Vec<(HouseholdKeyRef, Uuid)>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/merge_marks.sql"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id = |column| uuid_of(&row.get::<_, Vec<u8>>(column)?);
        found.push((HouseholdKeyRef::new(commune_of(&row.get::<_, String>(0)?)?, id(1)?), id(2)?));
    }
    Ok(found)
}

/// A commune in which a household is known; the first where it is in several.
pub(super) fn commune_with(
    tx: &Transaction<'_>,
    household: Uuid,
) -> Result<Option<CommuneCode>, StorageError> {
    let found: Option<String> = tx
        .prepare_cached(include_str!("sql/communes_of_household.sql"))?
        .query_row([household.as_bytes()], |row| row.get(0))
        .optional()?;
    found.map(|commune| commune_of(&commune)).transpose()
}
