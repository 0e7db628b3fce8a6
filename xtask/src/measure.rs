//! Benchmarks, in release.

use std::path::Path;

use anyhow::Result;

use crate::{build, setup, step};

/// Measured in the real window, by a script of its own.
const WINDOW: &str = "window";

/// Builds the benchmarks and runs those asked for.
pub(crate) fn measure(
    root: &Path,
    name: Option<&str>,
    storage: Option<&str>,
    quick: bool,
    peers: bool,
) -> Result<()> {
    if name == Some(WINDOW) {
        return window(root, quick);
    }
    programs(root, name, storage, quick, peers)?;
    if name.is_none() { window(root, quick) } else { Ok(()) }
}

fn programs(root: &Path, name: Option<&str>, storage: Option<&str>, quick: bool, peers: bool) -> Result<()> {
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
    args.extend(storage.into_iter().flat_map(|storage| ["--storage", storage]));
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

/// The window as it ships; the laptop behind it is prepared by the programs of the tests.
fn window(root: &Path, quick: bool) -> Result<()> {
    setup::packages(root, true)?;
    setup::npm(&root.join("tests/e2e"))?;
    setup::tauri_driver(root)?;
    build::screens(root)?;
    step::run(root, "cargo", &["build", "--quiet", "--workspace", "--locked"])?;
    let shipped = ["build", "--quiet", "--release", "--locked", "--package", "rasoat-desktop"];
    step::run(root, "cargo", &shipped)?;
    let mut args = vec!["RASOAT_PROGRAM=target/release/rasoat", "node", "tests/e2e/measure/window.mjs"];
    if quick {
        args.push("--quick");
    }
    step::run(root, "env", &args)?;
    // Keys are counted where keys are tested.
    let typed = step::output(&root.join("tests/e2e"), "npx", &["playwright", "test", "keystrokes.spec"])?;
    for figure in typed.lines().filter(|line| line.starts_with('{')) {
        println!("{figure}");
    }
    Ok(())
}
