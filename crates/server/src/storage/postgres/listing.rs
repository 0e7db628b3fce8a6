//! Lists of households over communes: villages that have none of what is asked for are passed over by the counts, the others are
//! read in their order as far as a page needs them.

use std::collections::BTreeSet;

use rasoat_casework::CommuneCode;

use super::households;
use super::tx::{Params, Tx, count, get, text};
use crate::storage::indexed::{Asked, asked_for};
use crate::storage::pages::{
    AskedMarks, FoundPage, MOST_FOUND, Place, Village, VillageOrders, in_order, needles,
};
use crate::storage::{HouseholdKeyRef, HouseholdList, ListQuery, StorageError};

pub(super) async fn list(tx: &Tx<'_>, query: &ListQuery) -> Result<HouseholdList, StorageError> {
    let after = match &query.after {
        Some(key) => match place_of(tx, key).await? {
            Some(place) => Some(place),
            None => return Ok(HouseholdList { total: None, is_cut: false, rows: Vec::new(), more: false }),
        },
        None => None,
    };
    let after = after.as_ref();
    if query.words.is_empty() { by_village(tx, query, after).await } else { by_words(tx, query, after).await }
}

async fn place_of(tx: &Tx<'_>, key: &HouseholdKeyRef) -> Result<Option<Place>, StorageError> {
    let commune = key.commune.as_str();
    let found = tx.row(include_str!("sql/place_in_order.sql"), &[&commune, &key.household]).await?;
    found.map(|row| Ok(Place::new(commune, get(&row, 1)?, get(&row, 0)?, key.household))).transpose()
}

async fn by_village(
    tx: &Tx<'_>,
    query: &ListQuery,
    after: Option<&Place>,
) -> Result<HouseholdList, StorageError> {
    let marks = AskedMarks::of(query);
    let ([a, b, c, d, e, f, g, h], named) = (needles(query)?, query.village_name.as_deref().map(text));
    let sql = if marks.are_rare() {
        include_str!("sql/village_list_rare.sql")
    } else {
        include_str!("sql/village_list.sql")
    };
    let wanted = query.limit as usize + 1;
    let (mut rows, mut total) = (Vec::new(), 0);
    for (commune, households) in communes_with(tx, query, &marks).await? {
        let is_read = rows.len() < wanted && after.is_none_or(|after| after.may_be_before(&commune));
        // How many of one village a commune's counts do not know.
        if named.is_none() {
            total += households;
            if !is_read {
                continue;
            }
        }
        let villages = villages_with(tx, &commune, &marks, named.as_deref()).await?;
        if named.is_some() {
            total += villages.iter().map(|village| village.households).sum::<u32>();
        }
        let left = wanted - rows.len();
        if !is_read || left == 0 {
            continue;
        }
        // As many as are sure to fill the page, in one question.
        let (mut names, mut orders, mut ids, mut sure) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for village in &villages {
            let Some((name_order, household)) = village.behind(&commune, after) else { continue };
            names.push(village.name.as_str());
            orders.push(name_order);
            ids.push(household);
            if marks.is_counted() && name_order.is_empty() && household.is_nil() {
                sure += village.households as usize;
            }
            if sure >= left {
                break;
            }
        }
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        let asked: Params<'_> = &[&commune, &names, &orders, &ids, &left, &a, &b, &c, &d, &e, &f, &g, &h];
        for row in tx.rows(sql, asked).await? {
            rows.push(households::read(&row)?);
        }
    }
    let more = rows.len() == wanted;
    rows.truncate(query.limit as usize);
    Ok(HouseholdList { total: marks.is_counted().then_some(total), is_cut: false, rows, more })
}

/// The communes with households that bear all of the marks, as far as the counts know, in order; and how many may.
async fn communes_with(
    tx: &Tx<'_>,
    query: &ListQuery,
    marks: &AskedMarks,
) -> Result<Vec<(String, u32)>, StorageError> {
    let asked: Params<'_> = &[&texts(&marks.of_communes), &communes(query.communes.as_ref())];
    let rows = tx.rows(include_str!("sql/communes_with.sql"), asked).await?;
    rows.iter().map(|row| Ok((get(row, 0)?, count(row, 1)?))).collect()
}

/// The villages of a commune with such households, in order; that of the name alone, where one is named.
async fn villages_with(
    tx: &Tx<'_>,
    commune: &str,
    marks: &AskedMarks,
    name: Option<&str>,
) -> Result<Vec<Village>, StorageError> {
    let asked: Params<'_> = &[&commune, &texts(&marks.of_villages), &name];
    let rows = tx.rows(include_str!("sql/villages_with.sql"), asked).await?;
    let village = |row| Ok(Village::new(get(row, 0)?, count(row, 1)?));
    Ok(in_order(rows.iter().map(village).collect::<Result<_, StorageError>>()?))
}

async fn by_words(
    tx: &Tx<'_>,
    query: &ListQuery,
    after: Option<&Place>,
) -> Result<HouseholdList, StorageError> {
    let asked = asked_for(&query.words, query.communes.as_ref());
    let (whole, most) = (question(&asked.of_whole_words()), i64::from(MOST_FOUND) + 1);
    let count: i64 = get(&tx.sure(include_str!("sql/count_found_words.sql"), &[&whole, &most]).await?, 0)?;
    let question = if count == most { whole } else { question(&asked) };
    let (communes, village) = (communes(query.communes.as_ref()), query.village_name.as_deref().map(text));
    let [a, b, c, d, e, f, g, h] = needles(query)?;
    let asked: Params<'_> = &[&question, &most, &communes, &village, &a, &b, &c, &d, &e, &f, &g, &h];
    let rows = tx.rows(include_str!("sql/found_words.sql"), asked).await?;
    let is_cut = rows.len() > MOST_FOUND as usize;
    let (mut found, mut orders) = (Vec::new(), VillageOrders::default());
    for row in rows.iter().take(MOST_FOUND as usize) {
        if get(row, 4)? {
            found.push(orders.place(get(row, 0)?, get(row, 1)?, get(row, 2)?, get(row, 3)?));
        }
    }
    let FoundPage { total, keys, more } = FoundPage::of(found, after, query.limit)?;
    let mut lines = households::several(tx, &keys).await?;
    let rows = keys.iter().filter_map(|key| lines.remove(key)).collect();
    Ok(HouseholdList { total: Some(total), is_cut, rows, more })
}

/// A question as the index reads it: words hold letters and digits alone.
fn question(asked: &Asked) -> String {
    let each = asked.each.iter().map(|any| {
        let end = if asked.whole { "" } else { ":*" };
        let any: Vec<String> = any.iter().map(|word| format!("'{word}'{end}")).collect();
        format!("({})", any.join(" | "))
    });
    let within = asked.within.iter().map(|word| format!("'{word}'"));
    each.chain(within).collect::<Vec<_>>().join(" & ")
}

pub(super) fn communes(of: Option<&BTreeSet<CommuneCode>>) -> Option<Vec<&str>> {
    of.map(|codes| codes.iter().map(CommuneCode::as_str).collect())
}

fn texts<'t>(texts: impl IntoIterator<Item = &'t String>) -> Vec<String> {
    texts.into_iter().map(|one| text(one)).collect()
}
