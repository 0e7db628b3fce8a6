//! The program is killed while it takes lists in: of each list all is there, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rasoat_app::App;
use rasoat_app::view::HouseholdQuery;
use rasoat_testkit::households;
use rasoat_testkit::laptop::{self, PASSPHRASE};
use rasoat_testkit::province::Province;
use rasoat_testkit::workbook::official_list;

use crate::support::{Desk, SEED, kills, machine_clock, program, seed};

/// Kills, unless `RASOAT_KILLS` says otherwise.
const KILLS: u32 = 16;

/// A list that nobody had before.
fn list(folder: &Path, number: u32) -> PathBuf {
    let path = folder.join(format!("{number}.xlsx"));
    let workbook = official_list(&households(u64::from(number) + 77), false).expect("a workbook");
    std::fs::write(&path, workbook).expect("written");
    path
}

fn open(data: &Path) -> App {
    let app = laptop::start(data, machine_clock()).expect("started");
    app.unlock(PASSPHRASE).expect("the database opens");
    app
}

/// All households that are here.
fn here(app: &App) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for offset in (0..).step_by(200) {
        let query = HouseholdQuery { offset, limit: 200, ..HouseholdQuery::default() };
        let page = app.households(query).expect("households");
        found.extend(page.rows.into_iter().map(|row| row.id));
        if offset + 200 >= page.total {
            break;
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_list_all_is_there_or_nothing_whenever_the_program_is_killed() {
    let mut random = ChaCha8Rng::seed_from_u64(seed());
    let province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    desk.app.lock().expect("locked");
    let lists = tempfile::tempdir().expect("a folder");
    let mut known = here(&open(desk.folder.path()));
    assert_eq!(known.len(), households(SEED).len());
    let mut taken: BTreeMap<bool, u32> = BTreeMap::new();
    for round in 0..kills(KILLS) {
        let list = list(lists.path(), round);
        let was_told = import_and_kill(desk.folder.path(), &list, random.random_range(0..500_000));
        let app = open(desk.folder.path());
        let found = here(&app);
        let is_here = found.len() > known.len();
        assert!(is_here || !was_told, "round {round}: a list that was taken in is gone");
        assert!(found.is_superset(&known), "round {round}: what was here is gone");
        if is_here {
            let again = app.import_list(list.to_str().expect("a path")).expect("taken in again");
            assert_eq!((again.new, again.updated), (0, 0), "round {round}: a part of a list");
        }
        app.lock().expect("locked");
        known = found;
        *taken.entry(is_here).or_default() += 1;
    }
    println!("lists by whether they were taken in: {taken:?}");
}

/// Kills so many microseconds after the list was begun; whether it was said to be taken in before.
fn import_and_kill(data: &Path, list: &Path, micros: u64) -> bool {
    let mut typist = Command::new(program("rasoat-typist"))
        .args(["import", "--data"])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a typist");
    let mut input = typist.stdin.take().expect("its input");
    writeln!(input, "{}", list.display()).expect("written");
    let mut said = BufReader::new(typist.stdout.take().expect("its output")).lines();
    assert!(said.next().expect("a line").expect("a line").starts_with("begun"));
    let began = Instant::now();
    while began.elapsed() < Duration::from_micros(micros) {
        std::hint::spin_loop();
    }
    typist.kill().expect("killed");
    typist.wait().expect("ended");
    said.map_while(Result::ok).any(|line| line.starts_with("taken"))
}
