//! Copies of the database: whole, checked, and made while entry goes on.

use std::fs;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rasoat_store::{Backup, HouseholdQuery, Store, StoreError};

use crate::support::*;

/// Puts a backup in the place of a store.
fn restored(folder: &std::path::Path) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    restore(dir.path(), folder).unwrap();
    let store = reopen(dir.path());
    (dir, store)
}

fn names_in(dir: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_backup_opens_with_the_passphrase_and_holds_what_was_committed() {
    let (_dir, store) = fresh();
    let lines: Vec<_> = (1..=300).map(|number| household(number, "na-lung", "Nông Văn Đào")).collect();
    add(&store, &[village("na-lung", "Nà Lùng")], &lines);
    answer(&store, &interview(1_000_001), "address", "Nà Lùng");
    seal(&store, &interview(1_000_001), NOW);
    answer(&store, &interview(1_000_002), "address", "chưa niêm");

    let to = tempfile::tempdir().unwrap();
    let path = to.path().join("copy.backup");
    let mut seen = Vec::new();
    let made = store
        .backup_to(&path, NEW_BACKUP, |progress| {
            seen.push(progress);
            ControlFlow::Continue(())
        })
        .unwrap()
        .unwrap();
    assert_eq!((made.households, made.edits, made.draft_answers), (300, 1, 1));
    assert_eq!(made.bytes, fs::metadata(path.join("rasoat.db")).unwrap().len());
    assert!(seen.last().is_some_and(|last| last.done == last.total && last.total > 0), "{seen:?}");
    assert_eq!(names_in(to.path()), ["copy.backup"], "nothing beside");
    assert_eq!(names_in(&path), ["backup.json", "rasoat.db", "rasoat.keys"]);
    assert_eq!(Backup::verify(&path, |_| true).unwrap(), Some(made));

    let (_dir, copy) = restored(&path);
    let query = HouseholdQuery { text: "dao".to_owned(), limit: 1, ..HouseholdQuery::default() };
    assert_eq!(copy.read(|tx| tx.search_households(&query)).unwrap().total, 300);
    assert_eq!(draft_texts(&copy, &interview(1_000_002)).len(), 1);
    assert_eq!(copy.read(|tx| tx.edits_of(&interview(1_000_001))).unwrap().len(), 1);
}

#[test]
fn a_backup_that_is_stopped_leaves_nothing_and_an_earlier_one_is_never_overwritten() {
    let (_dir, store) = fresh();
    let to = tempfile::tempdir().unwrap();
    let (first, second) = (to.path().join("first"), to.path().join("second"));
    store.backup_to(&first, NEW_BACKUP, |_| ControlFlow::Continue(())).unwrap().unwrap();
    answer(&store, &interview(1), "address", "mới");
    let again = store.backup_to(&first, NEW_BACKUP, |_| ControlFlow::Continue(()));
    assert_eq!(again, Err(StoreError::AlreadyExists));
    assert_eq!(store.backup_to(&second, NEW_BACKUP, |_| ControlFlow::Break(())).unwrap(), None);
    assert_eq!(names_in(to.path()), ["first"]);
    // What was cut off before is made anew.
    fs::create_dir(to.path().join("second.part")).unwrap();
    fs::write(to.path().join("second.part/rasoat.db"), b"half").unwrap();
    let made = store.backup_to(&second, NEW_BACKUP, |_| ControlFlow::Continue(())).unwrap().unwrap();
    assert_eq!(made.draft_answers, 1);
    assert_eq!(names_in(to.path()), ["first", "second"]);
    assert_eq!(draft_texts(&restored(&second).1, &interview(1)).len(), 1);
}

#[test]
fn nothing_of_a_backup_can_be_read_without_the_key() {
    let (_dir, store) = fresh();
    answer(&store, &interview(1), "address", "Khuổi Slao ở cuối bản");
    let to = tempfile::tempdir().unwrap();
    let path = to.path().join("copy.backup");
    store.backup_to(&path, NEW_BACKUP, |_| ControlFlow::Continue(())).unwrap().unwrap();
    let bytes = fs::read(path.join("rasoat.db")).unwrap();
    assert!(!bytes.starts_with(b"SQLite format 3"));
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds("Khuổi Slao") && !holds("draft_answers"));
}

#[test]
fn a_folder_that_is_not_there_is_said_and_the_store_goes_on() {
    let (dir, store) = fresh();
    let nowhere = dir.path().join("no-such-stick").join("copy.backup");
    let refused = store.backup_to(&nowhere, NEW_BACKUP, |_| ControlFlow::Continue(()));
    assert_eq!(refused, Err(StoreError::InputOutput));
    answer(&store, &interview(1), "address", "mới");
}

#[test]
fn answers_given_while_a_backup_is_made_wait_for_nothing_and_the_backup_is_of_one_moment() {
    let (dir, store) = fresh();
    let lines: Vec<_> = (1..=2_000).map(|number| household(number, "na-lung", "Nông Văn Đào")).collect();
    add(&store, &[village("na-lung", "Nà Lùng")], &lines);
    let to = tempfile::tempdir().unwrap();
    let path = to.path().join("copy.backup");
    let (done, given) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let entry = scope.spawn(|| {
            let other = reopen(dir.path());
            while !done.load(Ordering::Relaxed) {
                let number = given.load(Ordering::Relaxed);
                // Over and over at few places: answers that pile up would make each step longer than the one before.
                let (one, field) = (interview(1_000_000 + u128::from(number % 50)), number / 50 % 10);
                answer(&other, &one, &format!("note_{field}"), "đang ghi");
                given.store(number + 1, Ordering::Relaxed);
            }
        });
        let mut during = 0;
        let mut seen = given.load(Ordering::Relaxed);
        let made = store
            .backup_to(&path, NEW_BACKUP, |_| {
                // Each step waits until somebody has answered meanwhile: a copy that began anew would never end.
                while given.load(Ordering::Relaxed) == seen {
                    std::thread::yield_now();
                }
                seen = given.load(Ordering::Relaxed);
                during += 1;
                ControlFlow::Continue(())
            })
            .unwrap()
            .unwrap();
        done.store(true, Ordering::Relaxed);
        entry.join().unwrap();
        assert!(during > 1, "several steps");
        assert_eq!(made.households, 2_000);
    });
    restored(&path).1.check().unwrap();
}
