//! Lost and revoked laptops: what they held, and what they had signed.

use std::collections::BTreeSet;

use rasoat_casework::{Edit, SubjectKind};
use rasoat_exchange::{Bundle, Cursor, DeviceHealth, ProblemCode, RequestHead, SignedBatch};
use rasoat_server::{aside, import_bundle, refuse_aside, reply_bundle, take_in_aside};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{BEGIN, COMMUNE, ELSEWHERE, Laptop, Server, hash_u128, subject, text};

/// A household of this name, by a laptop.
fn household(laptop: &mut Laptop, name: &str, commune: &str) -> Edit {
    let id = Uuid::from_u128(hash_u128(name));
    let answers = vec![("village_name".to_owned(), text("Bản Thử")), ("note".to_owned(), text(name))];
    laptop.seal(subject(commune, SubjectKind::Household, id), None, answers)
}

async fn send(server: &Server, laptop: &mut Laptop, name: &str) {
    let edit = household(laptop, name, COMMUNE);
    server.send(laptop, &[laptop.batch(&[edit])]).await;
}

fn id(name: &str) -> String {
    Uuid::from_u128(hash_u128(name)).to_string()
}

/// The households on a laptop with the reason, as the page shows them.
async fn held(server: &Server, client: &reqwest::Client, laptop: &Laptop) -> BTreeSet<(String, String)> {
    let path = format!("/api/devices/{}/households", laptop.enrolment.device.0);
    let page = server.get(client, &path).await;
    let rows = page["rows"].as_array().unwrap();
    assert_eq!(page["total"], rows.len());
    let certain = rows.iter().filter(|row| row["certain"] == true).count();
    assert_eq!(page["certain"], certain);
    // Certain ones come first.
    assert!(rows[..certain].iter().all(|row| row["certain"] == true));
    let line = |row: &Json| {
        (row["household"]["id"].as_str().unwrap().to_owned(), row["by"].as_str().unwrap().to_owned())
    };
    rows.iter().map(line).collect()
}

fn lines(expected: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    expected.iter().map(|(name, by)| (id(name), (*by).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_laptop_is_listed_with_what_it_signed_was_given_was_sent_and_may_have_got() {
    let server = Server::start().await;
    let mut lost = server.enrol("Máy 01").await;
    let mut other = server.enrol("Máy 02").await;
    let (client, _) = server.officer().await;
    assert!(held(&server, &client, &lost).await.is_empty());

    send(&server, &mut other, "given").await;
    send(&server, &mut lost, "signed").await;
    let answer = server.exchange(&lost, &Cursor::default(), &[]).await;
    // Sent, and nothing says yet that it arrived.
    let sent = lines(&[("given", "offered"), ("signed", "signed")]);
    assert_eq!(held(&server, &client, &lost).await, sent);
    send(&server, &mut other, "offered").await;
    let answer = server.exchange(&lost, &answer.cursor, &[]).await;
    assert_eq!(answer.changes.len(), 1);
    send(&server, &mut other, "nearby").await;
    let known =
        lines(&[("given", "given"), ("signed", "signed"), ("offered", "offered"), ("nearby", "scope")]);
    assert_eq!(held(&server, &client, &lost).await, known);

    // A cursor that says less than one before takes nothing back, and one of nowhere adds nothing.
    server.exchange(&lost, &Cursor::default(), &[]).await;
    let after =
        lines(&[("given", "given"), ("signed", "signed"), ("offered", "offered"), ("nearby", "offered")]);
    assert_eq!(held(&server, &client, &lost).await, after);
    let path = format!("/api/devices/{}/households?limit=1&offset=1", lost.enrolment.device.0);
    let page = server.get(&client, &path).await;
    assert_eq!((page["rows"].as_array().unwrap().len(), &page["total"]), (1, &4.into()));
    assert!(page["device"]["last_seen_at"].is_string());
    let storage = server.storage().await;
    let acts = storage.acts(1).await.unwrap();
    assert_eq!(acts[0].act, "device_households_listed");
    assert_eq!(acts[0].object, lost.enrolment.device.0.to_string());
}

/// What the page says of the one laptop there is.
async fn shown(server: &Server, client: &reqwest::Client) -> Json {
    server.get(client, "/api/devices").await[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_laptop_says_of_itself_is_shown_with_what_is_wrong_and_an_older_one_says_nothing() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let (client, csrf) = server.officer().await;
    server.exchange(&laptop, &Cursor::default(), &[]).await;
    let before = shown(&server, &client).await;
    assert_eq!((&before["health"], &before["troubles"]), (&Json::Null, &json!([])));
    assert!(before["last_seen_at"].is_string());

    let said = |behind_s: i64, program: &str, waiting_edits| DeviceHealth {
        clock_millis: server.clock.load(std::sync::atomic::Ordering::SeqCst) - behind_s * 1000,
        program: program.to_owned(),
        waiting_edits,
        waiting_files: 1,
        free_mib: Some(200),
    };
    let ask = async |laptop: &Laptop, health, batches: &[SignedBatch]| {
        let head = RequestHead { protocol: 2, health: Some(health), ..laptop.head() };
        let (body, tag) = laptop.request_of(head, batches);
        let answer = server.post(body).await;
        assert_eq!(answer.status(), 200);
        laptop.response(&answer.bytes().await.unwrap(), tag)
    };
    ask(&laptop, said(301, "0.0.9", 49), &[]).await;
    let asked = shown(&server, &client).await;
    assert_eq!(asked["health"]["clock_behind_s"], 301);
    assert_eq!(asked["health"]["program"], "0.0.9");
    assert_eq!(
        (&asked["health"]["waiting_edits"], &asked["health"]["waiting_files"]),
        (&json!(49), &json!(1))
    );
    assert_eq!((&asked["health"]["free_mib"], asked["health"]["said_at"].is_string()), (&json!(200), true));
    assert_eq!(asked["troubles"], json!(["clock", "little_room", "old_program"]));
    assert_eq!(server.get(&client, "/api/overview").await["devices"]["troubled"], 1);

    // With edits it is noted all the same, and the edits are counted.
    let edit = household(&mut laptop, "one", COMMUNE);
    let batch = laptop.batch(&[edit]);
    ask(&laptop, said(-299, "9.0.0", 50), &[batch]).await;
    let sent = shown(&server, &client).await;
    assert_eq!((&sent["edits"], &sent["health"]["clock_behind_s"]), (&json!(1), &json!(-299)));
    assert_eq!(sent["troubles"], json!(["little_room", "much_waiting"]));

    // An exchange by an older program keeps what was said last.
    server.exchange(&laptop, &Cursor::default(), &[]).await;
    assert_eq!(shown(&server, &client).await["health"], sent["health"]);
    let columns = ["name", "clock_behind_s", "program", "waiting_edits", "free_mib", "troubles"];
    let columns: Vec<Json> = columns.iter().map(|code| json!({"code": code, "heading": code})).collect();
    let form = json!({"columns": columns, "words": {"trouble.little_room": "Đĩa sắp đầy"}, "filter": {}});
    let request = client.post(server.url("/api/exports/devices")).header("x-rasoat-csrf", &csrf);
    let csv = request.json(&form).send().await.unwrap().text().await.unwrap();
    assert!(csv.ends_with("Máy 01,'-299,9.0.0,50,200,Đĩa sắp đầy; trouble.much_waiting\n"), "{csv}");

    // Of one that is revoked nothing is wrong any more.
    rasoat_server::revoke(&server.state, laptop.enrolment.device).await.unwrap();
    assert_eq!(shown(&server, &client).await["troubles"], json!([]));
    assert_eq!(server.get(&client, "/api/overview").await["devices"]["troubled"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_brings_only_what_others_signed_is_heard_of_too() {
    let server = Server::start().await;
    let mut surveyor = server.enrol("Máy 01").await;
    let supervisor = server.enrol("Máy 02").await;
    let (client, _) = server.officer().await;
    let edit = household(&mut surveyor, "one", COMMUNE);
    let batch = surveyor.batch(&[edit]);
    server.exchange(&supervisor, &Cursor::default(), &[batch]).await;
    let devices = server.get(&client, "/api/devices").await;
    let seen = devices.as_array().unwrap().iter().map(|device| device["last_seen_at"].is_string());
    assert_eq!(seen.collect::<Vec<_>>(), [true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_revokes_a_laptop_and_only_with_the_sessions_token() {
    let server = Server::start().await;
    let laptop = server.enrol("Máy 01").await;
    let (client, csrf) = server.officer().await;
    let revoke = server.url(&format!("/api/devices/{}/revoke", laptop.enrolment.device.0));
    assert_eq!(client.post(&revoke).send().await.unwrap().status(), 403);
    let answer = client.post(&revoke).header("x-rasoat-csrf", &csrf).send().await.unwrap();
    let view: Json = answer.json().await.unwrap();
    assert_eq!(view["revoked"], true);
    assert_eq!(server.problem(laptop.request(&[]).0).await, (403, "device_revoked".to_owned()));
    let nobody = server.url(&format!("/api/devices/{}/revoke", Uuid::nil()));
    let answer = client.post(&nobody).header("x-rasoat-csrf", &csrf).send().await.unwrap();
    assert_eq!(answer.status(), 404);
}

fn stick(laptop: &Laptop, batches: Vec<SignedBatch>) -> Vec<u8> {
    let bundle = Bundle::of_batches(batches, laptop.enrolment.device, BEGIN).unwrap();
    bundle.seal(&[laptop.enrolment.bundle_recipient.clone().unwrap()]).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_laptop_signed_before_it_was_revoked_and_a_stick_brings_after_is_not_lost() {
    let server = Server::start().await;
    let mut lost = server.enrol("Máy 01").await;
    let supervisor = server.enrol("Máy 02").await;
    let device = lost.enrolment.device;
    let first = household(&mut lost, "one", COMMUNE);
    let stored = lost.batch(&[first]);
    server.send(&lost, std::slice::from_ref(&stored)).await;
    let second = household(&mut lost, "two", COMMUNE);
    let third = household(&mut lost, "three", COMMUNE);
    rasoat_server::revoke(&server.state, device).await.unwrap();

    // In the wrong order, one that is stored among them.
    let batches = vec![lost.batch(&[third]), lost.batch(&[second]), stored];
    let file = stick(&supervisor, batches);
    for _ in 0..2 {
        let report = import_bundle(&server.state, &file).await.unwrap();
        assert!(report.batches.iter().all(|batch| batch.refused == Some(ProblemCode::DeviceRevoked)));
    }
    let (client, csrf) = server.officer().await;
    assert_eq!(server.list(&(client.clone(), csrf.clone()), json!({})).await["total"], 1);
    let waiting = &aside(&server.state).await.unwrap()[&device];
    assert_eq!((waiting.batches, waiting.edits, waiting.edits_after), (2, 2, 0));
    assert_eq!(refuse_aside(&server.state, device).await.unwrap(), 2);
    let refused = &aside(&server.state).await.unwrap()[&device];
    assert_eq!((refused.batches, refused.refused), (0, 2));

    // Refused is not lost: it is taken in all the same.
    let decide = server.url(&format!("/api/devices/{}/aside", device.0));
    let request = client.post(&decide).header("x-rasoat-csrf", &csrf).json(&json!({ "accept": true }));
    let view: Json = request.send().await.unwrap().json().await.unwrap();
    assert_eq!((&view["aside"], &view["revoked"]), (&Json::Null, &true.into()));
    assert_eq!(server.list(&(client, csrf), json!({})).await["total"], 3);
    assert_eq!(server.problem(lost.request(&[]).0).await, (403, "device_revoked".to_owned()));
    // The supervisor's laptop hears of the receipts.
    assert!(reply_bundle(&server.state, supervisor.enrolment.device).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_laptop_posts_of_a_revoked_one_waits_too_and_what_cannot_be_stored_stays() {
    let server = Server::start().await;
    let mut lost = server.enrol("Máy 01").await;
    let supervisor = server.enrol("Máy 02").await;
    let device = lost.enrolment.device;
    let foreign = household(&mut lost, "elsewhere", ELSEWHERE);
    let batch = lost.batch(&[foreign]);
    rasoat_server::revoke(&server.state, device).await.unwrap();
    assert_eq!(server.problem(supervisor.request(&[batch]).0).await, (403, "device_revoked".to_owned()));
    let report = take_in_aside(&server.state, device).await.unwrap();
    assert_eq!(report.batches[0].counts.refused, 1);
    assert_eq!(aside(&server.state).await.unwrap()[&device].batches, 1);
    rasoat_server::widen(&server.state, device, [ELSEWHERE.parse().unwrap()]).await.unwrap();
    let report = take_in_aside(&server.state, device).await.unwrap();
    assert_eq!(report.batches[0].counts.new, 1);
    assert!(aside(&server.state).await.unwrap().is_empty());
}
