//! What is made of households a little later than their lines: the words they are found by, and the households that may be the same.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::household_pair;
use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::{commune_of, households, listing, uuid_of};
use crate::storage::facts::{Person, persons_of_text};
use crate::storage::indexed::{
    Asked, Compared, MOST_NAMESAKES, MOST_SHARING_AN_ID, PersonRow, pairs_of, persons_in, words_of,
};
use crate::storage::{
    DuplicatePage, DuplicateQuery, DuplicateRow, HouseholdKeyRef, HouseholdRow, StorageError,
};

/// Indexes some of the households that wait for it, or marks them stale where their members are not at hand; how many.
pub(super) fn index_some(tx: &Transaction<'_>, limit: u32) -> Result<u32, StorageError> {
    let (mut taken, mut last) = (0, None);
    // Of a household that waits twice what was said last counts.
    let mut waiting: BTreeMap<HouseholdKeyRef, Option<String>> = BTreeMap::new();
    {
        let mut statement = tx.prepare_cached(include_str!("sql/unindexed.sql"))?;
        let mut rows = statement.query([limit])?;
        while let Some(row) = rows.next()? {
            let key = HouseholdKeyRef::new(
                commune_of(&row.get::<_, String>(1)?)?,
                uuid_of(&row.get::<_, Vec<u8>>(2)?)?,
            );
            waiting.insert(key, row.get(3)?);
            last = Some(row.get::<_, i64>(0)?);
            taken += 1;
        }
    }
    for (key, persons) in waiting {
        match persons {
            Some(persons) => index(tx, &key, persons_of_text(&persons)?)?,
            None => drop(
                tx.prepare_cached(include_str!("sql/mark_stale.sql"))?
                    .execute(params![key.commune.as_str(), key.household.as_bytes()])?,
            ),
        }
    }
    tx.prepare_cached(include_str!("sql/unmark_unindexed.sql"))?.execute([last])?;
    Ok(taken)
}

fn index(tx: &Transaction<'_>, key: &HouseholdKeyRef, persons: Vec<Person>) -> Result<(), StorageError> {
    let id: i64 = tx
        .prepare_cached(include_str!("sql/index_id.sql"))?
        .query_row(params![key.commune.as_str(), key.household.as_bytes()], |row| row.get(0))?;
    for sql in [
        include_str!("sql/forget_words.sql"),
        include_str!("sql/forget_persons.sql"),
        include_str!("sql/forget_pairs.sql"),
    ] {
        tx.prepare_cached(sql)?.execute([id])?;
    }
    let found = households::one(tx, key)?.filter(|row| row.merged_into.is_none() && !row.withdrawn);
    let Some(row) = found.map(|row| HouseholdRow { persons, ..row }) else { return Ok(()) };
    tx.prepare_cached(include_str!("sql/put_words.sql"))?.execute(params![id, words_of(&row)])?;
    let persons = persons_in(&row);
    let mut put = tx.prepare_cached(include_str!("sql/put_person.sql"))?;
    for PersonRow { member, is_head, name, folded, birth, citizen_id } in &persons {
        put.execute(params![id, member, is_head, name, folded, birth, citizen_id])?;
    }
    compare(tx, id, &row, &persons)
}

/// Looks for households that may be the same: through a citizen ID, or a name with a birth.
fn compare(
    tx: &Transaction<'_>,
    id: i64,
    row: &HouseholdRow,
    persons: &[PersonRow],
) -> Result<(), StorageError> {
    let mut others: BTreeSet<i64> = BTreeSet::new();
    let mut meet = |sql: &str, key: &[&dyn rusqlite::ToSql], most: u32| -> Result<(), StorageError> {
        let mut statement = tx.prepare_cached(sql)?;
        let found = statement.query_map(key, |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        if found.len() <= most as usize {
            others.extend(found);
        }
        Ok(())
    };
    for person in persons {
        if let Some(citizen) = &person.citizen_id {
            let most = MOST_SHARING_AN_ID;
            meet(include_str!("sql/same_citizen_id.sql"), &[citizen, &id, &(most + 1)], most)?;
        }
        if let Some(birth) = &person.birth {
            let most = MOST_NAMESAKES;
            meet(include_str!("sql/namesakes.sql"), &[&person.folded, birth, &id, &(most + 1)], most)?;
        }
    }
    if others.is_empty() {
        return Ok(());
    }
    let own = row.key.household;
    let mut compared = Vec::new();
    for household in others.into_iter().chain([id]) {
        let Some(one) = persons_of(tx, household)? else { continue };
        if let Some((first, second)) = household_pair(own, one.key.household) {
            let said = params![first.as_bytes(), second.as_bytes()];
            if tx.prepare_cached(include_str!("sql/is_not_same.sql"))?.query_row(said, |row| row.get(0))? {
                continue;
            }
        }
        compared.push(one);
    }
    for pair in pairs_of(own, &compared.iter().collect::<Vec<_>>())? {
        tx.prepare_cached(include_str!("sql/put_pair.sql"))?.execute(params![
            pair.first,
            pair.second,
            pair.score,
            pair.communes.0 == pair.communes.1,
            pair.communes.0.as_str(),
            pair.communes.1.as_str(),
            pair.shared
        ])?;
    }
    Ok(())
}

fn persons_of(tx: &Transaction<'_>, id: i64) -> Result<Option<Compared>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/persons_of.sql"))?;
    let mut rows = statement.query([id])?;
    let mut found: Option<Compared> = None;
    while let Some(row) = rows.next()? {
        let key = HouseholdKeyRef::new(
            commune_of(&row.get::<_, String>(0)?)?,
            uuid_of(&row.get::<_, Vec<u8>>(1)?)?,
        );
        let person = PersonRow {
            member: row.get(3)?,
            is_head: row.get(4)?,
            name: row.get(5)?,
            folded: row.get(6)?,
            birth: row.get(7)?,
            citizen_id: row.get(8)?,
        };
        found.get_or_insert_with(|| Compared::new(id, key)).add(&row.get::<_, String>(2)?, person)?;
    }
    Ok(found)
}

/// A question as the index reads it.
pub(super) fn question(asked: &Asked) -> String {
    let each = asked.each.iter().map(|any| {
        let end = if asked.whole { "" } else { "*" };
        let any: Vec<String> = any.iter().map(|word| format!("{word}{end}")).collect();
        format!("({})", any.join(" OR "))
    });
    each.chain(asked.within.clone()).collect::<Vec<_>>().join(" AND ")
}

pub(super) fn duplicates(
    tx: &Transaction<'_>,
    query: &DuplicateQuery,
) -> Result<DuplicatePage, StorageError> {
    let communes = listing::communes(query.communes.as_ref())?;
    // Of all communes nobody asks where a pair is.
    let total = match &communes {
        None => tx
            .prepare_cached(include_str!("sql/count_all_duplicates.sql"))?
            .query_row([query.within_too], |row| row.get(0))?,
        Some(communes) => tx
            .prepare_cached(include_str!("sql/count_duplicates.sql"))?
            .query_row(params![communes, query.within_too], |row| row.get(0))?,
    };
    if query.limit == 0 {
        return Ok(DuplicatePage { total, rows: Vec::new() });
    }
    let mut statement = tx.prepare_cached(match (&communes, query.within_too) {
        (None, true) => include_str!("sql/duplicate_page.sql"),
        (None, false) => include_str!("sql/duplicate_page_across.sql"),
        (Some(_), _) => include_str!("sql/duplicate_page_within.sql"),
    })?;
    let mut rows = match &communes {
        None => statement.query([query.limit, query.offset])?,
        Some(communes) => statement.query(params![query.limit, query.offset, communes, query.within_too])?,
    };
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let household = |at: usize| -> Result<Option<HouseholdRow>, StorageError> {
            let commune = commune_of(&row.get::<_, String>(at)?)?;
            households::one(tx, &HouseholdKeyRef::new(commune, uuid_of(&row.get::<_, Vec<u8>>(at + 1)?)?))
        };
        let shared = serde_json::from_str(&row.get::<_, String>(0)?);
        let shared = shared.map_err(|_| StorageError::Damaged("pair"))?;
        if let (Some(first), Some(second)) = (household(1)?, household(3)?) {
            found.push(DuplicateRow { first, second, shared });
        }
    }
    Ok(DuplicatePage { total, rows: found })
}

pub(super) fn put_not_same(
    tx: &Transaction<'_>,
    one: Uuid,
    other: Uuid,
    by: &str,
    now: i64,
) -> Result<bool, StorageError> {
    let Some((first, second)) = household_pair(one, other) else { return Ok(false) };
    let put = tx.prepare_cached(include_str!("sql/put_not_same.sql"))?.execute(params![
        first.as_bytes(),
        second.as_bytes(),
        by,
        now
    ])?;
    tx.prepare_cached(include_str!("sql/forget_pair.sql"))?
        .execute(params![first.as_bytes(), second.as_bytes()])?;
    Ok(put > 0)
}
