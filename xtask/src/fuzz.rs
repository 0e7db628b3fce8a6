//! Fuzzing: hostile input for as long as one likes, with a corpus that is kept.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{setup, step};

/// What can be fuzzed; each is a program in `fuzz/targets`.
const TARGETS: [&str; 4] = ["expression", "sheets", "workbook", "session"];

/// Runs the targets (all, or one) for so many seconds each. The corpus is in `fuzz/corpus`, findings go to `fuzz/artifacts`.
pub(crate) fn fuzz(root: &Path, target: Option<&str>, seconds: u32) -> Result<()> {
    let targets: Vec<&str> =
        TARGETS.into_iter().filter(|name| target.is_none_or(|only| only == *name)).collect();
    if targets.is_empty() {
        bail!("there is no such target; there are: {}", TARGETS.join(", "));
    }
    setup::cargo_fuzz(root)?;
    let program = root.join("target/tools/bin/cargo-fuzz");
    for target in targets {
        println!("\nfuzzing {target} for {seconds} s");
        let time = format!("-max_total_time={seconds}");
        let status = step::command(&program)
            .args([
                "fuzz",
                "run",
                target,
                "--sanitizer",
                "none",
                "--",
                &time,
                "-timeout=20",
                "-rss_limit_mb=2048",
            ])
            .args(["-max_len=32768", "-print_final_stats=1"])
            .current_dir(root.join("fuzz"))
            // The instrumentation is an unstable flag of the compiler; the code it builds is ours alone.
            .env("RUSTC_BOOTSTRAP", "1")
            .status()?;
        if !status.success() {
            bail!("{target} found something: see fuzz/artifacts/{target}");
        }
    }
    Ok(())
}
