//! `GET /api/overview` and `GET /api/communes/{code}/villages`: how far the province is, from the counts that are kept.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Of};
use jiff::ToSpan as _;
use jiff::civil::Date;
use rasoat_casework::procedure::Procedure;
use rasoat_casework::{CommuneCode, Round};

use crate::auth::LoggedIn;
use crate::device_health::{self, SILENT_DAYS, is_silent};
use crate::problem::Refusal;
use crate::project;
use crate::rounds::open_round;
use crate::state::State;
use crate::storage::facts::{ALL, DAY};
use crate::storage::{CommuneMarks, DeviceActivity, DuplicateQuery};
use crate::time::{day_in_vietnam, rfc3339};
use crate::view::{
    CalendarView, CommuneProgressView, DayView, DeviceHealthView, DeviceTrouble, OverviewView,
    VillageProgressView, VillagesView,
};

/// Days of the trend.
const DAYS: i32 = 30;

/// Everything there is to see at a glance.
#[utoipa::path(get, path = "/api/overview", operation_id = "show_overview", tag = "overview", responses(
    (status = 200, body = OverviewView, description = "Counts of all communes"),
))]
pub(crate) async fn show(Of(state): Of<State>, who: LoggedIn) -> Result<Json<OverviewView>, Refusal> {
    Ok(Json(overview(&state, &who).await?))
}

/// What somebody sees at a glance.
pub(crate) async fn overview(state: &State, who: &LoggedIn) -> Result<OverviewView, Refusal> {
    let now = state.now();
    project::catch_up(state).await?;
    let mut counted = state.storage.commune_marks().await?;
    counted.retain(|counts| who.sees(&counts.commune));
    let mut devices = state.storage.devices().await?;
    devices.retain(|activity| who.sees_device(&activity.device));
    let mut marks: BTreeMap<String, u32> = BTreeMap::new();
    for (mark, households) in counted.iter().flat_map(|counts| &counts.marks) {
        *marks.entry(mark.clone()).or_default() += households;
    }
    let days = days(&mut marks, day_in_vietnam(now));
    let calendar = calendar(state, open_round(state).await?, day_in_vietnam(now));
    let query = DuplicateQuery { communes: who.communes(), within_too: false, offset: 0, limit: 0 };
    Ok(OverviewView {
        marks,
        communes: communes(state, who, &counted, &devices, calendar.as_ref()),
        days,
        devices: health(state, &devices).await?,
        duplicates: state.storage.duplicates(query).await?.total,
        last_received_at: counted.iter().map(|counts| counts.last_received_at).max().map(rfc3339),
        counted_at: rfc3339(now),
        calendar,
    })
}

/// A commune's villages.
#[utoipa::path(get, path = "/api/communes/{code}/villages", operation_id = "list_villages", tag = "overview",
    params(("code" = String, Path, description = "Commune code, five digits")), responses(
    (status = 200, body = VillagesView, description = "Villages with households, and how far each is"),
))]
pub(crate) async fn villages(
    Of(state): Of<State>,
    who: LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
) -> Result<Json<VillagesView>, Refusal> {
    let Path(commune) = code.map_err(|_| Refusal::Unreadable)?;
    if !who.sees(&commune) {
        return Err(Refusal::NotFound);
    }
    project::catch_up(&state).await?;
    let villages = state.storage.village_marks(commune.clone()).await?;
    if villages.is_empty() && !state.library().units().communes.contains_key(&commune) {
        return Err(Refusal::NotFound);
    }
    let villages = villages
        .into_iter()
        .map(|village| VillageProgressView { name: village.village_name, marks: village.marks });
    Ok(Json(VillagesView { commune: state.library().commune(&commune), villages: villages.collect() }))
}

/// Takes the days out of the marks: the last ones in order, also those on which nothing came in.
fn days(marks: &mut BTreeMap<String, u32>, today: Date) -> Vec<DayView> {
    let mut by_day = BTreeMap::new();
    marks.retain(|mark, households| match mark.strip_prefix(DAY) {
        Some(day) => {
            by_day.insert(day.to_owned(), *households);
            false
        }
        None => true,
    });
    let back = |days: i32| today.checked_sub(days.days()).unwrap_or(today).to_string();
    let days = (0..DAYS).rev().map(back);
    days.map(|day| DayView { households: by_day.get(&day).copied().unwrap_or_default(), day }).collect()
}

/// The procedure that a round goes by, and when in its year.
pub(crate) fn procedure(state: &State, round: Round) -> Option<(Procedure, (Date, Date))> {
    let library = state.library();
    let procedures = library.procedures().iter().filter_map(|file| Procedure::from_toml(&file.toml).ok());
    procedures
        .filter_map(|procedure| procedure.season(round).map(|season| (procedure, season)))
        .find(|(procedure, (from, to))| procedure.valid_from <= *from && *to <= procedure.valid_to)
}

/// When a round's review is, by the procedure that is in force then.
pub(crate) fn calendar(state: &State, round: Round, today: Date) -> Option<CalendarView> {
    let (procedure, (from, to)) = procedure(state, round)?;
    let between = |one: Date, other: Date| one.until(other).map_or(0, |span| span.get_days());
    let (all, passed) = (between(from, to) + 1, (between(from, today) + 1).clamp(0, between(from, to) + 1));
    Some(CalendarView {
        from: from.to_string(),
        to: to.to_string(),
        days_left: between(today, to),
        passed_percent: u8::try_from(passed * 100 / all.max(1)).unwrap_or(100),
        provenance: procedure.calendar.provenance,
    })
}

fn communes(
    state: &State,
    who: &LoggedIn,
    counted: &[CommuneMarks],
    devices: &[DeviceActivity],
    calendar: Option<&CalendarView>,
) -> Vec<CommuneProgressView> {
    let by_commune: BTreeMap<&CommuneCode, &CommuneMarks> =
        counted.iter().map(|counts| (&counts.commune, counts)).collect();
    let library = state.library();
    let listed = library.units().communes.values().filter(|commune| who.sees(&commune.code));
    let view = |commune: &rasoat_casework::Commune| {
        let counts = by_commune.get(&commune.code);
        let own = devices.iter().filter(|activity| {
            activity.device.revoked_at.is_none() && activity.device.communes.contains(&commune.code)
        });
        let own: Vec<&DeviceActivity> = own.collect();
        let mut marks = counts.map(|counts| counts.marks.clone()).unwrap_or_default();
        marks.retain(|mark, _| !mark.starts_with(DAY));
        CommuneProgressView {
            commune: state.library().commune(&commune.code),
            lat: commune.position.0,
            lon: commune.position.1,
            days_behind: calendar.map_or(0, |calendar| days_behind(&marks, calendar)),
            marks,
            devices: count(own.len()),
            silent_devices: count(own.iter().filter(|activity| is_silent(activity, state.now())).count()),
            last_received_at: counts.map(|counts| rfc3339(counts.last_received_at)),
        }
    };
    listed.map(view).collect()
}

/// Days between what is signed and what would be if as much were signed on each day of the calendar.
fn days_behind(marks: &BTreeMap<String, u32>, calendar: &CalendarView) -> u32 {
    let of = |mark: &str| u64::from(marks.get(mark).copied().unwrap_or_default());
    let (Ok(from), Ok(to)) = (calendar.from.parse::<Date>(), calendar.to.parse::<Date>()) else { return 0 };
    let days = from.until(to).map_or(0, |span| span.get_days()) + 1;
    let (days, all) = (u64::try_from(days).unwrap_or_default(), of(ALL));
    if all == 0 {
        return 0;
    }
    let passed = days * u64::from(calendar.passed_percent) / 100;
    u32::try_from(passed.saturating_sub(days * of("state.signed") / all)).unwrap_or(u32::MAX)
}

async fn health(state: &State, devices: &[DeviceActivity]) -> Result<DeviceHealthView, Refusal> {
    let aside = crate::aside::aside(state).await?;
    let refused = state.storage.refusals_by_device().await?;
    let active = || devices.iter().filter(|activity| activity.device.revoked_at.is_none());
    let silent = active().filter(|activity| is_silent(activity, state.now()));
    let (never, silent): (Vec<_>, Vec<_>) = silent.partition(|activity| activity.last_seen_at.is_none());
    // Silent ones are counted by themselves.
    let is_troubled = |activity: &&DeviceActivity| {
        let troubles = device_health::troubles(activity, state.now());
        troubles.iter().any(|trouble| *trouble != DeviceTrouble::Silent)
    };
    let troubled = active().filter(is_troubled);
    let with_aside = devices
        .iter()
        .filter(|activity| aside.get(&activity.device.id).is_some_and(|report| report.batches > 0));
    Ok(DeviceHealthView {
        all: count(active().count()),
        silent: count(silent.len()),
        never: count(never.len()),
        aside: count(with_aside.count()),
        refused: count(devices.iter().filter(|activity| refused.contains_key(&activity.device.id)).count()),
        troubled: count(troubled.count()),
        silent_days: SILENT_DAYS,
    })
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
