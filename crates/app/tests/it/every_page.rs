//! A disk that runs full at every page of every act: what was kept before is there, the refusal says why, and with room it is done.
//!
//! A normal run takes some of the steps, by a seed; `RASOAT_STEPS=all` takes each of them, and a number the one with so many pages.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rasoat_app::view::{ChangePassphraseForm, RestoreForm, Stage, UnlockForm};
use rasoat_app::{App, AppConfig, AppError, Options, Room, RoomOf};
use rasoat_casework::Round;
use rasoat_exchange::Retention;
use rasoat_server::set_retention;
use rasoat_testkit::disk::{fill, on_a_disk};
use rasoat_testkit::laptop::{COSTS, PASSPHRASE};
use rasoat_testkit::province::Province;
use rasoat_testkit::{HandClock, demo, interviewer, machine_clock, visit};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::desks::Desk;
use crate::support::{all, answer, correct};

const PAGE: u64 = 4096;
/// Steps of a walk, beside those by which its end is found, unless `RASOAT_STEPS` says otherwise.
const STEPS: u64 = 6;
/// Steps beyond the first that has room.
const BEYOND: u64 = 8;
const DAY: i64 = 24 * 60 * 60 * 1000;
const OTHER: &str = "gió mùa đông bắc";

/// One act on a disk with ever more room.
struct Walk<'a> {
    disk: &'a Path,
    name: &'a str,
    /// What is on the disk before.
    before: &'a Path,
    now: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// Whether the program is open when the disk is full.
    is_open: bool,
    /// Says whether all of it is done: what can wait is done later.
    act: &'a dyn Fn(&App) -> Result<bool, AppError>,
    refusal: &'a str,
    /// Opens the laptop: after the act, or without it.
    passphrase: [&'a str; 2],
    /// Looks at what must be there, whatever happened; said whether the act was done.
    holds: &'a dyn Fn(&App, bool),
    /// Looks at what the act leaves once there is room.
    done: &'a dyn Fn(&App),
}

impl Walk<'_> {
    fn all(&self) {
        if let Some(only) = std::env::var("RASOAT_STEPS").ok().and_then(|text| text.parse().ok()) {
            println!("{}: {only} pages: {:?}", self.name, self.step(only));
            return;
        }
        let (mut steps, mut refused, mut put_off) = (0, 0, 0);
        let mut take = |left: u64| {
            let outcome = self.step(left);
            steps += 1;
            refused += u32::from(outcome.is_none());
            put_off += u32::from(outcome == Some(false));
            outcome == Some(true)
        };
        let mut enough = 1;
        while !take(enough) {
            enough *= 2;
            assert!(enough < 4096, "{}: never enough", self.name);
        }
        if std::env::var("RASOAT_STEPS").is_ok_and(|text| text == "all") {
            for left in 0..enough + BEYOND {
                take(left);
            }
        } else {
            let seed = seed();
            println!("RASOAT_SEED={seed}");
            take(0);
            for step in 0..STEPS {
                let drawn = blake3::hash(format!("{seed} {} {step}", self.name).as_bytes());
                let drawn = u64::from_be_bytes(drawn.as_bytes()[..8].try_into().unwrap());
                take(drawn % enough);
            }
        }
        println!(
            "{}: {steps} steps, {refused} refused, {put_off} put off, {enough} pages are enough",
            self.name
        );
        assert!(refused + put_off > 0, "{}: no step was too small", self.name);
    }

    /// With so many free pages; what came of it, if it was not refused.
    fn step(&self, left: u64) -> Option<bool> {
        let data = self.disk.join("data");
        if data.exists() {
            fs::remove_dir_all(&data).unwrap();
        }
        copy(self.before, &data);
        let app = start(&data, &self.now);
        if self.is_open {
            self.unlock(&app, false, left);
        }
        let ballast = fill(self.disk, left * PAGE);
        let outcome = (self.act)(&app);
        let did = outcome.is_ok();
        if let Err(error) = &outcome {
            assert_eq!(error.code, self.refusal, "{} with {left} pages", self.name);
        }
        // On the full disk it opens again, and what is there can be read.
        if self.is_open || did {
            for _ in 0..2 {
                if app.state().stage != Stage::Open {
                    self.unlock(&app, did, left);
                }
                (self.holds)(&app, did);
                app.lock().unwrap();
            }
        }
        assert_eq!(app.state().stage, Stage::Locked, "{} with {left} pages", self.name);

        fs::remove_file(ballast).unwrap();
        if self.is_open {
            self.unlock(&app, did, left);
        }
        if !did {
            (self.act)(&app).unwrap_or_else(|error| panic!("{} with {left} pages: {error:?}", self.name));
        }
        if app.state().stage != Stage::Open {
            self.unlock(&app, true, left);
        }
        (self.holds)(&app, true);
        (self.done)(&app);
        app.lock().unwrap();
        drop(app);
        let app = start(&data, &self.now);
        self.unlock(&app, true, left);
        (self.holds)(&app, true);
        (self.done)(&app);
        app.lock().unwrap();
        outcome.ok()
    }

    fn unlock(&self, app: &App, did: bool, left: u64) {
        let [without, after] = self.passphrase;
        let form = UnlockForm::from(if did { after } else { without });
        app.unlock(form).unwrap_or_else(|error| panic!("{} with {left} pages: {error:?}", self.name));
    }
}

/// The program over a folder that was copied, which is not to be found out here.
fn start(data: &Path, now: &Arc<dyn Fn() -> i64 + Send + Sync>) -> App {
    let config = AppConfig { data_dir: data.to_owned(), now: Arc::clone(now) };
    let room: RoomOf = Arc::new(|_| Some(Room { free: 1 << 40, total: 1 << 41 }));
    let options = Options { costs: Some(COSTS), room: Some(room), finds_copies: false, ..Options::default() };
    App::start_with(config, options).unwrap()
}

fn seed() -> u64 {
    let given = std::env::var("RASOAT_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| machine_clock().unsigned_abs())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// How many households there are, and what stands in the interview of one.
fn seen(app: &App, household: &str) -> (usize, BTreeMap<String, String>) {
    let view = app.open_interview(household).unwrap();
    let answers = view.nodes.into_iter().filter_map(|node| Some((node.path, node.value?))).collect();
    (all(app).len(), answers)
}

/// A laptop of a province with the list taken in, an answer that is sealed and one that is not.
struct AtWork {
    folder: TempDir,
    clock: HandClock,
    homes: Vec<String>,
    seen: (usize, BTreeMap<String, String>),
}

impl AtWork {
    fn new() -> Self {
        Self::after(|_| {})
    }

    fn after(more: impl FnOnce(&App)) -> Self {
        Runtime::new().unwrap().block_on(async {
            let province = Province::start().await.unwrap();
            let desk = Desk::listed(&province, "Máy 01").await;
            let homes: Vec<String> = desk.rows().into_iter().map(|row| row.id).collect();
            desk.answer(&homes[0], "floor_area", "30");
            answer(&desk.app, &homes[0], "address", "Ngõ 4, sau đồi chè").unwrap();
            more(&desk.app);
            let seen = seen(&desk.app, &homes[0]);
            desk.app.lock().unwrap();
            Self { folder: desk.folder, clock: province.clock.clone(), homes, seen }
        })
    }

    fn holds(&self, app: &App) {
        assert!(seen(app, &self.homes[0]) == self.seen, "an interview is not as it was");
    }

    /// A walk over it with the program open.
    fn walk<'a>(&'a self, disk: &'a Path, name: &'a str) -> Walk<'a> {
        Walk {
            disk,
            name,
            before: self.folder.path(),
            now: self.clock.reader(),
            is_open: true,
            act: &|_| Ok(true),
            refusal: "disk_full",
            passphrase: [PASSPHRASE; 2],
            holds: &|_, _| {},
            done: &|_| {},
        }
    }
}

#[test]
fn answers_on_a_disk_that_runs_full_are_kept_up_to_the_one_that_is_refused() {
    on_a_disk(
        "every_page::answers_on_a_disk_that_runs_full_are_kept_up_to_the_one_that_is_refused",
        8,
        |disk| {
            let laptop = AtWork::new();
            let home = laptop.homes[1].clone();
            let kept = RefCell::new(None);
            let remark = |app: &App| {
                let view = app.open_interview(&home).unwrap();
                let node = view.nodes.into_iter().find(|node| node.path == "surveyor_remark");
                node.and_then(|node| node.value)
            };
            let act = |app: &App| {
                *kept.borrow_mut() = remark(app);
                for number in 0..6 {
                    let text = format!("{number}{}", " đi một ngày đàng".repeat(40));
                    answer(app, &home, "surveyor_remark", &text)?;
                    *kept.borrow_mut() = Some(text);
                }
                Ok(true)
            };
            let holds = |app: &App, _| {
                laptop.holds(app);
                assert_eq!(remark(app), *kept.borrow());
            };
            let done = |app: &App| assert!(remark(app).unwrap().starts_with("5 "));
            Walk { act: &act, holds: &holds, done: &done, ..laptop.walk(disk, "answers") }.all();
        },
    );
}

#[test]
fn an_interview_is_signed_or_still_a_draft_on_a_disk_that_runs_full() {
    on_a_disk("every_page::an_interview_is_signed_or_still_a_draft_on_a_disk_that_runs_full", 8, |disk| {
        let given = RefCell::new(Vec::new());
        let laptop = AtWork::after(|app| {
            let home = all(app)[2].id.clone();
            *given.borrow_mut() = visit::fill(app, &home, &interviewer::poor()).unwrap();
        });
        let home = laptop.homes[2].clone();
        let signed = |app: &App| app.open_interview(&home).unwrap().signed;
        let act = |app: &App| {
            let signed = app.sign_off(&home)?;
            assert!(signed.signed, "{:?}", signed.blocking);
            Ok(true)
        };
        let holds = |app: &App, did| {
            let rows = all(app).len();
            let view = app.open_interview(&home).unwrap();
            assert_eq!((rows, view.signed), (60, did));
            for (path, value) in given.borrow().iter().rev().take(5) {
                let node = view.nodes.iter().find(|node| node.path == *path);
                let warning = path.ends_with("#reason");
                assert!(warning || node.is_some_and(|node| node.value.as_ref() == Some(value)), "{path}");
            }
        };
        let done = |app: &App| assert!(signed(app));
        Walk { act: &act, holds: &holds, done: &done, ..laptop.walk(disk, "signing") }.all();
    });
}

#[test]
fn a_draft_is_sealed_or_still_a_draft_on_a_disk_that_runs_full() {
    on_a_disk("every_page::a_draft_is_sealed_or_still_a_draft_on_a_disk_that_runs_full", 8, |disk| {
        let laptop = AtWork::new();
        let act = |app: &App| app.leave_interview(&laptop.homes[0]).map(|_| true);
        let done = |app: &App| {
            let changes = app.household(&laptop.homes[0]).unwrap().history;
            assert!(changes.iter().any(|change| change.kind == "answers"), "{changes:?}");
        };
        let holds = |app: &App, _| laptop.holds(app);
        Walk { act: &act, holds: &holds, done: &done, ..laptop.walk(disk, "sealing") }.all();
    });
}

#[test]
fn a_list_is_taken_in_whole_or_not_on_a_disk_that_runs_full() {
    on_a_disk("every_page::a_list_is_taken_in_whole_or_not_on_a_disk_that_runs_full", 8, |disk| {
        let laptop = AtWork::new();
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list.xlsx");
        fs::write(&list, demo::list_workbook(8)).unwrap();
        let act = |app: &App| app.import_list(list.to_str().unwrap()).map(|_| true);
        let holds = |app: &App, did| {
            assert_eq!(all(app).len() > 60, did);
            assert!(seen(app, &laptop.homes[0]).1 == laptop.seen.1, "an interview is not as it was");
            assert_eq!(app.list_imports().unwrap().len(), if did { 2 } else { 1 });
        };
        let done = |app: &App| assert!(all(app).len() > 60);
        Walk { act: &act, holds: &holds, done: &done, ..laptop.walk(disk, "list") }.all();
    });
}

#[test]
fn a_backup_is_there_whole_or_not_on_a_disk_that_runs_full() {
    on_a_disk("every_page::a_backup_is_there_whole_or_not_on_a_disk_that_runs_full", 8, |disk| {
        let laptop = AtWork::new();
        let act = |app: &App| app.backup_now(None).map(|_| true);
        let holds = |app: &App, did| {
            laptop.holds(app);
            let status = app.backup_status().unwrap();
            assert_eq!((status.backups.len(), status.unreadable), (usize::from(did), 0));
        };
        let done = |app: &App| {
            let made = app.backup_status().unwrap().backups.remove(0);
            app.check_backup(&made.path).unwrap();
            for entry in fs::read_dir(Path::new(&made.path).parent().unwrap()).unwrap() {
                assert!(!entry.unwrap().file_name().to_string_lossy().ends_with(".part"));
            }
        };
        let refusal = "backup_no_room";
        Walk { act: &act, refusal, holds: &holds, done: &done, ..laptop.walk(disk, "backup") }.all();
    });
}

#[test]
fn a_backup_takes_the_place_of_all_or_of_nothing_on_a_disk_that_runs_full() {
    on_a_disk(
        "every_page::a_backup_takes_the_place_of_all_or_of_nothing_on_a_disk_that_runs_full",
        12,
        |disk| {
            let laptop = AtWork::after(|app| {
                app.backup_now(None).unwrap();
                let home = all(app)[1].id.clone();
                answer(app, &home, "phone", "0912345678").unwrap();
            });
            let runtime = Runtime::new().unwrap();
            let act = |app: &App| {
                let folder = disk.join("data/backups");
                let oldest = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).min().unwrap();
                let path = oldest.display().to_string();
                let form = RestoreForm { path, user: None, passphrase: PASSPHRASE.into() };
                runtime.block_on(app.restore_backup(form)).map(|_| true)
            };
            let holds = |app: &App, _| {
                laptop.holds(app);
                let view = app.open_interview(&laptop.homes[1]).unwrap();
                let phone = view.nodes.iter().find(|node| node.path == "phone").unwrap();
                assert_eq!(phone.value.as_deref(), Some("0912345678"), "brought over");
            };
            let done = |_: &App| {
                let aside: Vec<PathBuf> = fs::read_dir(disk.join("data/aside"))
                    .unwrap()
                    .map(|entry| entry.unwrap().path().join("rasoat.db"))
                    .collect();
                assert!(aside.len() == 1 && aside[0].exists(), "{aside:?}");
                assert!(!disk.join("data/restoring").exists());
            };
            Walk { act: &act, holds: &holds, done: &done, ..laptop.walk(disk, "restore") }.all();
        },
    );
}

#[test]
fn an_older_file_is_brought_up_or_as_it_was_on_a_disk_that_runs_full() {
    on_a_disk("every_page::an_older_file_is_brought_up_or_as_it_was_on_a_disk_that_runs_full", 8, |disk| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/laptop/v7");
        let folder = tempfile::tempdir().unwrap();
        for name in ["rasoat.db", "rasoat.keys"] {
            fs::copy(fixtures.join(name), folder.path().join(name)).unwrap();
        }
        let expected: serde_json::Value =
            serde_json::from_slice(&fs::read(fixtures.join("expected.json")).unwrap()).unwrap();
        let laptop = AtWork::new();
        let act = |app: &App| app.unlock(PASSPHRASE).map(|_| true);
        let holds = |app: &App, _| {
            assert_eq!(all(app).len() as u64, expected["households"].as_u64().unwrap());
            let unsent = expected["unsent"].as_array().unwrap().len();
            assert!(app.sync_status().unwrap().unsent_edits as usize >= unsent);
            for (id, household) in expected["looked_at"].as_object().unwrap() {
                let view = app.open_interview(id).unwrap();
                for (path, value) in household["answers"].as_object().unwrap() {
                    let node = view.nodes.iter().find(|node| node.path == *path).unwrap();
                    assert_eq!(node.value.as_deref(), value.as_str(), "{path}");
                }
            }
        };
        let walk = laptop.walk(disk, "older file");
        let now = Arc::new(|| machine_clock() + DAY);
        Walk { before: folder.path(), now, is_open: false, act: &act, holds: &holds, ..walk }.all();
    });
}

#[test]
fn a_passphrase_is_changed_or_the_one_before_on_a_disk_that_runs_full() {
    on_a_disk("every_page::a_passphrase_is_changed_or_the_one_before_on_a_disk_that_runs_full", 8, |disk| {
        let laptop = AtWork::new();
        let act = |app: &App| {
            let form = ChangePassphraseForm { old: PASSPHRASE.into(), new: OTHER.into() };
            app.change_passphrase(form).map(|_| true)
        };
        let holds = |app: &App, _| laptop.holds(app);
        let passphrase = [PASSPHRASE, OTHER];
        Walk { act: &act, holds: &holds, passphrase, ..laptop.walk(disk, "passphrase") }.all();
    });
}

#[test]
fn what_is_due_is_removed_and_the_key_changed_whole_or_not_on_a_disk_that_runs_full() {
    on_a_disk(
        "every_page::what_is_due_is_removed_and_the_key_changed_whole_or_not_on_a_disk_that_runs_full",
        12,
        |disk| {
            let laptop = Runtime::new().unwrap().block_on(async {
                let province = Province::start().await.unwrap();
                let desk = Desk::listed(&province, "Máy 01").await;
                let homes: Vec<String> = desk.rows().into_iter().map(|row| row.id).collect();
                let locked_at_millis = province.clock.now();
                let term = Retention { round: Round(2026), locked_at_millis, days: 1 };
                set_retention(&province.state, term).await.unwrap();
                desk.sync().await;
                province.clock.pass(2 * DAY);
                desk.sync().await;
                correct(&desk.app, &homes[0]);
                answer(&desk.app, &homes[0], "address", "Ngõ 4, sau đồi chè").unwrap();
                desk.app.backup_now(None).unwrap();
                let seen = seen(&desk.app, &homes[0]);
                desk.app.lock().unwrap();
                AtWork { folder: desk.folder, clock: province.clock.clone(), homes, seen }
            });
            let left = |app: &App| all(app).len();
            let act = |app: &App| {
                app.unlock(PASSPHRASE)?;
                Ok(left(app) == 1 && !app.retention().unwrap().unwrap().pending)
            };
            let holds = |app: &App, _| {
                assert!([1, 60].contains(&left(app)), "all that is due or nothing");
                assert!(seen(app, &laptop.homes[0]).1 == laptop.seen.1, "what stays is as it was");
            };
            let done = |app: &App| {
                assert_eq!((left(app), app.retention().unwrap().unwrap().pending), (1, false));
                let backups = app.backup_status().unwrap().backups;
                assert!(backups.iter().all(|backup| backup.households == 1), "none holds what was removed");
            };
            Walk { is_open: false, act: &act, holds: &holds, done: &done, ..laptop.walk(disk, "removal") }
                .all();
        },
    );
}
