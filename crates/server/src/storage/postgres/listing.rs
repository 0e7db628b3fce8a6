//! Lists of households over communes: villages that have none of what is asked for are passed over by the counts, the others are
//! read in their order as far as a page needs them.

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
    let villages = villages_with(tx, query, &marks, &days).await?;
    // Of one mark the counts know how many bear it; of several, no more than how many bear the rarest.
    let is_counted = marks.len() == 1 && days.is_empty();
    let total = is_counted.then(|| villages.iter().map(|village| village.households).sum());
    let needles = needles(&query.marks);
    let wanted = query.limit as usize + 1;
    let mut rows = Vec::new();
    for village in &villages {
        let order = sort_key(&village.name);
        let start = match &after {
            None => (Vec::new(), Uuid::nil()),
            Some((commune, at, name, name_order, household)) => {
                let here = (village.commune.as_str(), &order, &village.name);
                match here.cmp(&(commune.as_str(), at, name)) {
                    std::cmp::Ordering::Less => continue,
                    std::cmp::Ordering::Equal => (name_order.clone(), *household),
                    std::cmp::Ordering::Greater => (Vec::new(), Uuid::nil()),
                }
            }
        };
        let left = i64::try_from(wanted - rows.len()).unwrap_or(i64::MAX);
        let asked: Params<'_> = &[&village.commune, &village.name, &start.0, &start.1, &needles, &left];
        for row in tx.rows(include_str!("sql/village_list.sql"), asked).await? {
            rows.push(households::read(&row)?);
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

async fn villages_with(
    tx: &Tx<'_>,
    query: &ListQuery,
    marks: &BTreeSet<String>,
    days: &BTreeSet<String>,
) -> Result<Vec<Village>, StorageError> {
    let (marks, days): (Vec<String>, Vec<String>) = (columns(marks), columns(days));
    let communes = communes(query.communes.as_ref());
    let village = query.village_name.as_deref().map(text);
    let asked: Params<'_> = &[&marks, &communes, &village, &days];
    let mut villages = Vec::new();
    for row in tx.rows(include_str!("sql/villages_with.sql"), asked).await? {
        villages.push(Village { commune: get(&row, 0)?, name: get(&row, 1)?, households: count(&row, 2)? });
    }
    villages.sort_by_cached_key(|village| {
        (village.commune.clone(), sort_key(&village.name), village.name.clone())
    });
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
