//! Whose edits are, and the lines of their households, in the transaction that stores them. The feeds of their communes are locked.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, Subject, SubjectKind};
use uuid::Uuid;

use super::households::{columns, put_lines};
use super::tx::{Tx, commune, get};
use crate::storage::line::Line;
use crate::storage::{HouseholdKeyRef, StorageError};

/// An edit about a household or an interview, as far as it says whose it is.
pub(super) struct Placed {
    pub(super) commune: CommuneCode,
    /// Its place in its commune's feed.
    pub(super) number: i64,
    is_interview: bool,
    subject: Uuid,
    /// The household that an edit of an interview names.
    names: Option<Uuid>,
}

impl Placed {
    /// None for an edit about something else.
    pub(super) fn of(subject: Subject, names: Option<Uuid>, number: i64) -> Option<Self> {
        let is_interview = match subject.kind {
            SubjectKind::Household => false,
            SubjectKind::Interview => true,
            SubjectKind::Case | SubjectKind::Remark => return None,
        };
        Some(Self { commune: subject.commune, number, is_interview, subject: subject.id, names })
    }
}

type Interview<'p> = (&'p CommuneCode, Uuid);

/// Settles edits, in the order in which they came in, and the lines that came with them.
pub(super) async fn settle(tx: &Tx<'_>, edits: Vec<Placed>, lines: &[&Line]) -> Result<(), StorageError> {
    if edits.is_empty() {
        return Ok(());
    }
    let (owners, adopted) = owners(tx, &edits).await?;
    let mut owned: Vec<(HouseholdKeyRef, i64)> = adopted;
    let mut ownerless: Vec<(&str, Uuid, i64)> = Vec::new();
    for edit in &edits {
        let household = match edit.is_interview {
            true => owners.get(&(&edit.commune, edit.subject)).copied(),
            false => Some(edit.subject),
        };
        match household {
            Some(household) => {
                owned.push((HouseholdKeyRef::new(edit.commune.clone(), household), edit.number))
            }
            None => ownerless.push((edit.commune.as_str(), edit.subject, edit.number)),
        }
    }
    put_ownerless(tx, &ownerless).await?;
    owned.sort_unstable();
    let (communes, ids) = columns(owned.iter().map(|(key, _)| key));
    let numbers: Vec<i64> = owned.iter().map(|(_, number)| *number).collect();
    tx.execute(include_str!("sql/put_household_edits.sql"), &[&communes, &ids, &numbers]).await?;
    let mut touched: BTreeSet<HouseholdKeyRef> = owned.into_iter().map(|(key, _)| key).collect();
    if !lines.is_empty() {
        let held = put_lines(tx, lines).await?;
        let (communes, ids) = columns(&held);
        tx.execute(include_str!("sql/unmark_stale.sql"), &[&communes, &ids]).await?;
        touched.retain(|key| !held.contains(key));
    }
    let (communes, ids) = columns(&touched);
    if !ids.is_empty() {
        tx.execute(include_str!("sql/mark_stale.sql"), &[&communes, &ids]).await?;
    }
    Ok(())
}

/// Whose the interviews are, as the first edit that names a household says, and the edits that waited to hear it.
async fn owners<'p>(
    tx: &Tx<'_>,
    edits: &'p [Placed],
) -> Result<(BTreeMap<Interview<'p>, Uuid>, Vec<(HouseholdKeyRef, i64)>), StorageError> {
    let interviews: BTreeMap<Interview<'p>, Option<Uuid>> =
        edits.iter().filter(|edit| edit.is_interview).fold(BTreeMap::new(), |mut all, edit| {
            let first = all.entry((&edit.commune, edit.subject)).or_insert(None);
            *first = first.or(edit.names);
            all
        });
    if interviews.is_empty() {
        return Ok((BTreeMap::new(), Vec::new()));
    }
    let (codes, ids): (Vec<&str>, Vec<Uuid>) =
        interviews.keys().map(|(commune, interview)| (commune.as_str(), *interview)).unzip();
    let mut known: BTreeMap<(CommuneCode, Uuid), Uuid> = BTreeMap::new();
    for row in tx.rows(include_str!("sql/owners.sql"), &[&codes, &ids]).await? {
        known.insert((commune(&row, 0)?, get(&row, 1)?), get(&row, 2)?);
    }
    let mut owners = BTreeMap::new();
    let mut named: BTreeMap<(CommuneCode, Uuid), Uuid> = BTreeMap::new();
    for ((commune, interview), first) in interviews {
        match (known.entry((commune.clone(), interview)), first) {
            (Entry::Occupied(owner), _) => {
                owners.insert((commune, interview), *owner.get());
            }
            (Entry::Vacant(_), Some(household)) => {
                owners.insert((commune, interview), household);
                named.insert((commune.clone(), interview), household);
            }
            (Entry::Vacant(_), None) => {}
        }
    }
    Ok((owners, adopt(tx, &named).await?))
}

/// Notes whose interviews are, and gives the edits of them that waited.
async fn adopt(
    tx: &Tx<'_>,
    named: &BTreeMap<(CommuneCode, Uuid), Uuid>,
) -> Result<Vec<(HouseholdKeyRef, i64)>, StorageError> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let (codes, ids): (Vec<&str>, Vec<Uuid>) =
        named.keys().map(|(commune, interview)| (commune.as_str(), *interview)).unzip();
    let households: Vec<Uuid> = named.values().copied().collect();
    tx.execute(include_str!("sql/put_interviews.sql"), &[&codes, &ids, &households]).await?;
    let mut adopted = Vec::new();
    for row in tx.rows(include_str!("sql/adopt_ownerless.sql"), &[&codes, &ids]).await? {
        let key = (commune(&row, 0)?, get::<Uuid>(&row, 1)?);
        let household = named.get(&key).ok_or(StorageError::Damaged("row"))?;
        adopted.push((HouseholdKeyRef::new(key.0, *household), get(&row, 2)?));
    }
    Ok(adopted)
}

async fn put_ownerless(tx: &Tx<'_>, edits: &[(&str, Uuid, i64)]) -> Result<(), StorageError> {
    if edits.is_empty() {
        return Ok(());
    }
    let codes: Vec<&str> = edits.iter().map(|edit| edit.0).collect();
    let ids: Vec<Uuid> = edits.iter().map(|edit| edit.1).collect();
    let numbers: Vec<i64> = edits.iter().map(|edit| edit.2).collect();
    tx.execute(include_str!("sql/put_ownerless.sql"), &[&codes, &ids, &numbers]).await?;
    Ok(())
}
