//! Counts by mark, kept up with the lines that are written.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};

use super::commune_of;
use crate::storage::counted::Tally;
use crate::storage::{CommuneMarks, StorageError, VillageMarks};

/// Brings what was gathered to the tables.
pub(super) fn settle(tx: &Transaction<'_>, tally: Tally) -> Result<(), StorageError> {
    let sums = tally.sums();
    for ((commune, village, mark), by) in sums.villages {
        tx.prepare_cached(include_str!("sql/add_to_village_counts.sql"))?
            .execute(params![commune, village, mark, by])?;
        if by < 0 {
            tx.prepare_cached(include_str!("sql/forget_empty_village_count.sql"))?
                .execute(params![commune, village, mark])?;
        }
    }
    for ((commune, mark), by) in sums.communes {
        tx.prepare_cached(include_str!("sql/add_to_commune_counts.sql"))?
            .execute(params![commune, mark, by])?;
        if by < 0 {
            tx.prepare_cached(include_str!("sql/forget_empty_commune_count.sql"))?
                .execute(params![commune, mark])?;
        }
    }
    for (commune, at) in sums.received {
        tx.prepare_cached(include_str!("sql/note_commune_received.sql"))?.execute(params![commune, at])?;
    }
    Ok(())
}

pub(super) fn communes(tx: &Transaction<'_>) -> Result<Vec<CommuneMarks>, StorageError> {
    let mut found: Vec<CommuneMarks> = Vec::new();
    let mut statement = tx.prepare_cached(include_str!("sql/commune_marks.sql"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let commune = commune_of(&row.get::<_, String>(0)?)?;
        if found.last().is_none_or(|last| last.commune != commune) {
            found.push(CommuneMarks { commune, marks: BTreeMap::new(), last_received_at: row.get(3)? });
        }
        if let Some(last) = found.last_mut() {
            last.marks.insert(row.get(1)?, row.get(2)?);
        }
    }
    Ok(found)
}

pub(super) fn villages(tx: &Transaction<'_>, commune: &str) -> Result<Vec<VillageMarks>, StorageError> {
    let mut found: Vec<VillageMarks> = Vec::new();
    let mut statement = tx.prepare_cached(include_str!("sql/village_marks.sql"))?;
    let mut rows = statement.query([commune])?;
    while let Some(row) = rows.next()? {
        let village: String = row.get(0)?;
        if found.last().is_none_or(|last| last.village_name != village) {
            found.push(VillageMarks { village_name: village, marks: BTreeMap::new() });
        }
        if let Some(last) = found.last_mut() {
            last.marks.insert(row.get(1)?, row.get(2)?);
        }
    }
    found.sort_by_cached_key(|village| rasoat_casework::sort_key(&village.village_name));
    Ok(found)
}
