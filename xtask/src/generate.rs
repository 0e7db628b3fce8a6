//! Writes generated files; tests fail when they are stale.

use std::path::Path;

use anyhow::Result;

use crate::{build, licences, setup, step};

/// Command bindings (from the desktop's commands), the province's API (from its routes), the exchange's dictionary (from the
/// form that ships), a laptop's files as this version has them, and the licences of what others made.
pub(crate) fn generate(root: &Path) -> Result<()> {
    setup::packages(root, false)?;
    build::programs(root)?;
    step::run(root, "target/debug/rasoat-harness", &["bindings", "--out", "ui/shared/src/ipc/bindings.ts"])?;
    step::run(root, "target/debug/rasoat-harness", &["fixture", "--out", "tests/fixtures/laptop"])?;
    let openapi = step::output(root, "target/debug/rasoat-server", &["openapi"])?;
    std::fs::write(root.join("ui/shared/src/api/openapi.json"), openapi)?;
    let train = [
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "rasoat-testkit",
        "--bin",
        "rasoat-dictionary",
    ];
    step::run(root, "cargo", &[&train[..], &["--", "crates/exchange/dictionaries"]].concat())?;
    licences::write(root)?;
    setup::npm(&root.join("ui"))?;
    step::run(&root.join("ui/shared"), "npm", &["run", "--silent", "gen:api"])
}
