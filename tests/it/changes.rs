//! Up on one laptop, down on another, settled at the province: through the true server and the true laptops.

use rasoat_testkit::laptop;
use rasoat_testkit::province::Province;
use serde_json::json;

use crate::support::{Desk, Officer, answer, value_at};

#[tokio::test(flavor = "multi_thread")]
async fn what_two_laptops_answered_differently_is_settled_by_the_province_on_both() {
    let province = Province::start().await.expect("a province");
    let one = Desk::at(&province).await;
    one.app.sync_now().await.expect("sent");
    let two = Desk::empty_at(&province, "Máy 08").await;
    two.app.sync_now().await.expect("taken");
    assert_eq!(laptop::households(&two.app, "").expect("households").len(), 60);

    let home = one.household();
    for (desk, value) in [(&one, "30"), (&two, "40")] {
        answer(&desk.app, &home.id, "floor_area", value).expect("an answer");
        desk.app.leave_interview(&home.id).expect("sealed");
    }
    for desk in [&one, &two, &one] {
        desk.app.sync_now().await.expect("exchanged");
    }
    assert_eq!((one.app.conflicts().expect("one").len(), two.app.conflicts().expect("one").len()), (1, 1));

    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let commune = officer.commune_of(&home.id).await;
    let page = officer.get(&format!("/api/communes/{commune}/conflicts")).await;
    let conflict = &page["households"][0]["conflicts"][0];
    assert_eq!(conflict["conflict"]["path"], "floor_area");
    let candidates = conflict["conflict"]["candidates"].as_array().expect("answers");
    let chosen =
        candidates.iter().find(|found| found["value"]["canonical"] == "30").expect("the first answer");
    let place = json!({
        "household": home.id,
        "document": conflict["document"],
        "path": "floor_area",
        "choice": { "candidate": chosen["edit"] },
    });
    let settled =
        officer.post(&format!("/api/communes/{commune}/conflicts"), json!({ "places": [place] })).await;
    assert_eq!(settled, json!({ "settled": 1, "passed_over": 0 }));

    for desk in [&one, &two] {
        desk.app.sync_now().await.expect("taken");
        assert!(desk.app.conflicts().expect("none").is_empty());
        assert_eq!(value_at(&desk.app, &home.id, "floor_area").as_deref(), Some("30"));
        let history = desk.app.household(&home.id).expect("a household").history;
        assert_eq!(history[0].author, "admin");
    }
    let page = officer.get(&format!("/api/communes/{commune}/conflicts")).await;
    assert_eq!(page["households"], json!([]));
}
