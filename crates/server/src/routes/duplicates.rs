//! `/api/duplicates`: households that may be one, and saying that they are two.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State as Of};
use axum::http::StatusCode;

use super::listing::{key_of, listed};
use crate::auth::{self, LoggedIn};
use crate::problem::Refusal;
use crate::project;
use crate::requests::restrict::restricted;
use crate::state::State;
use crate::storage::DuplicateQuery;
use crate::view::{
    DuplicatePairView, DuplicatesForm, DuplicatesView, NotSameForm, ProblemView, SharedMemberView,
};

/// Pairs on a page when nothing is said, and at most.
const PAGE: u32 = 20;
const LONGEST_PAGE: u32 = 100;

/// Pairs of households that may be one.
#[utoipa::path(get, path = "/api/duplicates", operation_id = "list_duplicates", tag = "duplicates", params(DuplicatesForm), responses(
    (status = 200, body = DuplicatesView, description = "One page, the likeliest first"),
))]
pub(crate) async fn list(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Query<DuplicatesForm>, QueryRejection>,
) -> Result<Json<DuplicatesView>, Refusal> {
    let Query(form) = form.map_err(|_| Refusal::Unreadable)?;
    project::index(&state).await?;
    let page = state
        .storage
        .duplicates(DuplicateQuery {
            communes: who.communes(),
            within_too: form.within,
            offset: form.offset,
            limit: form.limit.unwrap_or(PAGE).clamp(1, LONGEST_PAGE),
        })
        .await?;
    auth::note_act(&state, &who.account.name, "duplicates_listed", "").await?;
    let restricted = restricted(&state).await?;
    let pairs = page.rows.into_iter().map(|pair| {
        let named = |is_named: bool, name: String| if is_named { name } else { String::new() };
        let (first, second) = (!restricted.has(&pair.first.key), !restricted.has(&pair.second.key));
        let shared = pair.shared.into_iter().map(|shared| SharedMemberView {
            first: named(first && second, shared.first),
            second: named(first && second, shared.second),
            agreement: shared.agreement,
            ids_differ: shared.ids_differ,
        });
        DuplicatePairView {
            shared: shared.collect(),
            first: listed(&state, pair.first, &restricted),
            second: listed(&state, pair.second, &restricted),
        }
    });
    Ok(Json(DuplicatesView { total: page.total, pairs: pairs.collect() }))
}

/// Notes that two households are two: they are not shown as a pair again.
#[utoipa::path(post, path = "/api/duplicates/not-same", operation_id = "note_not_same", tag = "duplicates",
    request_body = NotSameForm, responses(
    (status = 204, description = "Noted"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
))]
pub(crate) async fn note_not_same(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<NotSameForm>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let (first, second) = (key_of(&form.first)?, key_of(&form.second)?);
    for key in [&first, &second] {
        if !who.sees(&key.commune) || state.storage.household(key.clone()).await?.is_none() {
            return Err(Refusal::NotFound);
        }
    }
    let by = who.account.name.clone();
    state.storage.put_not_same(first.household, second.household, by, state.now()).await?;
    let object = format!("{}/{} {}/{}", first.commune, first.household, second.commune, second.household);
    auth::note_act(&state, &who.account.name, "said_not_same", &object).await?;
    Ok(StatusCode::NO_CONTENT)
}
