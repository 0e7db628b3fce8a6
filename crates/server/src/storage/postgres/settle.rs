//! Whose edits are, and the lines of their households, in the transaction that stores them. The feeds of their communes are locked.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, Subject, SubjectKind};
use uuid::Uuid;

use super::households::{columns, put_lines};
use super::tx::{Tx, commune, get};
use crate::storage::line::Line;
use crate::storage::{HouseholdKeyRef, StorageError};

/// An edit, as far as it says whose it is.
pub(super) struct Placed {
    pub(super) commune: CommuneCode,
    /// Its place in its commune's feed.
    pub(super) number: i64,
    kind: SubjectKind,
    subject: Uuid,
    /// The household that an edit of an interview or a case names; the interview that one of a remark names.
    names: Option<Uuid>,
}

impl Placed {
    pub(super) fn of(subject: Subject, names: Option<Uuid>, number: i64) -> Self {
        Self { commune: subject.commune, number, kind: subject.kind, subject: subject.id, names }
    }
}

/// What is somebody's: an interview, a case or a remark.
type Owned<'p> = (&'p CommuneCode, Uuid);

/// Settles edits, in the order in which they came in, and the lines that came with them.
pub(super) async fn settle(tx: &Tx<'_>, edits: Vec<Placed>, lines: &[&Line]) -> Result<(), StorageError> {
    if edits.is_empty() {
        return Ok(());
    }
    let (owners, mut owned) = owners(tx, &edits).await?;
    let mut ownerless: Vec<(&str, Uuid, i64)> = Vec::new();
    for edit in &edits {
        let household = match edit.kind {
            SubjectKind::Household => Some(edit.subject),
            SubjectKind::Interview | SubjectKind::Case | SubjectKind::Remark => {
                owners.get(&(&edit.commune, edit.subject)).copied()
            }
        };
        match household {
            Some(household) => {
                owned.push((HouseholdKeyRef::new(edit.commune.clone(), household), edit.number));
            }
            None => ownerless.push((edit.commune.as_str(), edit.waits_for(), edit.number)),
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

impl Placed {
    /// Of what it is to be heard whose it is, before that is known of the edit.
    fn waits_for(&self) -> Uuid {
        match self.kind {
            SubjectKind::Remark => self.names.unwrap_or(self.subject),
            SubjectKind::Household | SubjectKind::Interview | SubjectKind::Case => self.subject,
        }
    }
}

/// Whose interviews, cases and remarks are, and the edits that waited to hear it.
async fn owners<'p>(
    tx: &Tx<'_>,
    edits: &'p [Placed],
) -> Result<(BTreeMap<Owned<'p>, Uuid>, Vec<(HouseholdKeyRef, i64)>), StorageError> {
    let (remarks, others): (Vec<&Placed>, Vec<&Placed>) = edits
        .iter()
        .filter(|edit| edit.kind != SubjectKind::Household)
        .partition(|edit| edit.kind == SubjectKind::Remark);
    let (mut owners, mut adopted) = (BTreeMap::new(), Vec::new());
    name(tx, first(&others, |edit| edit.names), (&mut owners, &mut adopted)).await?;
    if !remarks.is_empty() {
        // A remark belongs to the household of the interview that it is about.
        let about = |edit: &&'p Placed| Some((&edit.commune, edit.names?));
        let known = known(tx, remarks.iter().filter_map(about)).await?;
        let named = |edit: &Placed| known.get(&(edit.commune.clone(), edit.names?)).copied();
        name(tx, first(&remarks, named), (&mut owners, &mut adopted)).await?;
    }
    Ok((owners, adopted))
}

/// What the first edit says that says anything.
fn first<'p>(
    edits: &[&'p Placed],
    says: impl Fn(&Placed) -> Option<Uuid>,
) -> BTreeMap<Owned<'p>, Option<Uuid>> {
    edits.iter().fold(BTreeMap::new(), |mut all, edit| {
        let first = all.entry((&edit.commune, edit.subject)).or_insert(None);
        *first = first.or_else(|| says(edit));
        all
    })
}

/// The households that are known already.
async fn known<'p>(
    tx: &Tx<'_>,
    of: impl Iterator<Item = Owned<'p>>,
) -> Result<BTreeMap<(CommuneCode, Uuid), Uuid>, StorageError> {
    let (codes, ids): (Vec<&str>, Vec<Uuid>) =
        of.collect::<BTreeSet<_>>().into_iter().map(|(commune, id)| (commune.as_str(), id)).unzip();
    let rows = tx.rows(include_str!("sql/owners.sql"), &[&codes, &ids]).await?;
    rows.iter().map(|row| Ok(((commune(row, 0)?, get(row, 1)?), get(row, 2)?))).collect()
}

/// Adds whose things are, as was known before or as the first edit of each says, and the edits that waited to hear it.
async fn name<'p>(
    tx: &Tx<'_>,
    said: BTreeMap<Owned<'p>, Option<Uuid>>,
    (owners, adopted): (&mut BTreeMap<Owned<'p>, Uuid>, &mut Vec<(HouseholdKeyRef, i64)>),
) -> Result<(), StorageError> {
    if said.is_empty() {
        return Ok(());
    }
    let known = known(tx, said.keys().copied()).await?;
    let mut named: BTreeMap<(CommuneCode, Uuid), Uuid> = BTreeMap::new();
    for ((commune, id), first) in said {
        let key = (commune.clone(), id);
        let household = known.get(&key).copied().or(first);
        let Some(household) = household else { continue };
        owners.insert((commune, id), household);
        if !known.contains_key(&key) {
            named.insert(key, household);
        }
    }
    adopted.extend(adopt(tx, named).await?);
    Ok(())
}

/// Notes whose things are, and gives the edits that waited for it. A remark that waited for its interview is the household's too, and
/// other edits of it may wait.
async fn adopt(
    tx: &Tx<'_>,
    mut named: BTreeMap<(CommuneCode, Uuid), Uuid>,
) -> Result<Vec<(HouseholdKeyRef, i64)>, StorageError> {
    let mut adopted = Vec::new();
    while !named.is_empty() {
        let (codes, ids): (Vec<&str>, Vec<Uuid>) =
            named.keys().map(|(commune, id)| (commune.as_str(), *id)).unzip();
        let households: Vec<Uuid> = named.values().copied().collect();
        tx.execute(include_str!("sql/put_interviews.sql"), &[&codes, &ids, &households]).await?;
        let mut heard: Vec<(HouseholdKeyRef, i64)> = Vec::new();
        for row in tx.rows(include_str!("sql/adopt_ownerless.sql"), &[&codes, &ids]).await? {
            let key = (commune(&row, 0)?, get::<Uuid>(&row, 1)?);
            let household = named.get(&key).ok_or(StorageError::Damaged("row"))?;
            heard.push((HouseholdKeyRef::new(key.0, *household), get(&row, 2)?));
        }
        if heard.is_empty() {
            break;
        }
        let (codes, households) = columns(heard.iter().map(|(key, _)| key));
        let numbers: Vec<i64> = heard.iter().map(|(_, number)| *number).collect();
        let rows = tx.rows(include_str!("sql/remarks_among.sql"), &[&codes, &numbers, &households]).await?;
        let remarks = rows.iter().map(|row| Ok(((commune(row, 0)?, get(row, 1)?), get(row, 2)?)));
        named = remarks.collect::<Result<_, StorageError>>()?;
        adopted.extend(heard);
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
