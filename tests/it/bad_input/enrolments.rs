//! Enrolment files that are not for this laptop, at the first start and after it.

use std::path::Path;

use rasoat_app::App;
use rasoat_app::view::{EnrolForm, Stage};
use rasoat_testkit::laptop::{self, PASSPHRASE};
use rasoat_testkit::province::{Handover, Province};

use crate::support::{Desk, answer, assert_worded, value_at};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The code that trying to enrol is refused with.
fn refusal(app: &App, path: &Path, code: &str) -> String {
    let path = path.display().to_string();
    let form = EnrolForm {
        path,
        code: code.to_owned(),
        name: String::new(),
        user: None,
        passphrase: PASSPHRASE.into(),
    };
    let refused = app.enrol(form).expect_err("refused").code;
    assert_worded(&format!("problem_{refused}"));
    refused
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_enrolment_is_told_by_code_and_the_right_file_works_after_it() {
    let province = Province::start().await.expect("a province");
    let Handover { file, code } = province.enrol("Máy 07").await.expect("enrolled");
    let good = std::fs::read(&file).expect("a file");
    let folder = tempfile::tempdir().expect("a folder");
    let app = laptop::start(folder.path(), province.clock.reader()).expect("started");

    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    let mut newer = good.clone();
    let format = b"RASOAT-ENROLMENT\n".len();
    newer[format..format + 2].fill(0xee);
    let files = [
        ("cut short", good[..good.len() - 100].to_vec(), "enrolment_truncated"),
        ("cut to its first bytes", good[..20].to_vec(), "enrolment_truncated"),
        ("with a flipped bit", flipped, "enrolment_damaged"),
        ("of a newer program", newer, "enrolment_newer_format"),
        ("another kind of file", b"%PDF-1.7 ...".to_vec(), "not_an_enrolment"),
        ("empty", Vec::new(), "enrolment_truncated"),
        ("larger than any", vec![b'R'; 17 << 20], "file_too_large"),
    ];
    for (case, bytes, expected) in files {
        let path = folder.path().join("spoilt");
        std::fs::write(&path, bytes).expect("written");
        let shown = app.inspect_enrolment(path.to_str().expect("a path")).expect_err(case).code;
        assert_eq!((shown.as_str(), refusal(&app, &path, &code).as_str()), (expected, expected), "{case}");
        assert_eq!(app.state().stage, Stage::Fresh, "{case}");
    }
    assert_eq!(refusal(&app, Path::new("/nowhere/at/all"), &code), "file_not_found");
    assert_eq!(refusal(&app, &file, "AAAA-AAAA-AAAA-AAAA"), "wrong_code");
    province.clock.pass(31 * DAY_MILLIS);
    assert_eq!(refusal(&app, &file, &code), "enrolment_expired");
    assert_eq!(app.state().stage, Stage::Fresh);
    assert!(!folder.path().join("rasoat.db").exists(), "nothing was begun");

    province.clock.pass(-31 * DAY_MILLIS);
    laptop::enrol(&app, &Handover { file, code }).expect("the right file and code");
    assert_eq!(app.state().stage, Stage::Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_server_is_refused_and_every_answer_stays() {
    let (province, other) =
        (Province::start().await.expect("a province"), Province::start().await.expect("another"));
    let desk = Desk::at(&province).await;
    let household = desk.household().id;
    answer(&desk.app, &household, "address", "Ngõ sau đình").expect("answered");
    let stranger = other.enrol("Máy 07").await.expect("enrolled");
    let path = stranger.file.to_str().expect("a path");

    assert_eq!(desk.app.inspect_enrolment(path).expect_err("shown").code, "other_server");
    assert_eq!(refusal(&desk.app, &stranger.file, &stranger.code), "other_server");
    desk.app.lock().expect("locked");
    assert_eq!(refusal(&desk.app, &stranger.file, &stranger.code), "other_server", "while it is locked");
    desk.app.unlock(PASSPHRASE).expect("opened");
    assert_eq!(value_at(&desk.app, &household, "address").as_deref(), Some("Ngõ sau đình"));
    let sent = desk.app.sync_now().await.expect("sent");
    assert_eq!((sent.problem, sent.server_name.as_str()), (None, "Sở thử nghiệm"));
}
