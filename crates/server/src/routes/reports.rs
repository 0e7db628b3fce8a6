//! `/api/reports`: the official tables and the targets, and the households behind each figure.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State as Of};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::answers::{Question, answered};
use crate::auth::{self, LoggedIn};
use crate::files;
use crate::problem::Refusal;
use crate::reports::{self, Part, file, table, targets, targets_file};
use crate::state::State;
use crate::view::{
    HouseholdListView, ProblemView, ReportCellForm, ReportFileForm, ReportQuery, ReportTableView,
    ReportsView, TargetHouseholdsForm, TargetsFileForm, TargetsQuery, TargetsView,
};

/// What reports there are.
#[utoipa::path(get, path = "/api/reports", operation_id = "list_reports", tag = "reports", responses(
    (status = 200, body = ReportsView, description = "Rounds, standards, tables and former districts"),
))]
pub(crate) async fn list(Of(state): Of<State>, who: LoggedIn) -> Result<Json<ReportsView>, Refusal> {
    Ok(Json(reports::overview(&state, &who).await?))
}

/// One of the official tables.
#[utoipa::path(get, path = "/api/reports/table", operation_id = "show_report_table", tag = "reports",
    params(ReportQuery), responses(
    (status = 200, body = ReportTableView, description = "The table"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such table, round, lock, standard or place"),
    (status = 503, body = ProblemView, content_type = "application/problem+json", description = "`reports_preparing` with how many households of how many are counted: ask again; `server_busy`"),
))]
pub(crate) async fn table(
    Of(state): Of<State>,
    who: LoggedIn,
    query: Result<Query<ReportQuery>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(query) = query.map_err(|_| Refusal::Unreadable)?;
    let wanted = table::Wanted::of(&state, &who, &query).await?;
    let heads = wanted.heads(&state).await?;
    let library = state.library();
    let question = Question::new(&library, "table", &wanted).over(&heads);
    answered(&state, question, async {
        let opened = wanted.open(&state, heads).await?;
        Ok(move || opened.view(&library))
    })
    .await
}

/// The households behind a figure of a table.
#[utoipa::path(post, path = "/api/reports/table/households", operation_id = "list_report_households", tag = "reports",
    request_body = ReportCellForm, responses(
    (status = 200, body = HouseholdListView, description = "One page, by commune"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such table, round, lock, standard, place or column"),
    (status = 503, body = ProblemView, content_type = "application/problem+json", description = "`reports_preparing`, `server_busy`"),
))]
pub(crate) async fn table_households(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<ReportCellForm>, JsonRejection>,
) -> Result<Json<HouseholdListView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let opened = table::Opened::of(&state, &who, &form.report).await?;
    let (library, part, table) =
        (state.library(), Part::page(form.after.as_ref())?, form.report.table.clone());
    let found = tokio::task::spawn_blocking(move || opened.households(&library, &form, &part)).await;
    let list = reports::page(&state, found.map_err(|_| Refusal::Busy)??).await?;
    auth::note_act(&state, &who.account.name, "households_listed", &table).await?;
    Ok(Json(list))
}

/// A table as a file.
#[utoipa::path(post, path = "/api/reports/table/file", operation_id = "export_report_table", tag = "reports",
    request_body = ReportFileForm, responses(
    (status = 200, content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")), description = "UTF-8 with a byte order mark, shares in hundredths; or a workbook whose cells are real numbers, with its heads repeated on each sheet of paper. Where `application/vnd.rasoat.progress` is accepted it says first how far it is"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`: also where there are not as many headings as columns"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such table, round, lock, standard or place"),
    (status = 503, body = ProblemView, content_type = "application/problem+json", description = "`reports_preparing`, `server_busy`"),
))]
pub(crate) async fn table_file(
    Of(state): Of<State>,
    who: LoggedIn,
    headers: HeaderMap,
    form: Result<Json<ReportFileForm>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    files::answer(&headers, |work| async move {
        let opened = work.counted(|| table::Opened::of(&state, &who, &form.report)).await?;
        let library = state.library();
        auth::note_act(&state, &who.account.name, "exported", &form.report.table).await?;
        work.aside(move |work| file::written(&opened.view(&library)?, &form, work)).await
    })
    .await
}

/// The targets of the resolution.
#[utoipa::path(get, path = "/api/reports/targets", operation_id = "show_targets", tag = "reports",
    params(TargetsQuery), responses(
    (status = 200, body = TargetsView, description = "Every target with its figure"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such round, lock or place"),
    (status = 503, body = ProblemView, content_type = "application/problem+json", description = "`reports_preparing`, `server_busy`"),
))]
pub(crate) async fn targets(
    Of(state): Of<State>,
    who: LoggedIn,
    query: Result<Query<TargetsQuery>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(query) = query.map_err(|_| Refusal::Unreadable)?;
    let wanted = targets::Wanted::of(&state, &who, &query, true).await?;
    let heads = wanted.heads(&state).await?;
    let library = state.library();
    let question = heads.iter().fold(Question::new(&library, "targets", &wanted), Question::over);
    answered(&state, question, async {
        let opened = wanted.open(&state, heads).await?;
        Ok(move || opened.view(&library))
    })
    .await
}

/// The targets as a file.
#[utoipa::path(post, path = "/api/reports/targets/file", operation_id = "export_targets", tag = "reports",
    request_body = TargetsFileForm, responses(
    (status = 200, content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")), description = "One table of targets, their parts, communes and rounds as CSV; or a workbook with a sheet for each. Where `application/vnd.rasoat.progress` is accepted it says first how far it is"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such round, lock or place"),
    (status = 503, body = ProblemView, content_type = "application/problem+json", description = "`reports_preparing`, `server_busy`"),
))]
pub(crate) async fn targets_file(
    Of(state): Of<State>,
    who: LoggedIn,
    headers: HeaderMap,
    form: Result<Json<TargetsFileForm>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    files::answer(&headers, |work| async move {
        let opened = work.counted(|| targets::Opened::of(&state, &who, &form.of, true)).await?;
        let library = state.library();
        auth::note_act(&state, &who.account.name, "exported", "targets").await?;
        work.aside(move |work| targets_file::written(&opened.view(&library)?, &form, work)).await
    })
    .await
}

/// The households of a target.
#[utoipa::path(post, path = "/api/reports/targets/households", operation_id = "list_target_households", tag = "reports",
    request_body = TargetHouseholdsForm, responses(
    (status = 200, body = HouseholdListView, description = "One page, by commune"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such target, or one that is not counted from households"),
    (status = 503, body = ProblemView, content_type = "application/problem+json", description = "`reports_preparing`, `server_busy`"),
))]
pub(crate) async fn target_households(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<TargetHouseholdsForm>, JsonRejection>,
) -> Result<Json<HouseholdListView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let opened = targets::Opened::of(&state, &who, &form.of, false).await?;
    let (library, part, target) = (state.library(), Part::page(form.after.as_ref())?, form.target.clone());
    let found = tokio::task::spawn_blocking(move || opened.households(&library, &form, &part)).await;
    let list = reports::page(&state, found.map_err(|_| Refusal::Busy)??).await?;
    auth::note_act(&state, &who.account.name, "households_listed", &target).await?;
    Ok(Json(list))
}
