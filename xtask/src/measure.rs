//! Benchmarks, in release.

use std::path::Path;

use anyhow::Result;

use crate::{setup, step};

/// Builds the benchmarks and runs those asked for.
pub(crate) fn measure(root: &Path, name: Option<&str>, quick: bool, peers: bool) -> Result<()> {
    // The server is measured as a process of its own.
    let build = [
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "rasoat-measure",
        "--package",
        "rasoat-server",
    ];
    step::run(root, "cargo", &build)?;
    let mut args: Vec<&str> = name.into_iter().collect();
    if quick {
        args.push("--quick");
    }
    if peers {
        setup::node(root)?;
        setup::npm(&root.join("crates/measure/peers"))?;
        args.push("--peers");
    }
    step::run(root, "target/release/rasoat-measure", &args)
}
