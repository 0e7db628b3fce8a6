//! A forgotten passphrase, with the real server's command: request, six digits, answer, and in again with everything.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rasoat_app::App;
use rasoat_app::view::{RecoverForm, RecoveryRequestForm, RecoveryRequestView, Stage};
use rasoat_testkit::{demo, laptop};
use tempfile::TempDir;

use crate::support::{SEED, ServerProcess, answer, assert_worded, machine_clock, program, value_at};

const NEW: &str = "năm bó lúa nếp";

/// A province made by the real program, and laptops that nobody can open.
struct Offices {
    folder: TempDir,
}

impl Offices {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        ServerProcess::init(&folder.path().join("province"), "http://127.0.0.1:9");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A laptop with one answer, locked.
    fn laptop(&self, name: &str) -> (App, String) {
        let desk = self.path(&format!("desk-{name}"));
        std::fs::create_dir_all(&desk).expect("a folder");
        let handover = ServerProcess::enrol(&self.path("province"), &desk);
        let app = laptop::start(&self.path(name), machine_clock()).expect("started");
        laptop::enrol(&app, &handover).expect("first start");
        laptop::import(&app, &demo::list_workbook(SEED)).expect("imported");
        let household = laptop::households(&app, "").expect("households").remove(0).id;
        answer(&app, &household, "address", "Ngõ sau đình").expect("answered");
        app.lock().expect("locked");
        (app, household)
    }

    fn recover(&self, request: &Path, more: &[&str]) -> Output {
        Command::new(program("rasoat-server"))
            .args(["recover", "--data"])
            .arg(self.path("province"))
            .arg(request)
            .args(more)
            .output()
            .expect("rasoat-server")
    }
}

fn request(app: &App, folder: &Path, anew: bool) -> RecoveryRequestView {
    let form = RecoveryRequestForm { folder: folder.to_str().expect("a path").to_owned(), anew };
    app.request_recovery(&form).expect("a request")
}

fn take_in(app: &App, file: &Path) -> Result<Stage, String> {
    let path = file.to_str().expect("a path").to_owned();
    let form = RecoverForm { path, user: None, passphrase: NEW.into() };
    app.recover(&form).map(|state| state.stage).map_err(|error| {
        assert_worded(&format!("problem_{}", error.code));
        error.code
    })
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn labelled(text: &str, label: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix(label)).expect(label).to_owned()
}

#[test]
fn a_forgotten_passphrase_is_replaced_by_way_of_the_province() {
    let stage = Offices::new();
    let (app, household) = stage.laptop("one");
    assert_eq!(app.recovery().expect("none yet").begun, None);
    let written = request(&app, stage.folder.path(), false);
    let file = stage.path(&written.name);
    let bytes = std::fs::read(&file).expect("the request");
    // Asked for again, even after a restart, it is the same request.
    let again = laptop::start(&stage.path("one"), machine_clock()).expect("started");
    assert_eq!(request(&again, stage.folder.path(), false), written);
    assert_eq!(std::fs::read(&file).expect("the request"), bytes);

    // The officer looks first, hears the number, and then answers.
    let shown = said(&stage.recover(&file, &[]));
    assert_eq!(labelled(&shown, "number: "), written.begun.number);
    assert_eq!(labelled(&shown, "name: "), "Máy 07");
    let out = stage.path("one.answer");
    let to = out.to_str().expect("a path");
    let wrong = if written.begun.number == "000000" { "000001" } else { "000000" };
    let refused = stage.recover(&file, &["--out", to, "--number", wrong]);
    assert!(!refused.status.success() && !out.exists());
    assert!(said(&refused).contains("digits"), "{}", said(&refused));
    let answered = stage.recover(&file, &["--out", to, "--number", &written.begun.number]);
    assert!(answered.status.success(), "{}", said(&answered));

    assert_eq!(take_in(&app, &out), Ok(Stage::Open));
    assert_eq!(value_at(&app, &household, "address").as_deref(), Some("Ngõ sau đình"));
    app.lock().expect("locked");
    assert_eq!(app.unlock(laptop::PASSPHRASE).expect_err("replaced").code, "wrong_passphrase");
    app.unlock(NEW).expect("the new one opens");
    // Neither file opens anything for anybody else, nor twice.
    app.lock().expect("locked");
    assert_eq!(take_in(&app, &out), Err("no_recovery".to_owned()));
}

#[test]
fn answers_for_another_laptop_an_older_request_or_spoilt_ones_are_told_apart() {
    let stage = Offices::new();
    let (one, _) = stage.laptop("one");
    let (two, _) = stage.laptop("two");
    let answer_to = |written: &RecoveryRequestView, name: &str| {
        let out = stage.path(name);
        let answered = stage.recover(&stage.path(&written.name), &["--out", out.to_str().expect("a path")]);
        assert!(answered.status.success(), "{}", said(&answered));
        out
    };
    let older = answer_to(&request(&one, stage.folder.path(), false), "older.answer");
    let newer = answer_to(&request(&one, stage.folder.path(), true), "newer.answer");
    let other = answer_to(&request(&two, stage.folder.path(), false), "two.answer");
    let whole = std::fs::read(&newer).expect("an answer");
    let cut = stage.path("cut.answer");
    std::fs::write(&cut, &whole[..whole.len() - 10]).expect("written");
    let not = stage.path("not.answer");
    std::fs::write(&not, "không phải").expect("written");
    for (file, expected) in [
        (&older, "recovery_older_request"),
        (&other, "recovery_other_laptop"),
        (&cut, "recovery_damaged"),
        (&not, "not_a_recovery"),
        (&stage.path("nowhere"), "file_not_found"),
    ] {
        assert_eq!(take_in(&one, file), Err(expected.to_owned()));
    }
    assert_eq!(take_in(&one, &newer), Ok(Stage::Open));
    assert_eq!(take_in(&two, &other), Ok(Stage::Open));
}

#[test]
fn the_province_answers_no_revoked_laptop_no_strange_file_and_never_over_a_file() {
    let stage = Offices::new();
    let (app, _) = stage.laptop("one");
    let written = request(&app, stage.folder.path(), false);
    let file = stage.path(&written.name);
    let id = labelled(&said(&stage.recover(&file, &[])), "device: ");
    let revoked = Command::new(program("rasoat-server"))
        .args(["device", "revoke", "--id", &id, "--data"])
        .arg(stage.path("province"))
        .output()
        .expect("rasoat-server");
    assert!(revoked.status.success());
    let out = stage.path("one.answer");
    let to = out.to_str().expect("a path");
    let refused = stage.recover(&file, &["--out", to]);
    assert!(!refused.status.success() && said(&refused).contains("--even-if-revoked"), "{}", said(&refused));
    assert!(stage.recover(&file, &["--out", to, "--even-if-revoked"]).status.success());
    assert!(!stage.recover(&file, &["--out", to, "--even-if-revoked"]).status.success(), "never over a file");

    let strange = stage.path("strange");
    std::fs::write(&strange, "xin chào").expect("written");
    assert!(said(&stage.recover(&strange, &[])).contains("not a recovery request"));
    // Another province knows neither the laptop nor its key.
    let other = Offices::new();
    let unknown = other.recover(&file, &["--out", to]);
    assert!(!unknown.status.success() && said(&unknown).contains("No such device"), "{}", said(&unknown));
    let not_ours = other.recover(&file, &["--out", to, "--even-if-unknown"]);
    assert!(said(&not_ours).contains("not sealed to this server"), "{}", said(&not_ours));
}
