//! Households that laptops merged are in no list and no count of the province, whichever way and in whatever order their edits come.

use std::collections::BTreeMap;

use rasoat_casework::{Change, Draft, Edit, SubjectKind, VersionVector};
use rasoat_server::rebuild;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{COMMUNE, ELSEWHERE, Laptop, Server, choice, subject, text};

const KEPT: Uuid = Uuid::from_u128(1);
const MERGED: Uuid = Uuid::from_u128(2);
const THIRD: Uuid = Uuid::from_u128(3);

fn listed(laptop: &mut Laptop, commune: &str, household: Uuid) -> Edit {
    let answers = vec![
        ("village_name".to_owned(), text("Bản Thử")),
        ("members.m0.full_name".to_owned(), text("Nông Thị Thử")),
        ("members.m0.relation".to_owned(), choice("head")),
    ];
    laptop.seal(subject(commune, SubjectKind::Household, household), None, answers)
}

/// The mark of a merged household, or that it is taken back, by someone who has seen what was said before.
fn mark(laptop: &mut Laptop, commune: &str, household: Uuid, kept: Option<Uuid>, seen: &[&Edit]) -> Edit {
    let change = kept.map_or(Change::Removed, |kept| Change::Set(text(&kept.to_string())));
    let mut vector = VersionVector::default();
    for edit in seen {
        vector.0.insert(edit.id.writer, edit.id.seq);
    }
    let draft = Draft {
        subject: subject(commune, SubjectKind::Household, household),
        seen: vector,
        author: laptop.enrolment.surveyor.clone(),
        instrument: None,
        changes: BTreeMap::from([("meta_merged_into".parse().unwrap(), change)]),
    };
    laptop.chain.seal(draft, crate::support::BEGIN).unwrap()
}

/// Ids of a commune's list, the count of the overview, and the household that stands for `of`.
async fn seen(server: &Server, commune: &str, of: (&str, Uuid)) -> (Vec<Json>, Json, Json) {
    let officer = server.officer().await;
    let url = server.url(&format!("/api/communes/{commune}/households"));
    let response = officer.0.post(url).header("x-rasoat-csrf", &officer.1).json(&json!({}));
    let page: Json = response.send().await.unwrap().json().await.unwrap();
    let rows: Vec<Json> = page["rows"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(page["total"], rows.len());
    let overview = server.get(&officer.0, "/api/communes").await;
    let communes = overview["communes"].as_array().unwrap();
    let own = communes.iter().find(|row| row["code"] == commune).unwrap();
    let shown = server.get(&officer.0, &format!("/api/households/{}/{}", of.0, of.1)).await;
    (rows, own["households"].clone(), shown["merged_into"].clone())
}

/// The household that is kept, as the page of a merged one names it.
fn standing(commune: &str) -> Json {
    json!({ "commune": commune, "id": KEPT, "head_name": "Nông Thị Thử", "village_name": "Bản Thử" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_household_leaves_lists_and_counts_and_comes_back() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let kept = listed(&mut laptop, COMMUNE, KEPT);
    let merged = listed(&mut laptop, COMMUNE, MERGED);
    let marked = mark(&mut laptop, COMMUNE, MERGED, Some(KEPT), &[&merged]);
    let edits = [kept, merged, marked];
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    let gone = (vec![json!(KEPT)], json!(1), standing(COMMUNE));
    assert_eq!(seen(&server, COMMUNE, (COMMUNE, MERGED)).await, gone);
    assert_eq!(seen(&server, COMMUNE, (COMMUNE, KEPT)).await.2, Json::Null);
    rebuild(&server.state).await.unwrap();
    assert_eq!(seen(&server, COMMUNE, (COMMUNE, MERGED)).await, gone);
    let parted = mark(&mut laptop, COMMUNE, MERGED, None, &[&edits[2]]);
    server.send(&laptop, &[laptop.batch(&[parted])]).await;
    let back = (vec![json!(KEPT), json!(MERGED)], json!(2), Json::Null);
    assert_eq!(seen(&server, COMMUNE, (COMMUNE, MERGED)).await, back);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_merged_into_a_household_that_is_not_known() {
    let server = Server::start().await;
    let (mut one, mut two) = (server.enrol("Máy 01").await, server.enrol_in("Máy 02", ELSEWHERE).await);
    let merged = listed(&mut one, COMMUNE, MERGED);
    let marked = mark(&mut one, COMMUNE, MERGED, Some(KEPT), &[&merged]);
    server.send(&one, &[one.batch(&[merged, marked])]).await;
    let alone = (vec![json!(MERGED)], json!(1), Json::Null);
    assert_eq!(seen(&server, COMMUNE, (COMMUNE, MERGED)).await, alone);
    // It is of another commune, and comes later.
    let kept = listed(&mut two, ELSEWHERE, KEPT);
    server.send(&two, &[two.batch(&[kept])]).await;
    let gone = (vec![json!(KEPT)], json!(1), standing(ELSEWHERE));
    assert_eq!(seen(&server, ELSEWHERE, (COMMUNE, MERGED)).await, gone);
    // One that was merged into one that was merged is found through it.
    let third = listed(&mut one, COMMUNE, THIRD);
    let marked = mark(&mut one, COMMUNE, THIRD, Some(MERGED), &[&third]);
    server.send(&one, &[one.batch(&[third, marked])]).await;
    assert_eq!(seen(&server, ELSEWHERE, (COMMUNE, THIRD)).await, gone);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_of_a_list_that_was_undone_leaves_lists_until_somebody_works_on_it() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let line = listed(&mut laptop, COMMUNE, KEPT);
    let undone = vec![("meta_withdrawn".to_owned(), text("yes"))];
    let undone = laptop.seal(subject(COMMUNE, SubjectKind::Household, KEPT), None, undone);
    let other = listed(&mut laptop, COMMUNE, THIRD);
    server.send(&laptop, &[laptop.batch(&[line, undone, other])]).await;
    let left = (vec![json!(THIRD)], json!(1), Json::Null);
    assert_eq!(seen(&server, COMMUNE, (COMMUNE, KEPT)).await, left);
    rebuild(&server.state).await.unwrap();
    assert_eq!(seen(&server, COMMUNE, (COMMUNE, KEPT)).await, left);
    let answers =
        vec![("meta_household".to_owned(), text(&KEPT.to_string())), ("address".to_owned(), text("Nà Lùng"))];
    let instrument = Some(laptop.instrument());
    let interview = laptop.seal(crate::support::interview_of(KEPT), instrument, answers);
    server.send(&laptop, &[laptop.batch(&[interview])]).await;
    assert_eq!(seen(&server, COMMUNE, (COMMUNE, KEPT)).await.0, [json!(KEPT), json!(THIRD)]);
}
