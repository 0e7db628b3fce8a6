//! `/api/papers`: the lists and papers of the procedure, filled from what came in.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State as Of};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::LoggedIn;
use crate::files;
use crate::papers;
use crate::problem::Refusal;
use crate::state::State;
use crate::view::{PaperForm, PapersQuery, PapersView, ProblemView};

/// What papers can be made of a place, and whom they would be about.
#[utoipa::path(get, path = "/api/papers", operation_id = "list_papers", tag = "papers",
    params(PapersQuery), responses(
    (status = 200, body = PapersView, description = "Every paper; of a province or district nobody is counted"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such place, or one that does not exist for this account"),
))]
pub(crate) async fn show(
    Of(state): Of<State>,
    who: LoggedIn,
    query: Result<Query<PapersQuery>, QueryRejection>,
) -> Result<Json<PapersView>, Refusal> {
    let Query(query) = query.map_err(|_| Refusal::Unreadable)?;
    Ok(Json(papers::view(&state, &who, query.place.as_deref()).await?))
}

/// A paper as a file. Households that are processed no further are not in it, nor are those of which something is missing.
#[utoipa::path(post, path = "/api/papers/file", operation_id = "make_paper", tag = "papers",
    request_body = PaperForm, responses(
    (status = 200, content((String = "application/pdf"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/vnd.rasoat.progress")), description = "The file; how far it is and then the file, where that is accepted"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`: also where a paper is not made as such a file"),
    (status = 403, body = ProblemView, content_type = "application/problem+json", description = "`bad_csrf`, `not_allowed`: citizen IDs would stand there in full; `password_must_change`, `second_factor_must_set_up`"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such place, or one that does not exist for this account"),
    (status = 422, body = ProblemView, content_type = "application/problem+json", description = "`papers_nothing`: nobody would stand in it; `papers_provisional`: all who would have a provisional class; `papers_too_many`"),
))]
pub(crate) async fn file(
    Of(state): Of<State>,
    who: LoggedIn,
    headers: HeaderMap,
    form: Result<Json<PaperForm>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let order = papers::Order::of(&state, &who, &form)?;
    files::answer(&headers, |work| async move { papers::make(&state, &who.account.name, order, work).await })
        .await
}
