//! What PostgreSQL is for: two servers before one database, and a database that goes away while batches come in.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rasoat_casework::{Edit, EditId, SubjectKind};
use rasoat_exchange::{Cursor, SignedBatch};
use rasoat_server::rebuild_and_compare;
use rasoat_testkit::postgres::{Cluster, database};
use uuid::Uuid;

use crate::support::{COMMUNE, Laptop, Server, hash_u128, household, subject, text};

/// Transactions that are killed; more of them by this variable.
const KILLS: usize = 50;
pub(crate) const KILLS_BY: &str = "RASOAT_TEST_KILLS";

/// Edits of a laptop, each of a household of its own, in batches.
pub(crate) fn batches(
    laptop: &mut Laptop,
    name: &str,
    count: usize,
    edits: usize,
) -> Vec<(SignedBatch, Vec<EditId>)> {
    let mut batches = Vec::new();
    for batch in 0..count {
        let edits: Vec<Edit> = (0..edits)
            .map(|edit| {
                let id = Uuid::from_u128(hash_u128(&format!("{name} {batch} {edit}")));
                let answers = vec![("address".to_owned(), text(&format!("{batch}/{edit}")))];
                laptop.seal(subject(COMMUNE, SubjectKind::Household, id), None, answers)
            })
            .collect();
        batches.push((laptop.batch(&edits), edits.iter().map(|edit| edit.id).collect()));
    }
    batches
}

/// Sends a batch until it is receipted, as a laptop does; how often the server asked to come again later.
pub(crate) async fn send_until_taken(server: &Server, laptop: &Laptop, batch: &SignedBatch) -> usize {
    for later in 0..10_000 {
        let (body, tag) = laptop.request(std::slice::from_ref(batch));
        let response = server.post(body).await;
        if response.status() == 200 {
            let receipts = laptop.receipts(&response.bytes().await.unwrap(), tag);
            assert!(receipts[0].verdicts.is_empty(), "{:?}", receipts[0]);
            return later;
        }
        assert_eq!(response.status(), 503);
        assert!(response.headers().contains_key("retry-after"));
    }
    panic!("the server never took the batch");
}

/// A third laptop finds each edit once, and each household's line is what its edits say.
pub(crate) async fn all_is_there(server: &Server, expected: &BTreeSet<EditId>) {
    let reader = server.enrol("Máy đọc").await;
    let (feed, _) = server.feed(&reader, &Cursor::default()).await;
    let found: BTreeSet<EditId> = feed.iter().map(|edit| edit.id).collect();
    assert_eq!(found.len(), feed.len(), "an edit came down twice");
    assert_eq!(&found, expected);
    // What was counted line by line is what is counted anew.
    let officer = server.officer().await;
    let counted = server.get(&officer.0, "/api/overview").await["marks"].clone();
    assert_eq!(counted["all"], expected.len());
    assert_eq!(rebuild_and_compare(&server.state).await.unwrap(), []);
    assert_eq!(server.get(&officer.0, "/api/overview").await["marks"], counted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_take_in_the_same_writer_and_commune_at_once_and_lose_and_double_nothing() {
    let one = Arc::new(Server::start_on(Some(database().await.unwrap())).await);
    let other = Arc::new(one.beside().await);
    let mut expected = BTreeSet::new();
    let mut sending = Vec::new();
    let mut reading = one.enrol("Máy theo dõi").await;
    for name in ["Máy 01", "Máy 02", "Máy 03"] {
        let mut laptop = one.enrol(name).await;
        let batches = batches(&mut laptop, name, 12, 5);
        expected.extend(batches.iter().flat_map(|(_, edits)| edits.clone()));
        // Every batch goes to both, from both ends of a chain that is the same.
        for server in [&one, &other] {
            let (server, laptop, batches) = (Arc::clone(server), laptop.clone(), batches.clone());
            sending.push(tokio::spawn(async move {
                for (batch, edits) in &batches {
                    let receipts = server.send(&laptop, std::slice::from_ref(batch)).await;
                    assert!(edits.iter().all(|edit| receipts[0].accepts(*edit)), "{:?}", receipts[0]);
                }
            }));
        }
    }
    // Who reads along, now here and now there, misses nothing that another server commits late.
    let (mut cursor, mut seen) = (Cursor::default(), Vec::new());
    while sending.iter().any(|task| !task.is_finished()) {
        for server in [&one, &other] {
            let (edits, next) = server.feed(&reading, &cursor).await;
            seen.extend(edits.iter().map(|edit| edit.id));
            cursor = next;
        }
    }
    for task in sending {
        task.await.unwrap();
    }
    seen.extend(other.feed(&reading, &cursor).await.0.iter().map(|edit| edit.id));
    assert_eq!(seen.len(), expected.len());
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected);
    all_is_there(&other, &expected).await;

    // One number, two edits, one for each server at the same time: one is taken, the other told apart.
    let mut copy = reading.clone();
    let here = batches(&mut reading, "here", 1, 1).remove(0);
    let there = batches(&mut copy, "there", 1, 1).remove(0);
    assert_eq!(here.1, there.1);
    let (here, there) = ([here.0], [there.0]);
    let (here, there) = tokio::join!(one.send(&reading, &here), other.send(&copy, &there));
    let taken = [&here[0], &there[0]].map(|receipt| receipt.verdicts.is_empty());
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "{here:?} {there:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_is_restarted_under_load_loses_nothing_that_was_answered() {
    let cluster = Arc::new(Cluster::start().unwrap());
    let server = Arc::new(Server::start_on(Some(cluster.database().await.unwrap())).await);
    let asking = server.enrol("Máy hỏi").await;
    let taken = Arc::new(AtomicUsize::new(0));
    let mut expected = BTreeSet::new();
    let mut sending = Vec::new();
    for name in ["Máy 01", "Máy 02"] {
        let mut laptop = server.enrol(name).await;
        let batches = batches(&mut laptop, name, 30, 5);
        expected.extend(batches.iter().flat_map(|(_, edits)| edits.clone()));
        let (server, taken) = (Arc::clone(&server), Arc::clone(&taken));
        sending.push(tokio::spawn(async move {
            let mut later = 0;
            for (batch, _) in &batches {
                later += send_until_taken(&server, &laptop, batch).await;
                taken.fetch_add(1, Ordering::SeqCst);
            }
            later
        }));
    }
    // In the middle, and once more.
    for after in [15, 35] {
        while taken.load(Ordering::SeqCst) < after {
            tokio::task::yield_now().await;
        }
        cluster.stop().unwrap();
        // While it is away nothing is taken, and laptops are told when to come again.
        let (body, _) = asking.request(&[]);
        let response = server.post(body).await;
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "5");
        cluster.start_again().unwrap();
    }
    let mut later = 0;
    for task in sending {
        later += task.await.unwrap();
    }
    assert!(later > 0, "nobody sent while the database was away");
    all_is_there(&server, &expected).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn transactions_that_are_killed_at_any_moment_lose_nothing_that_was_answered() {
    let kills = std::env::var(KILLS_BY).map_or(KILLS, |kills| kills.parse().unwrap());
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let cluster = Cluster::start().unwrap();
    let address = cluster.database().await.unwrap();
    let server = Arc::new(Server::start_on(Some(address.clone())).await);
    let mut expected = BTreeSet::new();
    let mut laptops = Vec::new();
    for name in ["Máy 01", "Máy 02"] {
        laptops.push((server.enrol(name).await, name));
    }
    let (killer, killing) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(killing);
    let mut killed = 0;
    let mut round = 0;
    while killed < kills {
        let mut sending = Vec::new();
        for (laptop, name) in &mut laptops {
            let batches = batches(laptop, &format!("{name} {round}"), 3, 3);
            expected.extend(batches.iter().flat_map(|(_, edits)| edits.clone()));
            let (server, laptop) = (Arc::clone(&server), laptop.clone());
            sending.push(tokio::spawn(async move {
                for (batch, _) in &batches {
                    send_until_taken(&server, &laptop, batch).await;
                }
            }));
        }
        while sending.iter().any(|task| !task.is_finished()) {
            for _ in 0..random.random_range(0..200) {
                tokio::task::yield_now().await;
            }
            // Whoever is in the middle of something.
            let sql = format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE application_name = 'rasoat-server' AND state <> 'idle' ORDER BY md5(pid::text || '{round}') LIMIT 1"
            );
            killed += killer.query(&sql, &[]).await.unwrap().len();
            round += 1;
            if killed >= kills {
                break;
            }
        }
        for task in sending {
            task.await.unwrap();
        }
    }
    all_is_there(&server, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_put_into_a_new_cluster_is_the_province_and_laptops_go_on_with_it() {
    let cluster = Cluster::start().unwrap();
    let address = cluster.database().await.unwrap();
    let mut server = Server::start_on(Some(address.clone())).await;
    let mut laptop = server.enrol("Máy 01").await;
    let household = household();
    let edits = [laptop.list(&household, COMMUNE), laptop.interview(&household, laptop.instrument())];
    let mut kept = vec![laptop.batch(&edits)];
    kept.extend(batches(&mut laptop, "kept", 5, 4).into_iter().map(|(batch, _)| batch));
    let receipts = server.send(&laptop, &kept).await;
    let marks = server.get(&server.officer().await.0, "/api/overview").await["marks"].clone();
    let lines = server.storage().await.all_households(None, 1_000).await.unwrap();
    assert_eq!(lines.len(), 21);
    let copy = cluster.dump(&address).unwrap();
    // What comes after the copy is lost with the machine; the directory with configuration and keys was kept apart.
    let (lost, _) = batches(&mut laptop, "lost", 1, 4).remove(0);
    server.send(&laptop, std::slice::from_ref(&lost)).await;
    server.stop().await;

    let elsewhere = Cluster::start().unwrap();
    let restored = elsewhere.restore(&copy).unwrap();
    drop(cluster);
    let config = server.dir.path().join("rasoat-server.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace(&address, &restored)).unwrap();
    server.use_database(restored).await;
    assert_eq!(server.ask(&laptop, &kept).await, receipts);
    assert_eq!(server.storage().await.all_households(None, 1_000).await.unwrap(), lines);
    let officer = server.officer().await;
    assert_eq!(server.get(&officer.0, "/api/overview").await["marks"], marks);
    assert_eq!(rebuild_and_compare(&server.state).await.unwrap(), []);
    // Nobody has a receipt for what was lost: the laptop sends it again, and goes on.
    assert_eq!(server.ask(&laptop, std::slice::from_ref(&lost)).await, []);
    let (next, _) = batches(&mut laptop, "next", 1, 4).remove(0);
    for batch in [lost, next] {
        let receipts = server.send(&laptop, std::slice::from_ref(&batch)).await;
        assert!(receipts[0].verdicts.is_empty(), "{:?}", receipts[0]);
    }
    assert_eq!(server.get(&officer.0, "/api/overview").await["marks"]["all"], lines.len() + 8);
}
