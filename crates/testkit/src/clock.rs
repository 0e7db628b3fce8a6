//! A clock that stands until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds since 1970; copies show the same time.
#[derive(Debug, Clone)]
pub struct HandClock(Arc<AtomicI64>);

impl Default for HandClock {
    /// 2026-10-01, within the round of the generated households.
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(1_790_812_800_000)))
    }
}

impl HandClock {
    /// What it shows.
    pub fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Moves it, backwards when negative.
    pub fn pass(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// As servers and laptops take it.
    pub fn reader(&self) -> Arc<dyn Fn() -> i64 + Send + Sync> {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// The machine's clock, in milliseconds since 1970.
pub fn machine_clock() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
