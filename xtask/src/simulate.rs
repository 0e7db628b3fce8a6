//! The simulation of laptops, sticks and a province, for as many seeds as one likes.

use std::path::Path;

use anyhow::{Result, bail};

use crate::step;

/// Runs so many seeds of each layer from `from` on. A seed that fails is told; `--from SEED --seeds 1` replays it.
pub(crate) fn simulate(root: &Path, seeds: u64, from: u64) -> Result<()> {
    let status = step::command("cargo")
        .args(["test", "--locked", "--package", "rasoat-tests", "--test", "sim", "--", "--nocapture"])
        .env("RASOAT_SIM_SEEDS", seeds.to_string())
        .env("RASOAT_SIM_FROM", from.to_string())
        .current_dir(root)
        .status()?;
    if !status.success() {
        bail!("a seed failed: see above");
    }
    Ok(())
}
