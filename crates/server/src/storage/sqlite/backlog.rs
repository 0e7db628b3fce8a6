//! Stored edits of which the rest is still to be made: whose they are, and the lines of their households. It is made for many at
//! once, as a household's rows lie anywhere: two thousand households change hardly more pages than two hundred. What waits here is
//! named in the database, so that nothing is left out after a crash.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_casework::{CommuneCode, SubjectKind};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use uuid::Uuid;

use super::households::{self, Place};
use super::kept::Kept;
use super::merges::Merges;
use super::uuid_of;
use crate::assess::owner_named_by;
use crate::storage::line::Line;
use crate::storage::{HouseholdKeyRef, StorageError};

/// Once so many edits wait, some are settled while nothing else is asked for; of fewer, too few would be neighbours.
const MANY_EDITS: usize = 4_000;
/// More edits do not wait.
const MOST_EDITS: usize = 8_000;
/// So many of them are settled at once: requests that come meanwhile are answered in between.
const AT_ONCE: usize = 1_000;

/// An edit, as far as it says whose it is.
pub(super) struct Placed {
    /// Its row.
    pub(super) row: i64,
    pub(super) commune: CommuneCode,
    pub(super) kind: SubjectKind,
    pub(super) subject: Uuid,
    /// The household that an edit of an interview or a case names; the interview that one of a remark names.
    pub(super) names: Option<Uuid>,
}

/// Edits that were stored together.
pub(super) struct Unsettled {
    /// The first row of them, under which the database knows that they are unsettled.
    first: i64,
    edits: Vec<Placed>,
    lines: Arc<[Line]>,
}

impl Unsettled {
    /// Notes rows from `first` to `last` as unsettled.
    pub(super) fn note(
        tx: &Transaction<'_>,
        (first, last): (i64, i64),
        edits: Vec<Placed>,
        lines: &Arc<[Line]>,
    ) -> Result<Self, StorageError> {
        tx.prepare_cached(include_str!("sql/put_unsettled.sql"))?.execute([first, last])?;
        Ok(Self { first, edits, lines: Arc::clone(lines) })
    }

    /// The commune that they are all of.
    fn commune(&self) -> Option<&CommuneCode> {
        let (first, rest) = self.edits.split_first()?;
        rest.iter().all(|edit| edit.commune == first.commune).then_some(&first.commune)
    }
}

/// What waits, of each commune in the order in which it came in. Of the thread that writes.
#[derive(Default)]
pub(super) struct Backlog {
    waiting: Vec<Unsettled>,
    /// How many of them the running transaction settles.
    settled: usize,
}

/// Where a transaction, or a part of it, began.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    waiting: usize,
    settled: usize,
}

impl Backlog {
    pub(super) fn push(&mut self, one: Unsettled) {
        self.waiting.push(one);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { waiting: self.waiting.len(), settled: self.settled }
    }

    /// What was done since is undone.
    pub(super) fn back_to(&mut self, mark: Mark) {
        self.waiting.truncate(mark.waiting);
        self.settled = mark.settled;
    }

    /// What was done is on disk.
    pub(super) fn committed(&mut self) {
        self.waiting.drain(..std::mem::take(&mut self.settled));
    }

    pub(super) fn is_large(&self) -> bool {
        self.len() >= MANY_EDITS
    }

    pub(super) fn is_too_large(&self) -> bool {
        self.len() >= MOST_EDITS
    }

    fn len(&self) -> usize {
        self.waiting.iter().map(|one| one.edits.len()).sum()
    }

    /// Makes the rest of all that waits, and of what another run of the program, or another program, has left.
    pub(super) fn settle_all(&mut self, tx: &Transaction<'_>) -> Result<(), StorageError> {
        self.settle(tx)?;
        let left: Vec<(i64, i64)> = {
            let mut statement = tx.prepare_cached(include_str!("sql/unsettled.sql"))?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        for (first, last) in left {
            settle_stored(tx, first, last)?;
            tx.prepare_cached(include_str!("sql/forget_unsettled.sql"))?.execute([first])?;
        }
        Ok(())
    }

    /// Makes the rest of some of what waits, of the communes that have waited longest: a commune's rows lie together, so that they
    /// are nearer to one another than those of all communes would be.
    pub(super) fn settle_some(&mut self, tx: &Transaction<'_>) -> Result<(), StorageError> {
        // What is of several communes is settled with all that waits, as the order of no commune may change.
        if self.waiting.iter().any(|one| one.commune().is_none()) {
            return self.settle(tx);
        }
        let (mut some, mut rest) = (Vec::new(), std::mem::take(&mut self.waiting));
        let mut edits = 0;
        while let Some(commune) =
            rest.first().and_then(Unsettled::commune).filter(|_| edits < AT_ONCE).cloned()
        {
            let (own, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|one| {
                let is_taken = edits < AT_ONCE && one.commune() == Some(&commune);
                edits += if is_taken { one.edits.len() } else { 0 };
                is_taken
            });
            some.extend(own);
            rest = others;
        }
        let end = some.len();
        self.waiting = some;
        self.waiting.append(&mut rest);
        self.settle_first(tx, end)
    }

    /// Makes the rest of all that waits.
    pub(super) fn settle(&mut self, tx: &Transaction<'_>) -> Result<(), StorageError> {
        self.settle_first(tx, self.waiting.len())
    }

    fn settle_first(&mut self, tx: &Transaction<'_>, end: usize) -> Result<(), StorageError> {
        let waiting = self.waiting.get(self.settled..end).unwrap_or_default();
        let lines = waiting.iter().flat_map(|one| one.lines.iter());
        settle(tx, waiting.iter().flat_map(|one| &one.edits), lines)?;
        for one in waiting {
            tx.prepare_cached(include_str!("sql/forget_unsettled.sql"))?.execute([one.first])?;
        }
        self.settled = end;
        Ok(())
    }
}

/// Whether anything waits, here or in another program.
pub(super) fn any_left(tx: &Transaction<'_>) -> Result<bool, StorageError> {
    exists(tx, include_str!("sql/any_unsettled.sql"))
}

/// Makes the rest of stored edits, from one row to another, without any line.
pub(super) fn settle_stored(tx: &Transaction<'_>, first: i64, last: i64) -> Result<(), StorageError> {
    let mut kept = Kept::new(tx);
    let mut statement = tx.prepare_cached(include_str!("sql/edits_from.sql"))?;
    let mut rows = statement.query([first, last])?;
    let mut some = Vec::new();
    while let Some(row) = rows.next()? {
        some.push(placed(row, &mut kept)?);
        if some.len() == MOST_EDITS {
            settle(tx, &some, [])?;
            some.clear();
        }
    }
    settle(tx, &some, [])
}

fn placed(row: &Row<'_>, kept: &mut Kept<'_>) -> Result<Placed, StorageError> {
    let edit = kept.edit(row)?;
    Ok(Placed {
        row: row.get(3)?,
        kind: edit.subject.kind,
        subject: edit.subject.id,
        names: owner_named_by(&edit),
        commune: edit.subject.commune,
    })
}

fn settle<'a>(
    tx: &Transaction<'_>,
    edits: impl IntoIterator<Item = &'a Placed>,
    lines: impl IntoIterator<Item = &'a Line>,
) -> Result<(), StorageError> {
    // In the order of the tables; of one interview as they came in.
    let mut edits: Vec<&Placed> = edits.into_iter().collect();
    edits.sort_by_key(|edit| (&edit.commune, edit.subject));
    let mut owners = Owners { tx, any_ownerless: exists(tx, include_str!("sql/any_ownerless.sql"))? };
    let mut owned = Vec::with_capacity(edits.len());
    for edit in edits {
        if let Some(household) = owners.household_of(edit)? {
            owned.push((&edit.commune, household, edit.row));
        }
    }
    owned.sort_unstable();
    let mut put = tx.prepare_cached(include_str!("sql/put_household_edit.sql"))?;
    for (commune, household, edit) in &owned {
        put.execute(params![commune.as_str(), household.as_bytes(), edit])?;
    }
    // How many edits of each household.
    let mut touched: BTreeMap<HouseholdKeyRef, u32> = BTreeMap::new();
    for of_one in owned.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
        if let Some((commune, household, _)) = of_one.first() {
            let key = HouseholdKeyRef::new((*commune).clone(), *household);
            touched.insert(key, u32::try_from(of_one.len()).unwrap_or(u32::MAX));
        }
    }
    let mut lines: Vec<&Line> = lines.into_iter().collect();
    lines.sort_by_key(|line| &line.row.key);
    let any_stale = exists(tx, include_str!("sql/any_stale.sql"))?;
    let mut merges = Merges::begin(tx)?;
    for line in lines {
        let just_settled = touched.get(&line.row.key).copied().unwrap_or_default();
        if households::put(tx, &mut merges, line, &Place { may_be_stale: any_stale, just_settled })? {
            touched.remove(&line.row.key);
        }
    }
    merges.settle()?;
    for household in touched.into_keys() {
        tx.prepare_cached(include_str!("sql/mark_stale.sql"))?
            .execute(params![household.commune.as_str(), household.household.as_bytes()])?;
    }
    Ok(())
}

pub(super) fn exists(tx: &Transaction<'_>, sql: &str) -> Result<bool, StorageError> {
    Ok(tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Finds whose edits are. The first edit that says whose its interview is speaks for the others of it.
struct Owners<'t> {
    tx: &'t Transaction<'t>,
    any_ownerless: bool,
}

impl Owners<'_> {
    /// The household an edit is about; where that is not known yet, the edit is noted as ownerless.
    fn household_of(&mut self, edit: &Placed) -> Result<Option<Uuid>, StorageError> {
        let (commune, interview) = (edit.commune.as_str(), edit.subject);
        let named = match edit.kind {
            SubjectKind::Household => return Ok(Some(edit.subject)),
            SubjectKind::Interview | SubjectKind::Case => edit.names,
            SubjectKind::Remark => match edit.names {
                Some(about) => match household_of(self.tx, commune, about)? {
                    Some(household) => Some(household),
                    // It is adopted with the interview's own edits.
                    None => return self.wait(edit, about),
                },
                None => None,
            },
        };
        if let Some(named) = named {
            let row = params![commune, interview.as_bytes(), named.as_bytes()];
            if self.tx.prepare_cached(include_str!("sql/put_interview.sql"))?.execute(row)? > 0 {
                if self.any_ownerless {
                    self.adopt(commune, interview, named)?;
                }
                return Ok(Some(named));
            }
        }
        let found = household_of(self.tx, commune, interview)?;
        if found.is_none() {
            return self.wait(edit, interview);
        }
        Ok(found)
    }

    /// Gives what waited to hear whose an interview is to its household; with a remark about it go those of the remark's own edits
    /// that name nothing.
    fn adopt(&self, commune: &str, interview: Uuid, household: Uuid) -> Result<(), StorageError> {
        let row = params![commune, interview.as_bytes(), household.as_bytes()];
        let mut remarks = Vec::new();
        {
            let mut put = self.tx.prepare_cached(include_str!("sql/put_waiting_remarks.sql"))?;
            let mut rows = put.query(row)?;
            while let Some(remark) = rows.next()? {
                remarks.push(remark.get::<_, Vec<u8>>(0)?);
            }
        }
        self.tx.prepare_cached(include_str!("sql/adopt_edits.sql"))?.execute(row)?;
        self.tx
            .prepare_cached(include_str!("sql/forget_ownerless.sql"))?
            .execute(params![commune, interview.as_bytes()])?;
        for remark in remarks {
            self.adopt(commune, uuid_of(&remark)?, household)?;
        }
        Ok(())
    }

    /// Notes an edit as ownerless until somebody says whose `subject` is.
    fn wait(&mut self, edit: &Placed, subject: Uuid) -> Result<Option<Uuid>, StorageError> {
        self.any_ownerless = true;
        let row = params![edit.commune.as_str(), subject.as_bytes(), edit.row];
        self.tx.prepare_cached(include_str!("sql/put_ownerless.sql"))?.execute(row)?;
        Ok(None)
    }
}

pub(super) fn household_of(
    tx: &Transaction<'_>,
    commune: &str,
    interview: Uuid,
) -> Result<Option<Uuid>, StorageError> {
    let found: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("sql/household_of.sql"))?
        .query_row(params![commune, interview.as_bytes()], |row| row.get(0))
        .optional()?;
    found.map(|bytes| uuid_of(&bytes)).transpose()
}
