//! One household, from the Excel list to the province's page.

use rasoat_app::view::{Custody, HouseholdState, Stage};
use rasoat_testkit::interviewer::{Preferences, poor};
use rasoat_testkit::province::{Province, SURVEYOR};
use rasoat_testkit::workbook::official_list;
use rasoat_testkit::{demo, households, laptop, visit};
use serde_json::Value;

use crate::support::{Desk, Officer, SEED, answer};

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_household_reaches_the_province_with_the_same_class_and_the_same_reasons() {
    let province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    let state = desk.app.state();
    assert_eq!(
        (state.stage, state.round, state.surveyor.as_deref()),
        (Stage::Open, Some(2026), Some(SURVEYOR))
    );
    let listed = laptop::households(&desk.app, "").expect("households");
    assert_eq!(listed.len(), 60);
    let communes: std::collections::BTreeSet<String> =
        desk.app.overview().expect("today").villages.iter().map(|village| village.commune.clone()).collect();
    assert_eq!(communes.len(), 2);

    // One of each commune: the income line of the countryside and of the town.
    for commune in communes {
        let village = desk
            .app
            .overview()
            .expect("today")
            .villages
            .into_iter()
            .find(|v| v.commune == commune)
            .expect("one");
        let row = listed.iter().find(|row| row.village_name == village.name).expect("a household");
        send(&desk, &row.id).await;
        compare(&province, &desk, &commune, &row.id).await;
    }
}

/// Interviews, signs off and sends.
async fn send(desk: &Desk, household: &str) {
    answer(&desk.app, household, "address", "Ngõ sau đình").expect("answered");
    let preferences: Preferences = poor();
    visit::complete(&desk.app, household, &preferences).expect("completed");
    let row = desk.app.household(household).expect("a household").row;
    assert_eq!((row.state, row.custody), (HouseholdState::Signed, Custody::OnlyHere));
    let sent = desk.app.sync_now().await.expect("sent");
    assert_eq!((sent.problem, sent.unsent_edits), (None, 0));
    let row = desk.app.household(household).expect("a household").row;
    assert_eq!(row.custody, Custody::Confirmed);
}

async fn compare(province: &Province, desk: &Desk, commune: &str, household: &str) {
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let there = officer.get(&format!("/api/households/{commune}/{household}")).await;
    let here = desk.app.open_interview(household).expect("an interview");
    let page = desk.app.household(household).expect("a household");

    // The class, and every indicator with its reasons, to the letter.
    let classes = serde_json::to_value(&here.summary.classifications).expect("JSON");
    assert_eq!(there["classifications"], classes);
    assert_eq!(classes.as_array().map(Vec::len), Some(2), "both standards");
    let class = page.row.class.expect("a class");
    assert_eq!(class, "poor");
    assert_eq!(there["row"]["class_2022"]["key"], class.as_str());
    assert_eq!(there["differences"], Value::Array(Vec::new()));
    let shown: Vec<Value> = (here.summary.classifications.iter())
        .filter_map(|found| {
            let class = &found.class.as_ref()?.key;
            Some(serde_json::json!({ "standard": found.standard, "class": class }))
        })
        .collect();
    assert!(!shown.is_empty());
    assert_eq!(there["reported"], Value::Array(shown), "what the laptop showed at sign-off");

    // Every answer, and the edit it came from.
    assert_eq!(there["row"]["state"], "signed");
    assert_eq!(there["signed_by"], SURVEYOR);
    let edits = there["edits"].as_array().expect("edits");
    assert_eq!(edits.len(), page.history.len());
    for edit in edits {
        assert_eq!((&edit["device_name"], &edit["author"]), (&"Máy 07".into(), &SURVEYOR.into()));
        assert!(edit["seq"].as_u64().is_some_and(|seq| seq > 0) && edit["received_at"].is_string());
    }
    let known: Vec<&Value> = edits.iter().map(|edit| &edit["id"]).collect();
    let mut compared = 0;
    for question in questions(&there) {
        let path = question["path"].as_str().expect("a path");
        let node = here.nodes.iter().find(|node| node.path == path).expect(path);
        let value = question["value"]["canonical"].as_str();
        if path.ends_with("citizen_id") {
            assert_eq!(value.is_some(), node.value.is_some());
        } else {
            assert_eq!(value, node.value.as_deref(), "{path}");
        }
        if value.is_some() && question["computed"] == false {
            assert!(known.contains(&&question["edit"]), "{path} comes from an edit that is shown");
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared} answers");
    // Of what the form does not ask, edits have the bare path.
    let mut labels = 0;
    let mut shown = there.clone();
    shown["edits"].take();
    each_label(&shown, &mut |label| {
        labels += 1;
        for language in ["vi", "en"] {
            assert!(label[language].as_str().is_some_and(|words| !words.is_empty()), "{label}");
        }
    });
    assert!(labels > 100, "{labels} labels");
}

/// Every question of a household's page, those of rosters included.
fn questions(page: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    for section in page["sections"].as_array().expect("sections") {
        found.extend(section["questions"].as_array().expect("questions"));
        for roster in section["rosters"].as_array().expect("rosters") {
            for row in roster["rows"].as_array().expect("rows") {
                found.extend(row["cells"].as_array().expect("cells"));
            }
        }
    }
    found
}

/// Labels of sections, questions, columns, classes and indicators.
fn each_label(value: &Value, see: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "label" && value.is_object() {
                    see(value);
                }
                each_label(value, see);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_label(item, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_with_the_units_of_before_july_2025_brings_the_same_households() {
    let province = Province::start().await.expect("a province");
    let handover = province.enrol("Máy 07").await.expect("enrolled");
    let folder = tempfile::tempdir().expect("a folder");
    let app = laptop::start(folder.path(), province.clock.reader()).expect("started");
    laptop::enrol(&app, &handover).expect("first start");
    let path = folder.path().join("old.xlsx");
    std::fs::write(&path, official_list(&households(SEED), true).expect("a list")).expect("written");
    let path = path.to_str().expect("a path");

    let preview = app.preview_list(path).expect("a preview");
    assert_eq!((preview.layout.as_str(), preview.new, preview.refused), ("with_district", 60, 0));
    assert_eq!((preview.out_of_scope, preview.new_villages.as_slice()), (0, &[][..]));
    assert!(preview.problems.iter().all(|problem| problem.code == "old_commune_mapped" && !problem.refuses));
    assert!(!preview.problems.is_empty());
    assert_eq!(app.import_list(path).expect("imported").new, 60);
    assert_eq!(laptop::import(&app, &demo::list_workbook(SEED)).expect("imported"), 0, "the same households");

    let household = laptop::households(&app, "").expect("households").remove(0);
    visit::complete(&app, &household.id, &poor()).expect("completed");
    let sent = app.sync_now().await.expect("sent");
    assert_eq!((sent.problem, sent.custody.confirmed), (None, 60));
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    assert_eq!(officer.get("/api/communes").await["totals"]["households"], 60);
}
