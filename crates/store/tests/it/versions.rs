//! Files of other versions, and files that are not as they were written.

use std::fs;
use std::path::Path;

use rasoat_store::{Op, SCHEMA_VERSION, Store, StoreError};

use crate::support::*;

fn open_error(dir: &Path) -> StoreError {
    Store::open(dir, &passphrase(PASSPHRASE), NOW).err().expect("must not open")
}

fn closed_store() -> tempfile::TempDir {
    let (dir, store) = fresh();
    for number in 0..200 {
        answer(&store, &interview(number), "address", "Nà Lùng");
    }
    store.close().unwrap();
    dir
}

#[test]
fn a_key_file_of_a_newer_program_is_refused_and_left_as_it_is() {
    let dir = closed_store();
    let path = dir.path().join("rasoat.keys");
    let newer = r#"{"format": 3, "other": true}"#;
    fs::write(&path, newer).unwrap();
    assert_eq!(open_error(dir.path()), StoreError::NewerFile);
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}

#[test]
fn missing_and_spoilt_key_files_are_told_apart() {
    let dir = closed_store();
    let path = dir.path().join("rasoat.keys");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(open_error(dir.path()), StoreError::Damaged);
    fs::write(&path, vec![b' '; 100_000]).unwrap();
    assert_eq!(open_error(dir.path()), StoreError::Damaged);
    fs::remove_file(&path).unwrap();
    assert_eq!(open_error(dir.path()), StoreError::KeysMissing);
    fs::write(&path, whole).unwrap();
    assert!(Store::open(dir.path(), &passphrase(PASSPHRASE), NOW).is_ok());
}

#[test]
fn a_database_with_flipped_bytes_cut_short_or_emptied_is_damaged_never_wrong() {
    let dir = closed_store();
    let path = dir.path().join("rasoat.db");
    let whole = fs::read(&path).unwrap();
    for at in [3, 500, whole.len() / 2, whole.len() - 100] {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        fs::write(&path, flipped).unwrap();
        assert_eq!(open_error(dir.path()), StoreError::Damaged, "byte {at}");
    }
    for length in [0, 1000, 4096, whole.len() / 2] {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(open_error(dir.path()), StoreError::Damaged, "{length} bytes");
    }
    fs::write(&path, &whole).unwrap();
    let store = reopen(dir.path());
    assert_eq!(store.read(|tx| tx.drafted()).unwrap().len(), 200);
}

#[test]
fn a_store_whose_making_was_cut_short_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("rasoat.db.new"), b"half a database").unwrap();
    fs::write(dir.path().join("rasoat.db.new-wal"), b"half a log").unwrap();
    fs::write(dir.path().join("rasoat.keys"), b"{}").unwrap();
    assert!(!Store::exists(dir.path()));
    let store = Store::create(dir.path(), new_store(), NOW).unwrap();
    store.transact(Op::Settings, |tx| tx.set_setting("version", &SCHEMA_VERSION)).unwrap();
    store.close().unwrap();
    assert_eq!(reopen(dir.path()).read(|tx| tx.setting("version")).unwrap(), Some(SCHEMA_VERSION));
}
