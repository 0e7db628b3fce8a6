//! `/api/communes/{code}/conflicts`: answers that differ, and settling them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State as Of};
use rasoat_casework::{CommuneCode, DeviceId};
use uuid::Uuid;

use crate::auth::{self, LoggedIn};
use crate::conflicts;
use crate::problem::Refusal;
use crate::project;
use crate::state::State;
use crate::storage::{HouseholdList, ListQuery};
use crate::view::{ConflictsView, SettleByForm, SettleForm, SettledView, SettlementRule};

/// Households on a page at most.
const LONGEST_PAGE: u32 = 200;
/// Places or households settled at once, at most.
const MOST_AT_ONCE: u32 = 1000;

/// A commune's conflicts.
#[utoipa::path(get, path = "/api/communes/{code}/conflicts", operation_id = "list_conflicts", tag = "conflicts",
    params(("code" = String, Path, description = "Commune code, five digits")), responses(
    (status = 200, body = ConflictsView, description = "Households with answers that differ"),
))]
pub(crate) async fn list(
    Of(state): Of<State>,
    who: LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
) -> Result<Json<ConflictsView>, Refusal> {
    let Path(commune) = code.map_err(|_| Refusal::Unreadable)?;
    project::catch_up(&state).await?;
    let query = ListQuery {
        communes: Some(BTreeSet::from([commune.clone()])),
        marks: BTreeSet::from(["conflict".to_owned()]),
        limit: LONGEST_PAGE,
        ..ListQuery::default()
    };
    let HouseholdList { rows, more, .. } = state.storage.household_list(query).await?;
    let households = conflicts::list(&state, rows).await?;
    auth::note_act(&state, &who.account.name, "conflicts_listed", commune.as_str()).await?;
    Ok(Json(ConflictsView { commune: state.library().commune(&commune), households, more }))
}

/// Settles places one by one.
#[utoipa::path(post, path = "/api/communes/{code}/conflicts", operation_id = "settle_conflicts", tag = "conflicts",
    params(
        ("code" = String, Path, description = "Commune code, five digits"),
            ), request_body = SettleForm, responses(
    (status = 200, body = SettledView, description = "Settled, and on its way to the laptops"),
))]
pub(crate) async fn settle(
    Of(state): Of<State>,
    who: LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
    form: Result<Json<SettleForm>, JsonRejection>,
) -> Result<Json<SettledView>, Refusal> {
    let Path(commune) = code.map_err(|_| Refusal::Unreadable)?;
    // The cause of a rejection may quote the body: it goes nowhere.
    let Json(SettleForm { places }) = form.map_err(|_| Refusal::Unreadable)?;
    let ids = places.iter().map(|place| place.household.parse::<Uuid>().map_err(|_| Refusal::Unreadable));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    if places.len() > MOST_AT_ONCE as usize {
        return Err(Refusal::Unreadable);
    }
    let households: BTreeSet<Uuid> = ids.iter().copied().collect();
    let by = &who.account.name;
    let settled =
        conflicts::settle(&state, &commune, households, by, &|household, document, path, field, _| {
            let place = path.to_string();
            let mut forms = places.iter().zip(&ids).filter(|(_, id)| **id == household).map(|(form, _)| form);
            let form = forms.find(|form| form.document == document && form.path == place)?;
            conflicts::chosen(&state, path, field, &form.choice)
        })
        .await?;
    auth::note_act(&state, by, "conflicts_settled", commune.as_str()).await?;
    Ok(Json(conflicts::settled_view(places.len(), settled)))
}

/// Settles many places by one rule.
#[utoipa::path(post, path = "/api/communes/{code}/conflicts/rule", operation_id = "settle_conflicts_by", tag = "conflicts",
    params(
        ("code" = String, Path, description = "Commune code, five digits"),
            ), request_body = SettleByForm, responses(
    (status = 200, body = SettledView, description = "Settled, and on its way to the laptops"),
))]
pub(crate) async fn settle_by(
    Of(state): Of<State>,
    who: LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
    form: Result<Json<SettleByForm>, JsonRejection>,
) -> Result<Json<SettledView>, Refusal> {
    let Path(commune) = code.map_err(|_| Refusal::Unreadable)?;
    let Json(SettleByForm { households, rule }) = form.map_err(|_| Refusal::Unreadable)?;
    if households.len() > MOST_AT_ONCE as usize {
        return Err(Refusal::Unreadable);
    }
    let device = match rule {
        SettlementRule::Latest => None,
        SettlementRule::Device(id) => Some(DeviceId(id.parse().map_err(|_| Refusal::Unreadable)?)),
    };
    let households: BTreeSet<Uuid> = if households.is_empty() {
        project::catch_up(&state).await?;
        let all = state.storage.conflicted(commune.clone(), MOST_AT_ONCE).await?;
        all.into_iter().map(|key| key.household).collect()
    } else {
        households.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(|_| Refusal::Unreadable)?
    };
    let passed_over = AtomicU32::new(0);
    let by = &who.account.name;
    let settled = conflicts::settle(&state, &commune, households, by, &|_, _, _, field, edits| {
        let of_device = |edit| {
            let signed_by = edits.iter().find(|stored| stored.edit.id == edit).map(|stored| stored.device);
            device.is_none_or(|device| signed_by == Some(device))
        };
        let found = field.candidates.iter().rev().find(|candidate| of_device(candidate.edit));
        if found.is_none() {
            passed_over.fetch_add(1, Ordering::Relaxed);
        }
        found.map(conflicts::change_to)
    })
    .await?;
    auth::note_act(&state, by, "conflicts_settled", commune.as_str()).await?;
    Ok(Json(SettledView { settled, passed_over: passed_over.into_inner() }))
}
