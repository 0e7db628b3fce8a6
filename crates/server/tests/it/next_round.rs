//! Opening the round after a locked one: what is counted then, what is kept of the one before, and what comes too late for it.

use rasoat_casework::{Round, SubjectKind};
use rasoat_exchange::{CatalogueKind, Cursor, Retention};
use rasoat_instrument::Value;
use rasoat_server::{catalogue_for, open_round, rebuild_and_compare, retention};
use serde_json::{Value as Json, json};

use crate::support::{
    Browser, COMMUNE, Laptop, Server, choice, done, household, household_id, interview_in, post, problem_of,
    subject, text,
};

async fn refused(server: &Server, who: &Browser, body: Json) -> (u16, String) {
    problem_of(post(server, who, "/api/round/open", body).await).await
}

/// Locks the round that is open; what it looks like then.
async fn lock(server: &Server, who: &Browser) -> Json {
    let round = server.get(&who.0, "/api/round").await;
    done(server, who, "/api/round/term", json!({ "over": round["term_over"], "days": 90 })).await;
    done(server, who, "/api/round/lock", json!({ "over": round["over"] })).await
}

async fn is_told_of_a_round(server: &Server, laptop: &Laptop) -> bool {
    let device = laptop.enrolment.device;
    let catalogue = catalogue_for(&server.state, device, &Cursor::default()).await.unwrap().unwrap();
    catalogue.entries().iter().any(|entry| entry.kind == CatalogueKind::Round)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_round_begins_with_every_household_listed_and_the_one_before_is_as_it_stood() {
    let mut server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let of = household();
    let (id, instrument) = (household_id(&of), laptop.instrument());
    let edits = [laptop.list(&of, COMMUNE), laptop.interview(&of, instrument)];
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    let page = format!("/api/households/{COMMUNE}/{id}");
    let first = server.get(&admin.0, &page).await;
    assert_eq!((&first["row"]["state"], &first["before"]), (&json!("signed"), &Json::Null));

    // Not before it is locked, not another year, and not over a lock that was not seen.
    let open = |over: &Json| json!({ "over": over, "year": 2027 });
    assert_eq!(refused(&server, &admin, open(&json!(0))).await, (409, "round_open".to_owned()));
    let locked = lock(&server, &admin).await;
    assert_eq!((&locked["next"]["year"], &locked["next"]["undecided"]), (&json!(2027), &json!(1)));
    let skipped = json!({ "over": locked["over"], "year": 2028 });
    assert_eq!(refused(&server, &admin, skipped).await, (400, "incomplete".to_owned()));
    assert_eq!(refused(&server, &admin, open(&json!(1))).await, (409, "changed_meanwhile".to_owned()));
    assert!(!is_told_of_a_round(&server, &laptop).await);

    server.pass(1_000);
    let opened = done(&server, &admin, "/api/round/open", open(&locked["over"])).await;
    assert_eq!((&opened["year"], &opened["lock"], &opened["over"]), (&json!(2027), &Json::Null, &json!(0)));
    assert_eq!(
        (&opened["marks"]["state.listed"], &opened["marks"]["state.signed"]),
        (&json!(1), &Json::Null)
    );
    let former = &opened["former"][0];
    assert_eq!((&former["year"], &former["late"]), (&json!(2026), &json!(0)));
    assert_eq!(former["snapshots"], locked["snapshots"]);
    assert_eq!(refused(&server, &admin, open(&locked["over"])).await.1, "changed_meanwhile");
    assert!(is_told_of_a_round(&server, &laptop).await);
    // A laptop that has not gone over hears still that its own round is locked; new ones begin with the new.
    let term = retention(&server.state).await.unwrap().unwrap();
    assert_eq!(term, Retention { round: Round(2026), days: 90, ..term });
    assert_eq!(server.enrol("Máy 02").await.enrolment.round, Round(2027));

    // The same household a year later: listed, with its people, and what it was beside it.
    let now = server.get(&admin.0, &page).await;
    assert_eq!((&now["row"]["state"], &now["round"]), (&json!("listed"), &json!(2027)));
    assert_eq!(now["row"]["head_name"], first["row"]["head_name"]);
    assert_eq!(
        (&now["before"]["year"], &now["before"]["standing"]["stage"]),
        (&json!(2026), &json!("interviewed"))
    );
    assert_eq!(now["before"]["standing"]["class_2022"], first["row"]["class_2022"]["key"]);
    assert!(rebuild_and_compare(&server.state).await.unwrap().is_empty());

    // What is signed in the new round is counted in it, and beside what was before.
    let answers = vec![
        ("meta_household".to_owned(), text(&id.to_string())),
        ("meta_state".to_owned(), choice("signed")),
        ("meta_round".to_owned(), Value::Integer(2027)),
    ];
    let signed = laptop.seal(interview_in(id, 2027), Some(instrument), answers);
    server.send(&laptop, &[laptop.batch(&[signed])]).await;
    let now = server.get(&admin.0, &page).await;
    assert_eq!((&now["row"]["state"], &now["before"]["year"]), (&json!("signed"), &json!(2026)));
    server.restart().await;
    assert_eq!(open_round(&server.state).await.unwrap(), Round(2027));
    assert!(rebuild_and_compare(&server.state).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_the_next_round_was_opened_is_kept_for_its_own_round_and_seen_as_late() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let mut laptop = server.enrol("Máy 01").await;
    let of = household();
    let (id, instrument) = (household_id(&of), laptop.instrument());
    let line = laptop.list(&of, COMMUNE);
    server.send(&laptop, &[laptop.batch(&[line])]).await;
    let locked = lock(&server, &admin).await;
    server.pass(1_000);
    done(&server, &admin, "/api/round/open", json!({ "over": locked["over"], "year": 2027 })).await;
    // Signed without a network in the round before, and a household nobody knew yet.
    let late = laptop.interview(&of, instrument);
    let (new, lone) = (uuid::Uuid::from_u128(7), interview_in(uuid::Uuid::from_u128(7), 2026));
    let named = vec![
        ("village".to_owned(), text("ban-thu")),
        ("village_name".to_owned(), text("Bản Thử")),
        ("members.m0.full_name".to_owned(), text("Lý Thị Muộn")),
    ];
    let listed = laptop.seal(subject(COMMUNE, SubjectKind::Household, new), None, named);
    let answers = vec![
        ("meta_household".to_owned(), text(&new.to_string())),
        ("meta_state".to_owned(), choice("signed")),
        ("meta_round".to_owned(), Value::Integer(2026)),
    ];
    let alone = laptop.seal(lone, Some(instrument), answers);
    let receipts = server.send(&laptop, &[laptop.batch(&[late, listed, alone])]).await;
    assert!(receipts.iter().all(|receipt| receipt.verdicts.is_empty()));

    let round = server.get(&admin.0, "/api/round").await;
    assert_eq!((&round["marks"]["state.listed"], &round["marks"]["all"]), (&json!(2), &json!(2)));
    assert_eq!(round["former"][0]["late"], 2);
    assert!(rebuild_and_compare(&server.state).await.unwrap().is_empty());
    // The number leads to its households, and the page of the round before says what they would have been.
    let list = json!({ "filter": { "marks": ["late.2026"], "text": "" } });
    assert_eq!(done(&server, &admin, "/api/households", list).await["rows"].as_array().unwrap().len(), 2);
    let number = round["former"][0]["snapshots"][0]["number"].as_u64().unwrap();
    let changes = server.get(&admin.0, &format!("/api/round/snapshots/{number}/changes")).await;
    let rows = changes["rows"].as_array().unwrap();
    let of_one = rows.iter().find(|row| row["household"] == json!(id.to_string())).unwrap();
    assert_eq!(
        (&of_one["then"]["stage"], &of_one["now"]["stage"]),
        (&json!("listed"), &json!("interviewed"))
    );
    assert!(of_one["now"]["class_2022"].is_string(), "{of_one}");
    let other = rows.iter().find(|row| row["household"] == json!(new.to_string())).unwrap();
    assert_eq!(other["then"], Json::Null);
    let columns: Vec<Json> = ["household", "then_stage", "now_stage"]
        .iter()
        .map(|code| json!({ "code": code, "heading": code }))
        .collect();
    let form = json!({ "columns": columns, "snapshot": number });
    for table in ["round_snapshot", "round_changes"] {
        let written = post(&server, &admin, &format!("/api/exports/{table}"), form.clone()).await;
        let written = written.text().await.unwrap();
        assert!(written.contains(&format!("{id},stage.listed,stage.interviewed")), "{table}: {written}");
    }
}
