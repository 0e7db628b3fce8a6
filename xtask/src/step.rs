//! Steps with a number, a name and a duration; commands that say what failed.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Announces steps as they begin and end.
pub(crate) struct Progress {
    total: usize,
    done: usize,
}

impl Progress {
    /// Of `total` steps.
    pub(crate) fn new(total: usize) -> Self {
        Self { total, done: 0 }
    }

    /// Runs one step.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.done += 1;
        println!("\n[{}/{}] {name}", self.done, self.total);
        let start = Instant::now();
        let outcome = work().with_context(|| format!("step failed: {name}"))?;
        println!("[{}/{}] {name}: {:.0} s", self.done, self.total, start.elapsed().as_secs_f64());
        Ok(outcome)
    }
}

/// The search path of every command, where it is not the one we were started with.
static SEARCH_PATH: OnceLock<OsString> = OnceLock::new();

/// From here on commands are looked up in `path`.
pub(crate) fn use_path(path: OsString) {
    SEARCH_PATH.get_or_init(|| path);
}

/// A command that is looked up where set-up put things.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    if let Some(path) = SEARCH_PATH.get() {
        command.env("PATH", path);
    }
    command
}

/// A command in `folder`, its output passed through.
pub(crate) fn run<S: AsRef<OsStr>>(folder: &Path, program: &str, args: &[S]) -> Result<()> {
    run_with(folder, program, args, &[])
}

/// The same with these in its environment.
pub(crate) fn run_with<S: AsRef<OsStr>>(
    folder: &Path,
    program: &str,
    args: &[S],
    set: &[(&str, String)],
) -> Result<()> {
    let status = command(program)
        .args(args)
        .envs(set.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{program} could not be started"))?;
    if !status.success() {
        bail!("{program} ended with {status}");
    }
    Ok(())
}

/// A command whose standard output is passed through and also looked at, line by line.
pub(crate) fn watch<S: AsRef<OsStr>>(
    folder: &Path,
    program: &str,
    args: &[S],
    mut line: impl FnMut(&str),
) -> Result<bool> {
    let mut child = command(program)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{program} could not be started"))?;
    let output = child.stdout.take().context("standard output")?;
    for text in BufReader::new(output).lines() {
        let text = text?;
        println!("{text}");
        line(&text);
    }
    Ok(child.wait()?.success())
}

/// What a command prints.
pub(crate) fn output<S: AsRef<OsStr>>(folder: &Path, program: &str, args: &[S]) -> Result<String> {
    let output = command(program)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{program} could not be started"))?;
    if !output.status.success() {
        bail!("{program} ended with {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}
