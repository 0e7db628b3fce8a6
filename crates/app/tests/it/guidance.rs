//! From the administration's page to a laptop: the notice, who does which village, which income line applies, and announcements.

use std::path::Path;

use rasoat_app::view::{OverviewView, ProcedureStage};
use rasoat_casework::{AreaType, Change};
use rasoat_exchange::EnrolmentFile;
use rasoat_instrument::Value;
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_server::storage::{HouseholdKeyRef, Storage as _};
use rasoat_server::{DataDir, reply_bundle};
use rasoat_testkit::interviewer::surely_poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::{demo, laptop, visit};
use serde_json::{Value as Json, json};

use crate::desks::Desk;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// The administrator's browser.
struct Office {
    client: reqwest::Client,
    base: String,
    csrf: String,
}

impl Office {
    async fn at(province: &Province) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let form = json!({ "username": "admin", "password": province.password() });
        let session = client.post(province.url("/api/session")).json(&form).send().await.unwrap();
        let session: Json = session.json().await.unwrap();
        let csrf = session["csrf"].as_str().unwrap().to_owned();
        Self { client, base: province.url(""), csrf }
    }

    async fn get(&self, path: &str) -> Json {
        let url = format!("{}{path}", self.base);
        self.client.get(url).send().await.unwrap().json().await.unwrap()
    }

    async fn post(&self, path: &str, body: Json) -> Json {
        let request = self.client.post(format!("{}{path}", self.base)).header("x-rasoat-csrf", &self.csrf);
        let response = request.json(&body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }
}

fn notice(desk: &Desk, household: &str) -> Option<String> {
    let view = desk.app.open_interview(household).unwrap();
    let node = view.nodes.into_iter().find(|node| node.path == "notice").unwrap();
    node.label.map(|label| label.get("vi").to_owned())
}

fn announced(desk: &Desk) -> Vec<String> {
    let OverviewView { announcements, .. } = desk.app.overview().unwrap();
    announcements.into_iter().map(|one| one.text).collect()
}

/// The version of the notice that a household's interview recorded.
async fn recorded(province: &Province, commune: &str, household: &str) -> String {
    let dir = DataDir::at(province.data());
    let storage = Sqlite::open(&dir.database(), &dir.keys().unwrap().storage).unwrap();
    let key = HouseholdKeyRef::new(commune.parse().unwrap(), household.parse().unwrap());
    let edits = storage.edits_of(key).await.unwrap();
    let path = "meta_notice_version".parse().unwrap();
    let mut said = edits.iter().filter_map(|stored| match stored.edit.changes.get(&path) {
        Some(Change::Set(Value::Text(version))) => Some(version.clone()),
        Some(Change::Set(_) | Change::Removed) | None => None,
    });
    said.next_back().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_administration_says_is_on_the_laptop_after_its_next_exchange() {
    let province = Province::start().await.unwrap();
    let office = Office::at(&province).await;
    let desk = Desk::listed(&province, "Máy 01").await;
    desk.sync().await;
    let village = desk.app.procedure_board(None).unwrap();
    let (key, rows) = (village.village.unwrap(), village.rows);
    let (commune, id) = key.split_once('-').unwrap();
    let [one, two] = [&*rows[0].household, &*rows[1].household];
    assert_eq!((rows[0].mine, rows[0].stage), (false, ProcedureStage::Listed));
    assert_eq!(notice(&desk, one), None);
    let area = |desk: &Desk| desk.app.household(two).unwrap().area;
    assert_eq!(area(&desk), AreaType::Rural);

    let plan = format!("/api/communes/{commune}/plan");
    let planned = office.get(&plan).await;
    let found = planned["villages"].as_array().unwrap().iter().find(|one| one["id"] == json!(id)).unwrap();
    let (area_over, assigned_over) = (&found["area_over"], &found["assigned_over"]);
    let urban = json!({ "villages": [{ "id": id, "area_type": "urban", "over": area_over }] });
    office.post(&format!("{plan}/areas"), urban).await;
    let mine = json!({ "villages": [{ "id": id, "to": ["Máy 01", "Máy 02"], "over": assigned_over }] });
    office.post(&format!("{plan}/assignments"), mine).await;
    let said = office
        .post("/api/notice", json!({ "over": 0, "vi": "Thưa bác, tôi đến rà soát.\nXin phép hỏi." }))
        .await;
    let today = rasoat_server::rfc3339(province.clock.now())[..10].to_owned();
    let tomorrow = rasoat_server::rfc3339(province.clock.now() + DAY)[..10].to_owned();
    let meeting = json!({ "text": "Họp lúc 8 giờ", "from": today, "until": tomorrow });
    office.post("/api/announcements", meeting).await;
    desk.app.leave_interview(one).unwrap();
    desk.sync().await;

    assert_eq!(notice(&desk, one).as_deref(), Some("Thưa bác, tôi đến rà soát.\nXin phép hỏi."));
    assert_eq!(area(&desk), AreaType::Urban);
    let rows = desk.app.procedure_board(Some(&key)).unwrap().rows;
    assert!(rows.iter().all(|row| row.mine && row.blocks.is_empty()), "{rows:?}");
    assert_eq!(rows[0].stage, ProcedureStage::Assigned);
    // Somebody's word on one household counts before the village's.
    let form =
        rasoat_app::view::AssignForm { households: vec![two.to_owned()], to: "Người khác".to_owned() };
    desk.app.assign(&form).unwrap();
    let rows = desk.app.procedure_board(Some(&key)).unwrap().rows;
    assert_eq!(rows.iter().find(|row| row.household == two).unwrap().assigned, ["Người khác"]);

    // What was read out is recorded with the interview.
    visit::complete(&desk.app, one, &surely_poor()).unwrap();
    desk.sync().await;
    assert_eq!(recorded(&province, commune, one).await, said["versions"][0]["version"].to_string());

    assert_eq!(announced(&desk), ["Họp lúc 8 giờ"]);
    let announcement = desk.app.overview().unwrap().announcements.remove(0).id;
    desk.app.dismiss_announcement(&announcement).unwrap();
    assert!(announced(&desk).is_empty());
    // Another laptop shows it until the day is over, or it is taken down.
    let other = Desk::listed(&province, "Máy 02").await;
    other.sync().await;
    assert_eq!(announced(&other), ["Họp lúc 8 giờ"]);
    province.clock.pass(2 * DAY);
    assert!(announced(&other).is_empty());

    // Taken back, the form's own notice is read out again.
    let office = Office::at(&province).await;
    let over = &said["over"];
    office.post("/api/notice", json!({ "over": over, "vi": "" })).await;
    desk.sync().await;
    assert_eq!(notice(&desk, two), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stick_brings_what_the_administration_says_and_an_older_one_takes_nothing_back() {
    let province = Province::start().await.unwrap();
    let office = Office::at(&province).await;
    let handover = province.enrol("Máy 01").await.unwrap();
    let device = EnrolmentFile::read(&std::fs::read(&handover.file).unwrap()).unwrap().device;
    let desk = Desk::with(&handover, &province).await;
    assert_eq!(laptop::import(&desk.app, &demo::list_workbook(7)).unwrap(), 60);
    let village = desk.app.procedure_board(None).unwrap();
    let (key, household) = (village.village.unwrap(), village.rows[0].household.clone());
    let (commune, id) = key.split_once('-').unwrap();
    let take = async |name: &str| {
        province.clock.pass(1_000);
        let file = desk.folder.path().join(name);
        std::fs::write(&file, reply_bundle(&province.state, device).await.unwrap()).unwrap();
        file
    };
    let read = |file: &Path| desk.app.bundle_import(file.to_str().unwrap()).unwrap();
    let early = take("som.rasoat").await;
    let plan = format!("/api/communes/{commune}/plan");
    let planned = office.get(&plan).await;
    let found = planned["villages"].as_array().unwrap().iter().find(|one| one["id"] == json!(id)).unwrap();
    let mine = json!({ "villages": [{ "id": id, "to": ["Máy 01"], "over": found["assigned_over"] }] });
    office.post(&format!("{plan}/assignments"), mine).await;
    office.post("/api/notice", json!({ "over": 0, "vi": "Thưa bác" })).await;
    let today = rasoat_server::rfc3339(province.clock.now())[..10].to_owned();
    let meeting = json!({ "text": "Họp lúc 8 giờ", "from": today, "until": today });
    office.post("/api/announcements", meeting).await;
    let late = take("muon.rasoat").await;

    let taken = read(&late);
    assert_eq!(taken.unverified, 0);
    let holds = || {
        assert_eq!(announced(&desk), ["Họp lúc 8 giờ"]);
        assert_eq!(notice(&desk, &household).as_deref(), Some("Thưa bác"));
        desk.app.leave_interview(&household).unwrap();
        assert!(desk.app.procedure_board(Some(&key)).unwrap().rows.iter().all(|row| row.mine));
    };
    holds();
    read(&early);
    holds();

    // What an exchange brought since is not taken back by a stick of before, and the next exchange finds nothing to bring.
    province.clock.pass(1_000);
    let more = json!({ "text": "Họp lúc 9 giờ", "from": today, "until": today });
    office.post("/api/announcements", more).await;
    desk.sync().await;
    assert_eq!(announced(&desk), ["Họp lúc 8 giờ", "Họp lúc 9 giờ"]);
    read(&late);
    assert_eq!(announced(&desk), ["Họp lúc 8 giờ", "Họp lúc 9 giờ"]);
}
