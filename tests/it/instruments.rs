//! A form and a standard, from the officer's file to the laptop and back: through the true server and a true laptop.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rasoat_testkit::interviewer::poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::{laptop, visit};
use serde_json::{Value, json};

use crate::support::{Desk, Officer, answer, value_at};

/// The form that ships with one question more, as a workbook.
fn next_form() -> Vec<u8> {
    let form = rasoat_server::shipped_form().expect("a form");
    let version =
        rasoat_xlsform::read_csv(&form.survey, &form.choices, &form.settings).expect("it is read").version;
    let header: Vec<&str> = form.survey.lines().next().expect("a header").split(',').collect();
    let cell = |name: &&str| match *name {
        "type" => "text",
        "name" => "dog_name",
        name if name.starts_with("label") => "Tên con chó",
        _ => "",
    };
    let row = header.iter().map(cell).collect::<Vec<_>>().join(",");
    let survey = form.survey.replacen("\nend group", &format!("\n{row}\nend group"), 1);
    let settings = form.settings.replace(&version, "2027.1");
    let read = rasoat_xlsform::read_csv(&survey, &form.choices, &settings).expect("it is read");
    rasoat_xlsform::write_xlsx(&read).expect("written").bytes
}

async fn upload(officer: &Officer, kind: &str, name: &str, bytes: &[u8]) -> String {
    let files = json!({ "files": [{ "name": name, "content": BASE64_STANDARD.encode(bytes) }] });
    let uploaded = officer.post(&format!("/api/library/{kind}"), files).await;
    let blocks = |problem: &Value| problem["blocks"] == true;
    let problems = uploaded["report"]["problems"].as_array().expect("a report");
    assert!(!problems.iter().any(blocks), "{problems:#?}");
    format!("/api/library/{kind}/{}", uploaded["item"]["hash"].as_str().expect("a draft"))
}

fn has(desk: &Desk, household: &str, path: &str) -> bool {
    desk.app.open_interview(household).expect("an interview").nodes.iter().any(|node| node.path == path)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_published_is_asked_at_the_next_village_and_older_interviews_keep_theirs() {
    let province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    let households = laptop::households(&desk.app, "").expect("households");
    let (early, late) = (&households[0].id, &households[1].id);
    visit::complete(&desk.app, early, &poor()).expect("completed");
    desk.app.sync_now().await.expect("sent");

    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let draft = upload(&officer, "instruments", "phieu.xlsx", &next_form()).await;
    desk.app.sync_now().await.expect("exchanged");
    assert!(!has(&desk, late, "dog_name"), "a draft is nobody's");
    officer.act(&format!("{draft}/publish")).await;
    desk.app.sync_now().await.expect("exchanged");
    assert!(has(&desk, late, "dog_name"), "the laptop asks it");

    answer(&desk.app, late, "dog_name", "Vàng").expect("answered");
    visit::complete(&desk.app, late, &poor()).expect("completed");
    let sent = desk.app.sync_now().await.expect("sent");
    assert_eq!((sent.problem, sent.unsent_edits), (None, 0));
    for (household, version) in [(early, None), (late, Some("2027.1"))] {
        let commune = officer.commune_of(household).await;
        let page = officer.get(&format!("/api/households/{commune}/{household}")).await;
        assert_eq!(page["row"]["unscored"], Value::Null, "each is scored on its own form");
        assert_eq!(page["instrument"]["version"] == "2027.1", version.is_some());
    }
    officer.act(&format!("{draft}/retire")).await;
    desk.app.sync_now().await.expect("exchanged");
    assert!(!has(&desk, &households[2].id, "dog_name"), "it is given out no more");
    assert!(value_at(&desk.app, late, "floor_area").is_some(), "what was answered is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standard_that_is_published_classifies_on_the_laptop_as_at_the_province() {
    let province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    let household = desk.household().id;
    visit::complete(&desk.app, &household, &poor()).expect("completed");
    desk.app.sync_now().await.expect("sent");
    let class =
        |desk: &Desk| desk.app.household(&household).expect("a household").row.class.expect("a class");
    assert_eq!(class(&desk), "poor");

    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../instruments/standards/vn-2022-2026.toml");
    let toml = std::fs::read_to_string(root).expect("the standard");
    let toml = toml.replace("deprived_at_least = 3", "deprived_at_least = 12");
    let toml = toml.replace("deprived_below = 3", "deprived_below = 12");
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let draft = upload(&officer, "standards", "chuan.toml", toml.as_bytes()).await;
    officer.act(&format!("{draft}/publish")).await;
    desk.app.sync_now().await.expect("exchanged");
    assert_eq!(class(&desk), "near_poor");
    let commune = officer.commune_of(&household).await;
    let page = officer.get(&format!("/api/households/{commune}/{household}")).await;
    assert_eq!(page["row"]["class_2022"]["key"], "near_poor");
}
