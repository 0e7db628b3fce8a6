//! Several people on one laptop, locking by itself, copies, and one program for each folder.

use std::sync::atomic::Ordering;

use rasoat_app::view::{
    AddUserForm, ChangePassphraseForm, Contrast, RemoveUserForm, RenameUserForm, Stage, Theme, UnlockForm,
};
use rasoat_app::{App, AppConfig, AppError, Options};

use crate::support::{COSTS, Laptop, PASSPHRASE, START, answer, code, first};

const MAI: &str = "ba con trâu già";
const MINUTE: i64 = 60_000;

fn add_mai(app: &App) -> Result<(), AppError> {
    let form = AddUserForm {
        name: " Lý Thị  Mai".to_owned(),
        short_name: String::new(),
        passphrase: MAI.into(),
        own_passphrase: PASSPHRASE.into(),
    };
    app.add_user(form).map(|_| ())
}

fn unlock(app: &App, user: &str, passphrase: &str) -> Result<(), AppError> {
    let form = UnlockForm { user: Some(user.to_owned()), passphrase: passphrase.into() };
    app.unlock(form).map(|_| ())
}

fn authors(app: &App, household: &str) -> Vec<String> {
    app.household(household).unwrap().history.into_iter().map(|edit| edit.author).collect()
}

#[test]
fn what_each_person_seals_bears_their_own_name() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let household = first(&app).id;
    assert_eq!(app.state().users.len(), 1);
    assert_eq!(app.state().users[0].name, "", "nobody to be told from: no name stands outside the database");
    answer(&app, &household, "address", "Nà Lùng").unwrap();
    app.leave_interview(&household).unwrap();
    add_mai(&app).unwrap();
    let names: Vec<_> =
        app.state().users.into_iter().map(|user| (user.name, user.full_name, user.own)).collect();
    let full = |name: &str| Some(name.to_owned());
    assert_eq!(
        names,
        [("Thử".to_owned(), full("Hoàng Thị Thử"), true), ("Mai".to_owned(), full("Lý Thị Mai"), false)]
    );
    let mai = app.state().users[1].id.clone();
    let locked = app.lock().unwrap();
    assert!(locked.users.iter().all(|user| user.full_name.is_none()), "full names are locked away");
    assert_eq!(code(app.unlock(MAI)), "unknown_user");
    unlock(&app, &mai, MAI).unwrap();
    assert_eq!(app.state().surveyor.as_deref(), Some("Lý Thị Mai"));
    answer(&app, &household, "address", "Khuổi Mạ").unwrap();
    app.leave_interview(&household).unwrap();
    let found = authors(&app, &household);
    assert!(
        found.contains(&"Hoàng Thị Thử".to_owned()) && found.contains(&"Lý Thị Mai".to_owned()),
        "{found:?}"
    );
}

#[test]
fn people_are_renamed_removed_and_change_their_passphrase() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    add_mai(&app).unwrap();
    assert_eq!(code(add_mai(&app)), "name_taken");
    let [own, mai] = [0, 1].map(|index| app.state().users[index].id.clone());
    let renamed = |user: &str, name: &str, short: &str| {
        let form =
            RenameUserForm { user: user.to_owned(), name: name.to_owned(), short_name: short.to_owned() };
        app.rename_user(form)
    };
    assert_eq!(code(renamed(&own, "  ", "")), "unusable_name");
    assert_eq!(code(renamed(&own, "Hoàng Thị Thử", "mai")), "name_taken");
    let state = renamed(&own, "Hoàng Thị Thử Nghiệm", "Nghiệm").unwrap();
    assert_eq!(state.surveyor.as_deref(), Some("Hoàng Thị Thử Nghiệm"));
    assert_eq!(state.users[0].name, "Nghiệm");
    let remove = |user: &str, words: &str| {
        app.remove_user(RemoveUserForm { user: user.to_owned(), own_passphrase: words.into() })
    };
    assert_eq!(code(remove(&own, PASSPHRASE)), "own_user");
    assert_eq!(code(remove("not an id", PASSPHRASE)), "unknown_user");
    assert_eq!(code(remove(&mai, MAI)), "wrong_passphrase");
    let before = app.backup_now(None).unwrap();
    assert_eq!(remove(&mai, PASSPHRASE).unwrap().users.len(), 1);
    // Backups that open with the passphrase of who was removed go.
    let backups = app.backup_status().unwrap().backups;
    assert!(backups.len() == 1 && backups[0].path != before.path);
    let change = |old: &str, new: &str| {
        app.change_passphrase(ChangePassphraseForm { old: old.into(), new: new.into() })
    };
    assert_eq!(code(change("không phải nó", MAI)), "wrong_passphrase");
    assert_eq!(code(change(PASSPHRASE, "ngắn")), "weak_passphrase");
    change(PASSPHRASE, MAI).unwrap();
    app.lock().unwrap();
    assert_eq!(code(app.unlock(PASSPHRASE)), "wrong_passphrase");
    app.unlock(MAI).unwrap();
}

#[test]
fn a_passphrase_is_printed_by_nothing() {
    let form = UnlockForm::from(MAI);
    assert!(!format!("{form:?}").contains("trâu"));
}

#[test]
fn the_program_locks_when_nobody_is_there_and_what_was_answered_is_kept() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let household = first(&app).id;
    answer(&app, &household, "address", "Nà Lùng").unwrap();
    assert_eq!(app.state().lock_after_minutes, 15);
    laptop.clock.fetch_add(14 * MINUTE, Ordering::Relaxed);
    assert_eq!(app.activity().stage, Stage::Open);
    laptop.clock.fetch_add(14 * MINUTE, Ordering::Relaxed);
    assert!(!app.lock_if_idle());
    laptop.clock.fetch_add(MINUTE, Ordering::Relaxed);
    // Whoever comes too late does not keep it open.
    assert_eq!(app.activity().stage, Stage::Locked);
    assert_eq!(code(app.overview()), "locked");
    app.unlock(PASSPHRASE).unwrap();
    let view = app.open_interview(&household).unwrap();
    assert!(view.nodes.iter().any(|node| node.value.as_deref() == Some("Nà Lùng")));

    assert_eq!(code(app.set_lock_after(7)), "unknown_choice");
    assert_eq!(app.set_lock_after(0).unwrap().lock_after_minutes, 0);
    laptop.clock.fetch_add(10_000 * MINUTE, Ordering::Relaxed);
    assert!(!app.lock_if_idle());
    app.set_lock_after(5).unwrap();
    app.lock().unwrap();
    app.unlock(PASSPHRASE).unwrap();
    assert_eq!(app.state().lock_after_minutes, 5);
    // A clock that is set back begins the time anew, and keeps nothing open for years.
    laptop.clock.store(START, Ordering::Relaxed);
    assert!(!app.lock_if_idle());
    laptop.clock.fetch_add(6 * MINUTE, Ordering::Relaxed);
    assert!(app.lock_if_idle());
}

#[test]
fn a_copied_laptop_is_told_once_and_goes_on_as_another_writer() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    assert_eq!(app.state().warnings, [] as [&str; 0]);
    app.lock().unwrap();
    let copy = Laptop::new();
    let (from, to) = (laptop.dir.path().join("data"), copy.dir.path().join("data"));
    std::fs::create_dir_all(&to).unwrap();
    for entry in std::fs::read_dir(&from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
    let copied = copy.start();
    assert_eq!(copied.unlock(PASSPHRASE).unwrap().warnings, ["restored_or_copied"]);
    copied.lock().unwrap();
    assert_eq!(copied.unlock(PASSPHRASE).unwrap().warnings, ["restored_or_copied"], "until it was seen");
    assert_eq!(copied.dismiss_restored().unwrap().warnings, [] as [&str; 0]);
    copied.lock().unwrap();
    assert_eq!(copied.unlock(PASSPHRASE).unwrap().warnings, [] as [&str; 0]);
    assert_eq!(app.unlock(PASSPHRASE).unwrap().warnings, [] as [&str; 0], "the original is none");
}

#[test]
fn a_second_program_on_the_same_folder_is_told_and_may_begin_when_the_first_has_ended() {
    let laptop = Laptop::new();
    drop(laptop.enrolled());
    let start = || {
        let config =
            AppConfig { data_dir: laptop.dir.path().join("data"), now: std::sync::Arc::new(|| START) };
        let options = Options { alone: true, costs: Some(COSTS), ..Options::default() };
        App::start_with(config, options).unwrap()
    };
    let first = start();
    let second = start();
    assert_eq!((first.state().stage, second.state().stage), (Stage::Locked, Stage::InUse));
    assert_eq!(code(second.unlock(PASSPHRASE)), "in_use");
    first.unlock(PASSPHRASE).unwrap();
    drop(first);
    assert_eq!(second.state().stage, Stage::Locked);
    second.unlock(PASSPHRASE).unwrap();
}

#[test]
fn what_a_guess_costs_is_measured_where_nothing_else_was_said() {
    let laptop = Laptop::new();
    let config = AppConfig { data_dir: laptop.dir.path().join("data"), now: std::sync::Arc::new(|| START) };
    let app = App::start_with(config, Options::default()).unwrap();
    let path = laptop.enrolment_file(&crate::support::enrolment(1));
    laptop.enrol_with(&app, path, crate::support::CODE).unwrap();
    let keys = std::fs::read(laptop.dir.path().join("data/rasoat.keys")).unwrap();
    let keys: serde_json::Value = serde_json::from_slice(&keys).unwrap();
    let wrapped = keys["users"][0]["wrapped"].as_str().unwrap();
    let memory_kib = u32::from_str_radix(&wrapped[2..10], 16).unwrap();
    let passes = u32::from_str_radix(&wrapped[10..18], 16).unwrap();
    assert!(memory_kib >= 19 * 1024 && passes >= 2, "{memory_kib} KiB × {passes}");
}

#[test]
fn the_size_of_text_is_kept_by_the_program() {
    let laptop = Laptop::new();
    let app = laptop.start();
    assert_eq!(app.state().text_size, 100);
    assert_eq!(app.set_text_size(125).unwrap().text_size, 125);
    assert_eq!(code(app.set_text_size(20)), "unknown_choice");
    app.set_language("en").unwrap();
    let again = laptop.start().state();
    assert_eq!((again.text_size, again.language.as_str()), (125, "en"));
}

#[test]
fn the_looks_are_kept_by_the_program_and_known_before_anything_is_opened() {
    let laptop = Laptop::new();
    let app = laptop.start();
    assert_eq!((app.looks().theme, app.looks().contrast), (Theme::System, Contrast::Normal));
    let chosen = app.set_looks(Theme::Dark, Contrast::High).unwrap();
    assert_eq!((chosen.theme, chosen.contrast), (Theme::Dark, Contrast::High));
    let again = laptop.start().looks();
    assert_eq!((again.theme, again.contrast, again.text_size), (Theme::Dark, Contrast::High, 100));
}

#[test]
fn settings_of_before_there_were_looks_are_kept() {
    let laptop = Laptop::new();
    let data = laptop.dir.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("settings.json"), r#"{"language":"en","text_size":125}"#).unwrap();
    let looks = laptop.start().looks();
    assert_eq!((looks.language.as_str(), looks.text_size, looks.theme), ("en", 125, Theme::System));
}
