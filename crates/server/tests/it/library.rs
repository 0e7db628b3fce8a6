//! Forms, standards, point tables, targets and code lists: taken in, looked at, published, retired.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rasoat_exchange::enrolment::InstrumentFiles;
use rasoat_exchange::{CatalogueKind, Cursor};
use rasoat_testkit::households;
use serde_json::{Value as Json, json};

use crate::support::{COMMUNE, Laptop, Server, problem_of};

type Officer = (reqwest::Client, String);

fn shipped(place: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../instruments/");
    std::fs::read_to_string(format!("{root}{place}")).unwrap()
}

fn form() -> InstrumentFiles {
    rasoat_server::shipped_form().unwrap()
}

/// The form that ships, with another version, one question more and one fewer words.
fn next_form() -> Vec<(&'static str, Vec<u8>)> {
    let InstrumentFiles { survey, choices, settings, .. } = form();
    let version = rasoat_xlsform::read_csv(&survey, &choices, &settings).unwrap().version;
    let settings = settings.replace(&version, "2027.1");
    let header: Vec<&str> = survey.lines().next().unwrap().split(',').collect();
    let row = |cells: &[(&str, &str)]| {
        let cell = |name: &&str| cells.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value);
        header.iter().map(cell).collect::<Vec<_>>().join(",")
    };
    let label = header.iter().find(|name| name.starts_with("label") && name.contains("vi")).unwrap();
    let more = row(&[("type", "text"), ("name", "dog_name"), (label, "Tên con chó")]);
    let survey = format!("{}\n{more}\n", survey.trim_end());
    vec![
        ("survey.csv", survey.into_bytes()),
        ("choices.csv", choices.into_bytes()),
        ("settings.csv", settings.into_bytes()),
    ]
}

fn workbook() -> Vec<u8> {
    let files: BTreeMap<&str, String> =
        next_form().into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect();
    let read = rasoat_xlsform::read_csv(&files["survey.csv"], &files["choices.csv"], &files["settings.csv"]);
    rasoat_xlsform::write_xlsx(&read.unwrap()).unwrap().bytes
}

impl Server {
    async fn upload_files(
        &self,
        (client, csrf): &Officer,
        kind: &str,
        files: Vec<(&str, Vec<u8>)>,
        version: &str,
    ) -> reqwest::Response {
        let files: Vec<Json> = files
            .into_iter()
            .map(|(name, bytes)| json!({ "name": name, "content": BASE64_STANDARD.encode(bytes) }))
            .collect();
        let request = client.post(self.url(&format!("/api/library/{kind}"))).header("x-rasoat-csrf", csrf);
        request.json(&json!({ "files": files, "version": version })).send().await.unwrap()
    }

    async fn upload(&self, officer: &Officer, kind: &str, files: Vec<(&str, Vec<u8>)>) -> Json {
        let response = self.upload_files(officer, kind, files, "").await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    async fn do_act(&self, (client, csrf): &Officer, version: &Json, act: &str) -> reqwest::Response {
        let (kind, hash) = (version["kind"].as_str().unwrap(), version["hash"].as_str().unwrap());
        let url = self.url(&format!("/api/library/{kind}/{hash}/{act}"));
        client.post(url).header("x-rasoat-csrf", csrf).send().await.unwrap()
    }

    async fn versions(&self, officer: &Officer, kind: &str) -> Vec<Json> {
        let page = self.get(&officer.0, &format!("/api/library/{kind}")).await;
        page["items"].as_array().unwrap().clone()
    }

    async fn in_force(&self, officer: &Officer, kind: &str) -> Json {
        self.versions(officer, kind).await.into_iter().find(|item| item["in_force"] == true).unwrap()
    }

    async fn acts_done(&self, (client, csrf): &Officer) -> Vec<String> {
        let request = client.post(self.url("/api/audit")).header("x-rasoat-csrf", csrf).json(&json!({}));
        let page: Json = request.send().await.unwrap().json().await.unwrap();
        let lines = page["lines"].as_array().unwrap().iter();
        let acts = lines.map(|line| line["act"].as_str().unwrap().to_owned());
        acts.filter(|act| act.starts_with("library_") || act == "target_changed").collect()
    }

    /// What the catalogue names of a kind, as ids with the versions behind them.
    async fn offered(&self, laptop: &Laptop, kind: CatalogueKind) -> Vec<[u8; 32]> {
        let device = laptop.enrolment.device;
        let found = rasoat_server::catalogue_for(&self.state, device, &Cursor::default()).await.unwrap();
        let entries = found.unwrap();
        entries.entries().iter().filter(|entry| entry.kind == kind).map(|entry| entry.hash).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_becomes_a_draft_that_reaches_laptops_once_it_is_published_and_no_more_once_retired() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let mut early = server.enrol("Máy 01").await;
    let first = server.in_force(&officer, "instruments").await;
    let interview = early.interview(&households(7)[0], early.instrument());
    server.send(&early, &[early.batch(&[interview])]).await;
    let before = server.offered(&early, CatalogueKind::Instrument).await;

    let uploaded = server.upload(&officer, "instruments", vec![("phieu.xlsx", workbook())]).await;
    assert_eq!(uploaded["report"]["problems"], json!([]));
    let changes = uploaded["report"]["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert_eq!((&changes[0]["code"], &changes[0]["name"]), (&json!("question_added"), &json!("dog_name")));
    let draft = uploaded["item"].clone();
    assert_eq!((&draft["state"], &draft["version"]), (&json!("draft"), &json!("2027.1")));
    assert_eq!(server.offered(&early, CatalogueKind::Instrument).await, before, "a draft is nobody's");
    let again = server.upload(&officer, "instruments", vec![("phieu.xlsx", workbook())]).await;
    assert_eq!((&again["known"], &again["item"]["hash"]), (&json!(true), &draft["hash"]));

    let page = server
        .get(&officer.0, &format!("/api/library/instruments/{}", draft["hash"].as_str().unwrap()))
        .await;
    let lines = page["form"]["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["name"] == "dog_name").unwrap();
    assert_eq!((&line["kind"], &line["label"]["vi"]), (&json!("text"), &json!("Tên con chó")));

    assert_eq!(server.do_act(&officer, &draft, "publish").await.status(), 204);
    let published = server.offered(&early, CatalogueKind::Instrument).await;
    assert_ne!(published, before);
    let late = server.enrol("Máy 02").await;
    assert_eq!(late.enrolment.instruments[0].version, "2027.1");
    let versions = server.versions(&officer, "instruments").await;
    let counted =
        |hash: &Json| versions.iter().find(|one| one["hash"] == *hash).unwrap()["interviews"].clone();
    assert_eq!(
        (counted(&first["hash"]), counted(&draft["hash"])),
        (json!(1), json!(0)),
        "the interview stays with its form"
    );

    assert_eq!(
        problem_of(server.do_act(&officer, &draft, "publish").await).await,
        (409, "version_wrong_state".to_owned())
    );
    assert_eq!(server.do_act(&officer, &draft, "retire").await.status(), 204);
    assert_eq!(server.offered(&early, CatalogueKind::Instrument).await, before);
    assert_eq!(
        problem_of(server.do_act(&officer, &first, "retire").await).await,
        (409, "version_last_published".to_owned())
    );
    // Whoever answered on it meanwhile is scored on it still.
    let mut late = late;
    let answered = late.interview(&households(7)[1], late.instrument());
    server.send(&late, &[late.batch(&[answered])]).await;
    let listed = server.list(&officer, json!({})).await;
    let rows = listed["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["unscored"].is_null()) && rows.len() == 2, "{rows:#?}");
    let acts = server.acts_done(&officer).await;
    assert_eq!(acts, ["library_retired", "library_published", "library_uploaded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_form_is_told_by_its_place_and_nothing_is_kept() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let known = server.versions(&officer, "instruments").await.len();
    let mut files = next_form();
    let survey = String::from_utf8(files[0].1.clone()).unwrap().replace("text,dog_name", "txet,dog_name");
    let row = survey.lines().count();
    files[0].1 = survey.into_bytes();
    let refused = server.upload(&officer, "instruments", files).await;
    assert_eq!(refused["item"], Json::Null);
    let problem = &refused["report"]["problems"][0];
    assert_eq!((&problem["sheet"], &problem["code"]), (&json!("survey"), &json!("unsupported_type")));
    assert!(problem["row"].as_u64().unwrap() >= row as u64 && problem["column"] == "type", "{problem}");

    // A form that a standard in force cannot judge is kept, and not published.
    let mut files = next_form();
    let survey = String::from_utf8(files[0].1.clone()).unwrap();
    files[0].1 = survey.replace("floor_area", "floor_space").into_bytes();
    let kept = server.upload(&officer, "instruments", files).await;
    let problems = kept["report"]["problems"].as_array().unwrap();
    assert!(problems.iter().any(|problem| problem["sheet"] == "vn-2022-2026"), "{problems:#?}");
    let answer = problem_of(server.do_act(&officer, &kept["item"], "publish").await).await;
    assert_eq!(answer, (422, "version_has_problems".to_owned()));
    assert_eq!(server.versions(&officer, "instruments").await.len(), known + 1);
    let url = server.url(&format!("/api/library/instruments/{}", kept["item"]["hash"].as_str().unwrap()));
    let forgotten = officer.0.delete(url).header("x-rasoat-csrf", &officer.1).send().await.unwrap();
    assert_eq!(forgotten.status(), 204);
    assert_eq!(server.versions(&officer, "instruments").await.len(), known);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_tells_of_groups_words_choices_conditions_and_places() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let mut files = next_form();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let survey = text(&files[0].1)
        .replace("begin group,identity,Thông tin hộ,", "begin group,identity,Thông tin về hộ,")
        .replace("Của chủ hộ hoặc người trong nhà hay nghe máy.", "Của chủ hộ.")
        .replace("^[0-9+ .]{8,16}$", "^[0-9+ .]{9,16}$");
    let mut lines: Vec<&str> = survey.lines().collect();
    let code = lines.iter().position(|line| line.starts_with("text,household_code,")).unwrap();
    let line = lines.remove(code);
    lines.insert(code + 1, line);
    files[0].1 = format!("{}\n", lines.join("\n")).into_bytes();
    files[1].1 =
        text(&files[1].1).replace("yes_no_unknown,yes,Có,Yes", "yes_no_unknown,yes,Có rồi,Yes").into_bytes();
    let uploaded = server.upload(&officer, "instruments", files).await;
    assert_eq!(uploaded["report"]["problems"], json!([]));
    let changes = uploaded["report"]["changes"].as_array().unwrap();
    let one = |code: &str, name: &str| {
        let found = changes.iter().find(|change| change["code"] == code && change["name"] == name);
        let found = found.unwrap_or_else(|| panic!("{code} of {name} in {changes:#?}"));
        [&found["before"], &found["after"]].map(|text| text.as_str().unwrap().to_owned())
    };
    assert_eq!(one("words_changed", "identity"), ["Thông tin hộ", "Thông tin về hộ"]);
    assert_eq!(one("words_changed", "phone")[1], "Của chủ hộ.");
    assert!(one("conditions_changed", "phone")[1].contains("{9,16}"));
    assert_eq!(one("question_added", "dog_name"), ["", "Tên con chó"]);
    let codes = || changes.iter().map(|change| change["code"].as_str().unwrap());
    assert_eq!(codes().filter(|code| *code == "order_changed").count(), 1, "one has moved: {changes:#?}");
    let reworded = changes.iter().find(|change| change["code"] == "choices_reworded").unwrap();
    assert!(reworded["after"].as_str().unwrap().starts_with("yes: Có rồi"), "{reworded}");
    assert!(
        codes().all(|code| [
            "words_changed",
            "conditions_changed",
            "question_added",
            "order_changed",
            "choices_reworded"
        ]
        .contains(&code)),
        "{changes:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_are_refused_and_cost_nothing() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let code = |page: Json| page["report"]["problems"][0]["code"].as_str().unwrap().to_owned();
    let noise = vec![0xd0_u8, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 9, 9];
    assert_eq!(code(server.upload(&officer, "instruments", vec![("a.xlsx", noise)]).await), "old_excel");
    assert_eq!(
        code(server.upload(&officer, "instruments", vec![("a.xlsx", vec![7; 99])]).await),
        "not_a_workbook"
    );
    assert_eq!(code(server.upload(&officer, "instruments", Vec::new()).await), "missing_form");
    assert_eq!(
        code(server.upload(&officer, "standards", vec![("a.toml", vec![0xff, 0xfe])]).await),
        "unreadable"
    );
    let large = server.upload_files(&officer, "points", vec![("a.xlsx", vec![1; 9 << 20])], "").await;
    assert_eq!(problem_of(large).await, (413, "upload_too_large".to_owned()));
    let many: Vec<String> = (0..41).map(|number| format!("{number}.csv")).collect();
    let many = many.iter().map(|name| (name.as_str(), Vec::new())).collect();
    let many = server.upload_files(&officer, "instruments", many, "").await;
    assert_eq!(problem_of(many).await, (413, "upload_too_large".to_owned()));
    let request = officer.0.post(server.url("/api/library/units")).header("x-rasoat-csrf", &officer.1);
    let odd = request.json(&json!({ "files": [{ "name": "a", "content": "%" }] })).send().await.unwrap();
    assert_eq!(problem_of(odd).await, (400, "unreadable".to_owned()));
    assert_eq!(officer.0.get(server.url("/api/library/spells")).send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standard_that_is_published_scores_every_household_anew_at_every_server() {
    let server = Server::start().await;
    let beside = server.beside().await;
    let officer = server.officer().await;
    let other = beside.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let interview = laptop.interview(&households(7)[0], laptop.instrument());
    server.send(&laptop, &[laptop.batch(&[interview])]).await;
    let class = |page: Json| page["rows"][0]["class_2022"]["key"].as_str().unwrap().to_owned();
    assert_eq!(class(server.list(&officer, json!({})).await), "poor");
    assert_eq!(class(beside.list(&other, json!({})).await), "poor");

    let toml = shipped("standards/vn-2022-2026.toml")
        .replace("deprived_at_least = 3", "deprived_at_least = 12")
        .replace("deprived_below = 3", "deprived_below = 12");
    let uploaded =
        server.upload(&officer, "standards", vec![("chuan.toml", toml.clone().into_bytes())]).await;
    let problems = uploaded["report"]["problems"].as_array().unwrap();
    assert!(problems.iter().all(|problem| problem["blocks"] == false), "{problems:#?}");
    let changed: Vec<&str> = uploaded["report"]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert!(changed.contains(&"class.poor.deprived_at_least"), "{changed:?}");
    assert_eq!(server.do_act(&officer, &uploaded["item"], "publish").await.status(), 204);
    assert_eq!(class(server.list(&officer, json!({})).await), "near_poor");
    beside.versions(&other, "standards").await;
    assert_eq!(class(beside.list(&other, json!({})).await), "near_poor");
    let shown = server.in_force(&officer, "standards").await;
    assert!(shown["version"].as_str().unwrap().contains(" – "));

    assert_eq!(beside.do_act(&other, &uploaded["item"], "retire").await.status(), 204);
    assert_eq!(class(beside.list(&other, json!({})).await), "poor");
    let unsound =
        toml.replace("${floor_area}", "${floor_space}").replace("${area_per_person}", "${floor_space}");
    let unsound = server.upload(&officer, "standards", vec![("chuan.toml", unsound.into_bytes())]).await;
    let blocks =
        unsound["report"]["problems"].as_array().unwrap().iter().any(|problem| problem["blocks"] == true);
    assert!(blocks, "a question that the form does not have");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_table_travels_with_the_standard_that_names_it() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let shown = server.in_force(&officer, "points").await;
    assert_eq!((&shown["dummy"], &shown["confidence"]), (&json!(true), &json!("unverified")));
    let table = rasoat_casework::standard::PointTable::from_toml(&shipped("points/b1-dummy.toml")).unwrap();
    let mut trial = table.clone();
    trial.id = "b1-trial".to_owned();
    let book = rasoat_lists::write_points(&trial).unwrap();
    let fixture =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/points/income-by-dummy-table.toml");
    let test = std::fs::read_to_string(fixture).unwrap().replace("b1-dummy", "b1-trial");
    let standard = format!("{}\n{test}", shipped("standards/vn-2022-2026.toml"));
    let upload = || server.upload(&officer, "standards", vec![("chuan.toml", standard.clone().into_bytes())]);
    let early = upload().await;
    assert_eq!(early["report"]["problems"][0]["code"], "unknown_table");
    let answer = problem_of(server.do_act(&officer, &early["item"], "publish").await).await;
    assert_eq!(answer.1, "version_has_problems");

    let wrong = server.upload(&officer, "points", vec![("b1.xlsx", b"nothing".to_vec())]).await;
    assert_eq!(wrong["item"], Json::Null);
    let loaded = server.upload(&officer, "points", vec![("b1.xlsx", book)]).await;
    assert_eq!(loaded["report"]["problems"], json!([]), "{loaded:#?}");
    assert_eq!(server.do_act(&officer, &loaded["item"], "publish").await.status(), 204);
    assert_eq!(upload().await["report"]["problems"], json!([]));
    assert_eq!(server.do_act(&officer, &early["item"], "publish").await.status(), 204);
    let laptop = server.enrol("Máy 01").await;
    let standards = &laptop.enrolment.standards;
    let given = standards.iter().find(|file| file.id == "vn-2022-2026").unwrap();
    let given = rasoat_casework::standard::Standard::from_toml(&given.toml).unwrap();
    assert!(
        given.outline().income.iter().any(|test| test.table.as_deref() == Some("b1-trial") && test.dummy)
    );
    let answer = problem_of(server.do_act(&officer, &loaded["item"], "retire").await).await;
    assert_eq!(answer, (409, "version_still_used".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_set_for_a_year_with_its_source_and_by_nobody_who_looked_at_an_earlier_one() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let before = server.in_force(&officer, "targets").await;
    let set = |hash: &Json, source: &str, year: u16| {
        let form = json!({ "id": "resolution-47", "hash": hash, "target": "R9", "year": year, "value": 99.5, "source": source, "confidence": "second_hand" });
        let request = officer.0.post(server.url("/api/targets")).header("x-rasoat-csrf", &officer.1);
        request.json(&form).send()
    };
    let bad = set(&before["hash"], "  ", 2027).await.unwrap();
    assert_eq!(problem_of(bad).await, (422, "target_bad".to_owned()));
    let bad = set(&before["hash"], "Kế hoạch 12/KH-UBND", 27).await.unwrap();
    assert_eq!(problem_of(bad).await, (422, "target_bad".to_owned()));
    assert_eq!(set(&before["hash"], "Kế hoạch 12/KH-UBND", 2027).await.unwrap().status(), 204);
    let late = set(&before["hash"], "Kế hoạch 12/KH-UBND", 2028).await.unwrap();
    assert_eq!(problem_of(late).await, (409, "version_changed".to_owned()));
    let now = server.in_force(&officer, "targets").await;
    let page =
        server.get(&officer.0, &format!("/api/library/targets/{}", now["hash"].as_str().unwrap())).await;
    let targets = page["targets"]["targets"].as_array().unwrap();
    let target = targets.iter().find(|target| target["id"] == "R9").unwrap();
    assert_eq!(target["by_year"]["2027"]["provenance"]["source"], "Kế hoạch 12/KH-UBND");
    assert_eq!(target["by_year"]["2025"]["value"], 99.0, "the years before stay");
    assert_eq!(server.acts_done(&officer).await[0], "target_changed");
    assert_eq!(server.do_act(&officer, &now, "retire").await.status(), 204);
    assert_eq!(server.in_force(&officer, "targets").await["hash"], before["hash"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_list_says_which_communes_go_and_what_is_known_there() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let line = laptop.list(&households(7)[0], COMMUNE);
    server.send(&laptop, &[laptop.batch(&[line])]).await;
    server.list(&officer, json!({})).await;
    let units: String = shipped("units/langson_units.csv")
        .lines()
        .filter(|line| !line.starts_with(COMMUNE))
        .map(|line| format!("{}\n", line.replace("Tam Thanh", "Tam Thanh Mới")))
        .collect();
    let moves: String = shipped("units/langson_old_to_new.csv")
        .lines()
        .filter(|line| !line.contains(&format!(",{COMMUNE},")))
        .map(|line| format!("{line}\n"))
        .collect();
    let olds = shipped("units/langson_old_to_new.csv").lines().count() - moves.lines().count();
    assert!(olds > 0);
    let files = || vec![("xa.csv", units.clone().into_bytes()), ("cu-moi.csv", moves.clone().into_bytes())];
    let undated: Json = server.upload_files(&officer, "units", files(), "").await.json().await.unwrap();
    assert_eq!(undated["report"]["problems"][0]["code"], "missing_day");
    let read: Json =
        server.upload_files(&officer, "units", files(), "2027-01-01").await.json().await.unwrap();
    let codes: Vec<&str> = read["report"]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    let (moved, communes): (Vec<&str>, Vec<&str>) =
        codes.into_iter().partition(|code| *code == "mapping_changed");
    assert_eq!(communes, ["commune_gone", "commune_renamed"], "{read:#?}");
    assert_eq!(moved.len(), olds, "every code that led there");
    let told = read["report"]["problems"].as_array().unwrap();
    let held = told.iter().find(|problem| problem["code"] == "gone_with_households").unwrap();
    assert_eq!(
        (&held["column"], &held["word"], &held["blocks"]),
        (&json!(COMMUNE), &json!("1"), &json!(false))
    );
    assert_eq!(server.do_act(&officer, &read["item"], "publish").await.status(), 204);
    let communes = server.get(&officer.0, "/api/communes").await.to_string();
    assert!(communes.contains("Tam Thanh Mới"));
}
