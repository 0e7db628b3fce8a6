//! What somebody asks to have corrected, from the province's register to the laptop that interviewed them, and back.

use rasoat_app::view::{HouseholdState, RemarkState};
use rasoat_testkit::interviewer::poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::visit;
use serde_json::json;

use crate::support::{Desk, Officer, answer};

const ASKED: &str = "Theo sổ hộ khẩu là 28 m².";

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_that_somebody_asked_for_is_on_today_at_the_laptop_and_told_to_the_register_once_answered()
 {
    let province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    let home = desk.household().id;
    visit::complete(&desk.app, &home, &poor()).expect("completed");
    desk.app.sync_now().await.expect("sent");
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let commune = officer.commune_of(&home).await;
    let form = json!({ "commune": commune, "household": home, "right": "correct", "asker": "Người Hỏi",
        "capacity": "oneself", "came_on": "2026-09-30" });
    let request = officer.post("/api/requests", form).await;
    let path = format!("/api/requests/{}", request["id"].as_str().expect("an id"));
    let form = json!({ "question": "floor_area", "text": ASKED, "over": 1 });
    let asked = officer.post(&format!("{path}/correction"), form).await;
    assert_eq!(asked["acts"][1]["correction"]["returned"], true);

    desk.app.sync_now().await.expect("exchanged");
    let returned = desk.app.overview().expect("an overview").returned;
    let [told] = returned.as_slice() else { panic!("one household was returned: {returned:?}") };
    assert_eq!((told.household.as_str(), told.open), (home.as_str(), 1));
    let row = desk.app.household(&home).expect("a household").row;
    assert_eq!((row.state, row.returned), (HouseholdState::Started, true));
    let remarks = desk.app.open_interview(&home).expect("an interview").remarks;
    let [remark] = remarks.as_slice() else { panic!("one remark: {remarks:?}") };
    assert_eq!((remark.question.as_deref(), remark.state), (Some("floor_area"), RemarkState::Open));
    assert_eq!(remark.texts, [ASKED]);

    answer(&desk.app, &home, "floor_area", "28").expect("a new answer");
    visit::complete(&desk.app, &home, &poor()).expect("signed again");
    desk.app.sync_now().await.expect("sent");
    let shown = officer.get(&path).await;
    let correction = &shown["acts"][1]["correction"];
    assert_eq!((&correction["changed_since"], &correction["remark"]), (&json!(true), &json!("answered")));
    assert!(desk.app.overview().expect("an overview").returned.is_empty());
}
