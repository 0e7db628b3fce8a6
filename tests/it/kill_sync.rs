//! Laptop and province, each in a process of its own, are killed while they exchange, again and again, on the same two folders.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Lines, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rasoat_casework::{
    Change, CommuneCode, Edit, EditHash, EditId, Round, Subject, SubjectKind, interview_id,
};
use rasoat_instrument::Value;
use rasoat_server::DataDir;
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_server::storage::{HouseholdKeyRef, Storage as _};
use rasoat_store::{EditCustody, Store};
use rasoat_testkit::laptop::PASSPHRASE;
use rasoat_testkit::province::COMMUNES;
use rasoat_testkit::{demo, laptop};
use uuid::Uuid;

use crate::exactly_once::make;
use crate::support::{SEED, ServerProcess, kills, machine_clock, program, seed};

/// Kills, unless `RASOAT_KILLS` says otherwise.
const KILLS: u32 = 24;
/// Lines for one life of the laptop; none lives so long.
const LINES: usize = 2000;
/// Longer than one answer, seal and exchange take, in microseconds: kills fall anywhere in it.
const CYCLE: u64 = 120_000;

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_random_points_of_a_sync_lose_nothing_and_double_nothing() {
    let kills = kills(KILLS);
    let mut random = ChaCha8Rng::seed_from_u64(seed());
    let port = free_port();
    let made = make(&format!("http://127.0.0.1:{port}"));
    let data = made.folder.path().join("laptop");
    let app = laptop::start(&data, machine_clock()).expect("started");
    laptop::enrol(&app, &made.handover).expect("first start");
    assert_eq!(laptop::import(&app, &demo::list_workbook(SEED)).expect("imported"), 60);
    let household = laptop::households(&app, "").expect("households").remove(0).id;
    app.lock().expect("locked");

    let began = Instant::now();
    let mut acknowledged = BTreeSet::new();
    let mut server = ServerProcess::serve_at(&made.data, port);
    let mut typist = Typist::start(&data, &household, 0);
    for kill in 0..kills {
        // Far enough for something to have come through since the last kill.
        acknowledged.extend(typist.hear_until_sent());
        spin(Duration::from_micros(random.random_range(0..CYCLE)));
        let (ends_typist, ends_server) = [(true, false), (false, true), (true, true)][kill as usize % 3];
        if ends_server {
            server.kill();
        }
        if ends_typist {
            acknowledged.extend(typist.kill());
        }
        if ends_server {
            server = ServerProcess::serve_at(&made.data, port);
        }
        if ends_typist {
            typist = Typist::start(&data, &household, kill + 1);
        }
    }
    acknowledged.extend(typist.hear_until_sent());
    acknowledged.extend(typist.kill());
    let took = began.elapsed().as_secs_f64();

    let app = laptop::start(&data, machine_clock()).expect("started");
    app.unlock(PASSPHRASE).expect("the database opens");
    let status = app.sync_now().await.expect("sent");
    assert_eq!((status.problem, status.unsent_edits, status.custody.confirmed), (None, 0, 60));
    app.lock().expect("locked");
    server.kill();
    let there = at_the_province(&made.data, &household).await;
    let here = on_the_laptop(&data, &household);
    assert_eq!(hashes(&there), hashes(&here));
    let values: Vec<&str> = there.iter().filter_map(address_of).collect();
    let distinct: BTreeSet<&str> = values.iter().copied().collect();
    assert_eq!(distinct.len(), values.len(), "an answer is there twice");
    let lost: Vec<&String> = acknowledged.iter().filter(|line| !distinct.contains(line.as_str())).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    println!(
        "{kills} kills in {took:.1} s, {} answers acknowledged, {} sealed",
        acknowledged.len(),
        values.len()
    );
}

/// The program that answers and sends, until it is killed.
struct Typist {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Typist {
    fn start(data: &Path, household: &str, life: u32) -> Self {
        let mut child = Command::new(program("rasoat-typist"))
            .args(["send", "--household", household, "--data"])
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a typist");
        let mut input = child.stdin.take().expect("its input");
        for number in 0..LINES {
            writeln!(input, "Ngõ {life}.{number}").expect("written");
        }
        let said = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { child, said }
    }

    /// What was acknowledged as sealed until an exchange left nothing waiting.
    fn hear_until_sent(&mut self) -> Vec<String> {
        let mut sealed = Vec::new();
        for line in self.said.by_ref().map_while(Result::ok) {
            match line.split_once('\t') {
                Some(("sent", "0")) => return sealed,
                Some(("sealed", value)) => sealed.push(value.to_owned()),
                Some(_) | None => {}
            }
        }
        panic!("the typist stopped by itself");
    }

    /// SIGKILL; what it had acknowledged meanwhile.
    fn kill(&mut self) -> Vec<String> {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        let rest = self.said.by_ref().map_while(Result::ok);
        rest.filter_map(|line| Some(line.strip_prefix("sealed\t")?.to_owned())).collect()
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn spin(time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// Every edit of the household, and no more edits of the device than the laptop made.
async fn at_the_province(data: &Path, household: &str) -> Vec<Edit> {
    let dir = DataDir::at(data);
    let keys = dir.keys().expect("its keys");
    let storage = Sqlite::open(&dir.database(), &keys.storage).expect("its database");
    let id = household.parse::<Uuid>().expect("an id");
    let mut edits = Vec::new();
    for commune in COMMUNES {
        let key = HouseholdKeyRef::new(commune.parse::<CommuneCode>().expect("a commune"), id);
        let stored = storage.edits_of(key).await.expect("edits");
        edits.extend(stored.into_iter().map(|stored| stored.edit));
    }
    let numbers: BTreeSet<EditId> = edits.iter().map(|edit| edit.id).collect();
    assert_eq!(numbers.len(), edits.len());
    // The other 59 households of the list have one edit each.
    let devices = storage.devices().await.expect("devices");
    assert_eq!(devices[0].edits, edits.len() as u64 + 59);
    edits
}

fn on_the_laptop(data: &Path, household: &str) -> Vec<Edit> {
    let store = Store::open(data, &PASSPHRASE.to_owned().into(), 0).expect("the store opens");
    let id = household.parse::<Uuid>().expect("an id");
    let commune: CommuneCode = COMMUNES[0].parse().expect("a commune");
    let subject = |kind, id| Subject { commune: commune.clone(), kind, id };
    let of = |subject| store.read(|reader| reader.edits_of(&subject)).expect("edits");
    let mut edits = of(subject(SubjectKind::Household, id));
    edits.extend(of(subject(SubjectKind::Interview, interview_id(id, Round(2026)))));
    assert!(edits.iter().all(|row| matches!(row.custody, EditCustody::Confirmed { .. })));
    edits.into_iter().map(|row| row.edit).collect()
}

fn hashes(edits: &[Edit]) -> BTreeSet<EditHash> {
    edits.iter().map(Edit::hash).collect()
}

fn address_of(edit: &Edit) -> Option<&str> {
    let (_, change) = edit.changes.iter().find(|(path, _)| path.to_string() == "address")?;
    match change {
        Change::Set(Value::Text(text)) if text.starts_with("Ngõ ") => Some(text),
        Change::Set(_) | Change::Removed => None,
    }
}
