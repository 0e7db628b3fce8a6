//! Bytes that are not as they were written, anywhere: it is told or does not matter, and nothing panics.

use std::fs;
use std::path::Path;

use rasoat_store::{Backup, Store, StoreError};
use tempfile::TempDir;

use crate::support::*;

const ANSWERS: u128 = 40;
/// Files are tried at every so many bytes, beginning at each of the seeds.
const EVERY: usize = 4_051;
const SEEDS: [usize; 3] = [0, 17, 811];

/// A machine after a power cut, with answers in the log and in the database, and a backup.
fn machine() -> TempDir {
    let (dir, store) = fresh();
    for number in 0..ANSWERS / 2 {
        answer(&store, &interview(number), "address", "Nà Lùng, sau đồi chè");
    }
    back_up(&store, &dir.path().join("backup-1"));
    store.close().unwrap();
    let store = reopen(dir.path());
    for number in ANSWERS / 2..ANSWERS {
        answer(&store, &interview(number), "address", "Nà Lùng, sau đồi chè");
    }
    let cut = crash_copy(dir.path(), store);
    fs::rename(dir.path().join("backup-1"), cut.path().join("backup-1")).unwrap();
    cut
}

/// A copy of a machine, to be damaged.
fn copy_of(machine: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(machine).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    copy
}

/// What is seen of a machine whose files may be damaged: how many answers, or that something is wrong.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    All,
    /// Answers are missing, and it is told.
    Told,
    Refused(StoreError),
}

fn look(dir: &Path) -> Seen {
    let store = match Store::open(dir, &passphrase(PASSPHRASE), NOW) {
        Ok(store) => store,
        Err(error) => return Seen::Refused(error),
    };
    if let Err(error) = store.check() {
        return Seen::Refused(error);
    }
    let drafted = match store.read(|reader| reader.drafted()) {
        Ok(drafted) => drafted,
        Err(error) => return Seen::Refused(error),
    };
    let given: Vec<_> = drafted.iter().filter(|subject| draft_texts(&store, subject).len() == 1).collect();
    match (u128::try_from(given.len()).unwrap(), store.lost_commits()) {
        (ANSWERS, _) => Seen::All,
        (_, 1..) => Seen::Told,
        (found, 0) => panic!("{found} of {ANSWERS} answers, and not a word"),
    }
}

/// Damages one file at many places, each time on a fresh copy.
fn sweep(machine: &Path, name: &str, damage: impl Fn(&mut [u8], usize)) -> (u32, u32, u32) {
    let whole = fs::read(machine.join(name)).unwrap();
    let (mut all, mut told, mut refused) = (0, 0, 0);
    for seed in SEEDS {
        for at in (seed..whole.len()).step_by(EVERY) {
            let copy = copy_of(machine);
            let mut bytes = whole.clone();
            damage(&mut bytes, at);
            fs::write(copy.path().join(name), bytes).unwrap();
            match look(copy.path()) {
                Seen::All => all += 1,
                Seen::Told => told += 1,
                Seen::Refused(error) => {
                    let known = [StoreError::Damaged, StoreError::NewerFile, StoreError::InputOutput];
                    let wrong = matches!(error, StoreError::WrongPassphrase { .. });
                    assert!(known.contains(&error) || wrong, "byte {at} of {name}: {error}");
                    refused += 1;
                }
            }
            // Whatever it is: the backup opens in its place.
            if at % 9 == 0 {
                restore(copy.path(), &machine.join("backup-1")).unwrap();
                let store = reopen(copy.path());
                assert!(store.read(|reader| reader.drafted()).unwrap().len() >= 20, "byte {at} of {name}");
            }
        }
    }
    (all, told, refused)
}

fn flip(bytes: &mut [u8], at: usize) {
    bytes[at] ^= 1 << (at % 8);
}

/// A write that ended in the middle of a sector's neighbour: what follows is of before, or nothing.
fn tear(bytes: &mut [u8], at: usize) {
    let end = (at / 512 * 512 + 512).min(bytes.len());
    bytes[at / 512 * 512..end].fill(0);
}

#[test]
fn flipped_and_torn_bytes_of_the_database_are_told() {
    let machine = machine();
    for damage in [flip, tear] {
        let (all, told, refused) = sweep(machine.path(), "rasoat.db", damage);
        println!("database: all {all}, told {told}, refused {refused}");
        assert!(refused > 20 && refused > all + told);
    }
}

#[test]
fn flipped_and_torn_bytes_of_the_log_never_lose_an_answer_silently() {
    let machine = machine();
    for damage in [flip, tear] {
        let (all, told, refused) = sweep(machine.path(), "rasoat.db-wal", damage);
        println!("log: all {all}, told {told}, refused {refused}");
        assert!(told > 20, "a log ends where it is damaged");
    }
    // A log that is gone or cut short.
    let length = fs::metadata(machine.path().join("rasoat.db-wal")).unwrap().len();
    for left in [0, 10, length / 3, length - 1] {
        let copy = copy_of(machine.path());
        let log = copy.path().join("rasoat.db-wal");
        fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(left).unwrap();
        assert_eq!(look(copy.path()), Seen::Told, "{left} bytes");
    }
    let copy = copy_of(machine.path());
    fs::remove_file(copy.path().join("rasoat.db-wal")).unwrap();
    assert_eq!(look(copy.path()), Seen::Told);
}

#[test]
fn flipped_and_torn_bytes_of_the_keys_and_of_the_count_lose_nothing_silently() {
    let machine = machine();
    for name in ["rasoat.keys", "rasoat.commits"] {
        let whole = fs::read(machine.path().join(name)).unwrap();
        for at in (0..whole.len()).step_by(7) {
            let copy = copy_of(machine.path());
            let mut bytes = whole.clone();
            flip(&mut bytes, at);
            fs::write(copy.path().join(name), bytes).unwrap();
            let seen = look(copy.path());
            assert!(seen != Seen::Told, "byte {at} of {name}: {seen:?}");
        }
    }
}

#[test]
fn every_flipped_torn_or_missing_byte_of_a_backup_is_found_without_a_passphrase() {
    let machine = machine();
    let folder = machine.path().join("backup-1");
    for name in ["rasoat.db", "rasoat.keys", "backup.json"] {
        let path = folder.join(name);
        let whole = fs::read(&path).unwrap();
        let step = if whole.len() > 10_000 { EVERY / 7 } else { 5 };
        for at in (0..whole.len()).step_by(step) {
            for damage in [flip, tear, |_: &mut [u8], _| ()] {
                let mut bytes = whole.clone();
                damage(&mut bytes, at);
                if bytes == whole {
                    bytes.truncate(at);
                }
                if bytes == whole {
                    continue;
                }
                fs::write(&path, bytes).unwrap();
                let verified = Backup::verify(&folder, |_| true);
                assert_eq!(verified, Err(StoreError::Damaged), "byte {at} of {name}");
            }
        }
        fs::write(&path, &whole).unwrap();
        Backup::verify(&folder, |_| true).unwrap().unwrap();
    }
    fs::remove_file(folder.join("rasoat.keys")).unwrap();
    assert_eq!(Backup::verify(&folder, |_| true), Err(StoreError::Damaged));
}
