//! `/api/session`: logging in and out.

use axum::Json;
use axum::extract::State as Of;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::cookie::CookieJar;

use crate::auth::{self, LoggedIn};
use crate::browser;
use crate::problem::Refusal;
use crate::state::State;
use crate::view::{LoginForm, ProblemView, SessionView};

/// Logs in.
#[utoipa::path(post, path = "/api/session", operation_id = "open_session", tag = "session", request_body = LoginForm, responses(
    (status = 200, body = SessionView, description = "Logged in; the session travels in a cookie"),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`wrong_password`, `second_factor_needed`"),
    (status = 403, body = ProblemView, content_type = "application/problem+json", description = "`wrong_code`"),
    (status = 429, body = ProblemView, content_type = "application/problem+json", description = "`locked_out` {retry_after_s}"),
))]
pub(crate) async fn open(
    Of(state): Of<State>,
    headers: HeaderMap,
    form: Result<Json<LoginForm>, JsonRejection>,
) -> Result<(CookieJar, Json<SessionView>), Refusal> {
    // The cause of a rejection may quote the body: it goes nowhere.
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let browser = browser::named(&headers);
    let (who, cookie) = auth::log_in(&state, &form.username, form.password, form.code, browser).await?;
    Ok((CookieJar::new().add(cookie), Json(who.view(&state).await?)))
}

/// The session that is open.
#[utoipa::path(get, path = "/api/session", operation_id = "show_session", tag = "session", responses(
    (status = 200, body = SessionView, description = "Logged in"),
))]
pub(crate) async fn show(Of(state): Of<State>, who: LoggedIn) -> Result<Json<SessionView>, Refusal> {
    Ok(Json(who.view(&state).await?))
}

/// Logs out.
#[utoipa::path(delete, path = "/api/session", operation_id = "close_session", tag = "session",
    responses(
    (status = 204, description = "Logged out"),
))]
pub(crate) async fn close(Of(state): Of<State>, who: LoggedIn) -> Result<(StatusCode, CookieJar), Refusal> {
    let cookie = auth::log_out(&state, &who).await?;
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(cookie)))
}
