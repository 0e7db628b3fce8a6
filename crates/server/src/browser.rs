//! Which browser a session was opened from, as far as it says so itself: for people to know their own sessions again.

use axum::http::{HeaderMap, header};

/// Looked for in this order: a browser also names those that it descends from.
const BROWSERS: [(&str, &str); 6] = [
    ("coc_coc", "coc_coc_browser"),
    ("edge", "Edg"),
    ("opera", "OPR/"),
    ("firefox", "Firefox/"),
    ("chrome", "Chrome/"),
    ("safari", "Safari/"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("windows", "Windows"),
    ("android", "Android"),
    ("ios", "iPhone"),
    ("ios", "iPad"),
    ("macos", "Mac OS X"),
    ("linux", "Linux"),
];

/// `browser system`, in codes.
pub(crate) fn named(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = |names: &[(&'static str, &str)]| {
        names.iter().find(|(_, mark)| said.contains(mark)).map_or("other", |(code, _)| code)
    };
    format!("{} {}", first(&BROWSERS), first(&SYSTEMS))
}
