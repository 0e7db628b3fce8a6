//! Locking a round and opening it again, what stood at a lock, planning a commune's villages, and announcements.

use rasoat_casework::{Change, Subject, SubjectKind};
use rasoat_exchange::{CatalogueKind, Cursor, Retention};
use rasoat_instrument::Value;
use rasoat_server::{NewAccount, add_account, catalogue_for, retention, view::Role};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{
    Browser, COMMUNE, ELSEWHERE, Laptop, Server, browser, choice, done, post, refused, subject, text,
};

/// Somebody of one commune, with a password of their own.
async fn supervisor(server: &Server, commune: &str) -> Browser {
    let communes = [commune.parse().unwrap()].into();
    let new = NewAccount { name: "phu trach".to_owned(), role: Role::Supervisor, communes };
    let first = add_account(&server.state, new).await.unwrap();
    let client = browser();
    let session: Json = server.log_in(&client, "phu trach", &first).await.json().await.unwrap();
    let who = (client, session["csrf"].as_str().unwrap().to_owned());
    let form = json!({ "old": &*first, "new": "ba con suối chảy xuôi" });
    let session = done(server, &who, "/api/account/password", form).await;
    (who.0, session["csrf"].as_str().unwrap().to_owned())
}

fn listed(laptop: &mut Laptop, id: Uuid, name: &str) -> rasoat_casework::Edit {
    let fields = vec![
        ("village".to_owned(), text("ban-thu")),
        ("village_name".to_owned(), text("Bản Thử")),
        ("household_code".to_owned(), text("GAN-1")),
        ("members.m0.full_name".to_owned(), text(name)),
        ("members.m0.relation".to_owned(), choice("head")),
    ];
    laptop.seal(subject(COMMUNE, SubjectKind::Household, id), None, fields)
}

/// What kinds of guidance a laptop is offered.
async fn offered(server: &Server, laptop: &Laptop) -> Vec<CatalogueKind> {
    let device = laptop.enrolment.device;
    let catalogue = catalogue_for(&server.state, device, &Cursor::default()).await.unwrap().unwrap();
    let kinds = catalogue.entries().iter().map(|entry| entry.kind);
    let of_guidance = |kind: &CatalogueKind| {
        matches!(
            kind,
            CatalogueKind::Retention
                | CatalogueKind::Notice
                | CatalogueKind::Assignments
                | CatalogueKind::Announcements
        )
    };
    kinds.filter(of_guidance).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_locked_over_what_was_seen_keeps_what_stood_and_is_opened_again_with_a_reason() {
    let mut server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let lines = [listed(&mut laptop, one, "Nông Văn Một"), listed(&mut laptop, two, "Lý Thị Hai")];
    server.send(&laptop, &[laptop.batch(&lines)]).await;

    let round = server.get(&admin.0, "/api/round").await;
    assert_eq!((&round["year"], &round["over"], &round["lock"]), (&json!(2026), &json!(0), &Json::Null));
    assert_eq!(round["waiting"]["unsigned"], 2);
    assert_eq!(round["calendar"]["from"], "2026-09-01");
    let lock = json!({ "over": 0 });
    assert_eq!(refused(&server, &admin, "/api/round/lock", lock.clone()).await, (409, "no_term".to_owned()));
    let none = json!({ "over": 0, "days": 0 });
    assert_eq!(refused(&server, &admin, "/api/round/term", none).await, (400, "incomplete".to_owned()));
    done(&server, &admin, "/api/round/term", json!({ "over": 0, "days": 90 })).await;
    // Somebody else's term stands: it is not replaced unseen.
    let unseen = json!({ "over": 0, "days": 30 });
    assert_eq!(refused(&server, &admin, "/api/round/term", unseen).await.1, "changed_meanwhile");

    let locked = done(&server, &admin, "/api/round/lock", lock.clone()).await;
    assert_eq!(refused(&server, &admin, "/api/round/lock", lock).await.1, "changed_meanwhile");
    let snapshot = &locked["snapshots"][0];
    assert_eq!((&snapshot["households"], &snapshot["marks"]["stage.listed"]), (&json!(2), &json!(2)));
    let term = retention(&server.state).await.unwrap().unwrap();
    assert_eq!(term, Retention { days: 90, ..term });
    assert_eq!(offered(&server, &laptop).await, [CatalogueKind::Retention]);

    // A correction, and a household that came later, show as differences; what stood does not change.
    let instrument = Some(laptop.instrument());
    let of_one = Subject { commune: COMMUNE.parse().unwrap(), ..crate::support::interview_of(one) };
    let answers = vec![
        ("meta_household".to_owned(), text(&one.to_string())),
        ("meta_state".to_owned(), choice("signed")),
        ("meta_round".to_owned(), Value::Integer(2026)),
    ];
    let signed = laptop.seal(of_one, instrument, answers);
    let late = listed(&mut laptop, Uuid::from_u128(3), "Hoàng Ba");
    server.send(&laptop, &[laptop.batch(&[signed, late])]).await;
    let number = snapshot["number"].as_u64().unwrap();
    let changes = server.get(&admin.0, &format!("/api/round/snapshots/{number}/changes")).await;
    let rows = changes["rows"].as_array().unwrap();
    let standing = |row: &Json| (row["then"]["stage"].clone(), row["now"]["stage"].clone());
    let found: Vec<_> = rows.iter().map(standing).collect();
    assert_eq!(found, [(json!("listed"), json!("interviewed")), (Json::Null, json!("listed"))]);
    let columns: Vec<Json> = ["household", "then_stage", "now_stage"]
        .iter()
        .map(|code| json!({ "code": code, "heading": code }))
        .collect();
    let form = json!({ "columns": columns, "snapshot": number });
    let whole =
        post(&server, &admin, "/api/exports/round_snapshot", form.clone()).await.text().await.unwrap();
    assert_eq!(whole.lines().count(), 3, "{whole}");
    let changed = post(&server, &admin, "/api/exports/round_changes", form).await.text().await.unwrap();
    assert!(changed.contains("stage.listed,stage.interviewed"), "{changed}");

    let over = locked["over"].clone();
    let unsaid = json!({ "over": over, "reason": "  " });
    assert_eq!(refused(&server, &admin, "/api/round/reopen", unsaid).await, (400, "incomplete".to_owned()));
    let reopened =
        done(&server, &admin, "/api/round/reopen", json!({ "over": over, "reason": "Sót một thôn" })).await;
    assert_eq!((&reopened["lock"], &reopened["history"][0]["reason"]), (&Json::Null, &json!("Sót một thôn")));
    assert_eq!(retention(&server.state).await.unwrap(), None);
    assert!(offered(&server, &laptop).await.is_empty());

    // Locked again, both stand beside one another, also after a restart.
    done(&server, &admin, "/api/round/lock", json!({ "over": reopened["over"] })).await;
    server.restart().await;
    let admin = server.officer().await;
    let round = server.get(&admin.0, "/api/round").await;
    let kept = round["snapshots"].as_array().unwrap();
    let counted: Vec<&Json> = kept.iter().map(|kept| &kept["households"]).collect();
    assert_eq!(counted, [&json!(3), &json!(2)]);
    assert_eq!(kept[1]["hash"], snapshot["hash"]);
    let acts = server.storage().await.acts(20).await.unwrap();
    let acts: Vec<String> = acts.into_iter().map(|entry| entry.act).collect();
    for act in ["round_locked", "round_reopened", "term_changed", "exported", "round_changes_listed"] {
        assert!(acts.iter().any(|noted| noted == act), "{act} in {acts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_villages_area_type_counts_before_what_an_interview_recorded_and_its_households_are_scored_anew() {
    let mut server = Server::start().await;
    let admin = server.officer().await;
    let who = supervisor(&server, COMMUNE).await;
    let mut laptop = server.enrol("Máy 01").await;
    let household = crate::support::household();
    let instrument = laptop.instrument();
    let line = laptop.list(&household, COMMUNE);
    let village = match line.changes.get(&"village".parse().unwrap()) {
        Some(Change::Set(Value::Text(id))) => id.clone(),
        other => panic!("a village: {other:?}"),
    };
    let interview = laptop.interview(&household, instrument);
    server.send(&laptop, &[laptop.batch(&[line, interview])]).await;
    let id = crate::support::household_id(&household);
    let page = format!("/api/households/{COMMUNE}/{id}");
    let area = async |server: &Server| server.get(&admin.0, &page).await["area"].clone();
    let before = area(&server).await;

    let plan = format!("/api/communes/{COMMUNE}/plan");
    let csv =
        |area: &str| json!({ "csv": format!("id,name,area_type,households\n{village},Bản Thử,{area},40\n") });
    let wrong = refused(&server, &who, &format!("{plan}/file"), csv("town")).await;
    assert_eq!(wrong, (400, "villages_file".to_owned()));
    let other = if before == "urban" { "rural" } else { "urban" };
    let planned = done(&server, &who, &format!("{plan}/file"), csv(other)).await;
    let found =
        planned["villages"].as_array().unwrap().iter().find(|one| one["id"] == json!(village)).unwrap();
    assert_eq!((&found["area_type"], &found["area_ruled"]), (&json!(other), &json!(true)));
    assert_eq!(area(&server).await, other);
    // A server that has only just started, and has no line to make anew, goes by it too.
    server.restart().await;
    assert_eq!(area(&server).await, other);
    assert!(rasoat_server::rebuild_and_compare(&server.state).await.unwrap().is_empty());

    // Over what was not seen nothing is changed; over what was, it is.
    let change = |over: &Json| json!({ "villages": [{ "id": village, "area_type": before, "over": over }] });
    let unseen = refused(&server, &who, &format!("{plan}/areas"), change(&json!(0))).await;
    assert_eq!(unseen, (409, "changed_meanwhile".to_owned()));
    assert_eq!(area(&server).await, other);
    done(&server, &who, &format!("{plan}/areas"), change(&found["area_over"])).await;
    assert_eq!(area(&server).await, before);
    let elsewhere = format!("/api/communes/{ELSEWHERE}/plan/areas");
    assert_eq!(refused(&server, &who, &elsewhere, change(&json!(0))).await, (404, "not_found".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn villages_are_assigned_and_announcements_made_for_laptops_and_people_of_their_communes_alone() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let who = supervisor(&server, COMMUNE).await;
    let (here, there) = (server.enrol("Máy 01").await, server.enrol_in("Máy 99", ELSEWHERE).await);
    let plan = format!("/api/communes/{COMMUNE}/plan");
    let csv = json!({ "csv": "id,name,area_type,households\nban-thu,Bản Thử,rural,40\n" });
    let planned = done(&server, &who, &format!("{plan}/file"), csv).await;
    assert!(planned["people"].as_array().unwrap().contains(&json!("Máy 01")));
    let acts = server.storage().await.acts(5).await.unwrap();
    let noted: Vec<_> = acts.iter().map(|entry| (entry.act.as_str(), entry.object.as_str())).collect();
    assert!(noted.contains(&("villages_taken", COMMUNE)), "{noted:?}");
    let unknown = json!({ "villages": [{ "id": "ban-la", "to": ["Máy 01"], "over": 0 }] });
    let path = format!("{plan}/assignments");
    assert_eq!(refused(&server, &who, &path, unknown).await, (400, "incomplete".to_owned()));
    let given = json!({ "villages": [{ "id": "ban-thu", "to": ["Máy 01"], "over": 0 }] });
    let assigned = done(&server, &who, &path, given.clone()).await;
    assert_eq!(assigned["villages"][0]["assigned"], json!(["Máy 01"]));
    assert_eq!(refused(&server, &who, &path, given).await.1, "changed_meanwhile");
    assert_eq!(offered(&server, &here).await, [CatalogueKind::Assignments]);
    assert!(offered(&server, &there).await.is_empty());

    let say = json!({ "text": "Họp giao ban", "from": "2026-10-01", "until": "2026-10-02", "communes": [ELSEWHERE] });
    let backwards = json!({ "text": "Họp", "from": "2026-10-02", "until": "2026-10-01" });
    assert_eq!(refused(&server, &admin, "/api/announcements", backwards).await.1, "incomplete");
    let made = done(&server, &admin, "/api/announcements", say).await;
    assert_eq!((&made[0]["text"], &made[0]["shown"]), (&json!("Họp giao ban"), &json!(true)));
    assert_eq!(server.get(&who.0, "/api/announcements").await, json!([]));
    let end = json!({ "id": made[0]["id"], "over": made[0]["over"] });
    assert_eq!(refused(&server, &who, "/api/announcements/end", end.clone()).await.1, "not_allowed");
    assert_eq!(done(&server, &admin, "/api/announcements/end", end).await, json!([]));
}
