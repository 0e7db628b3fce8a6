//! Backups of every kind, and what becomes of a laptop whose database is gone, damaged or full.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rasoat_app::view::{AppStateView, BackupView, ReadBefore, RestoreForm, Stage};
use rasoat_app::{App, AppConfig, AppError, Options, Room};

use crate::support::{COSTS, Laptop, PASSPHRASE, all, answer, code, first};

const MINUTE: i64 = 60 * 1000;
const DAY: i64 = 24 * 60 * MINUTE;
const MB: u64 = 1 << 20;

fn data(laptop: &Laptop) -> PathBuf {
    laptop.dir.path().join("data")
}

fn database(laptop: &Laptop) -> PathBuf {
    data(laptop).join("rasoat.db")
}

fn pass(laptop: &Laptop, millis: i64) {
    laptop.clock.fetch_add(millis, Ordering::Relaxed);
}

async fn restore(app: &App, path: &str) -> Result<AppStateView, AppError> {
    let form = RestoreForm { path: path.to_owned(), user: None, passphrase: PASSPHRASE.into() };
    app.restore_backup(form).await
}

/// Everything a person can see: each household's line, and each answer of the first interview.
fn seen(app: &App) -> (Vec<String>, BTreeMap<String, String>) {
    let rows = all(app).iter().map(|row| format!("{row:?}")).collect();
    let view = app.open_interview(&first(app).id).unwrap();
    let answers = view.nodes.into_iter().filter_map(|node| Some((node.path, node.value?))).collect();
    (rows, answers)
}

/// A laptop with a list, an interview that is sealed in part, and a draft.
fn at_work(laptop: &Laptop) -> App {
    let app = laptop.listed();
    let household = first(&app).id;
    answer(&app, &household, "address", "Ngõ 4, sau đồi chè").unwrap();
    app.leave_interview(&household).unwrap();
    answer(&app, &household, "phone", "0912345678").unwrap();
    app
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// As a thief, a fire or a broken disk leaves it: everything but the backups is gone.
fn lose_all_but_backups(laptop: &Laptop) {
    for entry in fs::read_dir(data(laptop)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::remove_file(path).unwrap();
        }
    }
}

/// Restores what the program offers on another start, and compares.
async fn comes_back(laptop: &Laptop, before: &(Vec<String>, BTreeMap<String, String>)) {
    lose_all_but_backups(laptop);
    let app = laptop.start();
    let state = app.state();
    assert_eq!((state.stage, state.trouble.as_deref()), (Stage::Damaged, Some("missing")));
    let best = app.restore_offer().unwrap().best.unwrap();
    let state = restore(&app, &best.backup.path).await.unwrap();
    assert_eq!(state.stage, Stage::Open);
    assert!(state.warnings.contains(&"restored_or_copied".to_owned()), "a new life: {state:?}");
    let restored = state.restored.unwrap();
    assert_eq!((restored.before, restored.edits), (ReadBefore::Gone, 0));
    assert_eq!(restored.made_at, best.backup.made_at);
    assert_eq!(&seen(&app), before);
}

#[tokio::test]
async fn a_backup_that_was_asked_for_comes_back_as_it_was() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let before = seen(&app);
    let made = app.backup_now(None).unwrap();
    assert_eq!((made.reason.as_str(), made.device_name.as_str()), ("asked", "Máy 07"));
    assert_eq!((made.households as usize, made.draft_answers), (all(&app).len(), 1));
    let status = app.backup_status().unwrap();
    assert!(status.up_to_date && status.unreadable == 0);
    assert_eq!(status.backups, [made]);
    drop(app);
    comes_back(&laptop, &before).await;
}

#[tokio::test]
async fn a_scheduled_backup_comes_back_as_it_was() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let before = seen(&app);
    assert!(app.backup_if_due().unwrap(), "there is none yet");
    assert!(!app.backup_if_due().unwrap(), "nothing changed");
    drop(app);
    comes_back(&laptop, &before).await;
}

#[tokio::test]
async fn a_backup_made_on_closing_comes_back_as_it_was() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let before = seen(&app);
    assert!(app.closing_takes_time());
    app.close_down().await;
    assert_eq!(app.state().stage, Stage::Locked);
    assert!(!app.closing_takes_time(), "closed");
    app.close_down().await;
    drop(app);
    comes_back(&laptop, &before).await;
}

#[tokio::test]
async fn a_backup_on_a_stick_comes_back_on_another_machine() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let before = seen(&app);
    let stick = tempfile::tempdir().unwrap();
    let folder = stick.path().to_str().unwrap();
    let made = app.backup_now(Some(folder)).unwrap();
    let name = Path::new(&made.path).file_name().unwrap().to_str().unwrap().to_owned();
    assert!(name.starts_with("rasoat-backup-may07-20261123-08") && name.is_ascii(), "{name}");
    assert!(app.backup_status().unwrap().last_on_stick.is_some());
    assert!(app.backup_status().unwrap().backups.is_empty(), "none on the disk");

    let other = Laptop::new();
    let app = other.start();
    assert_eq!(app.state().stage, Stage::Fresh);
    let found = app.backups_in(folder).unwrap().backups;
    assert_eq!(found, std::slice::from_ref(&made));
    assert_eq!(app.backups_in(&made.path).unwrap().backups, found, "the folder itself");
    assert_eq!(app.check_backup(&made.path).unwrap().backup, made);
    assert_eq!(restore(&app, &made.path).await.unwrap().stage, Stage::Open);
    assert_eq!(seen(&app), before);
}

#[test]
fn what_was_changed_is_backed_up_every_half_hour_and_the_old_ones_go_by_rule() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let household = first(&app).id;
    let mut made = 0;
    for turn in 0..60 {
        answer(&app, &household, "phone", &format!("09123{turn:05}")).unwrap();
        if app.backup_if_due().unwrap() {
            made += 1;
        }
        pass(&laptop, 40 * MINUTE);
    }
    assert_eq!(made, 60);
    let status = app.backup_status().unwrap();
    // Five, and the last of the day before.
    assert_eq!(status.backups.len(), 6, "{:?}", status.backups);
    let mut latest_first = status.backups.clone();
    latest_first.sort_by(|one, other| other.made_at.cmp(&one.made_at));
    assert_eq!(status.backups, latest_first);
    answer(&app, &household, "phone", "0900000000").unwrap();
    assert!(!app.backup_status().unwrap().up_to_date);
}

#[tokio::test]
async fn a_damaged_database_is_told_at_unlocking_and_what_is_readable_of_it_is_brought_over() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    app.backup_now(None).unwrap();
    let household = first(&app).id;
    app.leave_interview(&household).unwrap();
    answer(&app, &household, "address", "Sau bản sao lưu").unwrap();
    let before = seen(&app);
    app.lock().unwrap();
    drop(app);
    let length = usize::try_from(fs::metadata(database(&laptop)).unwrap().len()).unwrap();
    flip(&database(&laptop), length / 2);

    let app = laptop.start();
    assert_eq!(app.state().stage, Stage::Locked, "not known before the passphrase");
    assert_eq!(code(app.unlock(PASSPHRASE)), "damaged");
    let state = app.state();
    assert_eq!((state.stage, state.trouble.as_deref()), (Stage::Damaged, Some("damaged")));
    assert_eq!(state.device_name.as_deref(), Some("Máy 07"));
    let offer = app.restore_offer().unwrap();
    let best = offer.best.unwrap();
    assert_eq!((best.users.len(), offer.passed_over, offer.others.len()), (1, 0, 0));
    let state = restore(&app, &best.backup.path).await.unwrap();
    let restored = state.restored.clone().unwrap();
    assert!(matches!(restored.before, ReadBefore::All | ReadBefore::Part), "{restored:?}");
    assert!(restored.edits >= 1 && restored.answers >= 1, "{restored:?}");
    assert_eq!(seen(&app), before, "nothing is missing");
    // The damaged file is there as it was.
    let aside: Vec<_> = fs::read_dir(data(&laptop).join("aside")).unwrap().collect();
    assert_eq!(aside.len(), 1);
    assert!(aside[0].as_ref().unwrap().path().join("rasoat.db").exists());

    let seen_it = app.dismiss_restored().unwrap();
    assert_eq!((seen_it.restored, seen_it.warnings.len()), (None, 0));
}

#[tokio::test]
async fn a_database_that_is_no_longer_one_leaves_the_backup_and_says_so() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let made = app.backup_now(None).unwrap();
    let before = seen(&app);
    answer(&app, &first(&app).id, "phone", "0900000000").unwrap();
    app.lock().unwrap();
    fs::write(database(&laptop), b"another program's file".repeat(999)).unwrap();
    assert_eq!(code(app.unlock(PASSPHRASE)), "damaged");
    let restored = restore(&app, &made.path).await.unwrap().restored.unwrap();
    assert_eq!((restored.before, restored.made_at), (ReadBefore::Nothing, made.made_at));
    assert_eq!(seen(&app), before);
}

#[tokio::test]
async fn keys_that_are_gone_come_back_with_a_backup_and_the_database_is_read_with_them() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let made = app.backup_now(None).unwrap();
    answer(&app, &first(&app).id, "phone", "0900000000").unwrap();
    let before = seen(&app);
    app.lock().unwrap();
    fs::remove_file(data(&laptop).join("rasoat.keys")).unwrap();
    assert_eq!(code(app.unlock(PASSPHRASE)), "keys_missing");
    assert_eq!(app.state().trouble.as_deref(), Some("keys_missing"));
    let restored = restore(&app, &made.path).await.unwrap().restored.unwrap();
    assert_eq!((restored.before, restored.answers), (ReadBefore::All, 1));
    assert_eq!(seen(&app), before);
}

#[tokio::test]
async fn a_damaged_backup_is_passed_over_for_the_next_good_one() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let mut made: Vec<BackupView> = Vec::new();
    for turn in 0..3 {
        answer(&app, &first(&app).id, "phone", &format!("091234567{turn}")).unwrap();
        made.push(app.backup_now(None).unwrap());
    }
    drop(app);
    lose_all_but_backups(&laptop);
    flip(&Path::new(&made[2].path).join("rasoat.db"), 9_000);
    flip(&Path::new(&made[1].path).join("rasoat.keys"), 200);
    let app = laptop.start();
    let offer = app.restore_offer().unwrap();
    assert_eq!((offer.passed_over, offer.best.as_ref().map(|best| &best.backup)), (2, Some(&made[0])));
    assert_eq!(code(app.check_backup(&made[2].path)), "backup_damaged");
    assert_eq!(code(restore(&app, &made[2].path).await), "backup_damaged");
    assert_eq!(code(restore(&app, &laptop.dir.path().display().to_string()).await), "backup_gone");
    assert_eq!(app.state().stage, Stage::Damaged, "as before");
    restore(&app, &made[0].path).await.unwrap();
    assert_eq!(seen(&app).1["phone"], "0912345670");
    flip(&Path::new(&made[0].path).join("backup.json"), 80);
    assert_eq!(app.backup_status().unwrap().unreadable, 1);
}

#[tokio::test]
async fn a_backup_put_in_place_of_a_database_that_is_open_loses_nothing_that_was_not_sent() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let older = app.backup_now(None).unwrap();
    let household = first(&app).id;
    app.leave_interview(&household).unwrap();
    answer(&app, &household, "address", "Mới hơn bản sao lưu").unwrap();
    let before = seen(&app);
    let unsent = app.sync_status().unwrap().unsent_edits;
    let wrong = RestoreForm { path: older.path.clone(), user: None, passphrase: "không phải nó".into() };
    assert_eq!(code(app.restore_backup(wrong).await), "wrong_passphrase");
    assert_eq!(app.state().stage, Stage::Open, "as before");

    let state = restore(&app, &older.path).await.unwrap();
    assert_eq!(state.restored.unwrap().before, ReadBefore::All);
    assert_eq!(seen(&app), before);
    assert_eq!(app.sync_status().unwrap().unsent_edits, unsent);
    let status = app.backup_status().unwrap();
    assert_eq!(status.backups[0].reason, "before_restore");
    // Everything goes to the province once, whatever of it was in the backup.
    let status = app.sync_now().await.unwrap();
    assert_eq!((status.unsent_edits, status.problem), (0, None));
    assert_eq!(laptop.province.edits(), unsent as usize);
}

#[tokio::test]
async fn a_laptop_without_any_backup_can_be_begun_anew_and_its_files_stay_aside() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    app.lock().unwrap();
    fs::write(database(&laptop), b"rubbish".repeat(2_000)).unwrap();
    assert_eq!(code(app.unlock(PASSPHRASE)), "damaged");
    let offer = app.restore_offer().unwrap();
    assert_eq!((offer.best, offer.others.len()), (None, 0));
    assert_eq!(app.begin_anew().unwrap().stage, Stage::Fresh);
    let aside = fs::read_dir(data(&laptop).join("aside")).unwrap().next().unwrap().unwrap().path();
    assert!(aside.join("rasoat.db").exists() && aside.join("rasoat.keys").exists());
    let path = laptop.enrolment_file(&crate::support::enrolment(1));
    laptop.enrol_with(&app, path, crate::support::CODE).unwrap();
    assert_eq!(app.state().stage, Stage::Open);
}

#[test]
fn a_laptop_that_was_enrolled_anew_is_backed_up_beside_what_was_there() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    for turn in 0..3 {
        answer(&app, &first(&app).id, "phone", &format!("091234567{turn}")).unwrap();
        app.backup_now(None).unwrap();
    }
    app.lock().unwrap();
    app.begin_anew().unwrap();
    assert_eq!(app.state().stage, Stage::Damaged, "there are backups");
    let mut another = crate::support::enrolment(1);
    another.device = rasoat_casework::DeviceId(uuid::Uuid::from_u128(0xd1));
    let path = laptop.enrolment_file(&another);
    laptop.enrol_with(&app, path, crate::support::CODE).unwrap();
    let made = app.backup_now(None).unwrap();
    assert_eq!(app.backup_status().unwrap().backups.len(), 4, "those of before stay");
    assert!(app.backup_status().unwrap().up_to_date && !app.backup_if_due().unwrap());
    app.lock().unwrap();
    assert_eq!(app.restore_offer().unwrap().best.unwrap().backup, made);
}

#[test]
fn answers_that_a_damaged_log_left_out_are_told_until_they_were_seen() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    for turn in 0..4 {
        answer(&app, &first(&app).id, "phone", &format!("091234567{turn}")).unwrap();
    }
    // As after a power cut, with a byte of the log that is not as it was written.
    let cut = Laptop::new();
    fs::create_dir(data(&cut)).unwrap();
    for entry in fs::read_dir(data(&laptop)).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() && !entry.file_name().to_string_lossy().ends_with("-shm") {
            fs::copy(entry.path(), data(&cut).join(entry.file_name())).unwrap();
        }
    }
    let log = data(&cut).join("rasoat.db-wal");
    let length = usize::try_from(fs::metadata(&log).unwrap().len()).unwrap();
    flip(&log, length - 6_000);
    let app = cut.start();
    let state = app.unlock(PASSPHRASE).unwrap();
    assert!(state.warnings.contains(&"answers_lost".to_owned()), "{state:?}");
    app.lock().unwrap();
    let state = app.unlock(PASSPHRASE).unwrap();
    assert!(state.warnings.contains(&"answers_lost".to_owned()), "until it was seen");
    assert!(!app.dismiss_restored().unwrap().warnings.contains(&"answers_lost".to_owned()));
}

/// A laptop with a disk of which tests say how much room it has.
fn with_room(laptop: &Laptop, free: &Arc<AtomicU64>) -> App {
    let (clock, free) = (Arc::clone(&laptop.clock), Arc::clone(free));
    let now = Arc::new(move || clock.fetch_add(1_000, Ordering::Relaxed));
    let config = AppConfig { data_dir: data(laptop), now };
    let room = Arc::new(move |_: &Path| Some(Room { free: free.load(Ordering::Relaxed), total: 64 << 30 }));
    App::start_with(config, Options { costs: Some(COSTS), room: Some(room), ..Options::default() }).unwrap()
}

#[test]
fn a_disk_that_fills_up_is_told_early_and_takes_answers_to_the_end_but_nothing_large() {
    let laptop = Laptop::new();
    drop(at_work(&laptop));
    let free = Arc::new(AtomicU64::new(2_000 * MB));
    let app = with_room(&laptop, &free);
    let has = |warning: &str| app.state().warnings.contains(&warning.to_owned());
    app.unlock(PASSPHRASE).unwrap();
    assert_eq!((has("disk_nearly_full"), app.state().free_megabytes), (false, None));
    free.store(499 * MB, Ordering::Relaxed);
    assert_eq!((has("disk_nearly_full"), app.state().free_megabytes), (true, Some(499)));
    app.import_list(&laptop.list(1)).unwrap();
    free.store(99 * MB, Ordering::Relaxed);
    assert!(has("disk_full_soon") && !has("disk_nearly_full"));
    assert_eq!(code(app.import_list(&laptop.list(1))), "disk_full_soon");
    assert_eq!(code(app.bundle_import("/nowhere")), "disk_full_soon");
    let household = first(&app).id;
    let photo = rasoat_app::view::AttachForm {
        household: household.clone(),
        path: "house_photo".to_owned(),
        content: String::new(),
    };
    assert_eq!(code(app.attach(photo)), "disk_full_soon");
    answer(&app, &household, "phone", "0900000000").unwrap();
}

#[test]
fn backups_leave_room_on_the_disk_and_the_newest_good_one_always_stays() {
    let laptop = Laptop::new();
    drop(at_work(&laptop));
    let free = Arc::new(AtomicU64::new(20_000 * MB));
    let app = with_room(&laptop, &free);
    app.unlock(PASSPHRASE).unwrap();
    for turn in 0..4 {
        answer(&app, &first(&app).id, "phone", &format!("091234567{turn}")).unwrap();
        app.backup_now(None).unwrap();
    }
    let names = || -> Vec<String> {
        app.backup_status().unwrap().backups.into_iter().map(|backup| backup.path).collect()
    };
    let four = names();
    assert_eq!(four.len(), 4);
    // The newest is damaged: the one before it is the one to keep. Half a gigabyte stays free, so something has to go.
    flip(&Path::new(&four[0]).join("rasoat.db"), 9_000);
    free.store(501 * MB, Ordering::Relaxed);
    let made = app.backup_now(None).unwrap();
    let left = names();
    assert!(left.contains(&made.path) && left.contains(&four[1]), "{left:?}");
    assert!(!left.contains(&four[3]), "the oldest goes first");
    // Where not even that is enough, nothing is removed, and it is said.
    free.store(20 * MB, Ordering::Relaxed);
    let before = names();
    assert_eq!(code(app.backup_now(None)), "backup_no_room");
    assert_eq!(names(), before);
}

#[test]
fn a_stick_is_reminded_of_after_a_week_without_one() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    pass(&laptop, 6 * DAY);
    assert_eq!(app.state().stick_backup_days, Some(7), "since the enrolment, a day before");
    let stick = tempfile::tempdir().unwrap();
    app.backup_now(stick.path().to_str()).unwrap();
    assert_eq!(app.state().stick_backup_days, None);
    pass(&laptop, 9 * DAY);
    let state = app.state();
    assert_eq!(state.stick_backup_days, Some(9));
    assert!(state.warnings.contains(&"stick_backup_old".to_owned()));
}

#[test]
fn sticks_that_fail_are_told_and_leave_what_was_there() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    assert_eq!(code(app.backup_now(Some("/nowhere/at/all"))), "stick_gone");
    assert_eq!(code(app.backups_in("/nowhere/at/all")), "stick_gone");
    let stick = tempfile::tempdir().unwrap();
    // Of this laptop and pulled under way; of another one; and of somebody else.
    for name in
        ["rasoat-backup-may07-20261120-0800-3.part", "rasoat-backup-may09-20261120-0800-3.part", "thư"]
    {
        fs::create_dir(stick.path().join(name)).unwrap();
    }
    app.backup_now(stick.path().to_str()).unwrap();
    let names: Vec<String> = fs::read_dir(stick.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(!names.iter().any(|name| name.contains("may07") && name.ends_with(".part")));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_a_screen_that_says_which() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, b"in the way").unwrap();
    let config = AppConfig { data_dir: file.join("data"), now: Arc::new(|| 0) };
    let app = App::start_with(config, Options { alone: true, ..Options::default() }).unwrap();
    let state = app.state();
    assert_eq!(state.stage, Stage::ReadOnly);
    assert_eq!(state.folder, Some(file.join("data").display().to_string()));
    assert!(state.trouble.is_some());
    // Put right, it goes on without a new start.
    fs::remove_file(&file).unwrap();
    assert_eq!(app.state().stage, Stage::Fresh);
}
