//! What guessing a passphrase costs on this machine: measured once, when it is first needed.

use std::time::Instant;

use rasoat_secrets::{Trial, costs_for};
use rasoat_store::Params;

use crate::app::App;

const TRIALS: usize = 3;
/// Where Linux says how much memory there is.
const MEMORY: &str = "/proc/meminfo";

impl App {
    /// Costs for a passphrase that is set now.
    pub(crate) fn costs(&self) -> Params {
        self.options().costs.unwrap_or_else(|| {
            let costs = *self.tuned().get_or_init(tune);
            tracing::info!(memory_kib = costs.m_cost, passes = costs.t_cost, "costs of a guess");
            costs
        })
    }
}

/// The quickest of some trials: what else ran meanwhile must not make guessing cheaper.
fn tune() -> Params {
    let trial = || {
        let begun = Instant::now();
        let made = rasoat_secrets::wrap(&[], "a trial", [0; 16], [0; 24], Trial::COSTS);
        made.ok().and_then(|_| u64::try_from(begun.elapsed().as_micros()).ok())
    };
    match (0..TRIALS).filter_map(|_| trial()).min() {
        Some(micros) => costs_for(Trial { costs: Trial::COSTS, micros }, memory_kib()),
        None => Params::LAPTOP,
    }
}

fn memory_kib() -> Option<u64> {
    let text = std::fs::read_to_string(MEMORY).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
