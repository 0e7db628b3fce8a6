//! `rasoat-server recover`, as an officer runs it.

use std::path::Path;
use std::process::{Command, Output};

use rasoat_casework::DeviceId;
use rasoat_exchange::{EnrolmentFile, RecoveryAnswer, RecoveryRequest};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rasoat-server")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn line(text: &str, label: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix(label)).unwrap().trim().to_owned()
}

/// A province with one laptop: its id, and to whom it seals its key.
fn province(data: &str, out: &Path) -> (DeviceId, age::x25519::Recipient) {
    assert!(run(&["init", "--data", data]).status.success());
    let enrol = ["device", "enrol", "--data", data, "--commune", "05977", "--surveyor", "Nông Văn Thử"];
    let out = out.to_str().unwrap();
    assert!(run(&[&enrol[..], &["--device", "Máy 01", "--out", out]].concat()).status.success());
    let enrolment = EnrolmentFile::read(&std::fs::read(out).unwrap()).unwrap();
    (enrolment.device, enrolment.recovery_recipient.parse().unwrap())
}

#[test]
fn an_officer_looks_hears_the_number_and_answers_that_laptop_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, file, out) = (path("province"), path("may.request"), path("may.answer"));
    let (device, recipient) = province(&data, &folder.path().join("may.enrol"));
    let asks = age::x25519::Identity::generate();
    let request = RecoveryRequest {
        device,
        made_at_millis: 1_795_395_600_000,
        sealed: age::encrypt(&recipient, &[7; 32]).unwrap(),
        recipient: asks.to_public().to_string(),
    };
    std::fs::write(&file, request.encode()).unwrap();

    let shown = said(&run(&["recover", "--data", &data, &file]));
    let number = line(&shown, "number:");
    assert_eq!(number, RecoveryRequest::spoken_number(&request.encode()));
    assert_eq!((line(&shown, "name:").as_str(), line(&shown, "device:")), ("Máy 01", device.0.to_string()));
    let other = if number == "000000" { "000001" } else { "000000" };
    let refused = run(&["recover", "--data", &data, &file, "--out", &out, "--number", other]);
    assert!(!refused.status.success() && !Path::new(&out).exists());
    assert!(said(&refused).contains("Sáu số không khớp"), "{}", said(&refused));

    let answered = run(&["recover", "--data", &data, &file, "--out", &out, "--number", &number]);
    assert!(answered.status.success(), "{}", said(&answered));
    let answer = RecoveryAnswer::decode(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!((answer.device, answer.request), (device, RecoveryRequest::hash_of(&request.encode())));
    assert_eq!(age::decrypt(&asks, &answer.sealed).unwrap(), [7; 32]);
    assert!(age::decrypt(&age::x25519::Identity::generate(), &answer.sealed).is_err());
    let over = run(&["recover", "--data", &data, &file, "--out", &out]);
    assert!(!over.status.success(), "never over another file");

    let id = device.0.to_string();
    assert!(run(&["device", "revoke", "--data", &data, "--id", &id]).status.success());
    let revoked = run(&["recover", "--data", &data, &file, "--out", &path("second.answer")]);
    assert!(said(&revoked).contains("--even-if-revoked"), "{}", said(&revoked));
    std::fs::write(&file, b"xin").unwrap();
    assert!(said(&run(&["recover", "--data", &data, &file])).contains("not a recovery request"));
}
