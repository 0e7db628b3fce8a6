//! What is made of households a little later than their lines: the words they are found by, and the households that may be the same. Of
//! many at once, and by one server at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rasoat_casework::household_pair;
use tokio_postgres::Row;
use uuid::Uuid;

use super::households::{self, columns};
use super::listing;
use super::tx::{Params, Tx, commune, count, get, text};
use crate::storage::facts::{Person, persons_of_text};
use crate::storage::indexed::{
    Compared, MOST_NAMESAKES, MOST_SHARING_AN_ID, Pair, PersonRow, pairs_of, persons_in, words_of,
};
use crate::storage::{
    DuplicatePage, DuplicateQuery, DuplicateRow, HouseholdKeyRef, HouseholdRow, StorageError,
};

/// The index holds no longer word; nobody types one.
const LONGEST_WORD: usize = 1_000;

pub(super) async fn any(tx: &Tx<'_>, (): &()) -> Result<bool, StorageError> {
    get(&tx.sure(include_str!("sql/any_unindexed.sql"), &[]).await?, 0)
}

/// Indexes some of the households that wait for it, or marks them stale where their members are not at hand; how many.
pub(super) async fn index_some(tx: &Tx<'_>, limit: &u32) -> Result<u32, StorageError> {
    tx.rows(include_str!("sql/lock_index.sql"), &[]).await?;
    let taken = tx.rows(include_str!("sql/take_unindexed.sql"), &[&i64::from(*limit)]).await?;
    if taken.is_empty() {
        return Ok(0);
    }
    let mut known: BTreeMap<HouseholdKeyRef, Vec<Person>> = BTreeMap::new();
    let mut unknown: Vec<HouseholdKeyRef> = Vec::new();
    for row in &taken {
        let key = HouseholdKeyRef::new(commune(row, 0)?, get(row, 1)?);
        match get::<Option<&str>>(row, 2)? {
            Some(persons) => drop(known.insert(key, persons_of_text(persons)?)),
            None => unknown.push(key),
        }
    }
    let (codes, households) = columns(&unknown);
    tx.execute(include_str!("sql/mark_stale.sql"), &[&codes, &households]).await?;
    let keys: Vec<HouseholdKeyRef> = known.keys().cloned().collect();
    let (codes, households) = columns(&keys);
    let mut ids: BTreeMap<HouseholdKeyRef, i64> = BTreeMap::new();
    for row in tx.rows(include_str!("sql/index_ids.sql"), &[&codes, &households]).await? {
        ids.insert(HouseholdKeyRef::new(commune(&row, 1)?, get(&row, 2)?), get(&row, 0)?);
    }
    let all: Vec<i64> = ids.values().copied().collect();
    for sql in [
        include_str!("sql/forget_words.sql"),
        include_str!("sql/forget_persons.sql"),
        include_str!("sql/forget_pairs.sql"),
    ] {
        tx.execute(sql, &[&all]).await?;
    }
    let mut indexed: Vec<Indexed> = Vec::with_capacity(ids.len());
    for (key, row) in households::several(tx, &keys).await? {
        let persons = known.remove(&key).unwrap_or_default();
        if let Some(id) = ids.get(&key).filter(|_| row.merged_into.is_none() && !row.withdrawn) {
            let row = HouseholdRow { persons, ..row };
            indexed.push(Indexed { id: *id, persons: persons_in(&row), row });
        }
    }
    put_words(tx, &indexed).await?;
    put_persons(tx, &indexed).await?;
    compare(tx, &indexed).await?;
    Ok(u32::try_from(taken.len()).unwrap_or(u32::MAX))
}

/// A household that is found and compared.
struct Indexed {
    id: i64,
    row: HouseholdRow,
    persons: Vec<PersonRow>,
}

async fn put_words(tx: &Tx<'_>, indexed: &[Indexed]) -> Result<(), StorageError> {
    let ids: Vec<i64> = indexed.iter().map(|one| one.id).collect();
    let words = |one: &Indexed| {
        let words = words_of(&one.row);
        words.split(' ').filter(|word| word.len() <= LONGEST_WORD).collect::<Vec<_>>().join(" ")
    };
    let words: Vec<String> = indexed.iter().map(words).collect();
    tx.execute(include_str!("sql/put_words.sql"), &[&ids, &words]).await?;
    Ok(())
}

async fn put_persons(tx: &Tx<'_>, indexed: &[Indexed]) -> Result<(), StorageError> {
    let all = || indexed.iter().flat_map(|one| one.persons.iter().map(|person| (one.id, person)));
    let ids: Vec<i64> = all().map(|(id, _)| id).collect();
    let members: Vec<String> = all().map(|(_, person)| text(&person.member)).collect();
    let heads: Vec<bool> = all().map(|(_, person)| person.is_head).collect();
    let names: Vec<String> = all().map(|(_, person)| text(&person.name)).collect();
    let folded: Vec<String> = all().map(|(_, person)| text(&person.folded)).collect();
    let births: Vec<Option<String>> = all().map(|(_, person)| person.birth.as_deref().map(text)).collect();
    let citizen_ids: Vec<Option<&str>> = all().map(|(_, person)| person.citizen_id.as_deref()).collect();
    let rows: Params<'_> = &[&ids, &members, &heads, &names, &folded, &births, &citizen_ids];
    tx.execute(include_str!("sql/put_persons.sql"), rows).await?;
    Ok(())
}

/// Looks for households that may be the same: through a citizen ID, or a name with a birth.
async fn compare(tx: &Tx<'_>, indexed: &[Indexed]) -> Result<(), StorageError> {
    let others = met(tx, indexed).await?;
    let numbers: BTreeSet<i64> =
        others.iter().flat_map(|(one, others)| others.iter().chain([one])).copied().collect();
    if numbers.is_empty() {
        return Ok(());
    }
    let known = persons_of(tx, &numbers.into_iter().collect::<Vec<_>>()).await?;
    let own = |id: &i64| known.get(id).map(|one| one.key.household);
    let asked: BTreeSet<(Uuid, Uuid)> = others
        .iter()
        .flat_map(|(one, others)| others.iter().map(move |other| (one, other)))
        .filter_map(|(one, other)| household_pair(own(one)?, own(other)?))
        .collect();
    let said = not_same(tx, asked).await?;
    let mut pairs: BTreeMap<(i64, i64), Pair> = BTreeMap::new();
    for (id, others) in &others {
        let Some(own) = known.get(id) else { continue };
        let may_be = |other: &&Compared| {
            household_pair(own.key.household, other.key.household).is_none_or(|pair| !said.contains(&pair))
        };
        let others = others.iter().filter_map(|other| known.get(other)).filter(may_be);
        let compared: Vec<&Compared> = others.chain([own]).collect();
        for pair in pairs_of(own.key.household, &compared)? {
            pairs.insert((pair.first, pair.second), pair);
        }
    }
    put_pairs(tx, &pairs.into_values().collect::<Vec<_>>()).await
}

/// Which other households have a citizen ID, or a name with a birth, of one of theirs.
async fn met(tx: &Tx<'_>, indexed: &[Indexed]) -> Result<BTreeMap<i64, BTreeSet<i64>>, StorageError> {
    let all = || indexed.iter().flat_map(|one| one.persons.iter().map(|person| (one.id, person)));
    let (ids, citizens): (Vec<i64>, Vec<&str>) =
        all().filter_map(|(id, person)| Some((id, person.citizen_id.as_deref()?))).unzip();
    let most = i64::from(MOST_SHARING_AN_ID);
    let asked: Params<'_> = &[&ids, &citizens, &(most + 1)];
    let mut others = BTreeMap::new();
    gather(
        &mut others,
        &tx.rows(include_str!("sql/same_citizen_ids.sql"), asked).await?,
        MOST_SHARING_AN_ID,
    )?;
    let named = || all().filter(|(_, person)| person.birth.is_some());
    let ids: Vec<i64> = named().map(|(id, _)| id).collect();
    let folded: Vec<String> = named().map(|(_, person)| text(&person.folded)).collect();
    let births: Vec<String> = named().filter_map(|(_, person)| person.birth.as_deref().map(text)).collect();
    let most = i64::from(MOST_NAMESAKES);
    let asked: Params<'_> = &[&ids, &folded, &births, &(most + 1)];
    gather(&mut others, &tx.rows(include_str!("sql/namesakes.sql"), asked).await?, MOST_NAMESAKES)?;
    Ok(others)
}

/// Adds what was met by each question, unless it met too many.
fn gather(others: &mut BTreeMap<i64, BTreeSet<i64>>, rows: &[Row], most: u32) -> Result<(), StorageError> {
    let mut by_question: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
    for row in rows {
        by_question.entry((get(row, 0)?, get(row, 1)?)).or_default().push(get(row, 2)?);
    }
    for ((household, _), found) in by_question {
        if found.len() <= most as usize {
            others.entry(household).or_default().extend(found);
        }
    }
    Ok(())
}

async fn persons_of(tx: &Tx<'_>, ids: &[i64]) -> Result<HashMap<i64, Compared>, StorageError> {
    let mut found: HashMap<i64, Compared> = HashMap::new();
    for row in tx.rows(include_str!("sql/persons_of.sql"), &[&ids]).await? {
        let (id, key) = (get(&row, 0)?, HouseholdKeyRef::new(commune(&row, 1)?, get(&row, 2)?));
        let person = PersonRow {
            member: get(&row, 4)?,
            is_head: get(&row, 5)?,
            name: get(&row, 6)?,
            folded: get(&row, 7)?,
            birth: get(&row, 8)?,
            citizen_id: get(&row, 9)?,
        };
        found.entry(id).or_insert_with(|| Compared::new(id, key)).add(get(&row, 3)?, person)?;
    }
    Ok(found)
}

/// Those of the pairs that somebody said are two.
async fn not_same(
    tx: &Tx<'_>,
    pairs: BTreeSet<(Uuid, Uuid)>,
) -> Result<BTreeSet<(Uuid, Uuid)>, StorageError> {
    let (first, second): (Vec<Uuid>, Vec<Uuid>) = pairs.into_iter().unzip();
    let rows = tx.rows(include_str!("sql/are_not_same.sql"), &[&first, &second]).await?;
    rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
}

async fn put_pairs(tx: &Tx<'_>, pairs: &[Pair]) -> Result<(), StorageError> {
    let first: Vec<i64> = pairs.iter().map(|pair| pair.first).collect();
    let second: Vec<i64> = pairs.iter().map(|pair| pair.second).collect();
    let scores: Vec<i64> = pairs.iter().map(|pair| i64::from(pair.score)).collect();
    let same: Vec<bool> = pairs.iter().map(|pair| pair.communes.0 == pair.communes.1).collect();
    let first_communes: Vec<&str> = pairs.iter().map(|pair| pair.communes.0.as_str()).collect();
    let second_communes: Vec<&str> = pairs.iter().map(|pair| pair.communes.1.as_str()).collect();
    let shared: Vec<&str> = pairs.iter().map(|pair| pair.shared.as_str()).collect();
    let columns: Params<'_> = &[&first, &second, &scores, &same, &first_communes, &second_communes, &shared];
    tx.execute(include_str!("sql/put_pairs.sql"), columns).await?;
    Ok(())
}

pub(super) async fn duplicates(tx: &Tx<'_>, query: &DuplicateQuery) -> Result<DuplicatePage, StorageError> {
    let communes = listing::communes(query.communes.as_ref());
    // Of all communes nobody asks where a pair is.
    let total = match &communes {
        None => tx.sure(include_str!("sql/count_all_duplicates.sql"), &[&query.within_too]).await?,
        Some(communes) => {
            tx.sure(include_str!("sql/count_duplicates.sql"), &[communes, &query.within_too]).await?
        }
    };
    let total = count(&total, 0)?;
    if query.limit == 0 {
        return Ok(DuplicatePage { total, rows: Vec::new() });
    }
    let (limit, offset) = (i64::from(query.limit), i64::from(query.offset));
    let found = match (&communes, query.within_too) {
        (None, true) => tx.rows(include_str!("sql/duplicate_page.sql"), &[&limit, &offset]).await?,
        (None, false) => tx.rows(include_str!("sql/duplicate_page_across.sql"), &[&limit, &offset]).await?,
        (Some(communes), within_too) => {
            let asked: Params<'_> = &[&limit, &offset, communes, &within_too];
            tx.rows(include_str!("sql/duplicate_page_within.sql"), asked).await?
        }
    };
    let key = |row, at| Ok::<_, StorageError>(HouseholdKeyRef::new(commune(row, at)?, get(row, at + 1)?));
    let mut keys = Vec::with_capacity(found.len() * 2);
    for row in &found {
        keys.extend([key(row, 1)?, key(row, 3)?]);
    }
    let households = households::several(tx, &keys).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        let shared = serde_json::from_str(get(row, 0)?).map_err(|_| StorageError::Damaged("pair"))?;
        if let (Some(first), Some(second)) = (households.get(&key(row, 1)?), households.get(&key(row, 3)?)) {
            rows.push(DuplicateRow { first: first.clone(), second: second.clone(), shared });
        }
    }
    Ok(DuplicatePage { total, rows })
}

pub(super) async fn put_not_same(
    tx: &Tx<'_>,
    (one, other, by, now): &(Uuid, Uuid, String, i64),
) -> Result<bool, StorageError> {
    let Some((first, second)) = household_pair(*one, *other) else { return Ok(false) };
    tx.rows(include_str!("sql/lock_index.sql"), &[]).await?;
    let put = tx.execute(include_str!("sql/put_not_same.sql"), &[&first, &second, &text(by), now]).await?;
    tx.execute(include_str!("sql/forget_pair.sql"), &[&first, &second]).await?;
    Ok(put > 0)
}
