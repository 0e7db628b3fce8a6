//! Households that may be one: the keys they are found by, what people said of them, and what was merged into what.
//!
//! All of it is made from documents, as lines of lists are.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{Birth, CitizenId, KnownPerson, household_pair, merged_into};
use rasoat_instrument::InstanceId;
use rusqlite::{Row, named_params, params};
use uuid::Uuid;

use crate::columns::{self, Parsed};
use crate::error::StoreError;
use crate::store::{Reader, Tx};

/// What duplicates are found by of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonKeys {
    /// The member.
    pub member: InstanceId,
    /// Whether the household goes by its name.
    pub is_head: bool,
    /// The folded name.
    pub name: String,
    /// Birth, if anything is known of it.
    pub birth: Option<Birth>,
    /// Citizen ID.
    pub citizen_id: Option<CitizenId>,
}

impl Reader<'_> {
    /// Everybody of every household that stands for itself.
    pub fn persons(&self) -> Result<Vec<KnownPerson>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("duplicates/all.sql"))?;
        let persons = statement.query_map([], read_person)?;
        Ok(persons.collect::<Result<_, _>>()?)
    }

    /// Everybody of one household; nobody where it was merged into another.
    pub fn persons_of(&self, household: Uuid) -> Result<Vec<KnownPerson>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("duplicates/of_household.sql"))?;
        let persons = statement.query_map(params![household.as_bytes()], read_person)?;
        Ok(persons.collect::<Result<_, _>>()?)
    }

    /// Everybody of the households that have a name or a citizen ID in common with one of these.
    pub fn persons_near(&self, these: &[KnownPerson]) -> Result<Vec<KnownPerson>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("duplicates/near.sql"))?;
        let mut households = BTreeSet::new();
        for person in these {
            let citizen_id = person.citizen_id.as_ref().map(CitizenId::as_str);
            for id in statement.query_map(params![person.name, citizen_id], |row| columns::uuid(row, 0))? {
                households.insert(id?);
            }
        }
        let mut near = Vec::new();
        for household in households {
            near.extend(self.persons_of(household)?);
        }
        Ok(near)
    }

    /// The pairs of which people said that they are two, the smaller id first.
    pub fn not_same(&self) -> Result<BTreeSet<(Uuid, Uuid)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("duplicates/not_same.sql"))?;
        let pairs = statement.query_map([], read_pair)?;
        Ok(pairs.collect::<Result<_, _>>()?)
    }

    /// The households that this one stands for, beside itself.
    pub fn merged_with(&self, household: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("duplicates/merged_with.sql"))?;
        let merged = statement.query_map(params![household.as_bytes()], |row| columns::uuid(row, 0))?;
        Ok(merged.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps what the documents of a household say of it and others not being the same. The documents of the smaller id
    /// alone have a say on a pair.
    pub fn set_not_same(&self, household: Uuid, others: &BTreeSet<Uuid>) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(include_str!("duplicates/forget_not_same.sql"))?
            .execute(params![household.as_bytes()])?;
        let mut keep = self.connection.prepare_cached(include_str!("duplicates/keep_not_same.sql"))?;
        for (first, second) in others.iter().filter_map(|other| household_pair(household, *other)) {
            if first == household {
                keep.execute(params![first.as_bytes(), second.as_bytes()])?;
            }
        }
        Ok(())
    }

    /// Keeps what the documents of a household say it was merged into, and finds anew which households stand.
    pub fn set_merge_mark(&self, household: Uuid, kept: Option<Uuid>) -> Result<(), StoreError> {
        let changed = match kept {
            Some(kept) => self
                .connection
                .prepare_cached(include_str!("duplicates/keep_mark.sql"))?
                .execute(params![household.as_bytes(), kept.as_bytes()])?,
            None => self
                .connection
                .prepare_cached(include_str!("duplicates/forget_mark.sql"))?
                .execute(params![household.as_bytes()])?,
        };
        if changed > 0 { self.settle_merges() } else { Ok(()) }
    }

    /// Keeps the keys of a household's members, and finds anew which households stand where one waited for this.
    pub(crate) fn keep_persons(
        &self,
        (number, id): (i64, Uuid),
        persons: &[PersonKeys],
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(include_str!("duplicates/forget_persons.sql"))?
            .execute(params![number])?;
        let mut keep = self.connection.prepare_cached(include_str!("duplicates/keep_person.sql"))?;
        // Whoever can be found by nothing is not kept.
        // A list finds a household by its head's name, whatever else it leaves out.
        let findable = |person: &&PersonKeys| {
            let known = person.birth.is_some() || person.is_head;
            person.citizen_id.is_some() || (known && !person.name.is_empty())
        };
        for person in persons.iter().filter(findable) {
            keep.execute(named_params! {
                ":household": number,
                ":member": person.member.as_str(),
                ":is_head": person.is_head,
                ":name": person.name,
                ":birth": person.birth.map(|birth| birth.to_string()),
                ":citizen_id": person.citizen_id.as_ref().map(CitizenId::as_str),
            })?;
        }
        let mut marked = self.connection.prepare_cached(include_str!("duplicates/is_marked.sql"))?;
        if marked.query_row(params![id.as_bytes()], |row| row.get(0))? {
            self.settle_merges()?;
        }
        Ok(())
    }

    fn settle_merges(&self) -> Result<(), StoreError> {
        let pairs = |sql: &str| -> Result<BTreeMap<Uuid, Uuid>, StoreError> {
            let mut statement = self.connection.prepare_cached(sql)?;
            let pairs = statement.query_map([], read_pair)?;
            Ok(pairs.collect::<Result<_, _>>()?)
        };
        let marks = pairs(include_str!("duplicates/marks.sql"))?;
        let mut known = self.connection.prepare_cached(include_str!("duplicates/known.sql"))?;
        let known = known.query_map([], |row| columns::uuid(row, 0))?.collect::<Result<_, _>>()?;
        let before = pairs(include_str!("duplicates/merged.sql"))?;
        let after = merged_into(&marks, &known);
        let mut set = self.connection.prepare_cached(include_str!("duplicates/set_merged.sql"))?;
        for household in before.keys().chain(after.keys()) {
            let kept = after.get(household);
            if kept != before.get(household) {
                set.execute(params![household.as_bytes(), kept.map(Uuid::as_bytes)])?;
            }
        }
        self.note(|changed| changed.households = true);
        Ok(())
    }
}

fn read_pair(row: &Row<'_>) -> rusqlite::Result<(Uuid, Uuid)> {
    Ok((columns::uuid(row, 0)?, columns::uuid(row, 1)?))
}

fn read_person(row: &Row<'_>) -> rusqlite::Result<KnownPerson> {
    let (Parsed(commune), Parsed(village), Parsed(member)) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let birth: Option<Parsed<Birth>> = row.get(6)?;
    let citizen_id: Option<Parsed<CitizenId>> = row.get(7)?;
    Ok(KnownPerson {
        household: columns::uuid(row, 0)?,
        place: (commune, village),
        member,
        is_head: row.get(4)?,
        name: row.get(5)?,
        birth: birth.map(|Parsed(birth)| birth),
        citizen_id: citizen_id.map(|Parsed(id)| id),
    })
}
