//! A disk that is truly full, and one that cannot be written to: a small one in memory, in a mount namespace of a child process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rasoat_app::view::Stage;
use rasoat_app::{App, AppConfig, Options, Room};
use rasoat_testkit::disk::{fill, on_a_disk};

use crate::support::{CODE, COSTS, Laptop, PASSPHRASE, START, answer, code, enrolment, first};

const NAME: &str = "full::a_full_disk_refuses_an_answer_keeps_all_before_and_takes_it_when_there_is_room";

fn start(data_dir: PathBuf, clock: &Arc<AtomicI64>, plenty: bool) -> App {
    let clock = Arc::clone(clock);
    let now = Arc::new(move || clock.fetch_add(1_000, Ordering::Relaxed));
    let room = Arc::new(|_: &Path| Some(Room { free: 1 << 40, total: 1 << 41 }));
    let options = Options { costs: Some(COSTS), ..Options::default() };
    let options = if plenty { Options { room: Some(room), ..options } } else { options };
    App::start_with(AppConfig { data_dir, now }, options).unwrap()
}

#[test]
fn a_full_disk_refuses_an_answer_keeps_all_before_and_takes_it_when_there_is_room() {
    on_a_disk(NAME, 16, fills_up);
}

fn fills_up(disk: &Path) {
    let laptop = Laptop::new();
    let clock = Arc::new(AtomicI64::new(START));
    let data = disk.join("data");
    let app = start(data.clone(), &clock, true);
    let path = laptop.enrolment_file(&enrolment(1));
    laptop.enrol_with(&app, path, CODE).unwrap();
    app.import_list(&laptop.list(1)).unwrap();
    let household = first(&app).id;
    app.backup_now(None).unwrap();

    let ballast = fill(disk, 300_000);
    let mut kept = String::new();
    let refused = loop {
        let text = format!("{} {}", "đi một ngày đàng ".repeat(40), kept.len());
        match answer(&app, &household, "surveyor_remark", &text) {
            Ok(_) => kept = text,
            Err(error) => break error.code,
        }
        assert!(kept.len() < 1_000_000, "the disk never fills");
    };
    assert_eq!(refused, "disk_full");
    let remark = |app: &App| {
        let view = app.open_interview(&household).unwrap();
        view.nodes.into_iter().find(|node| node.path == "surveyor_remark").and_then(|node| node.value)
    };
    assert!(!kept.is_empty());
    assert_eq!(remark(&app).as_deref(), Some(kept.as_str()), "what was refused stands on the screen alone");
    assert_eq!(code(app.backup_now(None)), "backup_no_room");
    assert_eq!(
        app.backup_status().unwrap().backups.len(),
        1,
        "nothing half is left, and the one before is there"
    );
    assert!(
        !fs::read_dir(data.join("backups"))
            .unwrap()
            .any(|entry| { entry.unwrap().file_name().to_string_lossy().ends_with(".part") })
    );
    // Closed and opened on the full disk, all is there.
    app.lock().unwrap();
    app.unlock(PASSPHRASE).unwrap();
    assert_eq!(remark(&app).as_deref(), Some(kept.as_str()));
    assert!(start(data.clone(), &clock, false).state().warnings.contains(&"disk_full_soon".to_owned()));

    fs::remove_file(ballast).unwrap();
    answer(&app, &household, "surveyor_remark", "có chỗ rồi").unwrap();
    app.backup_now(None).unwrap();
    app.lock().unwrap();
    drop(app);

    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(disk).status().unwrap();
    assert!(remounted.success());
    let app = start(data.clone(), &clock, true);
    let state = app.state();
    assert_eq!((state.stage, state.trouble.as_deref()), (Stage::ReadOnly, Some("read_only")));
    assert_eq!(state.folder, Some(data.display().to_string()));
    let remounted = Command::new("mount").args(["-o", "remount,rw"]).arg(disk).status().unwrap();
    assert!(remounted.success());
    app.unlock(PASSPHRASE).unwrap();
    assert_eq!(remark(&app).as_deref(), Some("có chỗ rồi"));
}
