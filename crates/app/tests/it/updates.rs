//! What the province has ready: forms, standards and snapshots, fetched over cuts and put to use.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rasoat_app::App;
use rasoat_exchange::enrolment::{Enrolment, InstrumentFiles, StandardFile};
use rasoat_exchange::{
    BlobAnswer, CarrierError, Catalogue, CatalogueEntry, CatalogueKind, Cursor, Door, EnrolmentFile,
    SignedBlobRequest, SyncProtocol, to_blob,
};
use rasoat_testkit::province::Province;
use rasoat_testkit::{demo, laptop};

use crate::desks::Desk;
use crate::support::{Laptop, answer, code, enrolment, first};

/// Blobs by hash, on a wire that lets so many messages through.
struct Blobs {
    blobs: BTreeMap<[u8; 32], Vec<u8>>,
    left: Arc<AtomicI64>,
    spoilt: bool,
}

impl SyncProtocol for Blobs {
    async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        assert_eq!(door, Door::Blob);
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(CarrierError::CutOff);
        }
        let asked = SignedBlobRequest::decode(&request).unwrap().request;
        let blob = &self.blobs[&asked.hash];
        let from = usize::try_from(asked.offset).unwrap();
        // Ranges far smaller than asked for: a fetch takes many messages.
        let to = blob.len().min(from + 9_000);
        let mut bytes = blob[from..to].to_vec();
        if self.spoilt {
            bytes[0] ^= 1;
        }
        Ok(BlobAnswer { total: blob.len() as u64, bytes }.encode())
    }
}

/// The shipped form with its question of the address under another name.
fn renamed() -> InstrumentFiles {
    let mut files = enrolment(1).instruments.remove(0);
    let mut rows = Vec::new();
    for (at, line) in files.survey.split_inclusive('\n').enumerate() {
        let line = line.trim_end_matches(['\r', '\n']);
        rows.push(match at {
            0 => format!("{line},renamed_from"),
            _ if line.starts_with("text,address,") => {
                format!("{},address", line.replacen("text,address,", "text,home_address,", 1))
            }
            _ => format!("{line},"),
        });
    }
    files.survey = rows.join("\n") + "\n";
    files.settings = files.settings.replace(&files.version, "2026.2");
    files.version = "2026.2".to_owned();
    files.hash = blake3::hash(files.survey.as_bytes()).to_hex().to_string();
    files
}

fn catalogue_of(kind: CatalogueKind, id: &str, blob: &[u8]) -> Catalogue {
    let hash = *blake3::hash(blob).as_bytes();
    Catalogue::new([CatalogueEntry { kind, id: id.to_owned(), hash, size: blob.len() as u64 }])
}

fn start(laptop: &Laptop, blob: &[u8], left: i64, spoilt: bool) -> (App, Arc<AtomicI64>) {
    let left = Arc::new(AtomicI64::new(left));
    let blobs = BTreeMap::from([(*blake3::hash(blob).as_bytes(), blob.to_vec())]);
    let carrier = Arc::new(Blobs { blobs, left: Arc::clone(&left), spoilt });
    let clock = Arc::clone(&laptop.clock);
    let now = Arc::new(move || clock.load(Ordering::SeqCst));
    let app = laptop::start_with(&laptop.dir.path().join("data"), now, Some(carrier)).unwrap();
    app.unlock(crate::support::PASSPHRASE).unwrap();
    (app, left)
}

#[tokio::test]
async fn a_new_form_arrives_over_cuts_and_restarts_and_an_open_draft_moves_to_it() {
    let laptop = Laptop::new();
    let home = {
        let app = laptop.listed();
        let home = first(&app).id;
        answer(&app, &home, "address", "Nà Lùng").unwrap();
        answer(&app, &home, "floor_area", "38.5").unwrap();
        home
    };
    let blob = to_blob(&renamed()).unwrap();
    let catalogue = catalogue_of(CatalogueKind::Instrument, "rasoat-household", &blob);
    // One message at a time, and the program is ended after each.
    let mut restarts = 0;
    loop {
        let (app, left) = start(&laptop, &blob, 1, false);
        app.update_to(&catalogue).await.unwrap();
        let fetched_all = app.form().unwrap().version == "2026.2";
        if fetched_all {
            break;
        }
        assert!(left.load(Ordering::SeqCst) <= 0);
        restarts += 1;
        assert!(restarts < 100);
    }
    assert_eq!(restarts + 1, blob.len().div_ceil(9_000), "what had come was not fetched again");
    let (app, _) = start(&laptop, &blob, 0, false);
    assert_eq!(app.form().unwrap().version, "2026.2");
    let value = |path: &str| {
        let view = app.open_interview(&home).unwrap();
        view.nodes.into_iter().find(|node| node.path == path).and_then(|node| node.value)
    };
    assert_eq!(value("home_address").as_deref(), Some("Nà Lùng"));
    assert_eq!((value("floor_area").as_deref(), value("address")), (Some("38.5"), None));
    answer(&app, &home, "phone", "0912345678").unwrap();
    app.leave_interview(&home).unwrap();
    assert_eq!(value("home_address").as_deref(), Some("Nà Lùng"));
    // The same catalogue again asks for nothing.
    app.update_to(&catalogue).await.unwrap();
}

#[tokio::test]
async fn a_blob_that_is_not_what_it_is_named_by_is_not_used_and_fetched_again() {
    let laptop = Laptop::new();
    laptop.listed();
    let blob = to_blob(&renamed()).unwrap();
    let catalogue = catalogue_of(CatalogueKind::Instrument, "rasoat-household", &blob);
    let (app, _) = start(&laptop, &blob, i64::MAX, true);
    app.update_to(&catalogue).await.unwrap();
    assert_eq!(app.form().unwrap().version, "2026.1");
    drop(app);
    let (app, _) = start(&laptop, &blob, i64::MAX, false);
    app.update_to(&catalogue).await.unwrap();
    assert_eq!(app.form().unwrap().version, "2026.2");
}

#[tokio::test]
async fn a_form_that_cannot_be_used_changes_nothing_and_is_not_asked_for_again() {
    let laptop = Laptop::new();
    laptop.listed();
    let files = InstrumentFiles { survey: "type,name\nunheard,of\n".to_owned(), ..renamed() };
    let blob = to_blob(&files).unwrap();
    let catalogue = catalogue_of(CatalogueKind::Instrument, "rasoat-household", &blob);
    let (app, left) = start(&laptop, &blob, 1_000, false);
    app.update_to(&catalogue).await.unwrap();
    assert_eq!(app.form().unwrap().version, "2026.1");
    let after = left.load(Ordering::SeqCst);
    app.update_to(&catalogue).await.unwrap();
    assert_eq!(left.load(Ordering::SeqCst), after);
}

#[tokio::test]
async fn a_procedure_comes_to_a_laptop_of_before_and_one_that_cannot_be_read_changes_nothing() {
    let laptop = Laptop::new();
    let shipped = enrolment(1).procedures.remove(0);
    {
        let app = laptop.start();
        let before = Enrolment { procedures: Vec::new(), ..enrolment(1) };
        laptop.enrol_with(&app, laptop.enrolment_file(&before), crate::support::CODE).unwrap();
        assert_eq!(app.procedure_board(None).unwrap().procedure, None);
        assert_eq!(code(app.posted_until("2026-11-23")), "procedure_missing");
    }
    let update = async |file: StandardFile| {
        let blob = to_blob(&file).unwrap();
        let (app, _) = start(&laptop, &blob, i64::MAX, false);
        app.update_to(&catalogue_of(CatalogueKind::Procedure, &file.id, &blob)).await.unwrap();
        app.procedure_board(None).unwrap().procedure.map(|procedure| procedure.working_days)
    };
    assert_eq!(update(shipped.clone()).await, Some(3));
    let longer = shipped.toml.replace("working_days = 3", "working_days = 5");
    assert_eq!(update(StandardFile { toml: longer, ..shipped.clone() }).await, Some(5));
    let broken = StandardFile { toml: "id = 1".to_owned(), ..shipped };
    assert_eq!(update(broken).await, Some(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_brings_what_the_feed_brings_and_the_feed_goes_on_after_it() {
    let province = Province::start().await.unwrap();
    let one = Desk::listed(&province, "Máy 01").await;
    for seed in 100..112 {
        laptop::import(&one.app, &demo::list_workbook(seed)).unwrap();
    }
    let homes = one.rows();
    one.answer(&homes[0].id, "floor_area", "31");
    one.sync().await;

    let handover = province.enrol("Máy 02").await.unwrap();
    let device = EnrolmentFile::read(&std::fs::read(&handover.file).unwrap()).unwrap().device;
    let by_snapshot = Desk::with(&handover, &province).await;
    let from_nothing = Cursor::default();
    let catalogue = province.catalogue(device, &from_nothing).await.unwrap();
    let snapshots = catalogue.entries().iter().filter(|entry| entry.kind == CatalogueKind::Snapshot);
    assert_eq!(snapshots.count(), 2);
    // Cut at every message on the way.
    for _ in 0..1_000 {
        by_snapshot.wire.store(2, Ordering::SeqCst);
        by_snapshot.app.update_to(&catalogue).await.unwrap();
        if !by_snapshot.rows().is_empty() {
            break;
        }
    }
    by_snapshot.wire.store(i64::MAX, Ordering::SeqCst);
    one.answer(&homes[1].id, "floor_area", "32");
    one.sync().await;
    let before = by_snapshot.app.sync_status().unwrap().exchanges.len();
    by_snapshot.sync().await;
    let exchanges = by_snapshot.app.sync_status().unwrap().exchanges;
    assert_eq!(exchanges.len() - before, 1, "the feed had one edit left to give");
    assert!(exchanges[0].bytes_down < 4_000, "{}", exchanges[0].bytes_down);

    let by_feed = Desk::at(&province, "Máy 03").await;
    by_feed.sync().await;
    let all = |desk: &Desk| {
        let query = |offset| rasoat_app::view::HouseholdQuery {
            offset,
            limit: 200,
            ..rasoat_app::view::HouseholdQuery::default()
        };
        (0..3).flat_map(|page| desk.app.households(query(page * 200)).unwrap().rows).collect::<Vec<_>>()
    };
    assert_eq!(all(&by_snapshot), all(&by_feed));
    assert_eq!(all(&by_feed).len(), all(&one).len());
    for home in &homes[..2] {
        assert_eq!(by_snapshot.value(&home.id, "floor_area"), by_feed.value(&home.id, "floor_area"));
        assert!(by_feed.value(&home.id, "floor_area").is_some());
    }
}
