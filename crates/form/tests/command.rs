//! The command as a person runs it.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rasoat-form"))
        .args(args)
        .current_dir(root())
        .output()
        .expect("the command")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn json(args: &[&str]) -> (Option<i32>, Value) {
    let output = run(&[args, &["--json"]].concat());
    let value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    (output.status.code(), value)
}

const FORM: &str = "instruments/household-2026";

fn file(dir: &TempDir, name: &str, text: &str) -> String {
    let path = dir.path().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, text).expect("a file");
    path.to_str().expect("a path").to_owned()
}

#[test]
fn the_shipped_form_is_well() {
    let output = run(&["check", FORM]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let (code, value) = json(&["check", FORM]);
    assert_eq!((code, value["problems"].as_array().map(Vec::len)), (Some(0), Some(0)));
    assert_eq!(value["languages"], serde_json::json!(["vi", "en"]));
}

#[test]
fn every_problem_is_named_at_once_in_the_language_asked_for() {
    let dir = TempDir::new().expect("a folder");
    file(&dir, "settings.csv", "form_title,form_id,version,default_language\nThử,t,1,vi\n");
    file(&dir, "survey.csv", "type,name,label::vi,relevant\ntext,a,A,${b} > \nteleport,c,C,\ntext,a,A,\n");
    let folder = dir.path().to_str().expect("a path");
    let (code, value) = json(&["check", folder]);
    let found: Vec<(u64, &str)> = value["problems"]
        .as_array()
        .expect("problems")
        .iter()
        .map(|problem| (problem["row"].as_u64().expect("a row"), problem["code"].as_str().expect("a code")))
        .collect();
    assert_eq!(code, Some(1));
    assert_eq!(found, [(2, "unexpected_end"), (3, "unsupported_type"), (4, "duplicate_name")]);
    let vietnamese = said(&run(&["check", folder, "--lang", "vi"]));
    assert!(
        vietnamese.contains("dòng 3") && vietnamese.contains("Kiểu “teleport” không được dùng"),
        "{vietnamese}"
    );
    let english = said(&run(&["check", folder]));
    assert!(english.contains("row 3") && english.contains("not supported"), "{english}");
}

#[test]
fn a_file_that_is_not_there_and_a_command_that_is_none_end_with_two() {
    for args in
        [&["check", "nowhere.xlsx"][..], &["fly"], &["run", FORM, "nowhere.json"], &["check", "crates/form"]]
    {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!said(&output).is_empty());
    }
}

#[test]
fn a_form_converted_to_a_workbook_and_back_shows_the_same() {
    let dir = TempDir::new().expect("a folder");
    let workbook = dir.path().join("phieu.xlsx");
    let folder = dir.path().join("phieu");
    let [workbook, folder] = [&workbook, &folder].map(|path| path.to_str().expect("a path").to_owned());
    assert_eq!(run(&["convert", FORM, &workbook]).status.code(), Some(0));
    assert_eq!(run(&["convert", &workbook, &folder]).status.code(), Some(0));
    let shown = json(&["show", FORM]);
    assert_eq!(json(&["show", &workbook]), shown);
    assert_eq!(json(&["show", &folder]), shown);
    let age =
        shown.1["lines"].as_array().expect("lines").iter().find(|line| line["name"] == "age").expect("age");
    assert_eq!(age["kind"], "calculate");
    let reads = age["depends_on"]["calculation"].as_array().expect("what it reads");
    assert!(reads.contains(&Value::from("birth_year")), "{reads:?}");
}

fn answers(dir: &TempDir) -> String {
    file(
        dir,
        "answers.json",
        r#"[["area_type", "rural"], ["members.a1.full_name", "Lò Thị Thử"], ["members.a1.relation", "head"],
            ["members.a1.birth", "1980"], ["members.a1.sex", "female"], ["floor_area", "7"], ["nowhere", "1"],
            ["members.a1.sex", "neither"]]"#,
    )
}

#[test]
fn answers_run_to_a_final_state_and_refusals_are_named() {
    let dir = TempDir::new().expect("a folder");
    let (code, value) = json(&["run", FORM, &answers(&dir), "--now", "2026-11-23T08:00+07:00"]);
    assert_eq!(code, Some(1));
    let refused: Vec<&str> = value["refused"]
        .as_array()
        .expect("refused")
        .iter()
        .filter_map(|refused| refused["code"].as_str())
        .collect();
    assert_eq!(refused, ["unknown_path", "unknown_choice"]);
    assert_eq!(value["answers"]["members.a1.full_name"], "Lò Thị Thử");
    let age = value["nodes"].as_array().expect("nodes").iter().find(|node| node["path"] == "members.a1.age");
    assert_eq!(age.expect("age")["value"], "46");
    assert!(value["findings"].as_array().is_some_and(|findings| !findings.is_empty()));
}

#[test]
fn an_interview_is_scored_under_both_standards() {
    let dir = TempDir::new().expect("a folder");
    let [old, new] = ["2022-2026", "2027-2030"].map(|years| format!("instruments/standards/vn-{years}.toml"));
    let (_, value) =
        json(&["score", FORM, &answers(&dir), "--standard", &old, "--standard", &new, "--area", "urban"]);
    let results = value["results"].as_array().expect("results");
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["standard"], "vn-2022-2026");
    let area =
        results[0]["indicators"].as_array().expect("indicators").iter().find(|i| i["key"] == "housing_area");
    assert_eq!(area.expect("floor area")["state"], "deprived");
    let words = said(&run(&["score", FORM, &answers(&dir), "--standard", &old, "--lang", "vi"]));
    assert!(words.contains("thiếu hụt") && words.contains("chưa đủ câu trả lời"), "{words}");
}

#[test]
fn another_line_of_income_changes_who_is_poor() {
    let dir = TempDir::new().expect("a folder");
    let old =
        fs::read_to_string(root().join("instruments/standards/vn-2022-2026.toml")).expect("the standard");
    let higher = file(&dir, "higher.toml", &old.replace("rural = 140", "rural = 150"));
    for (name, points) in [("a", 130), ("b", 145), ("c", 160)] {
        let given = format!(
            r#"[["area_type", "rural"], ["members.m.full_name", "Thử"], ["members.m.birth", "1980"], ["income_method", "b1_total"], ["b1_total", "{points}"]]"#
        );
        file(&dir, &format!("interviews/{name}.json"), &given);
    }
    let interviews = dir.path().join("interviews");
    let (code, value) = json(&[
        "what-if",
        FORM,
        interviews.to_str().expect("a path"),
        "--before",
        "instruments/standards/vn-2022-2026.toml",
        "--after",
        &higher,
    ]);
    assert_eq!(code, Some(0));
    let changed: Vec<&str> =
        value["changed"].as_array().expect("changed").iter().filter_map(|c| c["key"].as_str()).collect();
    assert_eq!(changed, ["b"]);
    let households: u64 =
        value["flows"].as_array().expect("flows").iter().filter_map(|f| f["households"].as_u64()).sum();
    assert_eq!(households, 3);

    file(&dir, "interviews/d.json", r#"{"nowhere": "1"}"#);
    let output = run(&[
        "what-if",
        FORM,
        interviews.to_str().expect("a path"),
        "--before",
        "instruments/standards/vn-2022-2026.toml",
        "--after",
        &higher,
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("d, nowhere") && said(&output).contains("unknown_path"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_broken_standard_is_refused_with_its_places() {
    let dir = TempDir::new().expect("a folder");
    let broken = file(&dir, "broken.toml", "id = 1\n");
    let output = run(&["score", FORM, &answers(&dir), "--standard", &broken]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("[missing]"), "{}", said(&output));
}

#[test]
fn answers_move_to_another_version_and_what_stays_behind_is_told() {
    let dir = TempDir::new().expect("a folder");
    file(&dir, "settings.csv", "form_title,form_id,version,default_language\nThử,t,2,vi\n");
    file(&dir, "survey.csv", "type,name,label::vi,renamed_from\ninteger,floor_area,Diện tích,floor\n");
    let old = file(&dir, "old.json", r#"{"floor": {"integer": 38}, "gone": {"text": "cũ"}}"#);
    let (code, value) = json(&["migrate", dir.path().to_str().expect("a path"), &old]);
    assert_eq!(code, Some(0));
    assert_eq!(value["renamed"], serde_json::json!({ "floor": "floor_area" }));
    assert_eq!(value["left"], serde_json::json!({ "gone": "not_asked" }));
    assert_eq!(value["answers"]["gone"]["text"], "cũ");
}

/// The codes that a documentation comment lists in back-quotes.
fn documented(source: &str, before: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(source)).expect("a source");
    let end = text.find(before).unwrap_or_else(|| panic!("{source} has no {before}"));
    let comment: Vec<&str> = text[..end]
        .lines()
        .rev()
        .take_while(|line| line.starts_with("///") || line.starts_with("#["))
        .collect();
    let is_code =
        |word: &str| word.contains('_') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let words = comment.iter().flat_map(|line| line.split('`').skip(1).step_by(2));
    words.filter(|word| is_code(word) && !word.ends_with('_')).map(str::to_owned).collect()
}

#[test]
fn every_code_that_a_form_or_table_can_be_refused_with_has_its_sentence_in_both_languages() {
    let mut codes = documented("crates/xlsform/src/problem.rs", "pub struct SheetProblem");
    codes.extend(documented("crates/instrument/src/expression/mod.rs", "pub struct ExprError"));
    assert!(codes.len() > 70, "{codes:?}");
    codes.extend(rasoat_lists::PointsProblem::CODES.map(str::to_owned));
    for language in ["vi", "en"] {
        let text = fs::read_to_string(root().join(format!("crates/form/messages/{language}.toml")))
            .expect("messages");
        let sentences: toml::Table = text.parse().expect("TOML");
        let silent: Vec<&String> = codes.iter().filter(|code| !sentences.contains_key(*code)).collect();
        assert!(silent.is_empty(), "{language}: {silent:?}");
    }
}
