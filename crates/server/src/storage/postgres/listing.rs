//! Lists of households over communes: villages that have none of what is asked for are passed over by the counts, the others are
//! read in their order as far as a page needs them.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rasoat_casework::{CommuneCode, sort_key};
use uuid::Uuid;

use super::households;
use super::tx::{Params, Tx, count, get, text};
use crate::storage::facts::{ALL, DAY};
use crate::storage::indexed::{Asked, asked_for};
use crate::storage::{HouseholdKeyRef, HouseholdList, HouseholdRow, ListQuery, StorageError};

/// Households that words fit and that are looked at, at most: who finds more asks for more.
const MOST_FOUND: i64 = 2_000;

/// A place in the order of all households.
type Place = (String, Vec<u8>, String, Vec<u8>, Uuid);

pub(super) async fn list(tx: &Tx<'_>, query: &ListQuery) -> Result<HouseholdList, StorageError> {
    let none = HouseholdList { total: None, is_cut: false, rows: Vec::new(), more: false };
    let after = match &query.after {
        Some(key) => match place_of(tx, key).await? {
            Some(place) => Some(place),
            None => return Ok(none),
        },
        None => None,
    };
    if query.words.is_empty() { by_village(tx, query, after).await } else { by_words(tx, query, after).await }
}

async fn place_of(tx: &Tx<'_>, key: &HouseholdKeyRef) -> Result<Option<Place>, StorageError> {
    let commune = key.commune.as_str();
    let found = tx.row(include_str!("sql/place_in_order.sql"), &[&commune, &key.household]).await?;
    let place = |row| {
        let village: &str = get(&row, 1)?;
        Ok((commune.to_owned(), sort_key(village), village.to_owned(), get(&row, 0)?, key.household))
    };
    found.map(place).transpose()
}

async fn by_village(
    tx: &Tx<'_>,
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
    let needles = needles(&query.marks);
    let wanted = query.limit as usize + 1;
    let (mut rows, mut total) = (Vec::new(), 0);
    for (commune, households) in communes_with(tx, query, &marks.union(&days).cloned().collect()).await? {
        let is_read = rows.len() < wanted && after.as_ref().is_none_or(|after| commune >= after.0);
        if query.village_name.is_none() {
            total += households;
        }
        if !is_read && query.village_name.is_none() {
            continue;
        }
        let villages = villages_with(tx, &commune, &marks, query.village_name.as_deref()).await?;
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
                        Ordering::Equal => (name_order.clone(), *household),
                        Ordering::Greater => (Vec::new(), Uuid::nil()),
                    }
                }
                Some(_) | None => (Vec::new(), Uuid::nil()),
            };
            let left = i64::try_from(wanted - rows.len()).unwrap_or(i64::MAX);
            let asked: Params<'_> = &[&commune, &village.name, &start.0, &start.1, &needles, &left];
            for row in tx.rows(include_str!("sql/village_list.sql"), asked).await? {
                rows.push(households::read(&row)?);
            }
        }
    }
    let more = rows.len() == wanted;
    rows.truncate(query.limit as usize);
    Ok(HouseholdList { total: is_counted.then_some(total), is_cut: false, rows, more })
}

/// The communes with households that bear all of the marks, as far as the counts know, in order; and how many may.
async fn communes_with(
    tx: &Tx<'_>,
    query: &ListQuery,
    marks: &BTreeSet<String>,
) -> Result<Vec<(String, u32)>, StorageError> {
    let asked: Params<'_> = &[&columns(marks), &communes(query.communes.as_ref())];
    let rows = tx.rows(include_str!("sql/communes_with.sql"), asked).await?;
    rows.iter().map(|row| Ok((get(row, 0)?, count(row, 1)?))).collect()
}

/// A village with households that may be asked for.
struct Village {
    order: Vec<u8>,
    name: String,
    households: u32,
}

/// Those of a commune, in order.
async fn villages_with(
    tx: &Tx<'_>,
    commune: &str,
    marks: &BTreeSet<String>,
    name: Option<&str>,
) -> Result<Vec<Village>, StorageError> {
    let asked: Params<'_> = &[&commune, &columns(marks), &name.map(text)];
    let mut villages = Vec::new();
    for row in tx.rows(include_str!("sql/villages_with.sql"), asked).await? {
        let name: String = get(&row, 0)?;
        villages.push(Village { order: sort_key(&name), name, households: count(&row, 1)? });
    }
    villages.sort_by(|one, other| (&one.order, &one.name).cmp(&(&other.order, &other.name)));
    Ok(villages)
}

async fn by_words(
    tx: &Tx<'_>,
    query: &ListQuery,
    after: Option<Place>,
) -> Result<HouseholdList, StorageError> {
    let question = question(&asked_for(&query.words, query.communes.as_ref()));
    let most = MOST_FOUND + 1;
    let looked_at: i64 =
        get(&tx.sure(include_str!("sql/count_found_words.sql"), &[&question, &most]).await?, 0)?;
    let communes = communes(query.communes.as_ref());
    let village = query.village_name.as_deref().map(text);
    let needles = needles(&query.marks);
    let asked: Params<'_> = &[&question, &MOST_FOUND, &communes, &village, &needles];
    let mut found: Vec<(Place, HouseholdRow)> = Vec::new();
    for row in tx.rows(include_str!("sql/found_words.sql"), asked).await? {
        let household = households::read(&row)?;
        let key = &household.key;
        let place = (
            key.commune.as_str().to_owned(),
            sort_key(&household.village_name),
            household.village_name.clone(),
            get(&row, 17)?,
            key.household,
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

/// A question as the index reads it: words hold letters and digits alone.
fn question(asked: &Asked) -> String {
    let each = asked.each.iter().map(|any| {
        let any: Vec<String> = any.iter().map(|word| format!("'{word}':*")).collect();
        format!("({})", any.join(" | "))
    });
    let within = asked.within.iter().map(|word| format!("'{word}'"));
    each.chain(within).collect::<Vec<_>>().join(" & ")
}

/// Marks as they are found in a household's text: between blanks.
fn needles(marks: &BTreeSet<String>) -> Vec<String> {
    marks.iter().map(|mark| text(&format!(" {mark} "))).collect()
}

pub(super) fn communes(of: Option<&BTreeSet<CommuneCode>>) -> Option<Vec<&str>> {
    of.map(|codes| codes.iter().map(CommuneCode::as_str).collect())
}

fn columns(texts: &BTreeSet<String>) -> Vec<String> {
    texts.iter().map(|one| text(one)).collect()
}
