//! `GET /api/export/{table}`: tables page by page, for other systems.
//!
//! Households go by commune and id, which no edit changes: whatever comes in meanwhile, a row is given once, and none that was there all
//! the time is left out.

mod laptops;
mod pairs;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State as Of};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use rasoat_casework::CommuneCode;
use uuid::Uuid;

use crate::household_view;
use crate::line::{self, Received, Told};
use crate::problem::Refusal;
use crate::project;
use crate::requests::restrict::restricted;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, HouseholdRow, StorageError};
use crate::time::rfc3339;
use crate::tokens::{System, TABLES};
use crate::view::{
    ExportCountsView, ExportHouseholdView, ExportPageForm, ExportPageView, ExportRowView, ProblemView,
};

/// Rows on a page when nothing is said, and at most.
const PAGE: usize = 100;
const LONGEST_PAGE: usize = 500;
/// With citizen IDs in full, which are read from the answers.
const LONGEST_PAGE_WITH_IDS: usize = 100;
/// Households read at once, and looked at for one page: where few are wanted, a page may have none.
const STEP: u32 = 500;
const MOST_LOOKED_AT: usize = 5000;
/// The header with a page's `next`, where the body is CSV.
const NEXT: &str = "x-rasoat-next";
/// The header with a page's `left_out`.
const LEFT_OUT: &str = "x-rasoat-left-out";

/// A page of a table.
#[utoipa::path(get, path = "/api/export/{table}", operation_id = "read_table", tag = "exports",
    params(("table" = String, Path, description = "`households`, `conflicts`, `quality`, `villages`, `communes`, `duplicates` or `devices`"), ExportPageForm),
    security(("token" = [])), responses(
    (status = 200, description = "One page; of CSV, `next` and `left_out` are in the headers `x-rasoat-next` and `x-rasoat-left-out`", content(
        (ExportPageView = "application/json"), (String = "text/csv"))),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`not_logged_in`, `wrong_token`"),
    (status = 403, body = ProblemView, content_type = "application/problem+json", description = "`not_allowed`: not a table of this token, or no token"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such table"),
))]
pub(crate) async fn page(
    Of(state): Of<State>,
    system: System,
    table: Result<Path<String>, PathRejection>,
    form: Result<Query<ExportPageForm>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Path(table) = table.map_err(|_| Refusal::Unreadable)?;
    let Query(form) = form.map_err(|_| Refusal::Unreadable)?;
    if !TABLES.contains(&table.as_str()) {
        return Err(Refusal::NotFound);
    }
    if !system.token.tables.contains(&table) {
        return Err(Refusal::NotAllowed);
    }
    let is_csv = match form.format.as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(Refusal::Unreadable),
    };
    let most = if system.token.citizen_ids { LONGEST_PAGE_WITH_IDS } else { LONGEST_PAGE };
    let limit = form.limit.map_or(PAGE, |limit| limit as usize).clamp(1, most);
    project::catch_up(&state).await?;
    let page = match table.as_str() {
        "villages" => villages(&state, &system, form.after.as_deref(), limit).await?,
        "communes" => communes(&state, &system).await?,
        "duplicates" => pairs::page(&state, &system, form.after.as_deref(), limit).await?,
        "devices" => laptops::page(&state, &system, form.after.as_deref(), limit).await?,
        table => households(&state, &system, form.after.as_deref(), limit, wanted(table)).await?,
    };
    if is_csv { as_csv(&page) } else { Ok(Json(page).into_response()) }
}

type Wanted = fn(&HouseholdRow) -> bool;

fn wanted(table: &str) -> Wanted {
    match table {
        "conflicts" => |row| row.conflicts > 0,
        "quality" => |row| !row.facts.checks.is_empty(),
        _ => |_| true,
    }
}

async fn households(
    state: &State,
    system: &System,
    after: Option<&str>,
    limit: usize,
    wanted: Wanted,
) -> Result<ExportPageView, Refusal> {
    let mut after = match after {
        Some(cursor) => {
            let cursor = opened(cursor)?;
            let (commune, household) = cursor.split_once('/').ok_or(Refusal::Unreadable)?;
            let commune = commune.parse::<CommuneCode>().map_err(|_| Refusal::Unreadable)?;
            Some(HouseholdKeyRef::new(commune, household.parse::<Uuid>().map_err(|_| Refusal::Unreadable)?))
        }
        None => None,
    };
    let restricted = restricted(state).await?;
    let (mut found, mut looked_at, mut left_out, mut is_last) = (Vec::new(), 0, 0, false);
    while !is_last && found.len() < limit && looked_at < MOST_LOOKED_AT {
        let Some(from) = begin(system, after.clone()) else {
            is_last = true;
            break;
        };
        let rows = state.storage.all_households(from, STEP).await?;
        is_last = rows.len() < STEP as usize;
        looked_at += rows.len();
        for row in rows {
            if found.len() == limit {
                is_last = false;
                break;
            }
            after = Some(row.key.clone());
            if !sees(system, &row.key.commune) {
                // The next commune of the token's is gone on with.
                is_last = false;
                break;
            }
            if row.merged_into.is_none() && !row.withdrawn && wanted(&row) {
                if restricted.has(&row.key) { left_out += 1 } else { found.push(row) }
            }
        }
    }
    if system.token.citizen_ids {
        put_in_full(state, &mut found).await?;
    }
    let next =
        after.filter(|_| !is_last).map(|key| closed(&format!("{}/{}", key.commune.as_str(), key.household)));
    let rows = found.into_iter().map(|row| ExportRowView::Household(Box::new(household(state, row))));
    Ok(ExportPageView { rows: rows.collect(), next, left_out })
}

/// Where to go on reading for a token: behind what was read, in a commune of its own. `None`: nothing is left.
fn begin(system: &System, after: Option<HouseholdKeyRef>) -> Option<Option<HouseholdKeyRef>> {
    let Some(communes) = system.communes() else { return Some(after) };
    let first = |commune: &CommuneCode| Some(Some(HouseholdKeyRef::new(commune.clone(), Uuid::nil())));
    match after {
        None => communes.first().and_then(first),
        Some(key) if communes.contains(&key.commune) => Some(Some(key)),
        Some(key) => communes.iter().find(|commune| **commune > key.commune).and_then(first),
    }
}

fn sees(system: &System, commune: &CommuneCode) -> bool {
    system.communes().is_none_or(|communes| communes.contains(commune))
}

/// Puts the heads' citizen IDs in place of the masked ones.
async fn put_in_full(state: &State, rows: &mut [HouseholdRow]) -> Result<(), Refusal> {
    let keys: Vec<HouseholdKeyRef> = rows.iter().map(|row| row.key.clone()).collect();
    let edits = state.storage.edits_of_all(keys.clone()).await?;
    let scoring = Scoring::now(state).await?;
    let ids = tokio::task::spawn_blocking(move || {
        let of = |(key, edits): (HouseholdKeyRef, Vec<crate::storage::StoredEdit>)| {
            let told: Vec<Told<'_>> = edits.iter().map(|stored| Told::Whole(&stored.edit)).collect();
            let received = Received::of(&scoring.rounds, &key, &edits);
            let persons = line::line(&scoring, key, &told, received).persons;
            persons.into_iter().find(|person| person.is_head).and_then(|person| person.citizen_id)
        };
        keys.into_iter().zip(edits).map(of).collect::<Vec<_>>()
    });
    let ids = ids.await.map_err(|_| Refusal::Busy)?;
    for (row, id) in rows.iter_mut().zip(ids) {
        row.citizen_id = id;
    }
    Ok(())
}

fn household(state: &State, row: HouseholdRow) -> ExportHouseholdView {
    let commune = state.library().commune(&row.key.commune);
    ExportHouseholdView {
        commune_code: commune.code,
        commune: commune.name,
        stage: row.facts.stage,
        checks: row.facts.checks.clone(),
        state: household_view::state(row.state),
        household: row.key.household.to_string(),
        village: row.village_name,
        head_name: row.head_name,
        code: row.code,
        citizen_id: row.citizen_id,
        members: row.members,
        class_2022: row.class_2022.map(|class| class.key),
        class_2027: row.class_2027.map(|class| class.key),
        conflicts: row.conflicts,
        last_received_at: rfc3339(row.last_received_at),
    }
}

async fn villages(
    state: &State,
    system: &System,
    after: Option<&str>,
    limit: usize,
) -> Result<ExportPageView, Refusal> {
    let after = after.map(opened).transpose()?;
    let after =
        after.as_deref().map(|cursor| cursor.split_once('/').ok_or(Refusal::Unreadable)).transpose()?;
    let mut rows: Vec<ExportCountsView> = Vec::new();
    let library = state.library();
    for commune in library.units().communes.keys().filter(|commune| sees(system, commune)) {
        if after.is_some_and(|(code, _)| commune.as_str() < code) {
            continue;
        }
        let named = library.commune(commune);
        let mut villages = state.storage.village_marks(commune.clone()).await?;
        villages.sort_by(|one, other| one.village_name.cmp(&other.village_name));
        for village in villages {
            if after.is_some_and(|after| (commune.as_str(), village.village_name.as_str()) <= after) {
                continue;
            }
            if let Some(last) = rows.last().filter(|_| rows.len() == limit) {
                let last = format!("{}/{}", last.commune_code, last.village.as_deref().unwrap_or_default());
                return Ok(counted(rows, Some(closed(&last))));
            }
            rows.push(ExportCountsView {
                commune_code: named.code.clone(),
                commune: named.name.clone(),
                village: Some(village.village_name),
                marks: village.marks,
            });
        }
    }
    Ok(counted(rows, None))
}

/// All in one page: there are few.
async fn communes(state: &State, system: &System) -> Result<ExportPageView, Refusal> {
    let counts = state.storage.commune_marks().await?;
    let marks: BTreeMap<CommuneCode, _> = counts.into_iter().map(|of| (of.commune, of.marks)).collect();
    let library = state.library();
    let rows = library.units().communes.keys().filter(|commune| sees(system, commune)).map(|commune| {
        let named = library.commune(commune);
        let marks = marks.get(commune).cloned().unwrap_or_default();
        ExportCountsView { commune_code: named.code, commune: named.name, village: None, marks }
    });
    Ok(counted(rows.collect(), None))
}

fn counted(rows: Vec<ExportCountsView>, next: Option<String>) -> ExportPageView {
    ExportPageView { rows: rows.into_iter().map(ExportRowView::Counts).collect(), next, left_out: 0 }
}

/// A cursor says nothing to who holds it.
fn closed(place: &str) -> String {
    crate::hex::of(place.as_bytes())
}

fn opened(cursor: &str) -> Result<String, Refusal> {
    let digit = |at: usize| cursor.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let bytes: Option<Vec<u8>> = (0..cursor.len()).step_by(2).map(digit).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(Refusal::Unreadable)
}

/// Each field a column; of what is a list or a table, each in one cell with `; ` between.
fn as_csv(page: &ExportPageView) -> Result<Response, Refusal> {
    let damaged = || Refusal::from(StorageError::Damaged("csv"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (at, row) in page.rows.iter().enumerate() {
        let serde_json::Value::Object(fields) = serde_json::to_value(row).map_err(|_| damaged())? else {
            return Err(damaged());
        };
        let fields = match row {
            ExportRowView::Pair(_) => side_by_side(fields),
            ExportRowView::Household(_) | ExportRowView::Counts(_) | ExportRowView::Device(_) => fields,
        };
        if at == 0 {
            writer.write_record(fields.keys()).map_err(|_| damaged())?;
        }
        writer.write_record(fields.values().map(cell)).map_err(|_| damaged())?;
    }
    let body = writer.into_inner().map_err(|_| damaged())?;
    let next = HeaderValue::from_str(page.next.as_deref().unwrap_or_default()).map_err(|_| damaged())?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::HeaderName::from_static(NEXT), next),
        (header::HeaderName::from_static(LEFT_OUT), HeaderValue::from(page.left_out)),
    ];
    Ok((headers, body).into_response())
}

type Fields = serde_json::Map<String, serde_json::Value>;

/// The fields of two households in one row, each with its side's name before it.
fn side_by_side(pair: Fields) -> Fields {
    use serde_json::Value;
    let each = pair.into_iter().flat_map(|(side, value)| match value {
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (format!("{side}_{name}"), value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            vec![(side, value)]
        }
    });
    each.collect()
}

fn cell(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => String::new(),
        Value::String(text) => super::exports::safe(text),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(all) => all.iter().map(cell).collect::<Vec<_>>().join("; "),
        Value::Object(all) => {
            let all = all.iter().map(|(name, value)| format!("{name}={}", cell(value)));
            all.collect::<Vec<_>>().join("; ")
        }
    }
}
