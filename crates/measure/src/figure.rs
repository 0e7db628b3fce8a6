//! Figures and how they are printed.

use std::time::Instant;

use serde_json::{Value, json};

use crate::ingest::province::Base;

/// What a figure must keep to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bar {
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
}

/// Prints figures as they come.
pub(crate) struct Figures {
    quick: bool,
    peers: bool,
    base: Option<Base>,
}

impl Figures {
    pub(crate) fn new(quick: bool, peers: bool, base: Option<Base>) -> Self {
        Self { quick, peers, base }
    }

    /// The storages of a province to measure.
    pub(crate) fn bases(&self) -> Vec<Base> {
        Base::BOTH.into_iter().filter(|base| self.base.is_none_or(|only| only == *base)).collect()
    }

    /// Whether what others reach is measured too.
    pub(crate) fn with_peers(&self) -> bool {
        self.peers
    }

    /// Whether it is only to be seen that it runs.
    pub(crate) fn is_quick(&self) -> bool {
        self.quick
    }

    /// How many rounds to make of `full`.
    pub(crate) fn rounds(&self, full: usize) -> usize {
        if self.quick { (full / 10).max(3) } else { full }
    }

    /// A figure without a bar.
    pub(crate) fn note(&self, measure: &str, value: f64, unit: &str, context: Value) {
        let value = (value * 1000.0).round() / 1000.0;
        println!("{}", json!({ "measure": measure, "value": value, "unit": unit, "context": context }));
    }

    /// One figure, with whatever helps to understand it.
    pub(crate) fn print(&self, measure: &str, value: f64, unit: &str, bar: Bar, context: Value) {
        let (bar, holds) = match bar {
            Bar::AtMost(most) => (most, value <= most),
            Bar::AtLeast(least) => (least, value >= least),
        };
        let value = (value * 1000.0).round() / 1000.0;
        let line = json!({
            "measure": measure, "value": value, "unit": unit, "bar": bar, "holds": holds, "context": context,
        });
        println!("{line}");
    }
}

/// How long something takes, in microseconds, and what came of it.
pub(crate) fn timed<T>(act: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let value = std::hint::black_box(act());
    (start.elapsed().as_secs_f64() * 1e6, value)
}

/// The value below which `share` (0 to 1) of the values lie.
pub(crate) fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = (last as f64 * share).round() as usize;
    values.get(at).copied().unwrap_or(f64::NAN)
}

/// Kibibytes of memory that this process occupies now.
pub(crate) fn resident_kib() -> f64 {
    const PAGE_KIB: f64 = 4.0;
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<f64>().ok());
    pages.map_or(f64::NAN, |pages| pages * PAGE_KIB)
}
