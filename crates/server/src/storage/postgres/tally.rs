//! Counts by mark, kept up with the lines that are written.

use std::collections::BTreeMap;

use rasoat_casework::{CommuneCode, sort_key};

use super::tx::{Tx, commune, count, get};
use crate::storage::counted::{Sums, Tally};
use crate::storage::{CommuneMarks, StorageError, VillageMarks};

/// Brings what was gathered to the tables.
pub(super) async fn settle(tx: &Tx<'_>, tally: Tally) -> Result<(), StorageError> {
    let Sums { villages, communes, received } = tally.sums();
    if !villages.is_empty() {
        let codes: Vec<&str> = villages.keys().map(|(commune, ..)| commune.as_str()).collect();
        let names: Vec<&str> = villages.keys().map(|(_, village, _)| village.as_str()).collect();
        let marks: Vec<&str> = villages.keys().map(|(.., mark)| mark.as_str()).collect();
        let by: Vec<i64> = villages.values().copied().collect();
        let rows: super::tx::Params<'_> = &[&codes, &names, &marks, &by];
        tx.execute(include_str!("sql/add_to_village_counts.sql"), rows).await?;
        if by.iter().any(|by| *by < 0) {
            let keys: super::tx::Params<'_> = &[&codes, &names, &marks];
            tx.execute(include_str!("sql/forget_empty_village_counts.sql"), keys).await?;
        }
    }
    if !communes.is_empty() {
        let codes: Vec<&str> = communes.keys().map(|(commune, _)| commune.as_str()).collect();
        let marks: Vec<&str> = communes.keys().map(|(_, mark)| mark.as_str()).collect();
        let by: Vec<i64> = communes.values().copied().collect();
        tx.execute(include_str!("sql/add_to_commune_counts.sql"), &[&codes, &marks, &by]).await?;
        if by.iter().any(|by| *by < 0) {
            tx.execute(include_str!("sql/forget_empty_commune_counts.sql"), &[&codes, &marks]).await?;
        }
    }
    if !received.is_empty() {
        let (codes, at): (Vec<String>, Vec<i64>) = received.into_iter().unzip();
        tx.execute(include_str!("sql/note_communes_received.sql"), &[&codes, &at]).await?;
    }
    Ok(())
}

pub(super) async fn communes(tx: &Tx<'_>, (): &()) -> Result<Vec<CommuneMarks>, StorageError> {
    let mut found: Vec<CommuneMarks> = Vec::new();
    for row in tx.rows(include_str!("sql/commune_marks.sql"), &[]).await? {
        let commune = commune(&row, 0)?;
        if found.last().is_none_or(|last| last.commune != commune) {
            found.push(CommuneMarks { commune, marks: BTreeMap::new(), last_received_at: get(&row, 3)? });
        }
        if let Some(last) = found.last_mut() {
            last.marks.insert(get(&row, 1)?, count(&row, 2)?);
        }
    }
    Ok(found)
}

pub(super) async fn villages(tx: &Tx<'_>, of: &CommuneCode) -> Result<Vec<VillageMarks>, StorageError> {
    let mut found: Vec<VillageMarks> = Vec::new();
    for row in tx.rows(include_str!("sql/village_marks.sql"), &[&of.as_str()]).await? {
        let village: String = get(&row, 0)?;
        if found.last().is_none_or(|last| last.village_name != village) {
            found.push(VillageMarks { village_name: village, marks: BTreeMap::new() });
        }
        if let Some(last) = found.last_mut() {
            last.marks.insert(get(&row, 1)?, count(&row, 2)?);
        }
    }
    found.sort_by_cached_key(|village| sort_key(&village.village_name));
    Ok(found)
}
