//! The dashboard's files, from within the binary (from disk in debug builds).

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

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

/// The content security policy: scripts are the dashboard's own files, and the inline ones of its page by their hashes.
pub(crate) fn policy() -> HeaderValue {
    static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| policy_of(&page()));
    // In debug builds the page is read from disk and may have been built anew.
    if cfg!(debug_assertions) { policy_of(&page()) } else { POLICY.clone() }
}

fn page() -> String {
    Files::get(PAGE).map(|page| String::from_utf8_lossy(&page.data).into_owned()).unwrap_or_default()
}

fn policy_of(page: &str) -> HeaderValue {
    let hashes: String = inline_scripts(page)
        .map(|script| {
            let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(script.as_bytes()));
            format!(" 'sha256-{digest}'")
        })
        .collect();
    let policy = format!(
        "default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// The texts of `<script>` elements without `src`.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        if attributes.contains("src=") {
            return None;
        }
        rest.split_once("</script>").map(|(script, _)| script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_inline_scripts_by_hash_and_never_allows_all_of_them() {
        let policy = policy_of("<script src=\"/a.js\"></script><script>alert(1)</script>");
        let policy = policy.to_str().unwrap();
        let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap();
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert_eq!(scripts.trim(), "script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
    }
}
