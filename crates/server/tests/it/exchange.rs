//! What comes in is stored once, judged edit by edit, and shown.

use std::collections::BTreeSet;

use rasoat_casework::{InstrumentHash, SubjectKind, VersionVector};
use rasoat_exchange::{Accepted, VerdictCode};
use serde_json::json;
use uuid::Uuid;

use crate::support::{
    COMMUNE, ELSEWHERE, Server, choice, household, household_id, interview_of, subject, text,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_equal_posts_at_once_leave_one_copy_and_get_a_hundred_equal_receipts() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let household = household();
    let edits = [laptop.list(&household, COMMUNE), laptop.interview(&household, laptop.instrument())];
    let batch = laptop.batch(&edits);
    let posts = (0..100).map(|_| {
        let (body, hash) = laptop.request(std::slice::from_ref(&batch));
        let (client, url) = (reqwest::Client::new(), server.url("/v1/sync"));
        let laptop = laptop.clone();
        tokio::spawn(async move {
            let response = client.post(url).body(body).send().await.unwrap();
            assert_eq!(response.status(), 200);
            let body = response.bytes().await.unwrap();
            laptop.response(&body, hash).receipts.remove(0).bytes
        })
    });
    let mut receipts = BTreeSet::new();
    for post in posts.collect::<Vec<_>>() {
        receipts.insert(post.await.unwrap());
    }
    assert_eq!(receipts.len(), 1);
    let officer = server.officer().await;
    let devices = server.get(&officer.0, "/api/devices").await;
    assert_eq!(devices[0]["edits"], 2);
    let page = server.list(&officer, json!({})).await;
    assert_eq!((&page["total"], &page["rows"][0]["edits"]), (&1.into(), &2.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_the_same_after_a_restart_and_nothing_is_lost() {
    let mut server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let batch = laptop.batch(&[laptop.clone().list(&household(), COMMUNE)]);
    laptop.list(&household(), COMMUNE);
    let first = server.send(&laptop, std::slice::from_ref(&batch)).await;
    server.restart().await;
    server.pass(60_000);
    let again = server.send(&laptop, std::slice::from_ref(&batch)).await;
    assert_eq!(first, again);
    assert!(again[0].verdicts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_out_of_scope_gets_a_verdict_and_the_others_go_on() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let household = household();
    let edits = [
        laptop.list(&household, COMMUNE),
        laptop.list(&household, ELSEWHERE),
        laptop.interview(&household, laptop.instrument()),
    ];
    let receipt = server.send(&laptop, &[laptop.batch(&edits)]).await.remove(0);
    let verdicts: Vec<_> = receipt.verdicts.iter().map(|verdict| (verdict.edit, verdict.code)).collect();
    assert_eq!(verdicts, [(edits[1].id, VerdictCode::OutOfScope)]);
    assert!(receipt.accepts(edits[0].id) && receipt.accepts(edits[2].id) && !receipt.accepts(edits[1].id));
    // The same batch again: the same verdicts, the same receipt.
    assert_eq!(server.send(&laptop, &[laptop.batch(&edits)]).await, [receipt]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_a_chain_is_named_and_closes_when_the_missing_edit_comes() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let household = household();
    let first = laptop.list(&household, COMMUNE);
    let second = laptop.interview(&household, laptop.instrument());
    let receipt = server.send(&laptop, &[laptop.batch(std::slice::from_ref(&second))]).await.remove(0);
    assert_eq!(receipt.verdicts[0].code, VerdictCode::BrokenChain);
    assert_eq!(receipt.accepted, Accepted::Edits(Vec::new()));
    let batches = [laptop.batch(&[first]), laptop.batch(std::slice::from_ref(&second))];
    let receipts = server.send(&laptop, &batches).await;
    assert!(receipts[1].accepts(second.id) && receipts[1].verdicts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_used_twice_is_a_fork_and_what_was_first_stays() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let mut copied = laptop.clone();
    let id = Uuid::from_u128(7);
    let place = || subject(COMMUNE, SubjectKind::Household, id);
    let first = laptop.seal(place(), None, vec![("address".to_owned(), text("một"))]);
    let fork = copied.seal(place(), None, vec![("address".to_owned(), text("hai"))]);
    server.send(&laptop, &[laptop.batch(&[first])]).await;
    let receipt = server.send(&laptop, &[laptop.batch(&[fork])]).await.remove(0);
    assert_eq!(receipt.verdicts[0].code, VerdictCode::ForkedSeq);
    let (officer, _) = server.officer().await;
    let view = server.get(&officer, &format!("/api/households/{COMMUNE}/{id}")).await;
    assert_eq!(view["row"]["edits"], 1);
    assert_eq!(view["sections"][0]["questions"][0]["value"]["canonical"], "một");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_whose_edit_was_out_of_scope_is_taken_for_a_copy_of_the_database() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let mut copied = laptop.clone();
    let place = |commune: &str| subject(commune, SubjectKind::Household, Uuid::from_u128(7));
    let elsewhere = laptop.seal(place(ELSEWHERE), None, vec![("address".to_owned(), text("một"))]);
    let next = laptop.seal(place(COMMUNE), None, vec![("address".to_owned(), text("hai"))]);
    let fork = copied.seal(place(COMMUNE), None, vec![("address".to_owned(), text("ba"))]);
    let receipt = server.send(&laptop, &[laptop.batch(&[elsewhere, next.clone()])]).await.remove(0);
    assert!(receipt.accepts(next.id));
    // Else the fork would stand before an edit that never saw it, as if that had replaced it.
    let receipt = server.send(&laptop, &[laptop.batch(&[fork])]).await.remove(0);
    assert_eq!(receipt.verdicts[0].code, VerdictCode::ForkedSeq);
    assert_eq!(receipt.accepted, Accepted::Edits(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interview_on_an_unknown_form_is_stored_and_shown_without_a_class() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let household = household();
    let edit = laptop.interview(&household, InstrumentHash([9; 32]));
    let receipt = server.send(&laptop, &[laptop.batch(std::slice::from_ref(&edit))]).await.remove(0);
    assert_eq!(receipt.verdicts[0].code, VerdictCode::StoredUnscored);
    assert!(receipt.accepts(edit.id));
    let (officer, _) = server.officer().await;
    let view = server.get(&officer, &format!("/api/households/{COMMUNE}/{}", household_id(&household))).await;
    assert_eq!(view["row"]["unscored"], "unknown_instrument");
    assert_eq!(view["instrument"]["known"], false);
    assert_eq!(view["row"]["head_name"], household.head().full_name);
    assert!(view["classifications"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_did_not_see_one_another_make_a_conflict_that_the_province_sees() {
    let server = Server::start().await;
    let (mut one, mut two) = (server.enrol("Máy 01").await, server.enrol("Máy 02").await);
    let household = household();
    let id = household_id(&household);
    let instrument = one.instrument();
    let first = one.interview(&household, instrument);
    let floor = |value: &str| vec![("water_source".to_owned(), choice(value))];
    let mut seen = VersionVector::default();
    seen.insert(first.id);
    let mine = one.seal_seeing(interview_of(id), Some(instrument), floor("rain"), seen.clone());
    let theirs = two.seal_seeing(interview_of(id), Some(instrument), floor("tap"), seen);
    // The other's edit comes first: it names no household, and is placed all the same once the interview is known.
    server.send(&two, &[two.batch(&[theirs])]).await;
    server.send(&one, &[one.batch(&[first, mine])]).await;
    let (officer, _) = server.officer().await;
    let view = server.get(&officer, &format!("/api/households/{COMMUNE}/{id}")).await;
    assert_eq!(view["row"]["conflicts"], 1);
    let conflict = &view["conflicts"][0];
    assert_eq!(conflict["path"], "water_source");
    let devices: BTreeSet<&str> = conflict["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|candidate| candidate["device_name"].as_str().unwrap())
        .collect();
    assert_eq!(devices, BTreeSet::from(["Máy 01", "Máy 02"]));
    assert_eq!(view["edits"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn projections_are_the_same_after_a_rebuild() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let households = rasoat_testkit::households(7);
    println!("seed 7");
    let mut edits = Vec::new();
    for household in households.iter().take(8) {
        edits.push(laptop.list(household, COMMUNE));
        edits.push(laptop.interview(household, laptop.instrument()));
    }
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    let officer = server.officer().await;
    let pages =
        async || (server.get(&officer.0, "/api/communes").await, server.list(&officer, json!({})).await);
    let before = pages().await;
    assert_eq!(before.1["total"], 8);
    rasoat_server::rebuild(&server.state).await.unwrap();
    assert_eq!(pages().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_the_list_has_the_classes_of_its_page_however_its_edits_came() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let households = rasoat_testkit::households(11);
    println!("seed 11");
    let households = &households[..9];
    // Three whose list came long before, three of one batch, three divided between batches of one request.
    let mut lists: Vec<_> = households[..3].iter().map(|household| laptop.list(household, COMMUNE)).collect();
    server.send(&laptop, &[laptop.batch(&lists)]).await;
    lists.clear();
    let mut batches = Vec::new();
    for household in &households[..3] {
        lists.push(laptop.interview(household, laptop.instrument()));
    }
    batches.push(laptop.batch(&lists));
    let mut whole = Vec::new();
    for household in &households[3..6] {
        whole.push(laptop.list(household, COMMUNE));
        whole.push(laptop.interview(household, laptop.instrument()));
    }
    batches.push(laptop.batch(&whole));
    let begins: Vec<_> = households[6..].iter().map(|household| laptop.list(household, COMMUNE)).collect();
    batches.push(laptop.batch(&begins));
    for household in &households[6..] {
        batches.push(laptop.batch(&[laptop.clone().interview(household, laptop.instrument())]));
        laptop.interview(household, laptop.instrument());
    }
    let receipts = server.send(&laptop, &batches).await;
    assert!(receipts.iter().all(|receipt| receipt.verdicts.is_empty()));

    let officer = server.officer().await;
    let page = server.list(&officer, json!({})).await;
    let rows = page["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 9);
    for row in rows {
        let path = format!("/api/households/{COMMUNE}/{}", row["id"].as_str().unwrap());
        let household = server.get(&officer.0, &path).await;
        assert_eq!(&household["row"], row);
        for (standard, column) in [("vn-2022-2026", "class_2022"), ("vn-2027-2030", "class_2027")] {
            let all = household["classifications"].as_array().unwrap();
            let found = all.iter().find(|found| found["standard"] == standard).unwrap();
            let open = found["class"].is_null();
            assert_eq!(row[column].is_null(), open);
            assert!(open || row[column]["key"] == found["class"]["key"]);
        }
        assert_eq!((row["state"].as_str(), &row["edits"]), (Some("signed"), &2.into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_send_is_answered_and_noted() {
    let server = Server::start().await;
    let laptop = server.enrol("Máy 01").await;
    assert!(server.send(&laptop, &[]).await.is_empty());
    let (officer, _) = server.officer().await;
    assert!(server.get(&officer, "/api/devices").await[0]["last_seen_at"].is_string());
}
