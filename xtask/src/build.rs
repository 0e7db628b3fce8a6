//! Builds that several commands share.

use std::path::Path;

use anyhow::Result;

use crate::{setup, step};

/// The screens of the window and of the province.
pub(crate) fn screens(root: &Path) -> Result<()> {
    let ui = root.join("ui");
    setup::npm(&ui)?;
    step::run(&ui, "npm", &["run", "--silent", "build"])
}

/// Every program and test. Always the whole workspace, so that dependencies are built once with one set of features.
pub(crate) fn programs(root: &Path) -> Result<()> {
    step::run(root, "cargo", &["build", "--workspace", "--all-targets", "--locked"])
}
