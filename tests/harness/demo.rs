//! The demo's household list, from the generator that the tests use.

use std::path::Path;

use anyhow::{Context, Result};
use rasoat_testkit::demo;

/// Writes the Excel list and the villages.
pub(crate) fn write(list: &Path, villages: &Path, seed: u64) -> Result<()> {
    std::fs::write(list, demo::list_workbook(seed))
        .with_context(|| format!("{} cannot be written", list.display()))?;
    std::fs::write(villages, demo::villages_csv(seed))
        .with_context(|| format!("{} cannot be written", villages.display()))?;
    println!("60 generated households: {}", list.display());
    Ok(())
}
