//! `/api/reports/poverty` and `/api/reports/what-if`: measures of poverty, other rules tried, and both as files.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State as Of};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::answers::{Question, answered};
use crate::auth::{self, LoggedIn};
use crate::cases::Heads;
use crate::files;
use crate::measures::{self, Seen, poverty, what_if};
use crate::problem::Refusal;
use crate::reports::Asked;
use crate::sheet::{self, Worded};
use crate::state::State;
use crate::view::{
    PovertyExportForm, PovertyForm, PovertyView, ProblemView, SchemesView, WhatIfExportForm, WhatIfForm,
    WhatIfView,
};

/// The Alkire–Foster measures of a round.
#[utoipa::path(get, path = "/api/reports/poverty", operation_id = "poverty", tag = "reports", params(PovertyForm), responses(
    (status = 200, body = PovertyView),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such round, lock or place for this account"),
))]
pub(crate) async fn show_poverty(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Query<PovertyForm>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(form) = form.map_err(|_| Refusal::Unreadable)?;
    let (asked, heads) = asked(&state, &who, &form).await?;
    let library = state.library();
    // The query again, for what is not the place and the time.
    let question = Question::new(&library, "poverty", &(&asked, &form)).over(&heads);
    answered(&state, question, async {
        let seen = measures::seen(&state, asked, heads).await?;
        Ok(move || poverty::measured(&library, &seen, &form))
    })
    .await
}

/// The same as a file.
#[utoipa::path(post, path = "/api/reports/poverty/export", operation_id = "export_poverty", tag = "reports",
    request_body = PovertyExportForm, responses(
    (status = 200, content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")), description = "The groups as CSV, or a workbook with indicators and groups. Where `application/vnd.rasoat.progress` is accepted it says first how far it is"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
))]
pub(crate) async fn export_poverty(
    Of(state): Of<State>,
    who: LoggedIn,
    headers: HeaderMap,
    form: Result<Json<PovertyExportForm>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    files::answer(&headers, |work| async move {
        let view = work.counted(|| measured(&state, &who, form.form.clone())).await?;
        auth::note_act(&state, &who.account.name, "exported", "poverty").await?;
        let sheets = poverty::sheets(&view, &Worded(&form.words), &form.language);
        work.aside(move |work| sheet::file("poverty", sheets, form.xlsx, work)).await
    })
    .await
}

/// What a form is of.
async fn asked(state: &State, who: &LoggedIn, form: &PovertyForm) -> Result<(Asked, Heads), Refusal> {
    let asked = Asked::of(state, who, (form.round, form.lock), form.place.as_deref()).await?;
    let heads = asked.heads(state).await?;
    Ok((asked, heads))
}

async fn measured(state: &State, who: &LoggedIn, form: PovertyForm) -> Result<PovertyView, Refusal> {
    let (asked, heads) = asked(state, who, &form).await?;
    let seen = measures::seen(state, asked, heads).await?;
    let library = state.library();
    let view = tokio::task::spawn_blocking(move || poverty::measured(&library, &seen, &form)).await;
    view.map_err(|_| Refusal::Busy)?
}

/// The standards as they are, for whoever changes them.
#[utoipa::path(get, path = "/api/reports/what-if", operation_id = "what_if_begin", tag = "reports", responses(
    (status = 200, body = SchemesView),
))]
pub(crate) async fn begin_what_if(
    Of(state): Of<State>,
    _who: LoggedIn,
) -> Result<Json<SchemesView>, Refusal> {
    Ok(Json(what_if::schemes(&state.library())?))
}

/// What another rule would make of households. It changes nothing.
#[utoipa::path(post, path = "/api/reports/what-if", operation_id = "what_if", tag = "reports",
    request_body = WhatIfForm, responses(
    (status = 200, body = WhatIfView),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such round, lock or place"),
))]
pub(crate) async fn show_what_if(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<WhatIfForm>, JsonRejection>,
) -> Result<Json<WhatIfView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let offset = form.offset;
    let (seen, trial) = tried(&state, &who, form).await?;
    auth::note_act(&state, &who.account.name, "households_listed", "what_if").await?;
    Ok(Json(what_if::view(&state, &seen, &trial, offset).await?))
}

/// The same as a file.
#[utoipa::path(post, path = "/api/reports/what-if/export", operation_id = "export_what_if", tag = "reports",
    request_body = WhatIfExportForm, responses(
    (status = 200, content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")), description = "The changed households as CSV, or a workbook with flows, communes and households; what is processed no further is left out. Where `application/vnd.rasoat.progress` is accepted it says first how far it is"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
))]
pub(crate) async fn export_what_if(
    Of(state): Of<State>,
    who: LoggedIn,
    headers: HeaderMap,
    form: Result<Json<WhatIfExportForm>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let object =
        form.form.place.as_ref().map_or_else(|| "what_if".to_owned(), |place| format!("what_if/{place}"));
    files::answer(&headers, |work| async move {
        let (_, trial) = work.counted(|| tried(&state, &who, form.form.clone())).await?;
        auth::note_act(&state, &who.account.name, "exported", &object).await?;
        let sheets = what_if::sheets(&state, &trial, &Worded(&form.words), &work).await?;
        let behind = work.after(trial.changed.len());
        behind.aside(move |work| sheet::file("what-if", sheets, form.xlsx, work)).await
    })
    .await
}

async fn tried(state: &State, who: &LoggedIn, form: WhatIfForm) -> Result<(Seen, what_if::Trial), Refusal> {
    let asked = Asked::of(state, who, (form.round, form.lock), form.place.as_deref()).await?;
    let heads = asked.heads(state).await?;
    let seen = measures::seen(state, asked, heads).await?;
    let library = state.library();
    let tried = tokio::task::spawn_blocking(move || {
        let trial = what_if::tried(&library, &seen, &form)?;
        Ok((seen, trial))
    });
    tried.await.map_err(|_| Refusal::Busy)?
}
