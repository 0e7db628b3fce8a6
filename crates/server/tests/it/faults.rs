//! What goes wrong on the province's side: the server is killed, its disk fills up, its clock jumps, more come than it can take.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rasoat_casework::{EditId, SubjectKind, VersionVector};
use rasoat_exchange::{Cursor, Receipt, SignedBatch};
use rasoat_server::rebuild_and_compare;
use rasoat_testkit::disk::{fill, on_a_disk};
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::postgres::{KILLS_BY, all_is_there, batches};
use crate::support::{
    BEGIN, COMMUNE, Laptop, Server, browser, hash_u128, on_postgres, problem_of, serve_process, subject, text,
};

/// Times that the server is killed; more of them by the variable.
const KILLS: usize = 6;
const MINUTE: i64 = 60 * 1000;
const YEAR: i64 = 365 * 24 * 60 * MINUTE;

/// What a laptop has still to send, and what it has receipts for.
struct Sending {
    laptop: Laptop,
    left: VecDeque<SignedBatch>,
    receipts: Vec<(SignedBatch, Receipt)>,
}

impl Sending {
    /// Sends one batch after the other until nobody answers any more.
    async fn go_on(mut self, address: String, answered: Arc<AtomicUsize>) -> Self {
        let client = browser();
        while let Some(batch) = self.left.front() {
            let (body, tag) = self.laptop.request(std::slice::from_ref(batch));
            let Ok(response) = client.post(format!("{address}/v1/sync")).body(body).send().await else {
                break;
            };
            assert_eq!(response.status(), 200);
            let Ok(body) = response.bytes().await else { break };
            let receipt = self.laptop.receipts(&body, tag).remove(0);
            assert!(receipt.verdicts.is_empty(), "{receipt:?}");
            self.receipts.push((self.left.pop_front().unwrap(), receipt));
            answered.fetch_add(1, Ordering::SeqCst);
        }
        self
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_is_killed_at_any_moment_loses_nothing_that_it_answered() {
    let kills = std::env::var(KILLS_BY).map_or(KILLS, |kills| kills.parse().unwrap());
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut server = Server::start().await;
    let mut expected = BTreeSet::new();
    let mut laptops = Vec::new();
    for name in ["Máy 01", "Máy 02", "Máy 03"] {
        let mut laptop = server.enrol(name).await;
        let made = batches(&mut laptop, name, 12 * kills, 3);
        expected.extend(made.iter().flat_map(|(_, edits): &(_, Vec<EditId>)| edits.clone()));
        let left = made.into_iter().map(|(batch, _)| batch).collect();
        laptops.push(Sending { laptop, left, receipts: Vec::new() });
    }
    server.stop().await;
    let data = server.dir.path().to_owned();
    for _ in 0..kills {
        let (mut child, address) = serve_process(&data, "error", Stdio::null());
        let answered = Arc::new(AtomicUsize::new(0));
        let sending: Vec<_> = laptops
            .drain(..)
            .map(|laptop| tokio::spawn(laptop.go_on(address.clone(), Arc::clone(&answered))))
            .collect();
        let after = random.random_range(0..20);
        while answered.load(Ordering::SeqCst) < after {
            tokio::task::yield_now().await;
        }
        for _ in 0..random.random_range(0..2_000) {
            tokio::task::yield_now().await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for task in sending {
            laptops.push(task.await.unwrap());
        }
    }

    server.start_again().await;
    for Sending { laptop, left, receipts } in &laptops {
        // What was answered is there, with the very receipt; what was not is taken, whether it had arrived or not.
        let (answered, known): (Vec<_>, Vec<_>) = receipts.iter().cloned().unzip();
        for (some, known) in answered.chunks(30).zip(known.chunks(30)) {
            assert_eq!(server.ask(laptop, some).await, known);
        }
        for batch in left {
            let receipts = server.send(laptop, std::slice::from_ref(batch)).await;
            assert!(receipts[0].verdicts.is_empty(), "{:?}", receipts[0]);
        }
    }
    let answered: usize = laptops.iter().map(|laptop| laptop.receipts.len()).sum();
    println!("{answered} batches answered in {kills} lives");
    assert!(answered > 0 && laptops.iter().any(|laptop| !laptop.left.is_empty()));
    all_is_there(&server, &expected).await;
}

const FULL: &str = "faults::a_full_disk_takes_nothing_that_it_cannot_keep_and_goes_on_when_there_is_room";

#[test]
fn a_full_disk_takes_nothing_that_it_cannot_keep_and_goes_on_when_there_is_room() {
    // PostgreSQL's disk is another's; its refusal is the same one.
    if on_postgres() {
        return;
    }
    on_a_disk(FULL, 32, |disk| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap().block_on(fills_up(disk));
    });
}

async fn fills_up(disk: &Path) {
    let server = Server::start_in(tempfile::tempdir_in(disk).unwrap(), None).await;
    let mut laptop = server.enrol("Máy 01").await;
    let made = batches(&mut laptop, "full", 400, 20);
    let reading = server.storage().await;
    let ballast = fill(disk, 400_000);
    let mut expected = BTreeSet::new();
    let mut refused = 0;
    for (batch, edits) in made {
        let (body, tag) = laptop.request(std::slice::from_ref(&batch));
        let response = server.post(body.clone()).await;
        let receipts = if response.status() == 200 {
            laptop.receipts(&response.bytes().await.unwrap(), tag)
        } else {
            refused += 1;
            // It says so, and not that it is the laptop's fault; whoever looks after it is told, too.
            assert_eq!(response.headers()["retry-after"], "300");
            assert_eq!(problem_of(response).await, (507, "disk_full".to_owned()));
            assert_eq!(reqwest::get(server.url("/readyz")).await.unwrap().status(), 507);
            // The same again is refused again, as long as there is no room …
            assert_eq!(server.post(body.clone()).await.status(), 507);
            // … and what was answered before is still there to be read.
            let before: Vec<EditId> = expected.iter().copied().collect();
            assert_eq!(reading.known(before).await.unwrap(), expected);
            assert_eq!(reading.known(edits.clone()).await.unwrap(), BTreeSet::new());
            // Then it is taken without anything being started anew.
            std::fs::write(&ballast, b"").unwrap();
            server.send(&laptop, std::slice::from_ref(&batch)).await
        };
        assert!(edits.iter().all(|edit| receipts[0].accepts(*edit)), "{:?}", receipts[0]);
        expected.extend(edits);
        if refused > 0 && expected.len() % 200 == 0 {
            break;
        }
    }
    assert_eq!(refused, 1, "the disk never filled, or did not recover");
    all_is_there(&server, &expected).await;
}

/// A household's name for a laptop that has seen these edits of it.
fn named(laptop: &mut Laptop, household: Uuid, name: &str, seen: VersionVector) -> rasoat_casework::Edit {
    let of = subject(COMMUNE, SubjectKind::Household, household);
    laptop.seal_seeing(of, None, vec![("address".to_owned(), text(name))], seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_changes_neither_the_order_of_edits_nor_any_receipt() {
    let server = Server::start().await;
    let mut laptops = [server.enrol("Máy 01").await, server.enrol("Máy 02").await];
    let household = Uuid::from_u128(hash_u128("clock"));
    let (mut seen, mut sent) = (VersionVector::default(), Vec::new());
    // The server's clock against those of laptops, which stand still: years behind and ahead, before 1970, and back again.
    let jumps = [0, -2 * YEAR, YEAR, -60 * YEAR, MINUTE, 5 * YEAR, -1, 0];
    for (number, jump) in jumps.into_iter().enumerate() {
        server.clock.store(BEGIN + jump, Ordering::SeqCst);
        let laptop = &mut laptops[number % 2];
        let edit = named(laptop, household, &format!("nhà {number}"), seen.clone());
        seen.insert(edit.id);
        let batch = laptop.batch(std::slice::from_ref(&edit));
        let receipts = server.send(laptop, std::slice::from_ref(&batch)).await;
        assert!(receipts[0].accepts(edit.id) && receipts[0].verdicts.is_empty(), "{:?}", receipts[0]);
        assert_eq!(
            receipts[0].server_time_millis,
            BEGIN + jump,
            "laptops learn from it how far off they are"
        );
        sent.push((number % 2, batch, edit, receipts));
    }
    // Whatever it is now: the same receipts again, and everything in the order in which it came.
    for jump in [3 * YEAR, -3 * YEAR] {
        server.clock.store(BEGIN + jump, Ordering::SeqCst);
        for (laptop, batch, _, receipts) in &sent {
            assert_eq!(&server.send(&laptops[*laptop], std::slice::from_ref(batch)).await, receipts);
        }
        let reader = server.enrol(&format!("Máy đọc {jump}")).await;
        let (feed, _) = server.feed(&reader, &Cursor::default()).await;
        let order: Vec<EditId> = feed.iter().map(|edit| edit.id).collect();
        assert_eq!(order, sent.iter().map(|(_, _, edit, _)| edit.id).collect::<Vec<_>>());
    }
    server.clock.store(BEGIN, Ordering::SeqCst);
    let officer = server.officer().await;
    let view = server.get(&officer.0, &format!("/api/households/{COMMUNE}/{household}")).await;
    assert_eq!(view["row"]["conflicts"], 0, "each saw the one before");
    assert_eq!(view["row"]["edits"], jumps.len());
    assert_eq!(rebuild_and_compare(&server.state).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_lock_outs_outlive_no_clock_that_was_wrong() {
    let server = Server::start().await;
    let at = |millis: i64| server.clock.store(BEGIN + millis, Ordering::SeqCst);
    let status = async |client: &reqwest::Client| {
        client.get(server.url("/api/session")).send().await.unwrap().status().as_u16()
    };
    // Set back by half an hour, as a clock that ran fast is: nobody is sent away.
    let (client, _) = server.officer().await;
    at(-30 * MINUTE);
    assert_eq!(status(&client).await, 200);
    // Opened by a clock that was a year ahead: over when it is right again, not alive for a year.
    at(YEAR);
    let (ahead, _) = server.officer().await;
    assert_eq!(status(&ahead).await, 200);
    at(0);
    assert_eq!(status(&ahead).await, 401);
    // Who was locked out by such a clock gets in again.
    at(YEAR);
    for _ in 0..5 {
        assert_eq!(server.log_in(&browser(), "admin", "wrong").await.status(), 401);
    }
    assert_eq!(server.log_in(&browser(), "admin", &server.password).await.status(), 429);
    at(0);
    let (client, _) = server.officer().await;
    assert_eq!(status(&client).await, 200);
}

/// A request of a megabyte whose body does not come.
async fn begin(server: &Server) -> TcpStream {
    let address = server.url("");
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).await.unwrap();
    let head = "POST /v1/sync HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 1000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_the_server_can_hold_is_told_when_to_come_again_before_its_body_and_then_taken() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let (batch, edits) = batches(&mut laptop, "overload", 1, 3).remove(0);
    // As many as there is room for, and one more: whichever comes last is refused, though not one byte of a body is there.
    let mut waiting = JoinSet::new();
    for _ in 0..193 {
        let mut stream = begin(&server).await;
        waiting.spawn(async move {
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.map(|_| answer)
        });
    }
    let refused = waiting.join_next().await.unwrap().unwrap().unwrap();
    let refused = String::from_utf8(refused).unwrap();
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 5\r\n"), "{refused}");
    let (_, body) = refused.split_once("\r\n\r\n").unwrap();
    assert_eq!(serde_json::from_str::<Json>(body).unwrap()["code"], "server_busy");
    // A laptop with little to say is told the same.
    let (body, _) = laptop.request(std::slice::from_ref(&batch));
    let response = server.post(body).await;
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].as_bytes()), (503, &b"5"[..]));
    // People are not kept waiting by laptops.
    server.officer().await;
    // As soon as they are gone, it is taken.
    waiting.shutdown().await;
    crate::postgres::send_until_taken(&server, &laptop, &batch).await;
    all_is_there(&server, &edits.into_iter().collect()).await;
}
