//! A laptop is lost: the province says what was on it, and what it had signed before reaches the province still.

use std::collections::BTreeMap;

use rasoat_server::{import_bundle, take_in_aside};
use rasoat_testkit::interviewer::poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::{demo, laptop, visit};

use crate::support::{Desk, Officer, SEED, answer};

impl Desk {
    fn households(&self) -> Vec<String> {
        let mut ids: Vec<String> =
            laptop::households(&self.app, "").expect("a list").into_iter().map(|row| row.id).collect();
        ids.sort();
        ids
    }
}

/// The households that the province lists for a laptop, certain or not.
async fn held(officer: &Officer, laptop: &Desk) -> BTreeMap<bool, Vec<String>> {
    let page = officer.get(&format!("/api/devices/{}/households?limit=500", laptop.id.0)).await;
    let mut held: BTreeMap<bool, Vec<String>> = BTreeMap::new();
    for row in page["rows"].as_array().expect("rows") {
        let id = row["household"]["id"].as_str().expect("an id").to_owned();
        held.entry(row["certain"].as_bool().expect("yes or no")).or_default().push(id);
    }
    held.values_mut().for_each(|ids| ids.sort());
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn the_households_certainly_on_a_lost_laptop_are_those_in_its_database() {
    let province = Province::start().await.expect("a province");
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let lost = Desk::empty_at(&province, "Máy 07").await;
    let other = Desk::empty_at(&province, "Máy 08").await;
    assert_eq!(laptop::import(&other.app, &demo::list_workbook(SEED)).expect("imported"), 60);
    other.sync().await;
    assert!(lost.households().is_empty());
    assert_eq!(held(&officer, &lost).await.get(&true), None);

    // What it is given, and what it adds itself.
    lost.sync().await;
    let given = lost.households();
    assert_eq!(given.len(), 60);
    answer(&lost.app, &given[0], "address", "Ngõ sau đình").expect("answered");
    lost.app.leave_interview(&given[0]).expect("sealed");
    lost.sync().await;
    assert_eq!(held(&officer, &lost).await, BTreeMap::from([(true, given.clone())]));
    assert_eq!(lost.households(), given);

    // What another laptop brings after its last exchange it may have, and has not.
    let before = other.households().len();
    assert!(
        laptop::import(&other.app, &demo::list_workbook(SEED + 1)).expect("imported") > 0,
        "other people"
    );
    other.sync().await;
    let after = held(&officer, &lost).await;
    assert_eq!(after[&true], lost.households());
    assert_eq!(after[&false].len(), other.households().len() - before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_before_a_laptop_was_revoked_reaches_the_province_by_a_supervisors_stick() {
    let province = Province::start().await.expect("a province");
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    // The surveyor's laptop knows the supervisor's.
    let supervisor = Desk::empty_at(&province, "Máy 01").await;
    let lost = Desk::empty_at(&province, "Máy 07").await;
    assert_eq!(laptop::import(&lost.app, &demo::list_workbook(SEED)).expect("imported"), 60);
    let household = lost.households().remove(0);
    visit::complete(&lost.app, &household, &poor()).expect("completed");
    let brought = lost.write_edits(&supervisor.id.0.to_string());

    // Revoked, and the supervisor's laptop has heard of it before the stick comes.
    rasoat_server::revoke(&province.state, lost.id).await.expect("revoked");
    supervisor.sync().await;
    let taken = supervisor.app.bundle_import(brought.to_str().expect("a path")).expect("taken in");
    assert!(taken.batches.iter().all(|batch| batch.code == "device_revoked" && batch.passed_on));
    let carried = std::fs::read(supervisor.write_edits("province")).expect("a file");
    let report = import_bundle(&province.state, &carried).await.expect("looked at");
    assert!(report.refuses() && !report.brings_news());
    assert_eq!(officer.get("/api/communes").await["totals"]["households"], 0);

    let report = take_in_aside(&province.state, lost.id).await.expect("taken in");
    assert!(!report.refuses());
    assert_eq!(officer.get("/api/communes").await["totals"]["households"], 60);
    // The laptop itself is told, and keeps everything.
    let status = lost.app.sync_now().await.expect("asked");
    assert_eq!(status.problem.map(|problem| problem.code).as_deref(), Some("device_revoked"));
    assert!(status.unsent_edits > 60);
    assert_eq!(lost.households().len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_laptop_that_is_enrolled_anew_sends_everything_that_waited() {
    let province = Province::start().await.expect("a province");
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let found = Desk::empty_at(&province, "Máy 07").await;
    assert_eq!(laptop::import(&found.app, &demo::list_workbook(SEED)).expect("imported"), 60);
    found.sync().await;
    let household = found.households().remove(0);
    answer(&found.app, &household, "address", "Ngõ sau đình").expect("answered");
    found.app.leave_interview(&household).expect("sealed");
    rasoat_server::revoke(&province.state, found.id).await.expect("revoked");
    let status = found.app.sync_now().await.expect("asked");
    assert_eq!(
        (status.problem.map(|problem| problem.code).as_deref(), status.unsent_edits),
        (Some("device_revoked"), 1)
    );

    let anew = province.enrol("Máy 17").await.expect("enrolled");
    laptop::enrol(&found.app, &anew).expect("renewed");
    assert_eq!(found.app.sync_status().expect("a status").unsent_edits, 1);
    found.sync().await;
    assert_eq!(officer.address_of(&household).await.0, "Ngõ sau đình");
    assert_eq!(found.households().len(), 60);
}
