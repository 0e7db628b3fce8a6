//! Lists of households over communes: villages that have none of what is asked for are passed over by the counts, the others are
//! read in their order as far as a page needs them.

use std::collections::BTreeSet;

use rasoat_casework::{CommuneCode, sort_key};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::households;
use crate::storage::facts::{ALL, DAY};
use crate::storage::indexed::asked_for;
use crate::storage::{HouseholdKeyRef, HouseholdList, HouseholdRow, ListQuery, StorageError};

/// Households that words fit and that are looked at, at most: who finds more asks for more.
const MOST_FOUND: u32 = 2_000;

/// A place in the order of all households.
type Place = (String, Vec<u8>, String, Vec<u8>, Vec<u8>);

pub(super) fn list(tx: &Transaction<'_>, query: &ListQuery) -> Result<HouseholdList, StorageError> {
    let after = match &query.after {
        Some(key) => match place_of(tx, key)? {
            Some(place) => Some(place),
            None => return Ok(HouseholdList { total: None, is_cut: false, rows: Vec::new(), more: false }),
        },
        None => None,
    };
    if query.words.is_empty() { by_village(tx, query, after) } else { by_words(tx, query, after) }
}

fn place_of(tx: &Transaction<'_>, key: &HouseholdKeyRef) -> Result<Option<Place>, StorageError> {
    let (commune, household) = (key.commune.as_str(), key.household.as_bytes());
    let place = tx.prepare_cached(include_str!("sql/place_in_order.sql"))?.query_row(
        params![commune, household],
        |row| {
            let village: String = row.get(1)?;
            Ok((commune.to_owned(), sort_key(&village), village, row.get(0)?, household.to_vec()))
        },
    );
    Ok(place.optional()?)
}

fn by_village(
    tx: &Transaction<'_>,
    query: &ListQuery,
    after: Option<Place>,
) -> Result<HouseholdList, StorageError> {
    // Days are counted by commune alone.
    let (days, mut marks): (BTreeSet<String>, BTreeSet<String>) =
        query.marks.iter().cloned().partition(|mark| mark.starts_with(DAY));
    if marks.is_empty() {
        marks.insert(ALL.to_owned());
    }
    let villages = villages_with(tx, query, &marks, &days)?;
    // Of one mark the counts know how many bear it; of several, no more than how many bear the rarest.
    let is_counted = marks.len() == 1 && days.is_empty();
    let total = is_counted.then(|| villages.iter().map(|village| village.households).sum());
    let needles = needles(&query.marks)?;
    let wanted = query.limit as usize + 1;
    let mut rows = Vec::new();
    for village in &villages {
        let order = sort_key(&village.name);
        let start = match &after {
            None => (Vec::new(), Vec::new()),
            Some((commune, at, name, name_order, household)) => {
                let here = (village.commune.as_str(), &order, &village.name);
                match here.cmp(&(commune.as_str(), at, name)) {
                    std::cmp::Ordering::Less => continue,
                    std::cmp::Ordering::Equal => (name_order.clone(), household.clone()),
                    std::cmp::Ordering::Greater => (Vec::new(), Vec::new()),
                }
            }
        };
        let left = u32::try_from(wanted - rows.len()).unwrap_or(u32::MAX);
        let mut statement = tx.prepare_cached(include_str!("sql/village_list.sql"))?;
        let mut found =
            statement.query(params![village.commune, village.name, start.0, start.1, needles, left])?;
        while let Some(row) = found.next()? {
            rows.push(households::read(row)?);
        }
        if rows.len() == wanted {
            break;
        }
    }
    let more = rows.len() == wanted;
    rows.truncate(query.limit as usize);
    Ok(HouseholdList { total, is_cut: false, rows, more })
}

/// A village with households that may be asked for.
struct Village {
    commune: String,
    name: String,
    households: u32,
}

fn villages_with(
    tx: &Transaction<'_>,
    query: &ListQuery,
    marks: &BTreeSet<String>,
    days: &BTreeSet<String>,
) -> Result<Vec<Village>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/villages_with.sql"))?;
    let mut rows = statement.query(params![
        json(marks)?,
        communes(query.communes.as_ref())?,
        query.village_name,
        json(days)?
    ])?;
    let mut villages = Vec::new();
    while let Some(row) = rows.next()? {
        villages.push(Village { commune: row.get(0)?, name: row.get(1)?, households: row.get(2)? });
    }
    villages.sort_by_cached_key(|village| {
        (village.commune.clone(), sort_key(&village.name), village.name.clone())
    });
    Ok(villages)
}

fn by_words(
    tx: &Transaction<'_>,
    query: &ListQuery,
    after: Option<Place>,
) -> Result<HouseholdList, StorageError> {
    let asked = super::indexing::question(&asked_for(&query.words, query.communes.as_ref()));
    let most = MOST_FOUND + 1;
    let looked_at: u32 = tx
        .prepare_cached(include_str!("sql/count_found_words.sql"))?
        .query_row(params![asked, most], |row| row.get(0))?;
    let mut statement = tx.prepare_cached(include_str!("sql/found_words.sql"))?;
    let mut rows = statement.query(params![
        asked,
        MOST_FOUND,
        communes(query.communes.as_ref())?,
        query.village_name,
        needles(&query.marks)?
    ])?;
    let mut found: Vec<(Place, HouseholdRow)> = Vec::new();
    while let Some(row) = rows.next()? {
        let household = households::read(row)?;
        let place = (
            row.get(0)?,
            sort_key(&household.village_name),
            household.village_name.clone(),
            row.get("name_order")?,
            row.get(1)?,
        );
        found.push((place, household));
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let mut behind = found.into_iter().filter(|(place, _)| after.as_ref().is_none_or(|after| place > after));
    let rows: Vec<HouseholdRow> =
        behind.by_ref().take(query.limit as usize).map(|(_, household)| household).collect();
    let more = behind.next().is_some();
    Ok(HouseholdList { total: Some(total), is_cut: looked_at == most, rows, more })
}

/// Marks as they are found in a household's text: between blanks.
fn needles(marks: &BTreeSet<String>) -> Result<String, StorageError> {
    json(&marks.iter().map(|mark| format!(" {mark} ")).collect())
}

pub(super) fn communes(of: Option<&BTreeSet<CommuneCode>>) -> Result<Option<String>, StorageError> {
    of.map(|codes| json(&codes.iter().map(|code| code.as_str().to_owned()).collect())).transpose()
}

fn json(texts: &BTreeSet<String>) -> Result<String, StorageError> {
    serde_json::to_string(texts).map_err(|_| StorageError::Damaged("words"))
}
