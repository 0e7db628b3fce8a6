//! Counts, lists, search, duplicates and exports over all communes.

use std::collections::BTreeMap;

use rasoat_casework::procedure::assign_changes;
use rasoat_casework::{
    Change, Decision, Edit, Round, Step, Subject, SubjectKind, VersionVector, case_id, decide, version_mark,
};
use rasoat_instrument::Value;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{COMMUNE, Laptop, Server, choice, interview_of, problem_of, subject, text};

const OTHER_COMMUNE: &str = "05986";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A household of the list, as a laptop seals it.
fn listed(laptop: &mut Laptop, commune: &str, id: Uuid, village: &str, name: &str, citizen: &str) -> Edit {
    let mut fields = vec![
        ("village_name".to_owned(), text(village)),
        ("members.m0.full_name".to_owned(), text(name)),
        ("members.m0.relation".to_owned(), choice("head")),
        ("members.m0.birth".to_owned(), text("1984-03-12")),
    ];
    if !citizen.is_empty() {
        fields.push(("members.m0.citizen_id".to_owned(), text(citizen)));
    }
    laptop.seal(subject(commune, SubjectKind::Household, id), None, fields)
}

fn interviewed(laptop: &mut Laptop, id: Uuid, state: &str) -> Edit {
    let instrument = Some(laptop.instrument());
    let answers = vec![
        ("meta_household".to_owned(), text(&id.to_string())),
        ("meta_state".to_owned(), choice(state)),
        ("meta_round".to_owned(), Value::Integer(2026)),
        ("address".to_owned(), text("Nà Lùng")),
    ];
    laptop.seal(interview_of(id), instrument, answers)
}

async fn post(
    server: &Server,
    officer: &(reqwest::Client, String),
    path: &str,
    body: &Json,
) -> reqwest::Response {
    let request = officer.0.post(server.url(path)).header("x-rasoat-csrf", &officer.1);
    request.json(body).send().await.unwrap()
}

async fn households(server: &Server, officer: &(reqwest::Client, String), body: Json) -> Json {
    post(server, officer, "/api/households", &body).await.json().await.unwrap()
}

fn names(page: &Json) -> Vec<String> {
    let rows = page["rows"].as_array().unwrap();
    rows.iter().map(|row| row["household"]["head_name"].as_str().unwrap().to_owned()).collect()
}

/// The latest acts, by their codes.
async fn acts(server: &Server) -> Vec<String> {
    let storage = server.storage().await;
    storage.acts(5).await.unwrap().into_iter().map(|entry| entry.act).collect()
}

/// The marks of the overview counted anew from the lists.
async fn recounted(
    server: &Server,
    officer: &(reqwest::Client, String),
    marks: &Json,
) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for mark in marks.as_object().unwrap().keys() {
        let page = households(server, officer, json!({ "filter": { "marks": [mark] }, "limit": 500 })).await;
        let rows = page["rows"].as_array().unwrap();
        // With a mark that every household bears it is the same list, and page by page it is, too.
        assert_eq!(*rows, in_pages(server, officer, json!([mark])).await, "{mark}");
        assert_eq!(*rows, in_pages(server, officer, json!([mark, "all"])).await, "{mark} and all");
        found.insert(mark.clone(), rows.len() as u64);
    }
    found
}

/// A list read two by two.
async fn in_pages(server: &Server, officer: &(reqwest::Client, String), marks: Json) -> Vec<Json> {
    let (mut rows, mut after) = (Vec::new(), Json::Null);
    loop {
        let asked = json!({ "filter": { "marks": marks }, "limit": 2, "after": after });
        let mut page = households(server, officer, asked).await;
        rows.append(page["rows"].as_array_mut().unwrap());
        after = page["next"].take();
        if after.is_null() {
            return rows;
        }
    }
}

async fn assert_counts_hold(server: &Server, officer: &(reqwest::Client, String)) -> Json {
    let overview = server.get(&officer.0, "/api/overview").await;
    let counted: BTreeMap<String, u64> = serde_json::from_value(overview["marks"].clone()).unwrap();
    assert_eq!(counted, recounted(server, officer, &overview["marks"]).await);
    overview
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_follow_each_edit_lead_to_their_households_and_come_back_with_a_rebuild() {
    let mut server = Server::start().await;
    let officer = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let ids: Vec<Uuid> = (1..=6).map(Uuid::from_u128).collect();
    let named = ["Đặng An", "Dương Bình", "Ấn Cư", "An Dũng", "Ân Én", "Hoàng Giang"];
    for (id, name) in ids.iter().zip(named) {
        let village = if id.as_u128() % 2 == 0 { "Thôn 10" } else { "Thôn 2" };
        let line = listed(&mut laptop, COMMUNE, *id, village, name, "");
        server.send(&laptop, &[laptop.batch(&[line])]).await;
    }
    let overview = assert_counts_hold(&server, &officer).await;
    assert_eq!(overview["marks"], json!({ "all": 6, "state.listed": 6, "stage.listed": 6 }));

    let signed = interviewed(&mut laptop, ids[0], "signed");
    let open = interviewed(&mut laptop, ids[1], "open");
    server.send(&laptop, &[laptop.batch(&[signed, open])]).await;
    server.pass(DAY);
    let officer = server.officer().await;
    let overview = assert_counts_hold(&server, &officer).await;
    assert_eq!(overview["marks"]["state.signed"], 1);
    assert_eq!(overview["marks"]["stage.interviewed"], 2);
    assert_eq!(overview["marks"]["check.signed_without_class"], 1);
    let days = overview["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[28]["households"], &days[29]["households"]), (30, &json!(2), &json!(0)));

    // In Vietnamese order, numbers by size, and page by page.
    let mut found = Vec::new();
    let mut after = Json::Null;
    loop {
        let page = households(&server, &officer, json!({ "after": after, "limit": 2 })).await;
        assert_eq!(page["total"], 6);
        found.extend(names(&page));
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(found, ["Ấn Cư", "Ân Én", "Đặng An", "An Dũng", "Dương Bình", "Hoàng Giang"]);
    let villages = server.get(&officer.0, &format!("/api/communes/{COMMUNE}/villages")).await;
    let villages: Vec<(&Json, &Json)> = villages["villages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["name"], &one["marks"]["all"]))
        .collect();
    assert_eq!(villages, [(&json!("Thôn 2"), &json!(3)), (&json!("Thôn 10"), &json!(3))]);

    // Merged away, it is counted nowhere.
    let mark = vec![("meta_merged_into".to_owned(), text(&ids[4].to_string()))];
    let merged = laptop.seal(subject(COMMUNE, SubjectKind::Household, ids[5]), None, mark);
    server.send(&laptop, &[laptop.batch(&[merged])]).await;
    let overview = assert_counts_hold(&server, &officer).await;
    assert_eq!(overview["marks"]["all"], 5);

    rasoat_server::rebuild(&server.state).await.unwrap();
    let mut rebuilt = assert_counts_hold(&server, &officer).await;
    let mut before = overview;
    for counted in [&mut rebuilt, &mut before] {
        counted["counted_at"] = Json::Null;
    }
    assert_eq!(rebuilt, before);
    server.restart().await;
}

/// An edit of a household's case that saw its interview.
fn of_case(
    laptop: &mut Laptop,
    id: Uuid,
    seen: &[&Edit],
    changes: BTreeMap<rasoat_instrument::Path, Change>,
) -> Edit {
    let case =
        Subject { commune: COMMUNE.parse().unwrap(), kind: SubjectKind::Case, id: case_id(id, Round(2026)) };
    let fields = changes.into_iter().map(|(path, change)| match change {
        Change::Set(value) => (path.to_string(), value),
        Change::Removed => unreachable!("nothing is taken away here"),
    });
    let version = seen.iter().map(|edit| (edit.id.writer, edit.id.seq)).collect();
    laptop.seal_seeing(case, None, fields.collect(), VersionVector(version))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_is_counted_where_its_case_says_that_it_is_whatever_comes_first() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let (mut laptop, mut desk) = (server.enrol("Máy 01").await, server.enrol("Máy 02").await);
    let id = Uuid::from_u128(9);
    let line = listed(&mut laptop, COMMUNE, id, "Bản Thử", "Nông Thị Thử", "");
    let interview = interviewed(&mut laptop, id, "signed");
    let over = version_mark(&VersionVector(BTreeMap::from([(interview.id.writer, interview.id.seq)])));
    let decision = Decision {
        step: Step::Accepted,
        by: "Cán bộ".to_owned(),
        at: "2026-11-20T08:00:00Z".to_owned(),
        over: over.clone(),
    };
    let assigned = assign_changes(id, Round(2026), ("Người khác", "Cán bộ", "2026-11-19T08:00:00Z")).unwrap();
    let assigned = of_case(&mut desk, id, &[], assigned);
    let accepted = decide(id, Round(2026), &decision, &[]).unwrap();
    let accepted = of_case(&mut desk, id, &[&assigned], accepted);
    // The case comes in before anything that it is about.
    server.send(&desk, &[desk.batch(&[assigned, accepted])]).await;
    server.send(&laptop, &[laptop.batch(&[line, interview])]).await;
    let overview = assert_counts_hold(&server, &officer).await;
    assert_eq!(overview["marks"]["stage.accepted"], 1);
    let shown = server.get(&officer.0, &format!("/api/households/{COMMUNE}/{id}")).await;
    assert_eq!(shown["procedure"]["stage"], "accepted");
    assert_eq!(shown["procedure"]["assigned"], json!(["Người khác"]));
    assert_eq!(shown["procedure"]["checked"]["holds"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_find_households_of_all_communes_and_lists_show_no_whole_citizen_id() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let (mut here, mut there) =
        (server.enrol("Máy 01").await, server.enrol_in("Máy 02", OTHER_COMMUNE).await);
    let one = listed(&mut here, COMMUNE, Uuid::from_u128(1), "Bản Thử", "Nông Văn Đào", "020084004417");
    let two =
        listed(&mut there, OTHER_COMMUNE, Uuid::from_u128(2), "Khuổi Mạ", "Đào Thị Hoa", "020084001234");
    server.send(&here, &[here.batch(&[one])]).await;
    server.send(&there, &[there.batch(&[two])]).await;
    let find = async |words: &str| {
        let page = households(&server, &officer, json!({ "filter": { "text": words } })).await;
        assert!(!page.to_string().contains("020084004417"), "{page}");
        names(&page)
    };
    assert_eq!(find("dao").await, ["Nông Văn Đào", "Đào Thị Hoa"]);
    assert_eq!(find("DAO non").await, ["Nông Văn Đào"]);
    assert_eq!(find("khuoi").await, ["Đào Thị Hoa"]);
    assert_eq!(find("4417").await, ["Nông Văn Đào"]);
    assert_eq!(find("\"*) OR (").await, Vec::<String>::new());
    assert_eq!(find("nobody").await, Vec::<String>::new());
    let within = json!({ "filter": { "text": "dao", "commune": COMMUNE } });
    assert_eq!(names(&households(&server, &officer, within).await), ["Nông Văn Đào"]);
    let wrong = post(&server, &officer, "/api/households", &json!({ "filter": { "marks": ["a b"] } })).await;
    assert_eq!(problem_of(wrong).await, (400, "unreadable".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_citizen_id_in_two_communes_is_a_pair_until_somebody_says_that_they_are_two() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let (mut here, mut there) =
        (server.enrol("Máy 01").await, server.enrol_in("Máy 02", OTHER_COMMUNE).await);
    let one = listed(&mut here, COMMUNE, Uuid::from_u128(1), "Bản Thử", "Nông Văn Đào", "020084004417");
    let two =
        listed(&mut there, OTHER_COMMUNE, Uuid::from_u128(2), "Khuổi Mạ", "Nông V. Đào", "020084004417");
    let other = listed(&mut there, OTHER_COMMUNE, Uuid::from_u128(3), "Khuổi Mạ", "Lý Thị Ba", "");
    server.send(&here, &[here.batch(&[one])]).await;
    server.send(&there, &[there.batch(&[two, other])]).await;
    let page = server.get(&officer.0, "/api/duplicates").await;
    assert_eq!(page["total"], 1);
    let pair = &page["pairs"][0];
    assert_eq!(pair["shared"][0]["agreement"], "citizen_id");
    assert_eq!(server.get(&officer.0, "/api/overview").await["duplicates"], 1);
    let key = |side: &Json| json!({ "commune": side["household"]["commune"], "id": side["household"]["id"] });
    let body = json!({ "first": key(&pair["second"]), "second": key(&pair["first"]) });
    assert_eq!(post(&server, &officer, "/api/duplicates/not-same", &body).await.status(), 204);
    assert_eq!(server.get(&officer.0, "/api/duplicates").await["total"], 0);
    rasoat_server::rebuild(&server.state).await.unwrap();
    assert_eq!(server.get(&officer.0, "/api/duplicates").await["total"], 0, "a rebuild keeps what was said");
    let acts = acts(&server).await;
    assert!(acts.iter().any(|act| act == "said_not_same"), "{acts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_written_whole_in_the_words_of_whoever_asks_and_noted() {
    let server = Server::start().await;
    let officer = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let name = |number: u128| if number == 1 { "=1+1".to_owned() } else { format!("Hộ {number}") };
    let edits: Vec<Edit> = (1..=1_203)
        .map(|number| listed(&mut laptop, COMMUNE, Uuid::from_u128(number), "Bản Thử", &name(number), ""))
        .collect();
    for some in edits.chunks(100) {
        server.send(&laptop, &[laptop.batch(some)]).await;
    }
    let body = json!({
        "columns": [{ "code": "head_name", "heading": "Chủ hộ" }, { "code": "state", "heading": "Tình trạng" }],
        "words": { "state.listed": "Chưa hỏi" },
    });
    let answer = post(&server, &officer, "/api/exports/households", &body).await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1_204);
    assert_eq!(lines[0], "\u{feff}Chủ hộ,Tình trạng");
    assert!(lines.contains(&"'=1+1,Chưa hỏi"));
    let acts = acts(&server).await;
    assert!(acts.iter().any(|act| act == "exported"), "{acts:?}");
    for table in ["communes", "villages", "devices", "duplicates", "conflicts"] {
        let path = format!("/api/exports/{table}");
        assert_eq!(post(&server, &officer, &path, &body).await.status(), 200, "{table}");
    }
    let none = post(&server, &officer, "/api/exports/nothing", &body).await;
    assert_eq!(problem_of(none).await, (404, "not_found".to_owned()));
}
