//! Forgotten passphrases: a laptop and a true province, past the command line.

use std::path::Path;

use rasoat_app::App;
use rasoat_app::view::{RecoverForm, RecoveryRequestForm, RecoveryRequestView, Stage};
use rasoat_casework::DeviceId;
use rasoat_server::storage::Storage as _;
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_server::{DataDir, RecoverError, Recovery};
use rasoat_testkit::laptop;
use rasoat_testkit::province::Province;
use tempfile::TempDir;

use crate::support::code;

const NEW: &str = "năm bó lúa nếp";

async fn locked(province: &Province, name: &str) -> (App, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let app = laptop::start(folder.path(), province.clock.reader()).unwrap();
    laptop::enrol(&app, &province.enrol(name).await.unwrap()).unwrap();
    app.lock().unwrap();
    (app, folder)
}

fn request(app: &App, folder: &Path, anew: bool) -> (RecoveryRequestView, Vec<u8>) {
    let form = RecoveryRequestForm { folder: folder.to_str().unwrap().to_owned(), anew };
    let written = app.request_recovery(&form).unwrap();
    let bytes = std::fs::read(folder.join(&written.name)).unwrap();
    (written, bytes)
}

async fn answered(province: &Province, asked: Recovery<'_>) -> Result<Vec<u8>, RecoverError> {
    rasoat_server::recover(&DataDir::at(province.data()), &province.state, asked).await
}

fn take_in(app: &App, folder: &Path, answer: &[u8]) -> Result<Stage, rasoat_app::AppError> {
    let path = folder.join("may.answer");
    std::fs::write(&path, answer).unwrap();
    let form = RecoverForm { path: path.to_str().unwrap().to_owned(), user: None, passphrase: NEW.into() };
    app.recover(&form).map(|state| state.stage)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_province_gives_a_laptop_back_to_its_people_and_writes_it_down() {
    let province = Province::start().await.unwrap();
    let (app, folder) = locked(&province, "Máy 07").await;
    let desk = tempfile::tempdir().unwrap();
    let (written, file) = request(&app, desk.path(), false);
    let again = laptop::start(folder.path(), province.clock.reader()).unwrap();
    assert_eq!(
        request(&again, desk.path(), false),
        (written.clone(), file.clone()),
        "the same after a restart"
    );
    assert_eq!(again.recovery().unwrap().begun, Some(written.begun.clone()));

    let shown = rasoat_server::show_recovery(&province.state, &file).await.unwrap();
    assert_eq!(
        (shown.number.as_str(), shown.name.as_deref()),
        (written.begun.number.as_str(), Some("Máy 07"))
    );
    let other = if shown.number == "000000" { "000001" } else { "000000" };
    let asked = Recovery { request: &file, number: Some(other), ..Recovery::default() };
    assert!(matches!(answered(&province, asked).await, Err(RecoverError::OtherNumber)));
    let asked = Recovery { request: &file, number: Some(&shown.number), ..Recovery::default() };
    let answer = answered(&province, asked).await.unwrap();
    let dir = DataDir::at(province.data());
    let storage = Sqlite::open(&dir.database(), &dir.keys().unwrap().storage).unwrap();
    let act = storage.acts(1).await.unwrap().remove(0);
    assert_eq!((act.act.as_str(), act.object), ("device_recovered", shown.device.to_string()));

    assert_eq!(take_in(&app, desk.path(), &answer), Ok(Stage::Open));
    app.lock().unwrap();
    assert_eq!(code(app.unlock(laptop::PASSPHRASE)), "wrong_passphrase");
    app.unlock(NEW).unwrap();
    app.lock().unwrap();
    assert_eq!(code(take_in(&app, desk.path(), &answer)), "no_recovery");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_others_to_older_requests_and_spoilt_ones_are_told_apart() {
    let province = Province::start().await.unwrap();
    let ((one, _a), (two, _b)) = (locked(&province, "Máy 01").await, locked(&province, "Máy 02").await);
    let desk = tempfile::tempdir().unwrap();
    let (_, older) = request(&one, desk.path(), false);
    let (_, newer) = request(&one, desk.path(), true);
    let (_, others) = request(&two, desk.path(), false);
    let mut answers = Vec::new();
    for file in [&older, &newer, &others] {
        answers.push(answered(&province, Recovery { request: file, ..Recovery::default() }).await.unwrap());
    }
    for (answer, expected) in [
        (answers[0].as_slice(), "recovery_older_request"),
        (&answers[2], "recovery_other_laptop"),
        (&answers[1][..answers[1].len() - 10], "recovery_damaged"),
        (b"xin ch\xc3\xa0o", "not_a_recovery"),
        (&newer, "not_a_recovery"),
    ] {
        assert_eq!(code(take_in(&one, desk.path(), answer)), expected);
    }
    assert_eq!(take_in(&one, desk.path(), &answers[1]), Ok(Stage::Open));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_or_unknown_laptop_is_answered_only_where_that_is_said() {
    let province = Province::start().await.unwrap();
    let (app, _folder) = locked(&province, "Máy 07").await;
    let desk = tempfile::tempdir().unwrap();
    let (_, file) = request(&app, desk.path(), false);
    let device = rasoat_server::show_recovery(&province.state, &file).await.unwrap().device;
    assert!(rasoat_server::revoke(&province.state, DeviceId(device)).await.unwrap());
    let asked = Recovery { request: &file, ..Recovery::default() };
    assert!(matches!(answered(&province, asked).await, Err(RecoverError::Revoked)));
    assert!(answered(&province, Recovery { even_if_revoked: true, ..asked }).await.is_ok());
    let other = Province::start().await.unwrap();
    assert!(matches!(answered(&other, asked).await, Err(RecoverError::UnknownDevice)));
    let asked = Recovery { even_if_unknown: true, ..asked };
    assert!(matches!(answered(&other, asked).await, Err(RecoverError::OtherProvince)));
}
