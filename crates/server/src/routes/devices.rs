//! `/api/devices`: the enrolled laptops, what they hold, and revoking them.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State as Of};
use rasoat_casework::{CommuneCode, DeviceId, nfc_name};
use uuid::Uuid;

use crate::aside::{self, AsideReport};
use crate::auth::{self, LoggedIn};
use crate::device_health;
use crate::enrol::{self, NewDevice};
use crate::held;
use crate::household_view;
use crate::problem::Refusal;
use crate::requests::restrict::{Restricted, restricted};
use crate::state::State;
use crate::storage::{Device, DeviceActivity, HeldHousehold, HeldQuery};
use crate::time::rfc3339;
use crate::view::{
    AsideForm, AsideView, DeviceView, EnrolledView, HeldHouseholdView, HeldPageView, HeldQueryForm,
    HeldReason, NewDeviceForm, ProblemView, SaidHealthView,
};

/// Rows on a page at most.
const LONGEST_PAGE: u32 = 500;
/// Letters of a name at most.
const LONGEST_NAME: usize = 100;
/// Days for which an enrolment may be used.
const VALID_DAYS: u32 = 14;

/// Every device, newest enrolment first.
#[utoipa::path(get, path = "/api/devices", operation_id = "list_devices", tag = "devices", responses(
    (status = 200, body = Vec<DeviceView>, description = "All devices"),
))]
pub(crate) async fn list(Of(state): Of<State>, who: LoggedIn) -> Result<Json<Vec<DeviceView>>, Refusal> {
    Ok(Json(all(&state, &who).await?))
}

/// Every device that somebody may see.
pub(crate) async fn all(state: &State, who: &LoggedIn) -> Result<Vec<DeviceView>, Refusal> {
    views(state, |device| who.sees_device(device)).await
}

/// The devices of which that holds.
pub(crate) async fn views(
    state: &State,
    is_seen: impl Fn(&Device) -> bool,
) -> Result<Vec<DeviceView>, Refusal> {
    let mut aside = aside::aside(state).await?;
    let refused = state.storage.refusals_by_device().await?;
    let devices = state.storage.devices().await?;
    let seen = devices.into_iter().filter(|activity| is_seen(&activity.device));
    let views = seen.map(|activity| {
        let id = activity.device.id;
        let refused = refused.get(&id).copied().unwrap_or_default();
        view(state, activity, aside.remove(&id), refused)
    });
    Ok(views.collect())
}

/// Enrols a laptop by address and code.
#[utoipa::path(post, path = "/api/devices", operation_id = "enrol_device", tag = "devices",
    request_body = NewDeviceForm, responses(
    (status = 200, body = EnrolledView, description = "Enrolled; the code is shown this once"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `unknown_commune`"),
))]
pub(crate) async fn enrol(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<NewDeviceForm>, JsonRejection>,
) -> Result<Json<EnrolledView>, Refusal> {
    // The cause of a rejection may quote the body: it goes nowhere.
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let (name, surveyor) = (nfc_name(&form.name), nfc_name(&form.surveyor));
    let short = |text: &str| (1..=LONGEST_NAME).contains(&text.chars().count());
    if !short(&name) || !short(&surveyor) {
        return Err(Refusal::Unreadable);
    }
    let communes: Result<Vec<CommuneCode>, _> = form.communes.iter().map(|code| code.parse()).collect();
    let communes = communes.map_err(|_| Refusal::UnknownCommune)?;
    let new = NewDevice { name, surveyor, communes, villages_csv: None, valid_days: VALID_DAYS };
    let enrolled = enrol::enrol_as(&state.dir, &state, &who.account.name, new).await?;
    Ok(Json(EnrolledView {
        device: enrolled.device.0.to_string(),
        address: enrolled.address,
        code: enrolled.code.as_str().to_owned(),
        until: enrolled.fetched_until,
        fingerprint: enrolled.fingerprint,
    }))
}

/// The households on a laptop: certain ones first, then possible ones.
#[utoipa::path(get, path = "/api/devices/{id}/households", operation_id = "list_held_households", tag = "devices",
    params(("id" = String, Path, description = "Device id"), HeldQueryForm), responses(
    (status = 200, body = HeldPageView, description = "One page"),
))]
pub(crate) async fn households(
    Of(state): Of<State>,
    who: LoggedIn,
    id: Result<Path<Uuid>, PathRejection>,
    query: Result<Query<HeldQueryForm>, QueryRejection>,
) -> Result<Json<HeldPageView>, Refusal> {
    let device = device_of(id)?;
    let Query(form) = query.map_err(|_| Refusal::Unreadable)?;
    let enrolled = state.storage.device(device).await?.filter(|device| who.sees_device(device));
    if enrolled.is_none() {
        return Err(Refusal::NotFound);
    }
    let query = HeldQuery { device, offset: form.offset, limit: form.limit.min(LONGEST_PAGE) };
    let page = held(&state, query).await?.ok_or(Refusal::NotFound)?.page;
    let restricted = restricted(&state).await?;
    auth::note_act(&state, &who.account.name, "device_households_listed", &device.0.to_string()).await?;
    Ok(Json(HeldPageView {
        device: show(&state, device).await?,
        total: page.total,
        certain: page.certain,
        rows: page.rows.into_iter().map(|held| held_view(held, &restricted)).collect(),
    }))
}

/// Revokes a laptop: it may exchange no more. Nothing on it is deleted. Once more does no harm.
#[utoipa::path(post, path = "/api/devices/{id}/revoke", operation_id = "revoke_device", tag = "devices",
    params(
        ("id" = String, Path, description = "Device id"),
            ), responses(
    (status = 200, body = DeviceView, description = "Revoked"),
))]
pub(crate) async fn revoke(
    Of(state): Of<State>,
    who: LoggedIn,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<DeviceView>, Refusal> {
    let device = device_of(id)?;
    enrol::revoke_as(&state, &who.account.name, device).await?;
    Ok(Json(show(&state, device).await?))
}

/// Takes in or refuses what came in of a laptop after it was revoked.
#[utoipa::path(post, path = "/api/devices/{id}/aside", operation_id = "decide_aside", tag = "devices",
    params(
        ("id" = String, Path, description = "Device id"),
            ), request_body = AsideForm, responses(
    (status = 200, body = DeviceView, description = "Decided; what could not be stored is still aside"),
))]
pub(crate) async fn decide_aside(
    Of(state): Of<State>,
    who: LoggedIn,
    id: Result<Path<Uuid>, PathRejection>,
    form: Result<Json<AsideForm>, JsonRejection>,
) -> Result<Json<DeviceView>, Refusal> {
    let device = device_of(id)?;
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    if form.accept {
        aside::take_in_as(&state, &who.account.name, device).await?;
    } else {
        aside::refuse_as(&state, &who.account.name, device).await?;
    }
    Ok(Json(show(&state, device).await?))
}

fn device_of(id: Result<Path<Uuid>, PathRejection>) -> Result<DeviceId, Refusal> {
    id.map(|Path(id)| DeviceId(id)).map_err(|_| Refusal::Unreadable)
}

async fn show(state: &State, id: DeviceId) -> Result<DeviceView, Refusal> {
    let mut devices = state.storage.devices().await?.into_iter();
    let activity = devices.find(|activity| activity.device.id == id).ok_or(Refusal::NotFound)?;
    let aside = aside::aside(state).await?.remove(&id);
    let refused = state.storage.refusals_by_device().await?.remove(&id).unwrap_or_default();
    Ok(view(state, activity, aside, refused))
}

fn view(state: &State, activity: DeviceActivity, aside: Option<AsideReport>, refused: u32) -> DeviceView {
    let troubles = device_health::troubles(&activity, state.now());
    DeviceView {
        id: activity.device.id.0.to_string(),
        name: activity.device.name,
        surveyor: activity.device.surveyor,
        fingerprint: activity.device.key.fingerprint(),
        communes: activity.device.communes.iter().map(|code| state.library().commune(code)).collect(),
        enrolled_at: rfc3339(activity.device.enrolled_at),
        expires_at: rfc3339(activity.device.expires_at),
        last_seen_at: activity.last_seen_at.map(rfc3339),
        edits: activity.edits,
        refused_edits: refused,
        revoked_at: activity.device.revoked_at.map(rfc3339),
        revoked: activity.device.revoked_at.is_some(),
        aside: aside.map(|aside| AsideView {
            batches: aside.batches,
            edits: aside.edits,
            edits_after: aside.edits_after,
            refused: aside.refused,
            last_at: rfc3339(aside.last_at),
        }),
        troubles,
        health: activity.health.map(|said| SaidHealthView {
            said_at: rfc3339(said.at),
            clock_behind_s: said.clock_offset / 1000,
            program: said.program,
            waiting_edits: said.waiting_edits,
            waiting_files: said.waiting_files,
            free_mib: said.free_mib,
        }),
    }
}

fn held_view(held: HeldHousehold, restricted: &Restricted) -> HeldHouseholdView {
    HeldHouseholdView {
        certain: held.by.is_certain(),
        by: HeldReason::from(held.by),
        household: household_view::row(held.row, restricted),
    }
}
