//! A disk that fills up while somebody types.
//!
//! The disk is a small file system in memory. Mounting one takes root; whoever is not root becomes it in a namespace of
//! their own, where this same test runs again.

use std::path::Path;
use std::process::Command;

use rasoat_testkit::demo;
use rasoat_testkit::laptop::{self, PASSPHRASE};
use rasoat_testkit::province::Province;

use crate::support::{SEED, answer, assert_worded, value_at};

const THIS_TEST: &str =
    "bad_input::full_disk::answers_before_a_full_disk_stay_and_typing_goes_on_when_there_is_room";

/// A mounted file system of that many megabytes; unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(megabytes: u32) -> Self {
        let place = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "rasoat-test"])
            .arg(place.path())
            .status();
        assert!(mounted.expect("mount").success(), "a file system in memory can be mounted");
        Self(place)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(self.0.path()).status());
    }
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("this process");
    status.lines().any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"))
}

fn again_as_root() {
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount"])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", THIS_TEST, "--nocapture"])
        .output()
        .expect("unshare (util-linux)");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_before_a_full_disk_stay_and_typing_goes_on_when_there_is_room() {
    if !is_root() {
        return again_as_root();
    }
    let province = Province::start().await.expect("a province");
    let handover = province.enrol("Máy 07").await.expect("enrolled");
    let disk = SmallDisk::mount(16);
    let data = disk.path().join("rasoat");
    let app = laptop::start(&data, province.clock.reader()).expect("started");
    laptop::enrol(&app, &handover).expect("first start");
    laptop::import(&app, &demo::list_workbook(SEED)).expect("imported");
    let household = laptop::households(&app, "").expect("households").remove(0).id;

    // Something else takes what is left, all but a little.
    let ballast = disk.path().join("ballast");
    fill(&ballast, 256 * 1024);
    let mut kept = 0;
    let error = loop {
        match answer(&app, &household, "surveyor_remark", &remark(kept)) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 10_000, "the disk never fills");
    };
    assert_eq!(error.code, "disk_full");
    assert_worded("problem_disk_full");
    assert!(kept > 0, "there was room at first");
    let before = remark(kept - 1);
    assert_eq!(value_at(&app, &household, "surveyor_remark").as_deref(), Some(before.as_str()));
    assert_eq!(
        app.open_interview(&household).expect("an interview").resume_at.as_deref(),
        Some("surveyor_remark")
    );

    // Started anew on the full disk, everything can still be read.
    drop(app);
    let app = laptop::start(&data, province.clock.reader()).expect("started");
    app.unlock(PASSPHRASE).expect("opens on a full disk");
    assert_eq!(value_at(&app, &household, "surveyor_remark").as_deref(), Some(before.as_str()));

    std::fs::remove_file(&ballast).expect("room again");
    answer(&app, &household, "address", "Ngõ sau đình").expect("typing goes on");
    app.leave_interview(&household).expect("sealed");
    assert_eq!(value_at(&app, &household, "surveyor_remark").as_deref(), Some(before.as_str()));
    assert_eq!(value_at(&app, &household, "address").as_deref(), Some("Ngõ sau đình"));
}

/// A remark of 3 KB, another one each time.
fn remark(number: usize) -> String {
    format!("{number}: {}", "nhà dột, ".repeat(250)).trim_end().to_owned()
}

/// Takes all but `spare` bytes of the disk.
fn fill(path: &Path, spare: usize) {
    use std::io::Write;
    let mut file = std::fs::File::create(path).expect("a file");
    let block = vec![0_u8; 64 * 1024];
    let mut written = 0;
    while file.write_all(&block).is_ok() {
        written += block.len();
    }
    file.set_len((written - spare) as u64).expect("cut");
}
