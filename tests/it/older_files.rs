//! Laptops' files of every version are opened by this one with all that was in them, what waited to be sent first of all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rasoat_app::App;
use rasoat_store::{SCHEMA_VERSION, Store};
use rasoat_testkit::laptop::{self, PASSPHRASE};
use serde::Deserialize;
use tempfile::TempDir;

use crate::support::{answer, kills, machine_clock, program, seed};

/// Kills while a file is brought up, unless `RASOAT_KILLS` says otherwise.
const KILLS: u32 = 12;
const DAY: i64 = 24 * 60 * 60 * 1000;

#[derive(Deserialize)]
struct Expected {
    unsent: Vec<String>,
    households: usize,
    looked_at: BTreeMap<String, ExpectedHousehold>,
}

#[derive(Deserialize)]
struct ExpectedHousehold {
    head_name: String,
    state: String,
    custody: String,
    answers: BTreeMap<String, String>,
}

fn versions() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/laptop");
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("fixtures").map(|entry| entry.expect("a folder").path()).collect();
    found.sort();
    found
}

fn expected(version: &Path) -> Expected {
    serde_json::from_slice(&std::fs::read(version.join("expected.json")).expect("what it holds"))
        .expect("JSON")
}

/// A laptop that was left alone since that version.
fn laptop_of(version: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["rasoat.db", "rasoat.keys"] {
        std::fs::copy(version.join(name), folder.path().join(name)).expect("copied");
    }
    folder
}

/// Opened a day later: an unlocking that was killed counts as a wrong try, and several of them make everybody wait.
fn unlocked(data: &Path) -> App {
    let clock = machine_clock();
    let app = laptop::start(data, Arc::new(move || clock() + DAY)).expect("started");
    app.unlock(PASSPHRASE).expect("the file of an earlier version opens");
    app
}

fn unsent(data: &Path) -> Vec<String> {
    let store =
        Store::open(data, &PASSPHRASE.into(), rasoat_testkit::machine_clock() + DAY).expect("a store");
    let edits = store.read(|reader| reader.unsent(usize::MAX)).expect("edits");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    edits.iter().map(|edit| format!("{}:{} {}", edit.id.writer.0, edit.id.seq, hex(&edit.hash().0))).collect()
}

/// Everything that was in the file is there.
fn compare(data: &Path, expected: &Expected) {
    let app = unlocked(data);
    assert_eq!(laptop::households(&app, "").expect("households").len(), expected.households);
    for (id, expected) in &expected.looked_at {
        let row = app.household(id).expect("a household").row;
        let word = |value: serde_json::Value| value.as_str().expect("a word").to_owned();
        assert_eq!(
            (row.head_name, word(serde_json::to_value(row.state).expect("JSON"))),
            (expected.head_name.clone(), expected.state.clone())
        );
        assert_eq!(word(serde_json::to_value(row.custody).expect("JSON")), expected.custody);
        let view = app.open_interview(id).expect("an interview");
        let mut given: BTreeMap<String, String> =
            view.nodes.into_iter().filter_map(|node| Some((node.path, node.value?))).collect();
        given.retain(|path, _| expected.answers.contains_key(path));
        assert_eq!(given, expected.answers);
    }
    app.lock().expect("locked");
    // What is sealed on opening (an interview that was under way) comes behind what waited.
    assert!(unsent(data).starts_with(&expected.unsent), "edits that waited are not what they were");
}

#[test]
fn files_of_every_version_open_with_all_that_was_in_them() {
    let versions = versions();
    let name = format!("v{SCHEMA_VERSION}");
    assert!(
        versions.iter().any(|version| version.ends_with(&name)),
        "this version has no files: cargo xtask gen"
    );
    for version in versions {
        println!("{}", version.display());
        let laptop = laptop_of(&version);
        compare(laptop.path(), &expected(&version));
        // And it is worked on.
        let app = unlocked(laptop.path());
        let household = laptop::households(&app, "").expect("households").pop().expect("one").id;
        answer(&app, &household, "address", "Đầu bản").expect("answered");
        app.lock().expect("locked");
        compare(laptop.path(), &expected(&version));
    }
}

#[test]
fn kills_while_a_file_is_brought_up_lose_nothing_of_it() {
    let mut random = ChaCha8Rng::seed_from_u64(seed());
    let kills = kills(KILLS);
    let versions = versions();
    let (mut laptop, mut version) = (laptop_of(&versions[0]), &versions[0]);
    for round in 0..kills {
        let mut typist = Command::new(program("rasoat-typist"))
            .args(["open", "--data"])
            .arg(laptop.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a typist");
        let patience = std::time::Duration::from_micros(random.random_range(0..400_000));
        let began = std::time::Instant::now();
        while began.elapsed() < patience && typist.try_wait().expect("a typist").is_none() {
            std::hint::spin_loop();
        }
        let by_itself = typist.try_wait().expect("a typist").is_some();
        typist.kill().expect("killed");
        let said = std::io::read_to_string(typist.stdout.take().expect("its output")).expect("read");
        typist.wait().expect("ended");
        // Through, or made to wait; then another one.
        if said.contains("open") || by_itself || round + 1 == kills {
            compare(laptop.path(), &expected(version));
            version = &versions[round as usize % versions.len()];
            laptop = laptop_of(version);
        }
    }
}
