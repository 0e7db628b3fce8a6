//! A small disk in memory, in a mount namespace of a child process.

#![expect(clippy::print_stdout, reason = "what the child said belongs to the test's output")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Where the child's small disk is.
const DISK: &str = "RASOAT_TEST_DISK";

/// Runs a test, by its full name, in a child that has a disk of so many MiB.
///
/// # Panics
/// When the test fails.
pub fn on_a_disk(name: &str, megabytes: u32, test: impl FnOnce(&Path)) {
    match in_a_child(name, megabytes, test) {
        Ok(said) => println!("{said}"),
        Err(error) => panic!("{error:#}"),
    }
}

/// Fills a disk up to some bytes; the file that does it.
///
/// # Panics
/// When it cannot be written.
pub fn fill(disk: &Path, left: u64) -> PathBuf {
    match filled(disk, left) {
        Ok(ballast) => ballast,
        Err(error) => panic!("{error:#}"),
    }
}

fn in_a_child(name: &str, megabytes: u32, test: impl FnOnce(&Path)) -> Result<String> {
    if let Some(disk) = std::env::var_os(DISK).map(PathBuf::from) {
        test(&disk);
        return Ok(String::new());
    }
    let dir = tempfile::tempdir()?;
    let script = format!("mount -t tmpfs -o size={megabytes}m tmpfs \"${DISK}\" && exec \"$0\" \"$@\"");
    let child = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .arg(std::env::current_exe()?)
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(DISK, dir.path())
        .output()?;
    let said = String::from_utf8_lossy(&child.stderr);
    // Where an account may make no mounts there is no such disk; the store's own tests fill a database up in another way.
    let refused = said.contains("unshare:") || said.contains("mount:");
    let told = String::from_utf8_lossy(&child.stdout);
    ensure!(child.status.success() || refused, "{said}\n{told}");
    Ok(if refused { said.into_owned() } else { told.into_owned() })
}

fn filled(disk: &Path, left: u64) -> Result<PathBuf> {
    let ballast = disk.join("ballast");
    let free = rasoat_server::free_bytes(disk).context("the disk says nothing of its room")?;
    fs::write(&ballast, vec![1; usize::try_from(free.saturating_sub(left))?])?;
    Ok(ballast)
}
