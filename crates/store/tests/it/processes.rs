//! Several processes on one store, and processes that are killed. The children are this same test program.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rasoat_casework::Edit;
use rasoat_store::{Store, StoreError};

use crate::support::*;

const FOLDER: &str = "RASOAT_STORE_TEST_FOLDER";
const NUMBER: &str = "RASOAT_STORE_TEST_NUMBER";

/// The folder to work in, in a child.
fn child_folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

fn child_number() -> u128 {
    std::env::var(NUMBER).expect("a number").parse().expect("a number")
}

/// Runs the named test of this program as a child.
fn spawn(test: &str, dir: &Path, number: u128) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(FOLDER, dir)
        .env(NUMBER, number.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a child")
}

#[test]
fn every_answer_a_killed_process_reported_is_there_after() {
    if let Some(dir) = child_folder() {
        let store = reopen(&dir);
        for turn in 0.. {
            answer(&store, &interview(child_number()), &format!("question_{turn}"), "đã trả lời");
            println!("kept {turn}");
            if turn % 7 == 6 {
                seal(&store, &interview(child_number()), NOW);
                println!("sealed");
            }
        }
    }
    let (dir, store) = fresh();
    store.close().unwrap();
    for number in 0..12_u128 {
        let mut child =
            spawn("processes::every_answer_a_killed_process_reported_is_there_after", dir.path(), number);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut kept = Vec::new();
        let wanted = usize::try_from(number * 5 % 37 + 1).unwrap();
        for line in lines.map_while(Result::ok) {
            if let Some((_, turn)) = line.split_once("kept ") {
                kept.push(format!("question_{}", turn.trim()));
            }
            if kept.len() == wanted {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(kept.len(), wanted);

        let store = reopen(dir.path());
        let home = interview(number);
        let draft = draft_texts(&store, &home);
        let document = store.read(|tx| tx.document(&home)).unwrap();
        for at in kept {
            assert!(
                draft.contains_key(&at) || document.get(&path(&at)).is_some(),
                "{at} of {number} was reported and is gone"
            );
        }
        store.close().unwrap();
    }
}

#[test]
fn two_processes_writing_at_once_make_one_chain_without_gaps() {
    if let Some(dir) = child_folder() {
        let store = reopen(&dir);
        for turn in 0..25 {
            answer(&store, &interview(child_number()), "address", &format!("lần {turn}"));
            seal(&store, &interview(child_number()), NOW);
        }
        store.close().unwrap();
        return;
    }
    let (dir, store) = fresh();
    let children: Vec<Child> = (1..=2)
        .map(|number| {
            spawn("processes::two_processes_writing_at_once_make_one_chain_without_gaps", dir.path(), number)
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let edits: Vec<Edit> = store.read(|tx| tx.unsent(usize::MAX)).unwrap();
    assert_eq!(edits.iter().map(|edit| edit.id.seq).collect::<Vec<_>>(), (1..=50).collect::<Vec<_>>());
    assert!(edits.windows(2).all(|pair| pair[1].prev == Some(pair[0].hash()) && pair[0].at < pair[1].at));
}

#[test]
fn a_key_that_does_not_fit_writes_nothing_to_the_terminal() {
    if let Some(dir) = child_folder() {
        assert_eq!(
            Store::open(&dir, &passphrase("không phải nó"), NOW).err().unwrap().code(),
            "wrong_passphrase"
        );
        // The keys of another store: SQLCipher itself is given a key that does not fit.
        let other = tempfile::tempdir().unwrap();
        Store::create(other.path(), new_store(), NOW).unwrap().close().unwrap();
        std::fs::copy(other.path().join("rasoat.keys"), dir.join("rasoat.keys")).unwrap();
        assert_eq!(Store::open(&dir, &passphrase(PASSPHRASE), NOW).err(), Some(StoreError::Damaged));
        return;
    }
    let (dir, store) = fresh();
    store.close().unwrap();
    let child = spawn("processes::a_key_that_does_not_fit_writes_nothing_to_the_terminal", dir.path(), 0);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
