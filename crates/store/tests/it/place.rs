//! Databases that were restored or copied: they go on as another writer, and nobody else does.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rasoat_casework::WriterId;
use rasoat_store::{Claim, Moved, Place, Store, StoreError};
use tempfile::TempDir;

use crate::support::*;

/// A laptop: a data folder, and a folder for marks outside it.
struct Machine {
    data: TempDir,
    marks: TempDir,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { data: tempfile::tempdir().unwrap(), marks: tempfile::tempdir().unwrap() };
        let store = Store::create(machine.data.path(), new_store(), NOW).unwrap();
        assert_eq!(settle(&store, machine.data.path(), Some(machine.marks.path())), None);
        store.close().unwrap();
        machine
    }

    /// Unlocks, and closes again.
    fn open(&self) -> (Option<Moved>, WriterId) {
        open(self.data.path(), Some(self.marks.path()))
    }
}

impl Machine {
    /// The file outside the data folder.
    fn mark(&self) -> PathBuf {
        let mut paths = fs::read_dir(self.marks.path()).unwrap().map(|entry| entry.unwrap().path());
        paths.find(|path| path.extension().is_some_and(|end| end == "mark")).unwrap()
    }
}

fn settle(store: &Store, dir: &Path, marks: Option<&Path>) -> Option<Moved> {
    store.settle_in(&Place::of(dir, marks), NOW, |_| Ok(())).unwrap()
}

fn open(dir: &Path, marks: Option<&Path>) -> (Option<Moved>, WriterId) {
    let store = reopen(dir);
    let moved = settle(&store, dir, marks);
    let writer = store.read(|reader| reader.chain()).unwrap().writer;
    store.close().unwrap();
    (moved, writer)
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        // The bytes into the file that is there, which stays the same file: what a careless restore does.
        fs::write(to.join(entry.file_name()), fs::read(entry.path()).unwrap()).unwrap();
    }
}

#[test]
fn a_laptop_that_only_starts_again_goes_on_as_the_same_writer() {
    let machine = Machine::new();
    let (_, writer) = machine.open();
    for _ in 0..3 {
        assert_eq!(machine.open(), (None, writer));
    }
    // A folder that is moved is no copy.
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("data");
    fs::rename(machine.data.path(), &moved).unwrap();
    assert_eq!(open(&moved, Some(machine.marks.path())), (None, writer));
}

#[test]
fn a_copied_folder_goes_on_as_a_new_writer_and_the_original_as_the_old_one() {
    let machine = Machine::new();
    let (_, writer) = machine.open();
    let other = tempfile::tempdir().unwrap();
    copy(machine.data.path(), other.path());
    let (moved, copys) = open(other.path(), None);
    assert_eq!(moved, Some(Moved::OtherFile));
    assert_ne!(copys, writer);
    assert_eq!(open(other.path(), None), (None, copys), "it is said once");
    assert_eq!(machine.open(), (None, writer));
}

#[test]
fn a_folder_restored_over_itself_is_found_out_by_the_mark_outside() {
    let machine = Machine::new();
    let (_, writer) = machine.open();
    let backup = tempfile::tempdir().unwrap();
    copy(machine.data.path(), backup.path());
    assert_eq!(machine.open(), (None, writer));
    copy(backup.path(), machine.data.path());
    let (moved, anew) = machine.open();
    assert_eq!(moved, Some(Moved::OtherState));
    assert_ne!(anew, writer);
    assert_eq!(machine.open(), (None, anew));
}

#[test]
fn a_database_restored_beside_newer_keys_is_found_out_by_them() {
    let machine = Machine::new();
    let (_, writer) = open(machine.data.path(), None);
    let database = fs::read(machine.data.path().join("rasoat.db")).unwrap();
    open(machine.data.path(), None);
    fs::write(machine.data.path().join("rasoat.db"), database).unwrap();
    let (moved, anew) = open(machine.data.path(), None);
    assert_eq!(moved, Some(Moved::OtherState));
    assert_ne!(anew, writer);
}

#[test]
fn what_was_sealed_before_is_kept_and_the_new_writer_begins_at_one() {
    let machine = Machine::new();
    let store = reopen(machine.data.path());
    answer(&store, &interview(1), "address", "Nà Lùng");
    let before = seal(&store, &interview(1), NOW).remove(0);
    answer(&store, &interview(2), "address", "bản nháp");
    store.close().unwrap();
    let other = tempfile::tempdir().unwrap();
    copy(machine.data.path(), other.path());
    let store = reopen(other.path());
    assert_eq!(settle(&store, other.path(), None), Some(Moved::OtherFile));
    assert_eq!(draft_texts(&store, &interview(2))["address"], "bản nháp");
    answer(&store, &interview(1), "address", "Khuổi Mạ");
    let after = seal(&store, &interview(1), NOW).remove(0);
    assert_eq!((after.id.seq, after.prev), (1, None));
    assert!(after.at > before.at && after.id.writer != before.id.writer);
    assert_eq!(store.read(|tx| tx.unsent(usize::MAX)).unwrap().len(), 2);
}

#[test]
fn a_crash_while_settling_in_is_no_alarm() {
    let machine = Machine::new();
    let (_, writer) = machine.open();
    let keys = machine.data.path().join("rasoat.keys");
    // The keys and the mark had both generations when the machine stopped; the database had the old one.
    let mut value: serde_json::Value = serde_json::from_slice(&fs::read(&keys).unwrap()).unwrap();
    let old = value["generations"][0].as_str().unwrap().to_owned();
    let new = uuid::Uuid::from_u128(9).to_string();
    value["generations"] = serde_json::json!([old, new]);
    fs::write(&keys, serde_json::to_vec(&value).unwrap()).unwrap();
    fs::write(machine.mark(), format!("{old}\n{new}")).unwrap();
    assert_eq!(machine.open(), (None, writer));
}

#[test]
fn a_mark_that_is_lost_or_spoilt_is_no_alarm() {
    let machine = Machine::new();
    let (_, writer) = machine.open();
    fs::write(machine.mark(), b"not a mark").unwrap();
    assert_eq!(machine.open(), (None, writer));
    fs::remove_file(machine.mark()).unwrap();
    assert_eq!(machine.open(), (None, writer));
}

#[test]
fn a_second_program_on_the_folder_is_told_at_once_and_the_first_lets_go_when_it_ends() {
    let dir = tempfile::tempdir().unwrap();
    let first = Claim::of(dir.path(), Duration::ZERO).unwrap();
    assert_eq!(Claim::of(dir.path(), Duration::ZERO).err(), Some(StoreError::InUse));
    drop(first);
    assert!(Claim::of(dir.path(), Duration::ZERO).is_ok());
}
