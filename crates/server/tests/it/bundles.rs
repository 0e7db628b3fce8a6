//! Sticks: what they bring is what a post would have brought, and replies go back the same way.

use std::path::Path;
use std::process::{Command, Output};

use rasoat_casework::{DeviceId, Edit};
use rasoat_exchange::{
    Bundle, BundleIdentity, BundleRecipient, Content, Limits, News, ProblemCode, SignedBatch, SigningKey,
};
use rasoat_server::{
    BundleFailure, BundleReport, Counts, DataDir, State, import_bundle, reply_bundle, show_bundle,
};
use serde_json::json;

use crate::support::{BEGIN, COMMUNE, ELSEWHERE, Laptop, Server, household, household_id};

fn province(laptop: &Laptop) -> BundleRecipient {
    laptop.enrolment.bundle_recipient.clone().unwrap()
}

fn stick(laptop: &Laptop, batches: Vec<SignedBatch>) -> Vec<u8> {
    let bundle = Bundle::of_batches(batches, laptop.enrolment.device, BEGIN).unwrap();
    bundle.seal(&[province(laptop)]).unwrap()
}

fn edits(laptop: &mut Laptop) -> [Edit; 2] {
    let household = household();
    [laptop.list(&household, COMMUNE), laptop.interview(&household, laptop.instrument())]
}

fn counts(report: &BundleReport) -> Vec<(u32, u32, u32)> {
    report.batches.iter().map(|batch| three(&batch.counts)).collect()
}

fn three(counts: &Counts) -> (u32, u32, u32) {
    (counts.new, counts.known, counts.refused)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_brought_twice_is_new_and_then_known_and_a_post_of_it_gets_the_same_receipt() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let batch = laptop.batch(&edits(&mut laptop.clone()));
    let file = stick(&laptop, vec![batch.clone()]);
    assert_eq!(show_bundle(&server.dir, &file).unwrap().manifest.entries[0].edits, 2);
    let officer = server.officer().await;
    assert_eq!(server.list(&officer, json!({})).await["total"], 0);

    let first = import_bundle(&server.state, &file).await.unwrap();
    assert_eq!(counts(&first), [(2, 0, 0)]);
    assert!(!first.refuses());
    let key = (COMMUNE.parse().unwrap(), household_id(&household()));
    assert_eq!(three(&first.households[&key]), (2, 0, 0));
    let page = server.list(&officer, json!({})).await;
    assert_eq!((&page["total"], &page["rows"][0]["edits"]), (&1.into(), &2.into()));
    assert_eq!(page["rows"][0]["class_2022"]["key"], "poor");

    server.pass(60_000);
    let again = import_bundle(&server.state, &file).await.unwrap();
    assert_eq!(counts(&again), [(0, 2, 0)]);
    assert_eq!(server.list(&officer, json!({})).await, page);
    // The post that had been lost on the way comes after the stick.
    edits(&mut laptop);
    let receipt = server.send(&laptop, &[batch]).await.remove(0);
    assert_eq!(receipt.server_time_millis, BEGIN);
    let reply = reply_bundle(&server.state, laptop.enrolment.device).await.unwrap();
    let identity = BundleIdentity::of(&laptop.key).unwrap();
    let reply = Bundle::open(&reply, &identity, Limits::BUNDLE).unwrap();
    let Content::Reply(reply) = reply.content else { panic!("a reply") };
    let opened: Vec<_> = reply
        .receipts
        .iter()
        .map(|signed| signed.open(&laptop.enrolment.server.verify_key).unwrap())
        .collect();
    assert_eq!(opened, [receipt]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bundles_in_the_wrong_order_end_as_in_the_right_one() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let [list, interview] = edits(&mut laptop);
    let first = stick(&laptop, vec![laptop.batch(&[list])]);
    let second = stick(&laptop, vec![laptop.batch(&[interview])]);
    let early = import_bundle(&server.state, &second).await.unwrap();
    assert_eq!(counts(&early), [(0, 0, 1)]);
    assert_eq!(early.batches[0].verdicts["broken_chain"], 1);
    assert_eq!(counts(&import_bundle(&server.state, &first).await.unwrap()), [(1, 0, 0)]);
    assert_eq!(counts(&import_bundle(&server.state, &second).await.unwrap()), [(1, 0, 0)]);
    let page = server.list(&server.officer().await, json!({})).await;
    assert_eq!(page["rows"][0]["edits"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_over_the_network_is_refused_from_a_stick_and_the_rest_goes_on() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let mut lost = server.enrol("Máy 02").await;
    let household = household();
    let of_lost = lost.batch(&[lost.clone().list(&household, COMMUNE)]);
    lost.list(&household, COMMUNE);
    rasoat_server::revoke(&server.state, lost.enrolment.device).await.unwrap();
    let mut forger = laptop.clone();
    forger.key = SigningKey::from_seed([9; 32]);
    let forged = forger.batch(&[forger.clone().list(&household, COMMUNE)]);
    let mut stranger = laptop.clone();
    stranger.enrolment.device = DeviceId(uuid::Uuid::from_u128(1));
    let strange = stranger.batch(&[stranger.clone().list(&household, COMMUNE)]);
    let both = [laptop.list(&household, ELSEWHERE), laptop.list(&household, COMMUNE)];

    let batches = vec![of_lost, forged, strange, laptop.batch(&both)];
    let report = import_bundle(&server.state, &stick(&laptop, batches)).await.unwrap();
    let refused: Vec<_> = report.batches.iter().map(|batch| batch.refused).collect();
    let (revoked, forged, unknown) =
        (ProblemCode::DeviceRevoked, ProblemCode::BadSignature, ProblemCode::UnknownDevice);
    assert_eq!(refused, [Some(revoked), Some(forged), Some(unknown), None]);
    assert_eq!(three(&report.batches[3].counts), (1, 0, 1));
    assert_eq!(report.batches[3].verdicts["out_of_scope"], 1);
    assert!(report.refuses());

    let error = reply_bundle(&server.state, lost.enrolment.device).await.unwrap_err();
    assert!(matches!(error, BundleFailure::Device(ProblemCode::DeviceRevoked)));
    let error = reply_bundle(&server.state, stranger.enrolment.device).await.unwrap_err();
    assert!(matches!(error, BundleFailure::Device(ProblemCode::UnknownDevice)));
    // A reply is for its laptop alone, and no server takes it in.
    let reply = reply_bundle(&server.state, laptop.enrolment.device).await.unwrap();
    let error = import_bundle(&server.state, &reply).await.unwrap_err();
    assert_eq!(error.to_string(), "other_recipient");
    let other = server.enrol("Máy 03").await;
    assert!(Bundle::open(&reply, &BundleIdentity::of(&other.key).unwrap(), Limits::BUNDLE).is_err());
}

fn replied(laptop: &Laptop, file: &[u8]) -> (Vec<DeviceId>, News) {
    let bundle = Bundle::open(file, &BundleIdentity::of(&laptop.key).unwrap(), Limits::BUNDLE).unwrap();
    let Content::Reply(reply) = &bundle.content else { panic!("a reply") };
    let server = laptop.enrolment.server.verify_key;
    assert!(reply.receipts.iter().all(|receipt| receipt.open(&server).is_ok()));
    let devices = bundle.manifest.entries.iter().map(|entry| entry.device).collect();
    (devices, reply.news[0].open(&server).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_brings_the_receipts_of_the_commune_with_forms_standards_and_devices() {
    let server = Server::start().await;
    let mut surveyor = server.enrol("Máy 01").await;
    let supervisor = server.enrol("Máy 02").await;
    let lost = server.enrol("Máy 03").await;
    assert_eq!(surveyor.enrolment.devices, []);
    let names: Vec<&str> = lost.enrolment.devices.iter().map(|device| device.name.as_str()).collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"Máy 01") && names.contains(&"Máy 02"));
    rasoat_server::revoke(&server.state, lost.enrolment.device).await.unwrap();

    // Nothing came in yet: there is news all the same.
    let (receipts, news) =
        replied(&supervisor, &reply_bundle(&server.state, supervisor.enrolment.device).await.unwrap());
    assert_eq!(receipts, []);
    assert_eq!(news.instruments, supervisor.enrolment.instruments);
    assert_eq!(news.standards, supervisor.enrolment.standards);
    assert_eq!(news.revoked.iter().map(|device| device.id).collect::<Vec<_>>(), [lost.enrolment.device]);
    assert_eq!(news.communes, [COMMUNE.parse().unwrap()]);
    let keys: Vec<_> = news.devices.iter().map(|device| (device.id, device.key)).collect();
    assert_eq!(keys.len(), 2);
    for laptop in [&surveyor, &supervisor] {
        assert!(keys.contains(&(laptop.enrolment.device, laptop.key.verify_key())));
    }

    let batch = surveyor.batch(&edits(&mut surveyor.clone()));
    edits(&mut surveyor);
    import_bundle(&server.state, &stick(&surveyor, vec![batch])).await.unwrap();
    let reply = reply_bundle(&server.state, supervisor.enrolment.device).await.unwrap();
    assert_eq!(replied(&supervisor, &reply).0, [surveyor.enrolment.device]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_the_batches_in_a_bundle_does_not_matter() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let [list, interview] = edits(&mut laptop);
    let batches = vec![laptop.batch(&[interview]), laptop.batch(&[list])];
    let report = import_bundle(&server.state, &stick(&laptop, batches)).await.unwrap();
    assert_eq!(counts(&report), [(1, 0, 0), (1, 0, 0)]);
    assert!(!report.refuses() && !report.waits());
    let key = (COMMUNE.parse().unwrap(), household_id(&household()));
    assert_eq!(three(&report.households[&key]), (2, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_provinces_bundle_is_not_opened() {
    let (server, elsewhere) = (Server::start().await, Server::start().await);
    let mut laptop = elsewhere.enrol("Máy 01").await;
    let batch = laptop.batch(&[laptop.clone().list(&household(), COMMUNE)]);
    laptop.list(&household(), COMMUNE);
    let error = import_bundle(&server.state, &stick(&laptop, vec![batch])).await.unwrap_err();
    assert_eq!(error.to_string(), "other_recipient");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_interviews_fit_the_smallest_stick_and_come_in_whole() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let instrument = laptop.instrument();
    let households = rasoat_testkit::households(2026);
    let edits: Vec<Edit> = households[..50]
        .iter()
        .flat_map(|household| [laptop.list(household, COMMUNE), laptop.interview(household, instrument)])
        .collect();
    let batches: Vec<SignedBatch> = edits.chunks(10).map(|edits| laptop.batch(edits)).collect();
    let plain: usize = batches.iter().map(|batch| batch.bytes.len()).sum();
    let file = stick(&laptop, batches);
    println!("50 households: {} bytes of {plain}", file.len());
    assert!(file.len() < 12 * 1024 && file.len() < plain);
    let report = import_bundle(&server.state, &file).await.unwrap();
    assert_eq!(counts(&report), vec![(10, 0, 0); 10]);
    assert_eq!(report.households.len(), 50);
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rasoat-server")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).unwrap()
}

async fn enrolled(data: &Path) -> Laptop {
    let (dir, new) = (
        DataDir::at(data),
        rasoat_server::NewServer {
            name: "Sở thử nghiệm".to_owned(),
            public_url: "http://127.0.0.1:1".to_owned(),
            round: rasoat_casework::Round(2026),
            database: None,
        },
    );
    rasoat_server::init(&dir, new).await.unwrap();
    let state = State::open(&dir).await.unwrap();
    let new = rasoat_server::NewDevice {
        name: "Máy 01".to_owned(),
        surveyor: "Nông Văn Thử".to_owned(),
        communes: vec![COMMUNE.parse().unwrap()],
        villages_csv: None,
        valid_days: 30,
    };
    let enrolled = rasoat_server::enrol(&dir, &state, new).await.unwrap();
    Laptop::open(&enrolled.file, &enrolled.code, "Máy 01")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_what_became_of_each_batch_and_names_nobody() {
    let temporary = tempfile::tempdir().unwrap();
    let path = |name: &str| temporary.path().join(name).to_str().unwrap().to_owned();
    let data = path("province");
    let mut laptop = enrolled(Path::new(&data)).await;
    let good = stick(&laptop, vec![laptop.batch(&edits(&mut laptop.clone()))]);
    edits(&mut laptop);
    let elsewhere = laptop.list(&household(), ELSEWHERE);
    let out_of_scope = laptop.batch(&[elsewhere]);
    std::fs::write(path("good.rasoat"), &good).unwrap();
    std::fs::write(path("partly.rasoat"), stick(&laptop, vec![out_of_scope])).unwrap();
    std::fs::write(path("cut.rasoat"), &good[..good.len() - 1]).unwrap();

    let device = laptop.enrolment.device.0.to_string();
    let reply = ["bundle", "reply", "--data", &data, "--device", &device, "--out", &path("reply.rasoat")];
    let shown = run(&["bundle", "show", "--data", &data, &path("good.rasoat")]);
    assert_eq!(shown.status.code(), Some(0));
    assert!(
        said(&shown).contains("kind: edits\n") && said(&shown).contains(&format!("device {device} edits 2"))
    );

    let written = run(&["bundle", "identity", "--data", &data, "--out", &path("identity")]);
    assert_eq!(written.status.code(), Some(0), "{}", said(&written));
    let text = std::fs::read_to_string(path("identity")).unwrap();
    assert!(said(&written).contains(&format!("recipient: {}", province(&laptop))));
    assert!(!said(&written).contains("AGE-SECRET-KEY"));
    let identity: age::x25519::Identity = text.trim().parse().unwrap();
    assert!(age::decrypt(&identity, &good).is_ok());

    let import = |name: &str| run(&["bundle", "import", "--data", &data, &path(name)]);
    let first = import("good.rasoat");
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    assert!(said(&first).contains("new 2 known 0 refused 0\n"), "{}", said(&first));
    let again = import("good.rasoat");
    assert_eq!(again.status.code(), Some(0));
    assert!(said(&again).contains("new 0 known 2 refused 0\n"), "{}", said(&again));
    let partly = import("partly.rasoat");
    assert_eq!(partly.status.code(), Some(1));
    assert!(said(&partly).contains("refused 1 out_of_scope=1\n"), "{}", said(&partly));
    // Brought in the wrong order, they end as in the right one.
    let [first_part, second_part] = {
        let other = rasoat_testkit::households(7).remove(1);
        let list = laptop.list(&other, COMMUNE);
        let instrument = laptop.instrument();
        let interview = laptop.interview(&other, instrument);
        [laptop.batch(&[list]), laptop.batch(&[interview])]
    };
    std::fs::write(path("1.rasoat"), stick(&laptop, vec![first_part])).unwrap();
    std::fs::write(path("2.rasoat"), stick(&laptop, vec![second_part])).unwrap();
    let turned = run(&["bundle", "import", "--data", &data, &path("2.rasoat"), &path("1.rasoat")]);
    assert_eq!(turned.status.code(), Some(0), "{}", said(&turned));
    for name in ["1.rasoat", "2.rasoat"] {
        std::fs::remove_file(path(name)).unwrap();
    }
    // One file that cannot be read stops no other.
    let mixed = run(&["bundle", "import", "--data", &data, &path("cut.rasoat"), &path("good.rasoat")]);
    assert_eq!(mixed.status.code(), Some(2));
    let words = said(&mixed);
    assert!(words.contains("new 0 known 2 refused 0\n") && words.contains("damaged"), "{words}");

    let replied = run(&reply);
    assert_eq!(replied.status.code(), Some(0), "{}", said(&replied));
    let identity = BundleIdentity::of(&laptop.key).unwrap();
    let file = std::fs::read(path("reply.rasoat")).unwrap();
    assert_eq!(Bundle::open(&file, &identity, Limits::BUNDLE).unwrap().manifest.entries.len(), 4);
    // Never over another file, and nothing is left of an attempt.
    assert_eq!(run(&reply).status.code(), Some(2));
    assert_eq!(std::fs::read(path("reply.rasoat")).unwrap(), file);
    let mut left: Vec<_> =
        std::fs::read_dir(temporary.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["cut.rasoat", "good.rasoat", "identity", "partly.rasoat", "province", "reply.rasoat"]);

    let head = household().head().full_name.clone();
    for output in [&shown, &first, &partly, &mixed, &replied] {
        for name in [head.as_str(), "Nông Văn Thử", "Bản Thử"] {
            assert!(!said(output).contains(name));
        }
    }
}
