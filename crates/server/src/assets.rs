//! The dashboard's files, from within the binary (from disk in debug builds).

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::problem::Refusal;

#[derive(RustEmbed)]
#[folder = "../../ui/province/build"]
#[allow_missing = true]
struct Files;

const PAGE: &str = "index.html";

/// A file of the dashboard; its page for every other address without an extension.
pub(crate) async fn show(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { PAGE } else { path };
    if let Some(file) = Files::get(path) {
        return answer(path, file.data.into_owned());
    }
    let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
    match Files::get(PAGE) {
        Some(page) if is_page && !path.starts_with("api/") && !path.starts_with("v1/") => {
            answer(PAGE, page.data.into_owned())
        }
        Some(_) | None => Refusal::NotFound.into_response(),
    }
}

fn answer(path: &str, bytes: Vec<u8>) -> Response {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = match kind.type_() {
        mime_guess::mime::TEXT => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    // Files under `immutable` carry their content's hash in their name.
    let cache = if path.contains("/immutable/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned())];
    (StatusCode::OK, headers, bytes).into_response()
}

/// The content security policy: scripts are the dashboard's own files and nothing else. Its page has none within.
pub(crate) const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);
