//! Several processes on one store, and processes that are killed. The children are this same test program.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rasoat_casework::{Edit, Subject, second_entry_id};
use rasoat_store::{Backup, Op, SecondEntry, Store, StoreError};
use uuid::Uuid;

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
fn every_answer_of_a_second_entry_is_there_after_a_kill_and_the_first_is_as_it_was() {
    let second =
        |store: &Store| Subject { id: second_entry_id(interview(1).id, store.user().0), ..interview(1) };
    if let Some(dir) = child_folder() {
        let store = reopen(&dir);
        for turn in 0.. {
            answer(&store, &second(&store), &format!("question_{turn}"), "đã gõ lần hai");
            println!("kept {turn}");
        }
    }
    let (dir, store) = fresh();
    answer(&store, &interview(1), "question_0", "đã gõ lần đầu");
    seal(&store, &interview(1), NOW);
    let entry = SecondEntry { id: second(&store).id, household: Uuid::from_u128(1), user: store.user() };
    store.transact(Op::Paper, |tx| tx.begin_second_entry(&entry, NOW)).unwrap();
    store.close().unwrap();
    let mut most = 0;
    for wanted in [1, 12, 30] {
        let test =
            "processes::every_answer_of_a_second_entry_is_there_after_a_kill_and_the_first_is_as_it_was";
        let mut child = spawn(test, dir.path(), 0);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let kept = lines.map_while(Result::ok).filter(|line| line.contains("kept ")).take(wanted).count();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(kept, wanted);
        most = most.max(kept);

        let store = reopen(dir.path());
        assert_eq!(store.read(|tx| tx.second_entry(entry.id)).unwrap(), Some(entry));
        let typed = draft_texts(&store, &second(&store));
        assert!((0..most).all(|turn| typed.contains_key(&format!("question_{turn}"))), "{typed:?}");
        let first = store.read(|tx| tx.document(&interview(1))).unwrap();
        assert_eq!(first.get(&path("question_0")), Some(&text("đã gõ lần đầu")));
        store.close().unwrap();
    }
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

/// Where a child is killed, so that a failure can be looked at again: `RASOAT_SEED`, or what the system draws.
fn seed() -> u64 {
    let given = std::env::var("RASOAT_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| getrandom::u64().expect("randomness"))
}

/// The number of a draw below `end`.
fn draw(seed: u64, turn: u32, end: u64) -> u64 {
    let hash = blake3::hash(&[seed.to_le_bytes(), u64::from(turn).to_le_bytes()].concat());
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("eight bytes")) % end
}

/// Kills a child some moments after its `wanted`th line that begins so; answers with all of these it said.
fn kill_after(mut child: Child, beginning: &str, wanted: usize, spins: u64) -> Vec<String> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let said = |line: &String| line.starts_with(beginning);
    let mut heard: Vec<String> = lines.by_ref().filter(said).take(wanted).collect();
    assert_eq!(heard.len(), wanted, "the child stopped by itself");
    for _ in 0..spins {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    heard.extend(lines.filter(said));
    heard
}

/// Kills in each of these tests, unless `RASOAT_KILLS` says otherwise.
fn kills() -> u32 {
    std::env::var("RASOAT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(24)
}

#[test]
fn a_backup_whose_process_was_killed_is_whole_or_not_there() {
    if let Some(dir) = child_folder() {
        let store = reopen(&dir);
        for turn in 0.. {
            let given = child_number() * 1_000 + turn;
            answer(&store, &interview(1), &format!("question_{given}"), "đã trả lời");
            back_up(&store, &dir.join(format!("backup-{given}")));
            println!("backed {given}");
        }
    }
    let seed = seed();
    println!("RASOAT_SEED={seed}");
    let (dir, store) = fresh();
    store.close().unwrap();
    let (mut whole, mut cut_off) = (0, 0);
    for turn in 0..kills() {
        let name = "processes::a_backup_whose_process_was_killed_is_whole_or_not_there";
        let child = spawn(name, dir.path(), u128::from(turn));
        let wanted = usize::try_from(1 + draw(seed, 2 * turn, 3)).unwrap();
        let backed = kill_after(child, "backed ", wanted, draw(seed, 2 * turn + 1, 2_000_000));
        let last = backed.last().map_or("", |line| line.trim_start_matches("backed ").trim());
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name.ends_with(".part") {
                cut_off += 1;
            } else if let Some(given) = name.strip_prefix("backup-") {
                let backup = Backup::verify(&path, |_| true).unwrap().unwrap();
                whole += 1;
                // One of each life is opened: reading every byte of the others is quicker.
                if given != last {
                    std::fs::remove_dir_all(path).unwrap();
                    continue;
                }
                let elsewhere = tempfile::tempdir().unwrap();
                restore(elsewhere.path(), &path).unwrap();
                let answers = draft_texts(&reopen(elsewhere.path()), &interview(1));
                assert!(answers.contains_key(&format!("question_{given}")), "turn {turn}: {name}");
                assert_eq!(u32::try_from(answers.len()).unwrap(), backup.draft_answers);
            } else {
                continue;
            }
            std::fs::remove_dir_all(path).unwrap();
        }
        let answers = draft_texts(&reopen(dir.path()), &interview(1));
        for line in &backed {
            let given = line.trim_start_matches("backed ").trim();
            assert!(answers.contains_key(&format!("question_{given}")), "turn {turn}: {given}");
        }
    }
    println!("{whole} whole, {cut_off} cut off");
    assert!(whole >= kills());
}

#[test]
fn a_restore_whose_process_was_killed_has_happened_or_not_and_loses_nothing_either_way() {
    if let Some(dir) = child_folder() {
        for turn in 0.. {
            restore(&dir, &dir.join("backup")).unwrap();
            let store = reopen(&dir);
            let given = child_number() * 1_000 + turn;
            answer(&store, &interview(1), &format!("question_{given}"), "đã trả lời");
            seal(&store, &interview(1), NOW);
            println!("sealed {given}");
        }
    }
    let seed = seed();
    println!("RASOAT_SEED={seed}");
    let (dir, store) = fresh();
    answer(&store, &interview(1), "address", "Nà Lùng");
    back_up(&store, &dir.path().join("backup"));
    store.close().unwrap();
    let mut sealed: Vec<String> = Vec::new();
    let mut finished = 0;
    for turn in 0..kills() {
        let name =
            "processes::a_restore_whose_process_was_killed_has_happened_or_not_and_loses_nothing_either_way";
        let child = spawn(name, dir.path(), u128::from(turn));
        let wanted = usize::try_from(draw(seed, 2 * turn, 3)).unwrap();
        let lines = kill_after(child, "sealed ", wanted, draw(seed, 2 * turn + 1, 4_000_000));
        sealed.extend(lines.iter().map(|line| line.trim_start_matches("sealed ").trim().to_owned()));
        finished += u32::from(Store::finish_restore(dir.path()).unwrap());
        let store = reopen(dir.path());
        assert_eq!(store.lost_commits(), 0, "turn {turn}");
        store.check().unwrap();
        let document = store.read(|reader| reader.document(&interview(1))).unwrap();
        for given in &sealed {
            let at = path(&format!("question_{given}"));
            assert!(document.get(&at).is_some(), "turn {turn}: {given} of {} is gone", sealed.len());
        }
        store.close().unwrap();
    }
    println!("{} sealed, {finished} restores finished afterwards", sealed.len());
}
