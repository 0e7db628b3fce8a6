//! The program is killed while somebody types, again and again, on one data folder.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rasoat_testkit::laptop::{self, PASSPHRASE};
use rasoat_testkit::province::Province;

use crate::support::{Desk, kills, machine_clock, program, seed};

/// Kills, unless `RASOAT_KILLS` says otherwise.
const ROUNDS: u32 = 100;
/// Lines typed in one life of the program, unless it is killed before: it always is.
const LINES: usize = 400;

/// One line of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Answer { path: String, value: String },
    Leave,
}

impl Line {
    fn value_at(&self, place: &str) -> Option<&str> {
        match self {
            Self::Answer { path, value } => (path == place).then_some(value.as_str()),
            Self::Leave => None,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_kills_at_random_moments_of_typing_lose_no_acknowledged_answer() {
    let mut random = ChaCha8Rng::seed_from_u64(seed());
    let rounds = kills(ROUNDS);
    let province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    let household = desk.household().id;
    let view = desk.app.open_interview(&household).expect("an interview");
    let members = view.instances["members"].clone();
    desk.app.lock().expect("locked");

    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut acknowledged_in_all = 0;
    for round in 0..rounds {
        let script: Vec<Line> = (0..LINES).map(|number| line(&mut random, &members, number)).collect();
        let wanted = random.random_range(0..12);
        let spin = random.random_range(0..200_000_u32);
        let acknowledged = type_and_kill(desk.folder.path(), &household, &script, wanted, spin);
        assert!(acknowledged >= wanted && acknowledged < LINES, "round {round}: {acknowledged}");
        acknowledged_in_all += acknowledged;
        let last = check(desk.folder.path(), &household, &script, acknowledged, &mut known, round);
        for line in &script[..last] {
            if let Line::Answer { path, value } = line {
                known.insert(path.clone(), value.clone());
            }
        }
    }
    println!("{acknowledged_in_all} answers acknowledged in {rounds} lives");
    assert!(known.len() > 6);
}

/// An answer to a question whose relevance depends on no other, or now and then the household is left.
fn line(random: &mut ChaCha8Rng, members: &[String], number: usize) -> Line {
    if number % 9 == 8 && random.random_bool(0.5) {
        return Line::Leave;
    }
    let word = random.random_range(0..1_000_000_u32);
    let (path, value) = match random.random_range(0..8) {
        0 => ("address".to_owned(), format!("Ngõ {word}, sau đồi chè")),
        1 => ("phone".to_owned(), format!("09{word:08}")),
        2 => ("surveyor_remark".to_owned(), format!("Nhà gần suối số {word}")),
        3 => ("floor_area".to_owned(), (f64::from(word % 9990) / 10.0 + 0.5).to_string()),
        4 => ("electricity_kwh".to_owned(), word.to_string()),
        5 => ("water_source".to_owned(), ["surface", "rain"][word as usize % 2].to_owned()),
        _ => {
            let member = members.choose(random).expect("a member");
            (format!("{member}.full_name"), format!("Nông Thị Đổi {word}"))
        }
    };
    Line::Answer { path, value }
}

/// Types until `wanted` lines are acknowledged and a moment more, then SIGKILL. Returns how many were acknowledged.
fn type_and_kill(data: &Path, household: &str, script: &[Line], wanted: usize, spin: u32) -> usize {
    let mut typist = Command::new(program("rasoat-typist"))
        .args(["type", "--household", household, "--data"])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a typist");
    let mut input = typist.stdin.take().expect("its input");
    for line in script {
        match line {
            Line::Answer { path, value } => writeln!(input, "{path}\t{value}").expect("written"),
            Line::Leave => writeln!(input, "leave").expect("written"),
        }
    }
    let mut acknowledged = BufReader::new(typist.stdout.take().expect("its output")).lines();
    let heard = acknowledged.by_ref().take(wanted).map_while(Result::ok).count();
    assert_eq!(heard, wanted, "the typist stopped by itself");
    for _ in 0..spin {
        std::hint::spin_loop();
    }
    typist.kill().expect("killed");
    typist.wait().expect("ended");
    heard + acknowledged.map_while(Result::ok).count()
}

/// Every acknowledged line is there; returns how many lines of the script came through, the one in flight included if so.
fn check(
    data: &Path,
    household: &str,
    script: &[Line],
    acknowledged: usize,
    known: &mut BTreeMap<String, String>,
    round: u32,
) -> usize {
    let app = laptop::start(data, machine_clock()).expect("started");
    app.unlock(PASSPHRASE).expect("the database opens");
    let view = app.open_interview(household).expect("an interview");
    let found: BTreeMap<&str, &str> =
        view.nodes.iter().filter_map(|node| Some((node.path.as_str(), node.value.as_deref()?))).collect();

    // The line in flight is there or not. Where it says what stood there before, only the place to go on tells.
    let in_flight = match script.get(acknowledged) {
        Some(Line::Answer { path, value }) if found.get(path.as_str()) == Some(&value.as_str()) => {
            let before = script[..acknowledged].iter().rev().find_map(|line| line.value_at(path));
            let stood = before.or(known.get(path).map(String::as_str)) == Some(value);
            usize::from(!stood || view.resume_at.as_ref() == Some(path))
        }
        Some(Line::Answer { .. } | Line::Leave) | None => 0,
    };
    let through = &script[..acknowledged + in_flight];
    let mut expected = known.clone();
    let mut last = None;
    for line in through {
        if let Line::Answer { path, value } = line {
            expected.insert(path.clone(), value.clone());
            last = Some(path.clone());
        }
    }
    for (path, value) in &expected {
        assert_eq!(found.get(path.as_str()), Some(&value.as_str()), "round {round}: {path}");
    }
    if let Some(last) = last {
        assert_eq!(view.resume_at, Some(last.clone()), "round {round}");
        let resume = app.overview().expect("today").resume.expect("an interview to go on with");
        assert_eq!((resume.household.as_str(), resume.path), (household, Some(last)), "round {round}");
        assert_eq!(resume.answered, view.summary.answered, "round {round}: answers are counted anew");
    }
    through.len()
}
