//! A laptop begins with an address and a one-time code, over a network that cuts it off.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rasoat_app::App;
use rasoat_app::view::{EnrolForm, FetchForm, Stage};
use rasoat_exchange::{BlobAnswer, CarrierError, Door, EnrolmentFile, SyncProtocol};
use rasoat_sync::HttpCarrier;
use rasoat_testkit::laptop;
use rasoat_testkit::province::{Handover, Province};

const DAY: i64 = 24 * 60 * 60 * 1000;
const PASSPHRASE: &str = "năm con chim sẻ nâu";

/// Loses every second answer.
struct Cutting {
    carrier: HttpCarrier,
    asked: AtomicUsize,
    came: AtomicUsize,
}

impl SyncProtocol for Cutting {
    async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        let answer = self.carrier.post(door, request).await?;
        if door != Door::Enrolment {
            return Ok(answer);
        }
        if self.asked.fetch_add(1, Ordering::SeqCst) % 2 == 1 {
            return Err(CarrierError::CutOff);
        }
        let piece = BlobAnswer::decode(&answer).expect("a piece").bytes.len();
        self.came.fetch_add(piece, Ordering::SeqCst);
        Ok(answer)
    }
}

fn form(province: &Province, handover: &Handover) -> FetchForm {
    // Typed as people type.
    FetchForm {
        address: format!(" {}", province.url("")),
        code: handover.code.to_lowercase().replace('-', " "),
    }
}

async fn code_of(app: &App, form: FetchForm) -> String {
    app.fetch_enrolment(form).await.expect_err("nothing to be had").code
}

fn enrol(app: &App, path: &str, handover: &Handover) {
    let form = EnrolForm {
        path: path.to_owned(),
        code: handover.code.clone(),
        name: String::new(),
        user: None,
        passphrase: PASSPHRASE.into(),
    };
    assert_eq!(app.enrol(form).expect("enrolled").stage, Stage::Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_begins_with_address_and_code_and_no_cut_costs_what_had_come() {
    let province = Province::start().await.expect("a province");
    let handover = province.enrol("Máy 07").await.expect("enrolled");
    let file = std::fs::read(&handover.file).expect("the same as a file");
    let folder = tempfile::tempdir().expect("a folder");
    let carrier = Arc::new(Cutting {
        carrier: HttpCarrier::new([province.url("")]).expect("a carrier"),
        asked: AtomicUsize::new(0),
        came: AtomicUsize::new(0),
    });
    let start = || {
        laptop::start_with(folder.path(), province.clock.reader(), Some(carrier.clone())).expect("started")
    };
    let mut cuts = 0;
    let fetched = loop {
        // Each time the program is begun anew: what came is on the disk.
        match start().fetch_enrolment(form(&province, &handover)).await {
            Ok(fetched) => break fetched,
            Err(error) => assert_eq!(error.code, "cut_off"),
        }
        cuts += 1;
        assert!(cuts < 100, "it comes to an end");
    };
    assert!(cuts > 0, "the file is longer than a piece");
    assert_eq!(carrier.came.load(Ordering::SeqCst), file.len());
    assert_eq!(fetched.enrolment.device_name, "Máy 07");
    assert_eq!(std::fs::read(&fetched.path).expect("the file"), file);

    let app = start();
    enrol(&app, &fetched.path, &handover);
    assert!(!std::path::Path::new(&fetched.path).exists());
    // Until the first exchange it can be fetched again, then no more.
    let other = tempfile::tempdir().expect("a folder");
    let again = laptop::start(other.path(), province.clock.reader()).expect("started");
    assert!(again.fetch_enrolment(form(&province, &handover)).await.is_ok());
    let status = app.sync_now().await.expect("exchanged");
    assert_eq!(status.problem, None);
    assert_eq!(code_of(&again, form(&province, &handover)).await, "unknown_code");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_one_too_old_and_one_of_a_revoked_laptop_get_nothing() {
    let province = Province::start().await.expect("a province");
    let folder = tempfile::tempdir().expect("a folder");
    let app = laptop::start(folder.path(), province.clock.reader()).expect("started");
    let handover = province.enrol("Máy 07").await.expect("enrolled");
    let wrong = |code: &str| FetchForm { code: code.to_owned(), ..form(&province, &handover) };
    assert_eq!(code_of(&app, wrong("0000-0000-0000-0000")).await, "unknown_code");
    // What cannot be a code is not even asked for.
    assert_eq!(code_of(&app, wrong("0000")).await, "wrong_code");

    let revoked = province.enrol("Máy 08").await.expect("enrolled");
    let file = std::fs::read(&revoked.file).expect("a file");
    let device = EnrolmentFile::read(&file).expect("an enrolment").device;
    assert!(rasoat_server::revoke(&province.state, device).await.expect("revoked"));
    assert_eq!(code_of(&app, form(&province, &revoked)).await, "unknown_code");

    assert!(app.fetch_enrolment(form(&province, &handover)).await.is_ok());
    province.clock.pass(14 * DAY);
    assert_eq!(code_of(&app, form(&province, &handover)).await, "unknown_code");

    // Whoever tries many is answered no more for a while, and then again.
    let fresh = province.enrol("Máy 09").await.expect("enrolled");
    for _ in 0..100 {
        code_of(&app, wrong("0000-0000-0000-0000")).await;
    }
    assert_eq!(code_of(&app, form(&province, &fresh)).await, "server_busy");
    province.clock.pass(60_000);
    assert!(app.fetch_enrolment(form(&province, &fresh)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_in_the_provinces_place_without_knowing_the_code_is_found_out() {
    let province = Province::start().await.expect("a province");
    let handover = province.enrol("Máy 07").await.expect("enrolled");
    let other = province.enrol("Máy 08").await.expect("enrolled");
    /// Gives everybody the same file.
    struct Impostor(Vec<u8>);
    impl SyncProtocol for Impostor {
        async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
            assert_eq!(door, Door::Enrolment);
            let request = rasoat_exchange::EnrolRequest::decode(&request).expect("a request");
            let from = usize::try_from(request.offset).expect("small").min(self.0.len());
            let to = (from + request.length as usize).min(self.0.len());
            Ok(BlobAnswer { total: self.0.len() as u64, bytes: self.0[from..to].to_vec() }.encode())
        }
    }
    let file = std::fs::read(&other.file).expect("a file");
    let folder = tempfile::tempdir().expect("a folder");
    let impostor = Arc::new(Impostor(file));
    let app = laptop::start_with(folder.path(), province.clock.reader(), Some(impostor)).expect("started");
    assert_eq!(code_of(&app, form(&province, &handover)).await, "wrong_code");
    assert_eq!(app.state().stage, Stage::Fresh);
}
