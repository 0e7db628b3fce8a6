//! What a stranger reads in the files of a laptop and of a server, and what logs say: nothing of anybody.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rasoat_app::view::Stage;
use rasoat_testkit::laptop::{self, PASSPHRASE};
use rasoat_testkit::province::{Province, SURVEYOR};
use rasoat_testkit::{demo, households, villages};
use unicode_normalization::UnicodeNormalization;

use crate::support::{Desk, Officer, SEED, ServerProcess, answer, assert_worded, program, value_at};

/// Typed by hand in the errand: places and answers that stand nowhere else.
const TYPED: [(&str, &str); 4] = [
    ("address", "Ngõ sau giếng cổ đầu dốc Đá Trắng"),
    ("phone", "0987654321"),
    ("surveyor_remark", "Chủ nhà kể là mùa mưa năm ngoái mái bị tốc"),
    ("floor_area#note", "Đo bằng thước dây mượn của nhà bên"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_journey_leaves_nothing_readable_in_any_file_or_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let province = folder.path().join("province");
    let laptop = folder.path().join("laptop");
    let log = folder.path().join("server.log");
    let list = folder.path().join("list.xlsx");
    std::fs::write(&list, demo::list_workbook(SEED)).expect("written");

    // The address is known only when the server listens; it keeps its port.
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one").port();
    let password = ServerProcess::init(&province, &format!("http://127.0.0.1:{port}"));
    let handover = ServerProcess::enrol(&province, folder.path());
    let log_file = std::fs::File::create(&log).expect("a log");
    let server = ServerProcess::serve_logging(&province, port, log_file.into());

    let said = run_errand(&laptop, &handover.file, &handover.code, &list);
    assert!(said.iter().any(|line| line == "confirmed\t60"), "{said:?}");
    let officer = Officer::log_in(&server.base, &password).await;
    let head = households(SEED)[0].head().full_name.clone();
    let page = officer.households("06001", &head).await;
    assert!(page.to_string().contains(&head), "the names did arrive");
    drop(server);

    let mut needles = Needles::default();
    for household in households(SEED) {
        for member in household.members {
            needles.add(&member.full_name);
            needles.add(member.citizen_id.as_deref().unwrap_or_default());
        }
    }
    for (path, value) in said.iter().filter_map(|line| line.split_once('\t')) {
        // Names of choices, numbers and days stand in any text; what people wrote does not.
        if value.contains(' ') || TYPED.iter().any(|(typed, _)| *typed == path) {
            needles.add(value);
        }
    }
    assert!(needles.count > 300, "{}", needles.count);
    let mut files = Vec::new();
    for place in [&province, &laptop] {
        every_file(place, &mut files);
    }
    files.extend([handover.file.clone(), log.clone()]);
    assert!(files.len() >= 8, "{files:?}");
    for file in &files {
        let bytes = std::fs::read(file).expect("a file");
        assert_eq!(needles.find(&bytes), None, "{}", file.display());
    }

    // Logs, written with everything that can be, name no place, no surveyor and no secret either.
    for village in villages() {
        needles.add(village.name);
        needles.add(village.commune_name);
    }
    for secret in [SURVEYOR, PASSPHRASE, &password, &handover.code] {
        needles.add(secret);
    }
    let laptop_logs: Vec<&PathBuf> =
        files.iter().filter(|file| file.starts_with(laptop.join("log"))).collect();
    assert!(!laptop_logs.is_empty());
    for file in laptop_logs.into_iter().chain([&log]) {
        let bytes = std::fs::read(file).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("exchange"), "{} is the log of the journey", file.display());
        assert_eq!(needles.find(&bytes), None, "{}", file.display());
    }
}

/// Runs the errand with everything logged that can be; returns what it acknowledged.
fn run_errand(data: &Path, enrolment: &Path, code: &str, list: &Path) -> Vec<String> {
    let mut typist = Command::new(program("rasoat-typist"))
        .args(["errand", "--code", code, "--data"])
        .arg(data)
        .arg("--enrolment")
        .arg(enrolment)
        .arg("--list")
        .arg(list)
        .env("RASOAT_LOG", "debug")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a typist");
    let mut input = typist.stdin.take().expect("its input");
    for (path, value) in TYPED {
        writeln!(input, "{path}\t{value}").expect("written");
    }
    drop(input);
    let output = typist.wait_with_output().expect("ended");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "", "nothing is said past the log");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn every_file(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            every_file(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Texts in every spelling they could be stored in, found in one pass by their first eight bytes.
#[derive(Default)]
struct Needles {
    by_start: HashMap<[u8; 8], Vec<Vec<u8>>>,
    count: usize,
}

impl Needles {
    fn add(&mut self, text: &str) {
        let composed: String = text.nfc().collect();
        let decomposed: String = text.nfd().collect();
        let folded = rasoat_casework::fold_name(text);
        self.count += 1;
        for text in [composed, decomposed, folded] {
            self.add_bytes(text.as_bytes().to_vec());
            self.add_bytes(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
            self.add_bytes(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        }
    }

    /// What is shorter stands in random bytes by chance.
    fn add_bytes(&mut self, bytes: Vec<u8>) {
        if let Some(start) = bytes.first_chunk::<8>() {
            self.by_start.entry(*start).or_default().push(bytes);
        }
    }

    /// Where the first of them stands.
    fn find(&self, bytes: &[u8]) -> Option<(usize, String)> {
        (0..bytes.len()).find_map(|at| {
            let known = self.by_start.get(bytes[at..].first_chunk::<8>()?)?;
            let needle = known.iter().find(|needle| bytes[at..].starts_with(needle))?;
            Some((at, String::from_utf8_lossy(needle).into_owned()))
        })
    }
}

#[test]
fn the_search_finds_a_name_in_every_spelling_it_could_be_stored_in() {
    let mut needles = Needles::default();
    needles.add("Hứa Thị Nguyệt");
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let decomposed: String = "Hứa Thị Nguyệt".nfd().collect();
    for stored in [
        b"Hua Thi Nguyet".to_ascii_lowercase(),
        "\u{1}Hứa Thị Nguyệt\u{2}".as_bytes().to_vec(),
        decomposed.as_bytes().to_vec(),
        utf16("x Hứa Thị Nguyệt"),
        utf16(&decomposed),
    ] {
        assert!(needles.find(&stored).is_some(), "{stored:?}");
    }
    assert_eq!(needles.find("Hứa Thị Nguyệ".as_bytes()), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passphrases_say_so_slow_down_and_change_nothing() {
    let province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    let household = desk.household().id;
    answer(&desk.app, &household, "address", "Ngõ sau đình").expect("answered");
    desk.app.lock().expect("locked");

    assert_worded("problem_wrong_passphrase");
    assert_worded("problem_try_later");
    let mut waits = Vec::new();
    for _ in 0..6 {
        let error = desk.app.unlock("không phải nó").expect_err("a wrong passphrase");
        assert_eq!(error.code, "wrong_passphrase");
        let wait: u32 = error.params["retry_after_s"].parse().expect("seconds");
        waits.push(wait);
        assert_eq!(desk.app.state().retry_after_s, wait);
        if wait > 0 {
            // Not even the right one is looked at before the time has passed, nor after starting anew.
            let anew = laptop::start(desk.folder.path(), province.clock.reader()).expect("started");
            for app in [&desk.app, &anew] {
                assert_eq!(app.unlock(PASSPHRASE).expect_err("too early").code, "try_later");
                assert_eq!(app.state().stage, Stage::Locked);
            }
        }
        province.clock.pass(i64::from(wait) * 1000);
    }
    assert!(waits.is_sorted() && waits[0] < waits[5] && waits[5] >= 30, "{waits:?}");
    desk.app.unlock(PASSPHRASE).expect("the right one opens");
    assert_eq!(value_at(&desk.app, &household, "address").as_deref(), Some("Ngõ sau đình"));
}
