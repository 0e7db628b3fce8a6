//! How often somebody asked for an enrolment with a code that is none. A code has 80 random bits and is not to be guessed; this
//! keeps whoever tries all the same from keeping the storage busy.

use std::sync::{Mutex, PoisonError};

/// The span that is counted in, in milliseconds.
const SPAN_MILLIS: i64 = 60_000;
/// The most wrong codes in a span; then nobody is answered until it is over.
const MOST: u32 = 100;

/// Wrong codes of late.
#[derive(Default)]
pub(crate) struct WrongCodes {
    /// When the span began, and how many came since.
    span: Mutex<(i64, u32)>,
}

impl WrongCodes {
    /// Whether to answer nobody for now.
    pub(crate) fn are_too_many(&self, now: i64) -> bool {
        let (began, count) = *self.span.lock().unwrap_or_else(PoisonError::into_inner);
        count >= MOST && is_within(began, now)
    }

    /// Counts one.
    pub(crate) fn note(&self, now: i64) {
        let mut span = self.span.lock().unwrap_or_else(PoisonError::into_inner);
        *span = if is_within(span.0, now) { (span.0, span.1.saturating_add(1)) } else { (now, 1) };
    }
}

/// A clock that was set back begins a new span.
fn is_within(began: i64, now: i64) -> bool {
    (0..SPAN_MILLIS).contains(&now.saturating_sub(began))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_wrong_codes_in_a_minute_are_too_many_until_it_is_over() {
        let codes = WrongCodes::default();
        for _ in 0..MOST {
            assert!(!codes.are_too_many(1_000_000));
            codes.note(1_000_000);
        }
        assert!(codes.are_too_many(1_059_999));
        assert!(!codes.are_too_many(1_060_000) && !codes.are_too_many(999_999));
    }
}
