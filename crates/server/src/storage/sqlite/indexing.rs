//! What is made of households a little later than their lines: the words they are found by, and the households that may be the same.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    Agreement, Birth, CitizenId, CommuneCode, KnownPerson, VillageId, duplicates_of, fold_name,
    household_pair,
};
use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::{commune_of, households, listing, uuid_of};
use crate::storage::{
    DuplicatePage, DuplicateQuery, DuplicateRow, HouseholdKeyRef, HouseholdRow, SharedPerson, StorageError,
};

/// A citizen ID in more households than these is one that people type when they have none.
const MOST_SHARING_AN_ID: u32 = 8;
/// A name with a birth in more households than these says nothing.
const MOST_NAMESAKES: u32 = 20;
/// Before the reversed digits of a citizen ID: asking for its last digits is asking for the beginning of this word.
const REVERSED: &str = "zz";
/// Before a commune's code.
const COMMUNE: &str = "zc";
/// With fewer digits, every number would be looked for in citizen IDs.
const LEAST_LAST_DIGITS: usize = 3;

/// Indexes some of the households that wait for it; how many.
pub(super) fn index_some(tx: &Transaction<'_>, limit: u32) -> Result<u32, StorageError> {
    let waiting: Vec<HouseholdKeyRef> = {
        let mut statement = tx.prepare_cached(include_str!("sql/unindexed.sql"))?;
        let mut rows = statement.query([limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(HouseholdKeyRef::new(
                commune_of(&row.get::<_, String>(0)?)?,
                uuid_of(&row.get::<_, Vec<u8>>(1)?)?,
            ));
        }
        found
    };
    for key in &waiting {
        index(tx, key)?;
        tx.prepare_cached(include_str!("sql/unmark_unindexed.sql"))?
            .execute(params![key.commune.as_str(), key.household.as_bytes()])?;
    }
    Ok(u32::try_from(waiting.len()).unwrap_or(u32::MAX))
}

fn index(tx: &Transaction<'_>, key: &HouseholdKeyRef) -> Result<(), StorageError> {
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
    let Some(row) = households::one(tx, key)?.filter(|row| row.merged_into.is_none() && !row.withdrawn)
    else {
        return Ok(());
    };
    tx.prepare_cached(include_str!("sql/put_words.sql"))?.execute(params![id, words_of(&row)])?;
    let mut put = tx.prepare_cached(include_str!("sql/put_person.sql"))?;
    for person in &row.facts.persons {
        put.execute(params![
            id,
            person.member,
            person.is_head,
            person.name,
            fold_name(&person.name),
            person.birth,
            issued(person.citizen_id.as_deref()).map(|id| id.as_str().to_owned())
        ])?;
    }
    compare(tx, id, &row)
}

/// Looks for households that may be the same: through a citizen ID, or a name with a birth.
fn compare(tx: &Transaction<'_>, id: i64, row: &HouseholdRow) -> Result<(), StorageError> {
    let mut others: BTreeSet<i64> = BTreeSet::new();
    let mut meet = |sql: &str, key: &[&dyn rusqlite::ToSql], most: u32| -> Result<(), StorageError> {
        let mut statement = tx.prepare_cached(sql)?;
        let found = statement.query_map(key, |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        if found.len() <= most as usize {
            others.extend(found);
        }
        Ok(())
    };
    for person in &row.facts.persons {
        if let Some(citizen) = issued(person.citizen_id.as_deref()) {
            let most = MOST_SHARING_AN_ID;
            meet(include_str!("sql/same_citizen_id.sql"), &[&citizen.as_str(), &id, &(most + 1)], most)?;
        }
        if let Some(birth) = &person.birth {
            let (name, most) = (fold_name(&person.name), MOST_NAMESAKES);
            meet(include_str!("sql/namesakes.sql"), &[&name, birth, &id, &(most + 1)], most)?;
        }
    }
    if others.is_empty() {
        return Ok(());
    }
    let own = row.key.household;
    let (mut persons, mut names, mut places) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for household in others.into_iter().chain([id]) {
        let Some((place, known)) = persons_of(tx, household)? else { continue };
        let pair = household_pair(own, place.household);
        if let Some((first, second)) = pair {
            let said = params![first.as_bytes(), second.as_bytes()];
            if tx.prepare_cached(include_str!("sql/is_not_same.sql"))?.query_row(said, |row| row.get(0))? {
                continue;
            }
        }
        places.insert(place.household, (household, place.commune));
        for (person, name) in known {
            names.insert((person.household, person.member.to_string()), name);
            persons.push(person);
        }
    }
    for pair in duplicates_of(own, &persons, &BTreeSet::new()) {
        let (Some(first), Some(second)) = (places.get(&pair.first), places.get(&pair.second)) else {
            continue;
        };
        let name = |household: Uuid, member: &str| {
            names.get(&(household, member.to_owned())).cloned().unwrap_or_default()
        };
        let shared: Vec<SharedPerson> = pair
            .shared
            .iter()
            .map(|shared| SharedPerson {
                first: name(pair.first, shared.first.as_str()),
                second: name(pair.second, shared.second.as_str()),
                agreement: agreement(shared.agreement).to_owned(),
                ids_differ: shared.ids_differ,
            })
            .collect();
        let shared = serde_json::to_string(&shared).map_err(|_| StorageError::Damaged("pair"))?;
        tx.prepare_cached(include_str!("sql/put_pair.sql"))?.execute(params![
            first.0,
            second.0,
            pair.score,
            first.1 == second.1,
            shared
        ])?;
    }
    Ok(())
}

type Known = Vec<(KnownPerson, String)>;

fn persons_of(tx: &Transaction<'_>, id: i64) -> Result<Option<(HouseholdKeyRef, Known)>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/persons_of.sql"))?;
    let mut rows = statement.query([id])?;
    let mut found: Option<(HouseholdKeyRef, Known)> = None;
    while let Some(row) = rows.next()? {
        let key = HouseholdKeyRef::new(
            commune_of(&row.get::<_, String>(0)?)?,
            uuid_of(&row.get::<_, Vec<u8>>(1)?)?,
        );
        let Ok(member) = row.get::<_, String>(3)?.parse() else { continue };
        let person = KnownPerson {
            household: key.household,
            place: (key.commune.clone(), village_id(&row.get::<_, String>(2)?)?),
            member,
            is_head: row.get(4)?,
            name: row.get(6)?,
            birth: row.get::<_, Option<String>>(7)?.and_then(|birth| birth.parse::<Birth>().ok()),
            citizen_id: issued(row.get::<_, Option<String>>(8)?.as_deref()),
        };
        found.get_or_insert_with(|| (key, Vec::new())).1.push((person, row.get(5)?));
    }
    Ok(found)
}

/// A village's name as an id: the province's households know no other.
fn village_id(name: &str) -> Result<VillageId, StorageError> {
    let id: String = fold_name(name)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .chain(['-'])
        .take(60)
        .collect();
    id.parse().map_err(|_| StorageError::Damaged("village"))
}

fn issued(typed: Option<&str>) -> Option<CitizenId> {
    typed?.parse::<CitizenId>().ok().filter(CitizenId::could_be_issued)
}

fn agreement(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::CitizenId => "citizen_id",
        Agreement::NameAndDate => "name_and_date",
        Agreement::NameAndYear => "name_and_year",
        Agreement::NameAndNearYear => "name_and_near_year",
    }
}

/// The words a household is found by.
fn words_of(row: &HouseholdRow) -> String {
    let mut words: BTreeSet<String> = parts(&row.head_name).collect();
    words.extend(parts(&row.village_name));
    if let Some(code) = &row.code {
        words.extend(parts(code));
        // A code is found with its punctuation (as several words) and without.
        words.insert(parts(code).collect());
    }
    for person in &row.facts.persons {
        words.extend(parts(&person.name));
        if let Some(id) = &person.citizen_id {
            words.insert(format!("{REVERSED}{}", id.chars().rev().collect::<String>()));
            words.insert(id.clone());
        }
    }
    words.insert(format!("{COMMUNE}{}", row.key.commune));
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// What is asked of the index for words that were typed, each of which must be found.
pub(super) fn asked_for(words: &[String], communes: Option<&BTreeSet<CommuneCode>>) -> String {
    let each = words.iter().flat_map(|word| parts(word).collect::<Vec<_>>()).map(|word| {
        let digits = word.len() >= LEAST_LAST_DIGITS && word.bytes().all(|byte| byte.is_ascii_digit());
        match digits {
            true => format!("({word}* OR {REVERSED}{}*)", word.chars().rev().collect::<String>()),
            false => format!("{word}*"),
        }
    });
    let within = communes.filter(|communes| communes.len() == 1).and_then(BTreeSet::first);
    each.chain(within.map(|commune| format!("{COMMUNE}{commune}"))).collect::<Vec<_>>().join(" AND ")
}

/// Folded words of letters and digits alone: nothing that a question to the index reads as its own.
fn parts(text: &str) -> impl Iterator<Item = String> {
    let folded = fold_name(text);
    let words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
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
            .query_row(params![query.within_too, communes], |row| row.get(0))?,
    };
    if query.limit == 0 {
        return Ok(DuplicatePage { total, rows: Vec::new() });
    }
    let mut statement = tx.prepare_cached(include_str!("sql/duplicate_page.sql"))?;
    let mut rows = statement.query(params![query.within_too, communes, query.limit, query.offset])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let household = |at: usize| -> Result<Option<HouseholdRow>, StorageError> {
            let commune = commune_of(&row.get::<_, String>(at)?)?;
            households::one(tx, &HouseholdKeyRef::new(commune, uuid_of(&row.get::<_, Vec<u8>>(at + 1)?)?))
        };
        let shared = serde_json::from_str(&row.get::<_, String>(1)?);
        let shared = shared.map_err(|_| StorageError::Damaged("pair"))?;
        if let (Some(first), Some(second)) = (household(2)?, household(4)?) {
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
