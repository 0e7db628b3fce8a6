//! A small disk in memory, in a mount namespace of a child process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the child's small disk is.
const DISK: &str = "RASOAT_TEST_DISK";

/// Runs a test, by its full name, in a child that has a disk of so many MiB.
pub(crate) fn on_a_disk(name: &str, megabytes: u32, test: impl FnOnce(&Path)) {
    if let Some(disk) = std::env::var_os(DISK).map(PathBuf::from) {
        return test(&disk);
    }
    let dir = tempfile::tempdir().unwrap();
    let script = format!("mount -t tmpfs -o size={megabytes}m tmpfs \"${DISK}\" && exec \"$0\" \"$@\"");
    let child = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(DISK, dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stderr);
    // Where an account may make no mounts there is no such disk; the store's own tests fill a database up in another way.
    let refused = said.contains("unshare:") || said.contains("mount:");
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() || refused, "{said}\n{told}");
    println!("{}", if refused { &said } else { &told });
}

/// Fills a disk up to some bytes.
pub(crate) fn fill(disk: &Path, left: u64) -> PathBuf {
    let ballast = disk.join("ballast");
    let free = fs4::available_space(disk).unwrap();
    fs::write(&ballast, vec![1; usize::try_from(free.saturating_sub(left)).unwrap()]).unwrap();
    ballast
}
