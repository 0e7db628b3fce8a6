//! What goes around every request: a line in the log without personal data, and headers that protect browsers; and how laptops are
//! answered.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State as Of};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use rasoat_exchange::CONTENT_TYPE;

use crate::assets;
use crate::auth::LoggedIn;
use crate::problem::Refusal;
use crate::state::State;

/// An answer to a laptop.
pub(crate) fn message(answer: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE))], answer).into_response()
}

/// Logs the route's template (never the address with its ids), the status and the time taken.
pub(crate) async fn note_request(Of(state): Of<State>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "files".to_owned());
    state.metrics.request_began();
    state.freshen_library().await;
    let response = next.run(request).await;
    let status = response.status().as_u16();
    tracing::info!(
        %method,
        route,
        status,
        ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    state.metrics.request_ended(&method, route, status, began.elapsed().as_secs_f64());
    response
}

/// Adds the headers that protect browsers. Answers of the API are not kept by any cache.
pub(crate) async fn add_headers(Of(state): Of<State>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (is_api, is_exchange) = (path.starts_with("/api/"), path.starts_with("/v1/"));
    let mut response = next.run(request).await;
    // Laptops show no pages, and on their links each header counts.
    if is_exchange {
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, assets::POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    if state.config.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if is_api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// An API route that does not exist. Who is not logged in learns no more than that.
pub(crate) async fn no_such_route(_: LoggedIn) -> Response {
    Refusal::NotFound.into_response()
}
