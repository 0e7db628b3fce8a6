//! Measures of poverty, and other rules tried on what came in.

use std::collections::BTreeMap;

use rasoat_server::{NewAccount, add_account, view::Role};
use serde_json::{Value as Json, json};

use crate::support::{Browser, COMMUNE, ELSEWHERE, Server, browser, done, household_id, post, refused};

const POVERTY: &str = "/api/reports/poverty";
const WHAT_IF: &str = "/api/reports/what-if";

async fn reader(server: &Server, commune: &str) -> Browser {
    let communes = [commune.parse().unwrap()].into();
    let new = NewAccount { name: "xem".to_owned(), role: Role::Reader, communes };
    let first = add_account(&server.state, new).await.unwrap();
    let client = browser();
    let session: Json = server.log_in(&client, "xem", &first).await.json().await.unwrap();
    let who = (client, session["csrf"].as_str().unwrap().to_owned());
    let form = json!({ "old": &*first, "new": "ba con suối chảy xuôi" });
    let session = done(server, &who, "/api/account/password", form).await;
    (who.0, session["csrf"].as_str().unwrap().to_owned())
}

/// Four households that are interviewed and signed, and one that is listed only.
async fn province() -> (Server, Browser, Vec<rasoat_testkit::Household>) {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let all = rasoat_testkit::households(2026).into_iter();
    let people: Vec<_> = all.filter(|household| household.head().citizen_id.is_some()).take(5).collect();
    for (at, household) in people.iter().enumerate() {
        let mut edits = vec![laptop.list(household, COMMUNE)];
        if at > 0 {
            let instrument = laptop.instrument();
            edits.push(laptop.interview(household, instrument));
        }
        server.send(&laptop, &[laptop.batch(&edits)]).await;
    }
    (server, admin, people)
}

#[tokio::test(flavor = "multi_thread")]
async fn poverty_is_measured_of_what_is_signed_put_together_as_is_asked_and_seen_by_whoever_sees_the_commune()
{
    let (server, admin, people) = province().await;
    let members: usize = people[1..].iter().map(|household| household.members.len()).sum();
    let measured = server.get(&admin.0, POVERTY).await;
    let total = &measured["total"];
    assert_eq!(
        (&total["households"], &total["unsigned"], &total["left_out"]),
        (&json!(5), &json!(1), &json!(0))
    );
    assert_eq!(total["headcount"]["denominator"], json!(members));
    let share = |ratio: &Json| ratio["share"].as_f64().unwrap();
    let adjusted = share(&total["headcount"]) * total["intensity"]["share"].as_f64().unwrap_or(0.0);
    assert!((share(&total["adjusted"]) - adjusted).abs() < 1e-9);
    let dimension = |number: usize| measured["indicators"][number - 1]["dimension"]["vi"].as_str().unwrap();
    assert_eq!((dimension(1), dimension(12)), ("Việc làm", "Thông tin"));
    assert_eq!(measured["indicators"][0]["weight"]["share"], json!(1.0 / 12.0));
    assert_eq!((&measured["groups"][0]["key"], &measured["groups"][0]["measure"]), (&json!(COMMUNE), total));

    for by in ["district", "ethnicity", "area"] {
        let grouped = server
            .get(&admin.0, &format!("{POVERTY}?by={by}&counted=households&weights=equal&cutoff=1"))
            .await;
        let groups = grouped["groups"].as_array().unwrap();
        let sum: u64 =
            groups.iter().map(|group| group["measure"]["headcount"]["denominator"].as_u64().unwrap()).sum();
        assert_eq!(sum, 4, "{by}");
        assert!(groups.iter().all(|group| by == "area" || group["label"]["vi"] != ""), "{groups:?}");
    }
    let without = server.get(&admin.0, &format!("{POVERTY}?without=1,2&weights=nested")).await;
    assert_eq!(
        (&without["indicators"][0]["weight"], &without["indicators"][2]["weight"]["share"]),
        (&Json::Null, &json!(0.1))
    );
    let wrong = admin.0.get(server.url(&format!("{POVERTY}?cutoff=1001"))).send().await.unwrap();
    assert_eq!(wrong.status(), 400);

    let elsewhere = reader(&server, ELSEWHERE).await;
    assert_eq!(server.get(&elsewhere.0, POVERTY).await["total"]["households"], 0);
    let other =
        elsewhere.0.get(server.url(&format!("{POVERTY}?place=commune.{COMMUNE}"))).send().await.unwrap();
    assert_eq!(other.status(), 404);

    let words = json!({ "total": "Toàn tỉnh", "raw": "thô", "=group": "x" });
    let form = json!({ "form": { "by": "commune" }, "language": "vi", "words": words });
    let csv = post(&server, &admin, "/api/reports/poverty/export", form.clone()).await.text().await.unwrap();
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].contains(": thô") && lines[1].starts_with("Toàn tỉnh,5,0,1,"), "{csv}");
    let mut form = form;
    form["xlsx"] = json!(true);
    let book = post(&server, &admin, "/api/reports/poverty/export", form).await.bytes().await.unwrap();
    assert!(book.starts_with(b"PK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_rule_tells_who_would_change_and_changes_nothing() {
    let (server, admin, people) = province().await;
    let schemes = server.get(&admin.0, WHAT_IF).await;
    let lines = &schemes["schemes"][0]["worksheet"];
    assert_eq!((&lines["rural"], &schemes["schemes"][0]["deprivations"]), (&json!(1_500_000.0), &json!(3)));
    let same = done(&server, &admin, WHAT_IF, json!({})).await;
    assert_eq!((&same["changed"], &same["households"]), (&json!(0), &json!([])));
    let by_class = |view: &Json, side: &str| -> BTreeMap<String, u64> {
        view["flows"].as_array().unwrap().iter().fold(BTreeMap::new(), |mut all, flow| {
            *all.entry(flow[side].to_string()).or_default() += flow["households"].as_u64().unwrap();
            all
        })
    };
    // What it begins with is what the lists say.
    let listed = |list: Json| -> BTreeMap<String, u64> {
        list["rows"].as_array().unwrap().iter().filter(|row| row["state"] == "signed").fold(
            BTreeMap::new(),
            |mut all, row| {
                *all.entry(row["class_2022"]["key"].to_string()).or_default() += 1;
                all
            },
        )
    };
    let before = listed(server.list(&admin, json!({ "limit": 50 })).await);
    assert_eq!(by_class(&same, "before"), before);

    let none = json!({ "points": { "rural": 0, "urban": 0 }, "worksheet": { "rural": 0, "urban": 0 } });
    let tried = done(&server, &admin, WHAT_IF, none.clone()).await;
    let poor = |side: &str| by_class(&tried, side).get("\"poor\"").copied().unwrap_or(0);
    assert_eq!(poor("after"), 0, "nobody has so little");
    let changed = tried["changed"].as_u64().unwrap();
    assert!(changed > 0, "{tried}");
    assert_eq!(tried["households"].as_array().unwrap().len() as u64, changed);
    assert_eq!(tried["communes"][0]["commune"]["code"], COMMUNE);
    assert_eq!(tried["communes"][0]["changed"], json!(changed));
    let compared = done(&server, &admin, WHAT_IF, json!({ "before": 0, "after": 1 })).await;
    assert_eq!(by_class(&compared, "before"), before);
    assert_eq!(listed(server.list(&admin, json!({ "limit": 50 })).await), before, "nothing is written down");
    for wrong in [
        json!({ "after": 2 }),
        json!({ "points": { "rural": -1, "urban": 0 } }),
        json!({ "deprivations": 0 }),
    ] {
        assert_eq!(refused(&server, &admin, WHAT_IF, wrong).await.0, 400);
    }

    // In the file of what would change is nobody who is processed no further.
    let export = json!({ "form": none, "words": { "class.poor": "Hộ nghèo" } });
    let csv =
        post(&server, &admin, "/api/reports/what-if/export", export.clone()).await.text().await.unwrap();
    assert_eq!(csv.lines().count() as u64, changed + 1);
    let of = people[1..].iter().find(|one| csv.contains(&one.head().full_name)).unwrap();
    let request = json!({ "commune": COMMUNE, "household": household_id(of), "right": "restrict", "asker": "Hỏi",
        "capacity": "oneself", "came_on": "2026-09-28", "text": "Xin hạn chế" });
    let request = done(&server, &admin, "/api/requests", request).await;
    let path = format!("/api/requests/{}/acts", request["id"].as_str().unwrap());
    done(&server, &admin, &path, json!({ "step": "restrict", "reason": "a", "over": request["over"] })).await;
    let after = post(&server, &admin, "/api/reports/what-if/export", export).await.text().await.unwrap();
    assert_eq!(after.lines().count() as u64, changed);
    assert!(!after.contains(&of.head().full_name));
    let tried = done(&server, &admin, WHAT_IF, none).await;
    assert_eq!(tried["changed"], json!(changed), "it is counted still");
    assert!(!tried.to_string().contains(&of.head().full_name));
}
