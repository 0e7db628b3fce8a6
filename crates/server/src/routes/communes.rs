//! `GET /api/communes`: the province at a glance.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State as Of;
use rasoat_casework::CommuneCode;

use crate::auth::LoggedIn;
use crate::problem::Refusal;
use crate::project;
use crate::state::State;
use crate::storage::{CommuneCounts, DeviceActivity};
use crate::time::rfc3339;
use crate::view::{CommuneView, CommunesView, TotalsView};

/// A device not heard of for so long counts as silent: five days.
const SILENT_MILLIS: i64 = 5 * 24 * 60 * 60 * 1000;

/// Every commune with its progress.
#[utoipa::path(get, path = "/api/communes", operation_id = "list_communes", tag = "communes", responses(
    (status = 200, body = CommunesView, description = "All communes of the code list"),
))]
pub(crate) async fn list(Of(state): Of<State>, who: LoggedIn) -> Result<Json<CommunesView>, Refusal> {
    let now = state.now();
    project::catch_up(&state).await?;
    let mut counts = state.storage.commune_counts().await?;
    counts.retain(|counts| who.sees(&counts.commune));
    let mut devices = state.storage.devices().await?;
    devices.retain(|activity| who.sees_device(&activity.device));
    let active: Vec<&DeviceActivity> =
        devices.iter().filter(|device| device.device.revoked_at.is_none()).collect();
    let by_commune: BTreeMap<&CommuneCode, &CommuneCounts> =
        counts.iter().map(|counts| (&counts.commune, counts)).collect();
    let communes: Vec<CommuneView> = state
        .library()
        .units()
        .communes
        .values()
        .filter(|commune| who.sees(&commune.code))
        .map(|commune| {
            let counts = by_commune.get(&commune.code);
            let count = |of: fn(&CommuneCounts) -> u32| counts.map_or(0, |counts| of(counts));
            let devices =
                active.iter().filter(|device| device.device.communes.contains(&commune.code)).count();
            CommuneView {
                code: commune.code.as_str().to_owned(),
                name: commune.name.clone(),
                kind: commune.kind.clone(),
                lat: commune.position.0,
                lon: commune.position.1,
                households: count(|counts| counts.households),
                started: count(|counts| counts.started),
                signed: count(|counts| counts.signed),
                poor: count(|counts| counts.poor),
                near_poor: count(|counts| counts.near_poor),
                open: count(|counts| counts.open),
                conflicts: count(|counts| counts.conflicts),
                devices: u32::try_from(devices).unwrap_or(u32::MAX),
                last_received_at: counts.map(|counts| rfc3339(counts.last_received_at)),
            }
        })
        .collect();
    let silent = active
        .iter()
        .filter(|device| device.last_seen_at.is_none_or(|seen| now - seen > SILENT_MILLIS))
        .count();
    let sum = |of: fn(&CommuneCounts) -> u32| counts.iter().map(of).sum();
    let totals = TotalsView {
        communes: u32::try_from(communes.len()).unwrap_or(u32::MAX),
        communes_started: u32::try_from(counts.len()).unwrap_or(u32::MAX),
        households: sum(|counts| counts.households),
        started: sum(|counts| counts.started),
        signed: sum(|counts| counts.signed),
        poor: sum(|counts| counts.poor),
        near_poor: sum(|counts| counts.near_poor),
        open: sum(|counts| counts.open),
        conflicts: sum(|counts| counts.conflicts),
        devices: u32::try_from(active.len()).unwrap_or(u32::MAX),
        silent_devices: u32::try_from(silent).unwrap_or(u32::MAX),
        last_received_at: counts.iter().map(|counts| counts.last_received_at).max().map(rfc3339),
        counted_at: rfc3339(now),
    };
    Ok(Json(CommunesView { communes, totals }))
}
