//! `/api/communes/{code}/households`, `/api/households/{commune}/{id}` and the files beside its answers.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State as Of};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use rasoat_casework::{AttachmentKind, AttachmentName, CommuneCode, fold_name};
use uuid::Uuid;

use crate::auth::{self, LoggedIn};
use crate::permission::Act;
use crate::problem::Refusal;
use crate::project;
use crate::requests::restrict::{Restricted, restricted};
use crate::routes::rounds;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{self, HouseholdKeyRef, HouseholdRow};
use crate::view::{AttachmentView, HouseholdPageView, HouseholdQuery, HouseholdView, ProblemView};
use crate::{attachments, household_view, storage::DeviceActivity};

/// Rows on a page at most.
const LONGEST_PAGE: u32 = 500;
/// Words of a search that count at most.
const MOST_WORDS: usize = 8;

/// A commune's households. A POST, because a name that is searched for must not stand in an address.
#[utoipa::path(post, path = "/api/communes/{code}/households", operation_id = "list_households", tag = "households",
    params(
        ("code" = String, Path, description = "Commune code, five digits"),
            ), request_body = HouseholdQuery, responses(
    (status = 200, body = HouseholdPageView, description = "One page, by village and head's name"),
))]
pub(crate) async fn list(
    Of(state): Of<State>,
    who: LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
    query: Result<Json<HouseholdQuery>, JsonRejection>,
) -> Result<Json<HouseholdPageView>, Refusal> {
    let Path(commune) = code.map_err(|_| Refusal::Unreadable)?;
    // The cause of a rejection may quote the body: it goes nowhere.
    let Json(query) = query.map_err(|_| Refusal::Unreadable)?;
    project::catch_up(&state).await?;
    let page = state
        .storage
        .household_page(storage::HouseholdQuery {
            commune: commune.clone(),
            words: fold_name(&query.text)
                .split(' ')
                .filter(|word| !word.is_empty())
                .take(MOST_WORDS)
                .map(str::to_owned)
                .collect(),
            offset: query.offset,
            limit: query.limit.min(LONGEST_PAGE),
        })
        .await?;
    if page.total == 0 && !state.library().units().communes.contains_key(&commune) {
        return Err(Refusal::NotFound);
    }
    auth::note_act(&state, &who.account.name, "households_listed", commune.as_str()).await?;
    let restricted = restricted(&state).await?;
    let is_shown = |row: &HouseholdRow| query.text.trim().is_empty() || !restricted.has(&row.key);
    Ok(Json(HouseholdPageView {
        commune: state.library().commune(&commune),
        total: page.total,
        rows: page
            .rows
            .into_iter()
            .filter(|row| who.may(Act::MakeRequests) || is_shown(row))
            .map(|row| household_view::row(row, &restricted))
            .collect(),
    }))
}

/// One household with answers, classes and history.
#[utoipa::path(get, path = "/api/households/{commune}/{id}", operation_id = "show_household", tag = "households",
    params(("commune" = String, Path, description = "Commune code, five digits"), ("id" = String, Path, description = "Household id")), responses(
    (status = 200, body = HouseholdView, description = "The household"),
    (status = 403, body = ProblemView, content_type = "application/problem+json", description = "`not_allowed`, `password_must_change`, `second_factor_must_set_up`, `household_restricted`"),
))]
pub(crate) async fn show(
    Of(state): Of<State>,
    who: LoggedIn,
    path: Result<Path<(CommuneCode, Uuid)>, PathRejection>,
) -> Result<Json<HouseholdView>, Refusal> {
    let Path((commune, id)) = path.map_err(|_| Refusal::Unreadable)?;
    let key = HouseholdKeyRef::new(commune.clone(), id);
    let edits = state.storage.edits_of(key.clone()).await?;
    if edits.is_empty() {
        return Err(Refusal::NotFound);
    }
    let restricted = restricted(&state).await?;
    let is_restricted = must_be_shown(&who, &restricted, &key)?;
    project::catch_up(&state).await?;
    // One that is out of sight is not named, either.
    let merged_into = kept_of(&state, &key).await?.filter(|kept| who.sees(&kept.key.commune));
    let merged_into = merged_into.map(|mut kept| {
        restricted.mask(&mut kept);
        kept
    });
    let devices: Vec<DeviceActivity> = state.storage.devices().await?;
    let names = household_view::files_named(&edits);
    let stored = state.storage.attachments(names.clone()).await?;
    let files = names.into_iter().zip(stored).map(|(name, stored)| household_view::attachment(name, stored));
    let files: Vec<AttachmentView> = files.collect();
    let (for_view, scoring) = (state.clone(), Scoring::now(&state).await?);
    let before = rounds::before(&state, &scoring, &key).await?;
    let view = tokio::task::spawn_blocking(move || {
        household_view::household(&for_view, &scoring, key, &edits, &devices, files, (merged_into, before))
    });
    let mut view = view.await.map_err(|_| Refusal::Busy)?;
    view.row.restricted = is_restricted;
    auth::note_act(&state, &who.account.name, "household_shown", &format!("{commune}/{id}")).await?;
    Ok(Json(view))
}

/// What is processed no further is shown to whoever keeps the register of requests, and to nobody else; whether it is.
fn must_be_shown(who: &LoggedIn, restricted: &Restricted, key: &HouseholdKeyRef) -> Result<bool, Refusal> {
    let is_restricted = restricted.has(key);
    if is_restricted && !who.may(Act::MakeRequests) { Err(Refusal::Restricted) } else { Ok(is_restricted) }
}

/// The household that stands for a merged one.
async fn kept_of(
    state: &State,
    merged: &HouseholdKeyRef,
) -> Result<Option<HouseholdRow>, storage::StorageError> {
    let Some(kept) = state.storage.household(merged.clone()).await?.and_then(|row| row.merged_into) else {
        return Ok(None);
    };
    let Some(commune) = state.storage.commune_with(kept).await? else { return Ok(None) };
    state.storage.household(HouseholdKeyRef::new(commune, kept)).await
}

/// A file beside a household's answers.
#[utoipa::path(get, path = "/api/households/{commune}/{id}/attachments/{name}", operation_id = "show_attachment", tag = "households",
    params(
        ("commune" = String, Path, description = "Commune code, five digits"),
        ("id" = String, Path, description = "Household id"),
        ("name" = String, Path, description = "The file's name as the answer has it"),
    ), responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream", description = "The file, under its own media type"),
    (status = 403, body = ProblemView, content_type = "application/problem+json", description = "`not_allowed`, `password_must_change`, `second_factor_must_set_up`, `household_restricted`"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no edit of the household names it, or it is not all there"),
))]
pub(crate) async fn show_attachment(
    Of(state): Of<State>,
    who: LoggedIn,
    path: Result<Path<(CommuneCode, Uuid, String)>, PathRejection>,
) -> Result<Response, Refusal> {
    let Path((commune, id, name)) = path.map_err(|_| Refusal::Unreadable)?;
    let name: AttachmentName = name.parse().map_err(|_| Refusal::NotFound)?;
    let key = HouseholdKeyRef::new(commune.clone(), id);
    must_be_shown(&who, &*restricted(&state).await?, &key)?;
    let edits = state.storage.edits_of(key).await?;
    if !household_view::files_named(&edits).contains(&name) {
        return Err(Refusal::NotFound);
    }
    let content = attachments::whole(&state, name).await?.ok_or(Refusal::NotFound)?;
    auth::note_act(&state, &who.account.name, "attachment_shown", &format!("{commune}/{id}")).await?;
    // Pictures are shown where they stand; everything else is for the officer's own program, not for the browser to open.
    let way = match name.file_type.kind() {
        AttachmentKind::Picture => "inline",
        AttachmentKind::Document | AttachmentKind::Sound | AttachmentKind::Film => "attachment",
    };
    let disposition = HeaderValue::from_str(&format!("{way}; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(name.file_type.media_type())),
        (header::CONTENT_DISPOSITION, disposition.map_err(|_| Refusal::NotFound)?),
    ];
    Ok((headers, content).into_response())
}
