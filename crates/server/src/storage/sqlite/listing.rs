//! Lists of households over communes: villages that have none of what is asked for are passed over by the counts, the others are
//! read in their order as far as a page needs them.

use std::cmp::Ordering;
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
    // Of one mark the counts know how many bear it; of several, no more than how many bear the rarest.
    let is_counted = marks.len() == 1 && days.is_empty();
    let needles = needles(&query.marks)?;
    let wanted = query.limit as usize + 1;
    let (mut rows, mut total) = (Vec::new(), 0);
    for (commune, households) in communes_with(tx, query, &marks.union(&days).cloned().collect())? {
        let is_read = rows.len() < wanted && after.as_ref().is_none_or(|after| commune >= after.0);
        if query.village_name.is_none() {
            total += households;
        }
        if !is_read && query.village_name.is_none() {
            continue;
        }
        let villages = villages_with(tx, &commune, &marks, query.village_name.as_deref())?;
        if query.village_name.is_some() {
            total += villages.iter().map(|village| village.households).sum::<u32>();
        }
        for village in villages.iter().filter(|_| is_read) {
            if rows.len() == wanted {
                break;
            }
            let start = match &after {
                Some((at, order, name, name_order, household)) if *at == commune => {
                    match (&village.order, &village.name).cmp(&(order, name)) {
                        Ordering::Less => continue,
                        Ordering::Equal => (name_order.clone(), household.clone()),
                        Ordering::Greater => (Vec::new(), Vec::new()),
                    }
                }
                Some(_) | None => (Vec::new(), Vec::new()),
            };
            let left = u32::try_from(wanted - rows.len()).unwrap_or(u32::MAX);
            let mut statement = tx.prepare_cached(include_str!("sql/village_list.sql"))?;
            let mut found =
                statement.query(params![commune, village.name, start.0, start.1, needles, left])?;
            while let Some(row) = found.next()? {
                rows.push(households::read(row)?);
            }
        }
    }
    let more = rows.len() == wanted;
    rows.truncate(query.limit as usize);
    Ok(HouseholdList { total: is_counted.then_some(total), is_cut: false, rows, more })
}

/// The communes with households that bear all of the marks, as far as the counts know, in order; and how many may.
fn communes_with(
    tx: &Transaction<'_>,
    query: &ListQuery,
    marks: &BTreeSet<String>,
) -> Result<Vec<(String, u32)>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/communes_with.sql"))?;
    let asked = params![json(marks)?, communes(query.communes.as_ref())?];
    let found = statement.query_map(asked, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// A village with households that may be asked for.
struct Village {
    order: Vec<u8>,
    name: String,
    households: u32,
}

/// Those of a commune, in order.
fn villages_with(
    tx: &Transaction<'_>,
    commune: &str,
    marks: &BTreeSet<String>,
    name: Option<&str>,
) -> Result<Vec<Village>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/villages_with.sql"))?;
    let mut rows = statement.query(params![commune, json(marks)?, name])?;
    let mut villages = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        villages.push(Village { order: sort_key(&name), name, households: row.get(1)? });
    }
    villages.sort_by(|one, other| (&one.order, &one.name).cmp(&(&other.order, &other.name)));
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
