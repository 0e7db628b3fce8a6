//! The command line, as a person runs it.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rasoat_exchange::EnrolmentFile;

use crate::support::{COMMUNE, Laptop, browser, household, household_id, serve_process};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rasoat-server")).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn line<'a>(text: &'a str, label: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(label)).unwrap().trim()
}

fn all_bytes(dir: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        bytes.extend(if path.is_dir() { all_bytes(&path) } else { std::fs::read(path).unwrap() });
    }
    bytes
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn a_server_is_made_once_and_its_password_and_names_are_nowhere_to_be_read() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("province");
    let data = data.to_str().unwrap();
    let made = run(&["init", "--data", data]);
    assert!(made.status.success());
    let password = line(&printed(&made), "password:").to_owned();
    assert_eq!(password.len(), 19);

    let again = run(&["init", "--data", data]);
    assert!(!again.status.success());
    assert!(String::from_utf8(again.stderr).unwrap().contains("not empty"));

    let villages = temporary.path().join("villages.csv");
    std::fs::write(&villages, "id,name,commune,area_type,households\nban-thu,Bản Thử Nghiệm,05977,rural,10\nban-khac,Khác,05983,urban,\n").unwrap();
    let out = temporary.path().join("may.rasoat-enrolment");
    let (villages, out) = (villages.to_str().unwrap(), out.to_str().unwrap());
    let enrol = ["device", "enrol", "--data", data, "--commune", "05977", "--surveyor", "Nông Văn Thử"];
    let enrolled = run(&[&enrol[..], &["--device", "Máy 01", "--villages", villages, "--out", out]].concat());
    assert!(enrolled.status.success(), "{enrolled:?}");
    let code = line(&printed(&enrolled), "code:").to_owned();
    let enrolment = EnrolmentFile::read(&std::fs::read(out).unwrap()).unwrap();
    assert!(enrolment.open_seed(&code).is_ok());
    assert!(enrolment.open_seed("0000-0000-0000-0000").is_err());
    let villages: Vec<&str> =
        enrolment.communes[0].villages.iter().map(|village| village.name.as_str()).collect();
    assert_eq!(villages, ["Bản Thử Nghiệm"]);
    assert_eq!(enrolment.standards.len(), 2);
    assert!(enrolment.recovery_recipient.starts_with("age1"));
    let device = enrolment.device.0.to_string();
    let widen = |id: &str, commune: &str| {
        printed(&run(&["device", "widen", "--data", data, "--id", id, "--commune", commune]))
    };
    assert!(widen(&device, "05983").contains("has these communes now"));
    assert!(widen("00000000-0000-0000-0000-000000000000", "05983").contains("No such device"));
    // Never over another file.
    let over = run(&[&enrol[..], &["--device", "Máy 01", "--out", out]].concat());
    assert!(!over.status.success());

    let bytes = all_bytes(Path::new(data));
    for secret in [password.as_str(), code.as_str(), "Nông Văn Thử", "Bản Thử Nghiệm", "CREATE TABLE"]
    {
        assert!(!contains(&bytes, secret), "{secret}");
    }
    #[cfg(unix)]
    for key in std::fs::read_dir(Path::new(data).join("keys")).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(key.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_is_wrong_is_said_in_both_languages_with_what_to_do() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("province");
    let data = data.to_str().unwrap();
    let nowhere = run(&["serve", "--data", data]);
    let said = String::from_utf8(nowhere.stderr).unwrap();
    assert!(said.contains("rasoat-server init") && said.contains("Chưa có máy chủ"), "{said}");

    assert!(run(&["init", "--data", data]).status.success());
    let unknown = run(&[
        "device",
        "enrol",
        "--data",
        data,
        "--commune",
        "99999",
        "--surveyor",
        "A",
        "--device",
        "M",
        "--out",
        "/nowhere",
    ]);
    let said = String::from_utf8(unknown.stderr).unwrap();
    assert!(said.contains("five digits") && said.contains("5 chữ số"), "{said}");

    let config = Path::new(data).join("rasoat-server.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}\npubic_url = \"http://a\"\n")).unwrap();
    let misspelt = run(&["rebuild", "--data", data]);
    assert!(!misspelt.status.success());
    assert!(String::from_utf8(misspelt.stderr).unwrap().contains("pubic_url"));
}

#[test]
fn the_committed_api_description_is_the_one_the_program_prints() {
    let printed: serde_json::Value = serde_json::from_str(&printed(&run(&["openapi"]))).unwrap();
    let committed = include_str!("../../../../ui/shared/src/api/openapi.json");
    let committed: serde_json::Value = serde_json::from_str(committed).unwrap();
    assert!(printed == committed, "run `cargo xtask gen`");
}

/// Kills it as a power cut would, and returns its log.
fn kill(mut child: Child) -> String {
    child.kill().unwrap();
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    child.wait().unwrap();
    log
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_has_what_it_confirmed_and_its_log_names_nobody() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("province");
    let data = data.to_str().unwrap();
    let password = line(&printed(&run(&["init", "--data", data])), "password:").to_owned();
    let out = temporary.path().join("may.rasoat-enrolment");
    let enrol = ["device", "enrol", "--data", data, "--commune", COMMUNE, "--surveyor", "Nông Văn Thử"];
    let enrolled = run(&[&enrol[..], &["--device", "Máy 01", "--out", out.to_str().unwrap()]].concat());
    let code = line(&printed(&enrolled), "code:").to_owned();
    let mut laptop = Laptop::open(&std::fs::read(&out).unwrap(), &code, "Máy 01");
    let household = household();
    let edits = [laptop.list(&household, COMMUNE), laptop.interview(&household, laptop.instrument())];
    let (body, hash) = laptop.request(&[laptop.batch(&edits)]);

    let (child, address) = serve_process(data.as_ref(), "trace", Stdio::piped());
    let client = browser();
    let response = client.post(format!("{address}/v1/sync")).body(body.clone()).send().await.unwrap();
    let receipts = laptop.receipts(&response.bytes().await.unwrap(), hash);
    let mut log = kill(child);

    let (child, address) = serve_process(data.as_ref(), "trace", Stdio::piped());
    let response = client.post(format!("{address}/v1/sync")).body(body).send().await.unwrap();
    assert_eq!(laptop.receipts(&response.bytes().await.unwrap(), hash), receipts);
    let form = serde_json::json!({ "username": "admin", "password": password });
    client.post(format!("{address}/api/session")).json(&form).send().await.unwrap();
    let page = format!("{address}/api/households/{COMMUNE}/{}", household_id(&household));
    let view: serde_json::Value = client.get(page).send().await.unwrap().json().await.unwrap();
    assert_eq!(view["row"]["class_2022"]["key"], "poor");
    assert_eq!(view["row"]["edits"], 2);
    log += &kill(child);

    assert!(log.contains("\"exchange\"") && log.contains("/api/households/{commune}/{id}"), "{log}");
    let head = household.head();
    let id = household_id(&household).to_string();
    let citizen_id = head.citizen_id.clone().unwrap();
    for personal in [&head.full_name, &citizen_id, &id, &password, &code, &"Nông Văn Thử".to_owned()] {
        assert!(!log.contains(personal.as_str()), "{log}");
    }
    assert!(!log.contains("surface"), "{log}");
}

#[test]
fn a_term_of_retention_is_set_shown_and_taken_back() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("province");
    let data = data.to_str().unwrap();
    assert!(run(&["init", "--data", data]).status.success());
    let shown = || printed(&run(&["retention", "show", "--data", data]));
    assert!(shown().contains("No term"));
    assert!(!run(&["retention", "set", "--data", data, "0"]).status.success());
    let set = printed(&run(&["retention", "set", "--data", data, "90"]));
    assert!(set.contains("Round 2026") && set.contains("for 90 days"), "{set}");
    assert_eq!(line(&set, "due:"), line(&shown(), "due:"));
    assert!(line(&set, "due:") > line(&set, "locked:"));
    assert!(printed(&run(&["retention", "clear", "--data", data])).contains("No term"));
    assert!(
        run(&["retention", "clear", "--data", data]).status.success(),
        "nothing to take back is no error"
    );
}

#[test]
fn accounts_are_made_listed_reset_locked_and_opened_without_the_pages() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("province");
    let data = data.to_str().unwrap();
    assert!(run(&["init", "--data", data]).status.success());
    let account = |act: &str, rest: &[&str]| run(&[&["account", act, "--data", data], rest].concat());
    let made = account("add", &["Nông Lan", "--role", "supervisor", "--commune", "05977"]);
    let first = line(&printed(&made), "password:").to_owned();
    assert_eq!(first.len(), 19);
    let refused = [
        account("add", &["Nông Lan", "--role", "reader"]),
        account("add", &["minh", "--role", "supervisor"]),
        account("add", &["minh", "--role", "officer", "--commune", "05977"]),
        account("add", &["minh", "--role", "reader", "--commune", "99999"]),
        account("add", &["command_line", "--role", "reader"]),
        account("reset", &["nobody"]),
        account("totp-off", &["nobody"]),
    ];
    for output in refused {
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.lines().count() >= 2, "said in both languages: {said}");
    }
    let listed = || printed(&account("list", &[]));
    let of_lan = || listed().lines().find(|line| line.contains("nong lan")).unwrap().to_owned();
    assert!(of_lan().contains("supervisor") && of_lan().contains("05977"), "{}", of_lan());
    assert_eq!(listed().lines().filter(|line| line.contains("admin")).count(), 1);
    let open = of_lan();
    assert!(account("disable", &["Nong Lan"]).status.success());
    assert_ne!(of_lan(), open);
    assert!(account("enable", &["nong lan"]).status.success());
    assert_eq!(of_lan(), open);
    let second = line(&printed(&account("reset", &["nông lan"])), "password:").to_owned();
    assert!(second.len() == 19 && second != first);
    let nothing = printed(&account("totp-off", &["nông lan"]));
    assert!(nothing.contains("no second factor") && nothing.contains("không bật"), "{nothing}");
}
