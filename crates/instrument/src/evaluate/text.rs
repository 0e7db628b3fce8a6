//! Texts: cutting, replacing and joining them, never beyond a limit.

use std::collections::HashMap;

use regex_lite::Regex;

/// What is joined from longer parts is cut here, in bytes: places may be joined from one another.
const LONGEST: usize = 256 * 1024;

/// Texts that are put one behind the other.
#[derive(Default)]
pub(super) struct Joined {
    text: String,
    count: usize,
}

impl Joined {
    pub(super) fn add(&mut self, separator: &str, part: &str) {
        if self.count > 0 {
            self.push(separator);
        }
        self.count += 1;
        self.push(part);
    }

    fn push(&mut self, part: &str) {
        let left = LONGEST.saturating_sub(self.text.len());
        self.text.push_str(part.get(..part.floor_char_boundary(left)).unwrap_or_default());
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// From 0, end not included; negative places count from the end.
pub(super) fn substr(text: &str, start: f64, end: Option<f64>) -> String {
    let length = text.chars().count() as f64;
    let place = |written: f64| {
        // What is no place is the first one, as where ODK makes a whole number of it.
        let whole = if written.is_nan() { 0.0 } else { written.trunc() };
        (if whole < 0.0 { length + whole } else { whole }).clamp(0.0, length)
    };
    let end = end.map_or(length, place);
    let start = place(start);
    if end <= start {
        return String::new();
    }
    text.chars().skip(start as usize).take((end - start) as usize).collect()
}

pub(super) fn translate(text: &str, from: &str, to: &str) -> String {
    let mut replaced: HashMap<char, Option<char>> = HashMap::new();
    let mut to = to.chars();
    for c in from.chars() {
        let other = to.next();
        // The first of equals counts.
        replaced.entry(c).or_insert(other);
    }
    text.chars().filter_map(|c| replaced.get(&c).copied().unwrap_or(Some(c))).collect()
}

pub(super) fn normalized(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Longer texts match no pattern, so that matching takes a bounded time.
const LONGEST_MATCHED: usize = 64 * 1024;

/// Whether a pattern matches a text.
pub(super) fn matches(text: &str, pattern: &Regex) -> bool {
    text.len() <= LONGEST_MATCHED && pattern.is_match(text)
}
