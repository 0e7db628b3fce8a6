//! `/api/session`: logging in and out.

use crate::view::{LoginForm, ProblemView, SessionView};

/// Logs in.
#[utoipa::path(post, path = "/api/session", operation_id = "open_session", tag = "session", request_body = LoginForm, responses(
    (status = 200, body = SessionView, description = "Logged in; the session travels in a cookie"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`"),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`wrong_password`"),
    (status = 429, body = ProblemView, content_type = "application/problem+json", description = "`locked_out` {retry_after_s}"),
))]
pub(crate) async fn open() {}

/// The session that is open.
#[utoipa::path(get, path = "/api/session", operation_id = "show_session", tag = "session", responses(
    (status = 200, body = SessionView, description = "Logged in"),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`not_logged_in`"),
))]
pub(crate) async fn show() {}

/// Logs out.
#[utoipa::path(delete, path = "/api/session", operation_id = "close_session", tag = "session",
    params(("x-rasoat-csrf" = String, Header, description = "`csrf` of the session")), responses(
    (status = 204, description = "Logged out"),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`not_logged_in`"),
    (status = 403, body = ProblemView, content_type = "application/problem+json", description = "`bad_csrf`"),
))]
pub(crate) async fn close() {}
