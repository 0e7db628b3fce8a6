//! What people ask about the data that are held of them: the register, what is given out, corrections, and what is processed no further.

use rasoat_casework::{Case, Change, Edit, Remark, RemarkState, SubjectKind, fold};
use rasoat_exchange::Cursor;
use rasoat_server::{NewAccount, add_account, view::Role};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{
    Browser, COMMUNE, ELSEWHERE, Laptop, Server, browser, choice, done, hash_u128, household, household_id,
    interview_of, post, problem_of, refused, subject, text,
};
use crate::tokens::make_token;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// A name and a number that are to be found in no export.
const NAME: &str = "Hoàng Thị Kín";
const NUMBER: &str = "020180001234";
const PHONE: &str = "0911 000 111";

/// Somebody with an account and a password of their own.
pub(crate) async fn person(server: &Server, name: &str, role: Role, communes: &[&str]) -> Browser {
    let communes = communes.iter().map(|code| code.parse().unwrap()).collect();
    let first =
        add_account(&server.state, NewAccount { name: name.to_owned(), role, communes }).await.unwrap();
    let client = browser();
    let session: Json = server.log_in(&client, name, &first).await.json().await.unwrap();
    let who = (client, session["csrf"].as_str().unwrap().to_owned());
    let form = json!({ "old": &*first, "new": "ba con suối chảy xuôi" });
    let session = done(server, &who, "/api/account/password", form).await;
    (who.0, session["csrf"].as_str().unwrap().to_owned())
}

/// The line of a household whose head has the name and a second member who has not.
fn listed(laptop: &mut Laptop, commune: &str, code: &str, head: &str) -> Edit {
    let fields = vec![
        ("household_code".to_owned(), text(code)),
        ("village_name".to_owned(), text("Bản Thử")),
        ("phone".to_owned(), text(PHONE)),
        ("members.m0.full_name".to_owned(), text(head)),
        ("members.m0.relation".to_owned(), choice("head")),
        ("members.m0.birth".to_owned(), text("1980-02-01")),
        ("members.m0.citizen_id".to_owned(), text(NUMBER)),
        ("members.m1.full_name".to_owned(), text("Hoàng Văn Con")),
        ("members.m1.relation".to_owned(), choice("child")),
    ];
    laptop.seal(subject(commune, SubjectKind::Household, id_of(code)), None, fields)
}

fn id_of(code: &str) -> Uuid {
    Uuid::from_u128(hash_u128(code))
}

fn form(code: &str, right: &str) -> Json {
    json!({ "commune": COMMUNE, "household": id_of(code), "right": right, "asker": "Hoàng Thị Hỏi",
        "capacity": "oneself", "came_on": "2026-09-28", "text": "Cho tôi xem" })
}

pub(crate) async fn register(server: &Server, who: &Browser, form: Json) -> Json {
    done(server, who, "/api/requests", form).await
}

pub(crate) async fn act(server: &Server, who: &Browser, request: &Json, step: &str, reason: &str) -> Json {
    let path = format!("/api/requests/{}/acts", request["id"].as_str().unwrap());
    done(server, who, &path, json!({ "step": step, "reason": reason, "over": request["over"] })).await
}

fn acts(request: &Json) -> Vec<&str> {
    request["acts"].as_array().unwrap().iter().map(|act| act["act"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_registered_by_who_sees_the_commune_answered_by_who_may_and_never_changed() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let line = listed(&mut laptop, COMMUNE, "A-1", NAME);
    server.send(&laptop, &[laptop.batch(&[line])]).await;
    let here = person(&server, "phu trach", Role::Supervisor, &[COMMUNE]).await;
    let there = person(&server, "xa khac", Role::Supervisor, &[ELSEWHERE]).await;

    let asked = register(&server, &here, form("A-1", "see")).await;
    // Came on a Monday: two working days, and ten days of any kind.
    let days = [&asked["acknowledge_by"], &asked["due_on"], &asked["state"], &asked["number"]];
    assert_eq!(days, [&json!("2026-09-30"), &json!("2026-10-08"), &json!("open"), &json!(1)]);
    let path = format!("/api/requests/{}", asked["id"].as_str().unwrap());
    let response = there.0.get(server.url(&path)).send().await.unwrap();
    assert_eq!(problem_of(response).await, (404, "not_found".to_owned()));
    assert_eq!(refused(&server, &there, "/api/requests", form("A-1", "see")).await.0, 404);
    assert_eq!(server.get(&there.0, "/api/requests").await["requests"], json!([]));
    let acts_path = format!("{path}/acts");
    let word = |step: &str, over: u32| json!({ "step": step, "over": over });
    assert_eq!(refused(&server, &here, &acts_path, word("done", 1)).await.1, "not_allowed");
    for (wrong, value) in [
        ("right", json!("sell")),
        ("asker", json!(" ")),
        ("came_on", json!("2026-10-09")),
        ("came_on", json!("hôm qua")),
        ("member", json!("members.m0.birth")),
    ] {
        let mut form = form("A-1", "see");
        form[wrong] = value;
        assert_eq!(refused(&server, &here, "/api/requests", form).await, (400, "incomplete".to_owned()));
    }

    let told = act(&server, &admin, &asked, "acknowledge", "").await;
    assert!(told["acknowledged_at"].is_string());
    assert_eq!(refused(&server, &admin, &acts_path, word("done", 1)).await.1, "changed_meanwhile");
    assert_eq!(refused(&server, &admin, &acts_path, word("refuse", 2)).await.1, "incomplete");
    let other = json!({ "step": "restrict", "reason": "a", "over": 2 });
    assert_eq!(refused(&server, &admin, &acts_path, other).await.1, "request_other_right");
    server.pass(9 * DAY_MILLIS);
    let admin = server.officer().await;
    let second = json!({ "right": "restrict", "came_on": "2026-10-09" });
    let mut later = form("A-1", "restrict");
    later.as_object_mut().unwrap().extend(second.as_object().unwrap().clone());
    register(&server, &admin, later).await;
    let open = server.get(&admin.0, "/api/requests").await;
    assert_eq!((&open["open"], &open["overdue"]), (&json!(2), &json!(1)));
    let overdue: Vec<&Json> = open["requests"].as_array().unwrap().iter().map(|r| &r["overdue"]).collect();
    assert_eq!(overdue, [&json!(true), &json!(false)], "what is overdue comes first");
    assert_eq!(open["requests"][1]["number"], 2, "requests are counted, and not what was done");
    assert_eq!(open["rights"][0]["term"]["provenance"]["confidence"], "unverified");

    let answered = act(&server, &admin, &told, "refuse", "Không phải người trong hộ").await;
    assert_eq!((&answered["state"], &answered["overdue"]), (&json!("refused"), &json!(false)));
    assert_eq!(acts(&answered), ["request_registered", "request_acknowledged", "request_refused"]);
    assert_eq!(refused(&server, &admin, &acts_path, word("done", 3)).await.1, "request_closed");
    let account = format!("{path}/account");
    assert_eq!(refused(&server, &admin, &account, json!({ "over": 3 })).await.1, "request_closed");
    let closed = server.get(&admin.0, "/api/requests?closed=true").await;
    assert_eq!(closed["requests"][0]["id"], asked["id"]);
    let of_household = format!("/api/requests?household={}", id_of("A-1"));
    assert_eq!(server.get(&admin.0, &of_household).await["requests"].as_array().unwrap().len(), 2);

    let columns = json!([{ "code": "number", "heading": "Số" }, { "code": "asker", "heading": "Người yêu cầu" },
        { "code": "state", "heading": "Tình trạng" }, { "code": "reason", "heading": "Lý do" }]);
    let body = json!({ "columns": columns, "words": { "request.refused": "Từ chối" } });
    let csv = post(&server, &admin, "/api/exports/requests", body.clone()).await.text().await.unwrap();
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[1], "1,Hoàng Thị Hỏi,Từ chối,Không phải người trong hộ");
    let csv = post(&server, &there, "/api/exports/requests", body.clone()).await.text().await.unwrap();
    assert!(!csv.contains("Hoàng"), "nothing of another commune");
    let reader = person(&server, "xem", Role::Reader, &[]).await;
    assert_eq!(refused(&server, &reader, "/api/exports/requests", body).await.1, "not_allowed");

    let object = json!({ "object": asked["id"], "act": "request_refused" });
    let audit = done(&server, &admin, "/api/audit", object).await;
    assert_eq!(audit["total"], 1);
    assert!(!audit.to_string().contains("Hoàng"), "no name in the audit log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_given_what_is_held_of_them_and_nothing_of_the_others() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let line = listed(&mut laptop, COMMUNE, "A-1", NAME);
    server.send(&laptop, &[laptop.batch(std::slice::from_ref(&line))]).await;
    let home = subject(COMMUNE, SubjectKind::Household, id_of("A-1"));
    let corrected = vec![
        ("members.m0.birth".to_owned(), text("1981-02-01")),
        ("members.m1.birth".to_owned(), text("2010-05-05")),
    ];
    let seen = fold([&line]).version;
    let edit = laptop.seal_seeing(home, None, corrected, seen);
    server.send(&laptop, &[laptop.batch(&[edit])]).await;
    server.get(&admin.0, &format!("/api/households/{COMMUNE}/{}", id_of("A-1"))).await;

    let ask = async |member: Option<&str>| {
        let mut form = form("A-1", "see");
        form["member"] = json!(member);
        let request = register(&server, &admin, form).await;
        let path = format!("/api/requests/{}/account", request["id"].as_str().unwrap());
        done(&server, &admin, &path, json!({ "over": request["over"] })).await
    };
    let of = |account: &Json, path: &str| -> Vec<(String, bool)> {
        let values = account["values"].as_array().unwrap().iter().filter(|value| value["path"] == path);
        let told = values.map(|value| {
            let canonical = value["value"]["canonical"].as_str().unwrap().to_owned();
            (canonical, value["stands"].as_bool().unwrap())
        });
        told.collect()
    };

    let head = ask(Some("members.m0")).await;
    let births = of(&head, "members.m0.birth");
    assert_eq!(births, [("1980-02-01".to_owned(), false), ("1981-02-01".to_owned(), true)]);
    assert_eq!(of(&head, "members.m0.citizen_id"), [(NUMBER.to_owned(), true)], "their own in full");
    assert_eq!(of(&head, "phone").len(), 1);
    assert!(!head.to_string().contains("Văn Con") && !head.to_string().contains("2010-05-05"), "{head}");
    assert_eq!(head["left_out"]["members"], 1);
    let value = &head["values"].as_array().unwrap()[0];
    assert!(value["device_name"] == "Máy 01" && value["received_at"].is_string());
    assert_eq!(
        (&head["laptops"][0]["device_name"], &head["laptops"][0]["by"]),
        (&json!("Máy 01"), &json!("signed"))
    );
    let seen: Vec<&str> =
        head["seen"].as_array().unwrap().iter().map(|line| line["act"].as_str().unwrap()).collect();
    assert!(seen.contains(&"household_shown") && seen.contains(&"person_account_given"), "{seen:?}");
    assert_eq!(acts(&head["request"]), ["request_registered", "person_account_given"]);

    let child = ask(Some("members.m1")).await;
    let told = child.to_string();
    assert!(told.contains("Văn Con") && !told.contains(NAME) && !told.contains(NUMBER), "{told}");
    assert!(!told.contains(PHONE), "free text of the household may be about anybody");
    assert_eq!((&child["left_out"]["members"], &child["left_out"]["texts"]), (&json!(1), &json!(3)));
    let as_such = ask(None).await.to_string();
    assert!(as_such.contains(PHONE) && !as_such.contains(NAME) && !as_such.contains("Văn Con"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_goes_to_the_laptops_as_a_remark_and_the_register_tells_when_it_was_answered() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let home = household();
    let (line, instrument) = (laptop.list(&home, COMMUNE), laptop.instrument());
    let interview = laptop.interview(&home, instrument);
    server.send(&laptop, &[laptop.batch(&[line, interview.clone()])]).await;
    let id = household_id(&home);
    let mut new = form("A-1", "correct");
    new["household"] = json!(id);
    new["member"] = json!("members.m0");
    let request = register(&server, &admin, new).await;
    let path = format!("/api/requests/{}/correction", request["id"].as_str().unwrap());
    let asked =
        |question: &str, over: u32| json!({ "question": question, "text": "Sinh năm 1979", "over": over });
    for (question, over, code) in
        [("members.m0.nothing", 1, "incomplete"), ("members.m0.birth", 7, "changed_meanwhile")]
    {
        assert_eq!(refused(&server, &admin, &path, asked(question, over)).await.1, code);
    }
    let told = done(&server, &admin, &path, asked("members.m0.birth", 1)).await;
    let correction = &told["acts"][1]["correction"];
    let stands = [&correction["returned"], &correction["remark"], &correction["changed_since"]];
    assert_eq!(stands, [&json!(true), &json!("open"), &json!(false)]);

    let (edits, _) = server.feed(&laptop, &Cursor::default()).await;
    let of = |kind| fold(edits.iter().filter(|edit| edit.subject.kind == kind));
    let remark = Remark::of(&of(SubjectKind::Remark)).unwrap();
    assert_eq!((remark.state, remark.texts), (RemarkState::Open, vec!["Sinh năm 1979".to_owned()]));
    let case = Case::of(&of(SubjectKind::Case));
    assert!(case.is_returned() && case.remarks.len() == 1 && case.household == Some(id));
    let opened = fold(edits.iter().chain([&interview]).filter(|edit| edit.subject == interview.subject));
    assert_eq!(opened.get(&"meta_state".parse().unwrap()).unwrap().to_string(), "open");
    assert_eq!(opened.get(&"meta_signed_by".parse().unwrap()), None);
    let shown = server.get(&admin.0, &format!("/api/households/{COMMUNE}/{id}")).await;
    assert_eq!((&shown["row"]["state"], &shown["remarks"][0]["state"]), (&json!("started"), &json!("open")));

    let answer = vec![("members.m0.birth".to_owned(), text("1979-02-01"))];
    let answer = laptop.seal_seeing(interview_of(id), Some(instrument), answer, opened.version);
    server.send(&laptop, &[laptop.batch(&[answer])]).await;
    let path = format!("/api/requests/{}", request["id"].as_str().unwrap());
    let shown = server.get(&admin.0, &path).await;
    assert_eq!(shown["acts"][1]["correction"]["changed_since"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_round_is_locked_a_correction_is_a_remark_alone() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let home = household();
    let (line, instrument) = (laptop.list(&home, COMMUNE), laptop.instrument());
    let interview = laptop.interview(&home, instrument);
    server.send(&laptop, &[laptop.batch(&[line, interview.clone()])]).await;
    done(&server, &admin, "/api/round/term", json!({ "days": 30, "over": 0 })).await;
    done(&server, &admin, "/api/round/lock", json!({ "over": 0 })).await;
    let mut new = form("A-1", "correct");
    new["household"] = json!(household_id(&home));
    let request = register(&server, &admin, new).await;
    let path = format!("/api/requests/{}/correction", request["id"].as_str().unwrap());
    let asked = json!({ "question": "phone", "text": "Số mới", "over": 1 });
    let told = done(&server, &admin, &path, asked).await;
    assert_eq!(told["acts"][1]["correction"]["returned"], false);
    let (edits, _) = server.feed(&laptop, &Cursor::default()).await;
    let of = |kind| edits.iter().filter(move |edit| edit.subject.kind == kind);
    assert!(of(SubjectKind::Interview).all(|edit| edit.id == interview.id), "it stays signed");
    let case = Case::of(&fold(of(SubjectKind::Case)));
    assert!(case.decision.is_none() && case.remarks.len() == 1);
    let changes = of(SubjectKind::Remark).flat_map(|edit| edit.changes.values());
    assert!(changes.filter(|change| matches!(change, Change::Set(_))).count() > 0);
}

/// A household to be restricted, one beside it and one elsewhere that may be the same, with two answers that differ.
async fn world() -> (Server, Laptop) {
    let server = Server::start().await;
    let (mut laptop, mut second) = (server.enrol("Máy 01").await, server.enrol("Máy 02").await);
    let mut there = server.enrol_in("Máy 03", ELSEWHERE).await;
    let lines =
        [listed(&mut laptop, COMMUNE, "A-1", NAME), listed(&mut laptop, COMMUNE, "A-2", "Lý Văn Hai")];
    let other = listed(&mut there, ELSEWHERE, "B-1", NAME);
    server.send(&there, &[there.batch(&[other])]).await;
    server.send(&laptop, &[laptop.batch(&lines)]).await;
    let address = |laptop: &mut Laptop, says: &str| {
        let home = subject(COMMUNE, SubjectKind::Household, id_of("A-1"));
        laptop.seal_seeing(home, None, vec![("address".to_owned(), text(says))], fold([&lines[0]]).version)
    };
    let (one, two) = (address(&mut laptop, "Nà Kín"), address(&mut second, "Khuổi Kín"));
    server.send(&laptop, &[laptop.batch(&[one])]).await;
    server.send(&second, &[second.batch(&[two])]).await;
    (server, laptop)
}

/// Each table as CSV with all that it could tell.
async fn tables(server: &Server, who: &Browser) -> Vec<(&'static str, String)> {
    let plain = [
        "commune",
        "village",
        "head_name",
        "code",
        "citizen_id",
        "household",
        "asker",
        "member",
        "then_stage",
    ];
    let sides =
        ["first_head_name", "first_citizen_id", "first_code", "second_head_name", "second_citizen_id"];
    let columns: Vec<Json> =
        plain.iter().chain(&sides).map(|code| json!({ "code": code, "heading": code })).collect();
    let body = json!({ "columns": columns, "words": { "restricted.left_out": "Để ngoài" } });
    let mut written = Vec::new();
    for table in
        ["households", "conflicts", "duplicates", "round_snapshot", "requests", "communes", "villages"]
    {
        let response = post(server, who, &format!("/api/exports/{table}"), body.clone()).await;
        assert_eq!(response.status(), 200, "{table}");
        written.push((table, response.text().await.unwrap()));
    }
    written
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restricted_is_in_no_export_and_no_list_by_name_is_still_counted_and_comes_back_when_it_is_lifted()
 {
    let (server, laptop) = world().await;
    let admin = server.officer().await;
    let reader = person(&server, "xem", Role::Reader, &[]).await;
    done(&server, &admin, "/api/round/term", json!({ "days": 30, "over": 0 })).await;
    done(&server, &admin, "/api/round/lock", json!({ "over": 0 })).await;
    let both = json!({ "communes": [COMMUNE], "citizen_ids": true,
        "tables": ["households", "conflicts", "quality", "villages", "communes"] });
    let (_, token) = make_token(&server, &admin, both).await;
    let bearer = format!("Bearer {token}");
    let read = async |path: &str| {
        let request = browser().get(server.url(&format!("/api/export/{path}")));
        request.header("authorization", &bearer).send().await.unwrap()
    };
    let told =
        |written: &str| [NAME, NUMBER, "A-1", "Hoàng Thị Hỏi"].iter().any(|canary| written.contains(canary));
    let before = tables(&server, &admin).await;
    for (table, written) in
        before.iter().filter(|(table, _)| !["requests", "communes", "villages"].contains(table))
    {
        assert!(told(written) && !written.contains("Để ngoài"), "{table}: {written}");
    }
    let overview = server.get(&admin.0, "/api/overview").await;

    let asked = register(&server, &admin, form("A-1", "restrict")).await;
    let request = act(&server, &admin, &asked, "restrict", "Đang khiếu nại").await;
    assert_eq!((&request["restricts"], &request["restricted"]), (&json!(true), &json!(true)));
    let again = json!({ "step": "restrict", "reason": "a", "over": request["over"] });
    let acts_path = format!("/api/requests/{}/acts", request["id"].as_str().unwrap());
    assert_eq!(refused(&server, &admin, &acts_path, again).await.1, "request_nothing_to_do");

    // Exports.
    for (table, written) in tables(&server, &admin).await {
        match table {
            "communes" | "villages" => {
                assert_eq!(before.iter().find(|(known, _)| *known == table).unwrap().1, written, "{table}");
            }
            // The register stands, without who asked.
            "requests" => assert!(!written.contains("Hoàng") && written.lines().count() == 2, "{written}"),
            _ => {
                let of_others = written.replace("B-1", "").replace(&id_of("A-1").to_string(), "ID");
                assert!(!written.contains("A-1") && !of_others.contains("ID"), "{table}: {written}");
                assert!(written.contains("Để ngoài,1"), "{table} says how many: {written}");
            }
        }
    }
    for path in ["households", "conflicts", "households?format=csv", "households?limit=1"] {
        let response = read(path).await;
        let header = response.headers().get("x-rasoat-left-out").cloned();
        let written = response.text().await.unwrap();
        assert!(!written.contains(NAME) && !written.contains("A-1"), "{path}: {written}");
        if path == "households" {
            let page: Json = serde_json::from_str(&written).unwrap();
            assert_eq!((&page["left_out"], page["rows"].as_array().unwrap().len()), (&json!(1), 1));
        }
        assert_eq!(header.is_some(), path.contains("csv"));
    }
    let counted: Json = read("villages").await.json().await.unwrap();
    assert_eq!(counted["rows"][0]["marks"]["all"], 2);
    let everywhere = json!({ "communes": [], "citizen_ids": true, "tables": ["duplicates"] });
    let (_, token) = make_token(&server, &admin, everywhere).await;
    let pairs = browser().get(server.url("/api/export/duplicates"));
    let pairs = pairs.header("authorization", format!("Bearer {token}")).send().await.unwrap();
    let pairs: Json = pairs.json().await.unwrap();
    // Of three households with one number two pairs are left out.
    assert_eq!((&pairs["left_out"], pairs["rows"].as_array().unwrap().len()), (&json!(2), 1));
    assert!(!pairs.to_string().contains("A-1"), "{pairs}");

    // Lists and pages.
    assert_eq!(server.get(&admin.0, "/api/overview").await["marks"], overview["marks"]);
    let devices = format!("/api/devices/{}/households", laptop.enrolment.device.0);
    let lists = [
        server.list(&admin, json!({})).await,
        done(&server, &admin, "/api/households", json!({ "filter": { "commune": COMMUNE } })).await,
        server.get(&admin.0, &format!("/api/conflicts?commune={COMMUNE}")).await,
        server.get(&admin.0, &format!("/api/communes/{COMMUNE}/conflicts")).await,
        server.get(&admin.0, &devices).await,
    ];
    for list in &lists {
        let list = list.to_string();
        assert!(
            !list.contains(NAME) && !list.contains("Kín") && list.contains("\"restricted\":true"),
            "{list}"
        );
    }
    let pairs = server.get(&admin.0, "/api/duplicates").await;
    let pair = &pairs["pairs"][0];
    let names: Vec<&Json> =
        ["first", "second"].iter().map(|side| &pair[*side]["household"]["head_name"]).collect();
    assert!(names.contains(&&json!("")) && pair["shared"][0]["first"] == "", "{pair}");
    let sought = json!({ "filter": { "text": "hoang thi kin", "commune": COMMUNE } });
    assert_eq!(done(&server, &reader, "/api/households", sought).await["rows"], json!([]));
    let csv = rasoat_server::held_csv(&server.state, laptop.enrolment.device).await.unwrap().unwrap();
    assert!(!String::from_utf8(csv.1).unwrap().contains(NAME));
    let path = format!("/api/households/{COMMUNE}/{}", id_of("A-1"));
    let response = reader.0.get(server.url(&path)).send().await.unwrap();
    assert_eq!(problem_of(response).await, (403, "household_restricted".to_owned()));
    assert_eq!(server.get(&admin.0, &path).await["row"]["restricted"], true);
    let rule = json!({ "households": [], "rule": "latest" });
    let settled = done(&server, &admin, &format!("/api/communes/{COMMUNE}/conflicts/rule"), rule).await;
    assert_eq!(settled["settled"], 0, "nor is it settled");

    // It outlasts the answer, and another server knows it at once.
    let request = act(&server, &admin, &request, "done", "").await;
    assert_eq!((&request["state"], &request["restricts"]), (&json!("done"), &json!(true)));
    let lifted = act(&server, &admin, &request, "lift", "Đã giải quyết").await;
    assert_eq!((&lifted["restricts"], &lifted["state"]), (&json!(false), &json!("done")));
    let after = tables(&server, &admin).await;
    for ((table, before), (_, after)) in
        before.iter().zip(&after).filter(|((table, _), _)| *table != "requests")
    {
        assert_eq!(before, after, "{table}");
    }
}
