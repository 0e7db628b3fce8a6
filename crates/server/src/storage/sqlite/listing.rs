//! Lists of households over communes: villages that have none of what is asked for are passed over by the counts, the others are
//! read in their order as far as a page needs them.

use std::collections::BTreeSet;

use rasoat_casework::CommuneCode;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::Serialize;

use super::indexing::question;
use super::{households, uuid_of};
use crate::storage::indexed::asked_for;
use crate::storage::pages::{
    AskedMarks, FoundPage, MOST_FOUND, Place, Village, VillageOrders, in_order, needles,
};
use crate::storage::{HouseholdKeyRef, HouseholdList, ListQuery, StorageError};

pub(super) fn list(tx: &Transaction<'_>, query: &ListQuery) -> Result<HouseholdList, StorageError> {
    let after = match &query.after {
        Some(key) => match place_of(tx, key)? {
            Some(place) => Some(place),
            None => return Ok(HouseholdList { total: None, is_cut: false, rows: Vec::new(), more: false }),
        },
        None => None,
    };
    let after = after.as_ref();
    if query.words.is_empty() { by_village(tx, query, after) } else { by_words(tx, query, after) }
}

fn place_of(tx: &Transaction<'_>, key: &HouseholdKeyRef) -> Result<Option<Place>, StorageError> {
    let commune = key.commune.as_str();
    let place = tx
        .prepare_cached(include_str!("sql/place_in_order.sql"))?
        .query_row(params![commune, key.household.as_bytes()], |row| {
            Ok(Place::new(commune, &row.get::<_, String>(1)?, row.get(0)?, key.household))
        });
    Ok(place.optional()?)
}

fn by_village(
    tx: &Transaction<'_>,
    query: &ListQuery,
    after: Option<&Place>,
) -> Result<HouseholdList, StorageError> {
    let marks = AskedMarks::of(query);
    let ([a, b, c, d, e, f, g, h], named) = (needles(query)?, query.village_name.as_deref());
    let sql = if marks.are_rare() {
        include_str!("sql/village_list_rare.sql")
    } else {
        include_str!("sql/village_list.sql")
    };
    let wanted = query.limit as usize + 1;
    let (mut rows, mut total) = (Vec::new(), 0);
    for (commune, households) in communes_with(tx, query, &marks)? {
        let is_read = rows.len() < wanted && after.is_none_or(|after| after.may_be_before(&commune));
        // How many of one village a commune's counts do not know.
        if named.is_none() {
            total += households;
            if !is_read {
                continue;
            }
        }
        let villages = villages_with(tx, &commune, &marks, named)?;
        if named.is_some() {
            total += villages.iter().map(|village| village.households).sum::<u32>();
        }
        for village in villages.iter().filter(|_| is_read) {
            let Some((name_order, household)) = village.behind(&commune, after) else { continue };
            if rows.len() == wanted {
                break;
            }
            let left = u32::try_from(wanted - rows.len()).unwrap_or(u32::MAX);
            let behind = household.as_bytes();
            let asked = params![commune, village.name, name_order, behind, left, a, b, c, d, e, f, g, h];
            let mut statement = tx.prepare_cached(sql)?;
            let mut found = statement.query(asked)?;
            while let Some(row) = found.next()? {
                rows.push(households::read(row)?);
            }
        }
    }
    let more = rows.len() == wanted;
    rows.truncate(query.limit as usize);
    Ok(HouseholdList { total: marks.is_counted().then_some(total), is_cut: false, rows, more })
}

/// The communes with households that bear all of the marks, as far as the counts know, in order; and how many may.
fn communes_with(
    tx: &Transaction<'_>,
    query: &ListQuery,
    marks: &AskedMarks,
) -> Result<Vec<(String, u32)>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/communes_with.sql"))?;
    let asked = params![json(&marks.of_communes)?, communes(query.communes.as_ref())?];
    let found = statement.query_map(asked, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The villages of a commune with such households, in order; that of the name alone, where one is named.
fn villages_with(
    tx: &Transaction<'_>,
    commune: &str,
    marks: &AskedMarks,
    name: Option<&str>,
) -> Result<Vec<Village>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/villages_with.sql"))?;
    let asked = params![commune, json(&marks.of_villages)?, name];
    let found = statement.query_map(asked, |row| Ok(Village::new(row.get(0)?, row.get(1)?)))?;
    Ok(in_order(found.collect::<Result<_, _>>()?))
}

fn by_words(
    tx: &Transaction<'_>,
    query: &ListQuery,
    after: Option<&Place>,
) -> Result<HouseholdList, StorageError> {
    let asked = asked_for(&query.words, query.communes.as_ref());
    let (whole, most) = (question(&asked.of_whole_words()), MOST_FOUND + 1);
    let count: u32 = tx
        .prepare_cached(include_str!("sql/count_found_words.sql"))?
        .query_row(params![whole, most], |row| row.get(0))?;
    let asked = if count == most { whole } else { question(&asked) };
    let [a, b, c, d, e, f, g, h] = needles(query)?;
    let communes = communes(query.communes.as_ref())?;
    let mut statement = tx.prepare_cached(include_str!("sql/found_words.sql"))?;
    let mut rows =
        statement.query(params![asked, most, communes, query.village_name, a, b, c, d, e, f, g, h])?;
    let (mut found, mut orders, mut looked_at) = (Vec::new(), VillageOrders::default(), 0);
    while let Some(row) = rows.next()? {
        looked_at += 1;
        if looked_at < most && row.get(4)? {
            let household = uuid_of(&row.get::<_, Vec<u8>>(3)?)?;
            found.push(orders.place(row.get(0)?, row.get(1)?, row.get(2)?, household));
        }
    }
    let FoundPage { total, keys, more } = FoundPage::of(found, after, query.limit)?;
    let rows = keys.iter().filter_map(|key| households::one(tx, key).transpose());
    Ok(HouseholdList {
        total: Some(total),
        is_cut: looked_at == most,
        rows: rows.collect::<Result<_, _>>()?,
        more,
    })
}

pub(super) fn communes(of: Option<&BTreeSet<CommuneCode>>) -> Result<Option<String>, StorageError> {
    of.map(|codes| json(&codes.iter().map(CommuneCode::as_str).collect::<Vec<_>>())).transpose()
}

fn json(texts: &impl Serialize) -> Result<String, StorageError> {
    serde_json::to_string(texts).map_err(|_| StorageError::Damaged("words"))
}
