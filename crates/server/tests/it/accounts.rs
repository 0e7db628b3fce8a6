//! Who may do what: every route of the API by every role and scope; and passwords and sessions.

use std::collections::BTreeSet;

use rasoat_casework::SubjectKind;
use rasoat_server::view::Role;
use rasoat_server::{NewAccount, add_account, reset_password, set_disabled};
use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{COMMUNE, ELSEWHERE, Server, browser, choice, problem_of, subject, text};
use crate::tokens::make_token;

type Browser = (reqwest::Client, String);

const PASSWORD: &str = "ba con suối chảy xuôi";

/// Who may use each route, by the people who made the rules: administrator, officer, supervisor, reader.
const ALLOWED: &[(&str, &str, [bool; 4])] = &[
    ("get", "/api/session", [true, true, true, true]),
    ("delete", "/api/session", [true, true, true, true]),
    ("post", "/api/account/password", [true, true, true, true]),
    ("get", "/api/account/sessions", [true, true, true, true]),
    ("delete", "/api/account/sessions/{id}", [true, true, true, true]),
    ("get", "/api/communes", [true, true, true, true]),
    ("post", "/api/communes/{code}/households", [true, true, true, true]),
    ("get", "/api/communes/{code}/conflicts", [true, true, true, true]),
    ("post", "/api/communes/{code}/conflicts", [true, true, true, false]),
    ("post", "/api/communes/{code}/conflicts/rule", [true, true, true, false]),
    ("get", "/api/households/{commune}/{id}", [true, true, true, true]),
    ("get", "/api/households/{commune}/{id}/attachments/{name}", [true, true, true, true]),
    ("get", "/api/overview", [true, true, true, true]),
    ("get", "/api/communes/{code}/villages", [true, true, true, true]),
    ("post", "/api/households", [true, true, true, true]),
    ("get", "/api/duplicates", [true, true, true, true]),
    ("post", "/api/duplicates/not-same", [true, true, true, false]),
    ("get", "/api/conflicts", [true, true, true, true]),
    ("post", "/api/exports/{table}", [true, true, true, true]),
    ("get", "/api/reports", [true, true, true, true]),
    ("get", "/api/reports/table", [true, true, true, true]),
    ("post", "/api/reports/table/households", [true, true, true, true]),
    ("post", "/api/reports/table/file", [true, true, true, true]),
    ("get", "/api/reports/targets", [true, true, true, true]),
    ("post", "/api/reports/targets/file", [true, true, true, true]),
    ("post", "/api/reports/targets/households", [true, true, true, true]),
    ("get", "/api/devices", [true, true, true, false]),
    ("post", "/api/devices", [true, false, false, false]),
    ("get", "/api/devices/{id}/households", [true, true, true, false]),
    ("post", "/api/devices/{id}/revoke", [true, false, false, false]),
    ("post", "/api/devices/{id}/aside", [true, false, false, false]),
    ("get", "/api/accounts", [true, false, false, false]),
    ("post", "/api/accounts", [true, false, false, false]),
    ("post", "/api/accounts/edit", [true, false, false, false]),
    ("post", "/api/accounts/reset", [true, false, false, false]),
    ("post", "/api/accounts/sessions", [true, false, false, false]),
    ("post", "/api/accounts/sessions/end", [true, false, false, false]),
    ("post", "/api/audit", [true, false, false, false]),
    ("get", "/api/round", [true, false, false, false]),
    ("post", "/api/round/lock", [true, false, false, false]),
    ("post", "/api/round/reopen", [true, false, false, false]),
    ("post", "/api/round/term", [true, false, false, false]),
    ("post", "/api/round/open", [true, false, false, false]),
    ("post", "/api/reports/dataset", [true, true, true, true]),
    ("get", "/api/papers", [true, true, true, true]),
    ("post", "/api/papers/file", [true, true, true, true]),
    ("get", "/api/reports/poverty", [true, true, true, true]),
    ("post", "/api/reports/poverty/export", [true, true, true, true]),
    ("get", "/api/reports/what-if", [true, true, false, false]),
    ("post", "/api/reports/what-if", [true, true, false, false]),
    ("post", "/api/reports/what-if/export", [true, true, false, false]),
    ("get", "/api/round/snapshots/{number}/changes", [true, false, false, false]),
    ("get", "/api/notice", [true, false, false, false]),
    ("post", "/api/notice", [true, false, false, false]),
    ("get", "/api/communes/{code}/plan", [true, false, true, false]),
    ("post", "/api/communes/{code}/plan/areas", [true, false, true, false]),
    ("post", "/api/communes/{code}/plan/file", [true, false, true, false]),
    ("post", "/api/communes/{code}/plan/assignments", [true, false, true, false]),
    ("get", "/api/announcements", [true, true, true, true]),
    ("post", "/api/announcements", [true, false, false, false]),
    ("post", "/api/announcements/end", [true, false, false, false]),
    ("get", "/api/library/{kind}", [true, false, false, false]),
    ("post", "/api/library/{kind}", [true, false, false, false]),
    ("get", "/api/library/{kind}/{hash}", [true, false, false, false]),
    ("delete", "/api/library/{kind}/{hash}", [true, false, false, false]),
    ("post", "/api/library/{kind}/{hash}/publish", [true, false, false, false]),
    ("post", "/api/library/{kind}/{hash}/retire", [true, false, false, false]),
    ("post", "/api/targets", [true, false, false, false]),
    ("get", "/api/tokens", [true, false, false, false]),
    ("post", "/api/tokens", [true, false, false, false]),
    ("post", "/api/tokens/{id}/revoke", [true, false, false, false]),
    ("get", "/api/export/{table}", [false, false, false, false]),
    ("get", "/api/account/second-factor", [true, true, true, true]),
    ("post", "/api/account/second-factor/begin", [true, true, true, true]),
    ("post", "/api/account/second-factor/confirm", [true, true, true, true]),
    ("post", "/api/account/second-factor/off", [true, true, true, true]),
    ("post", "/api/accounts/second-factor/reset", [true, false, false, false]),
    ("get", "/api/requests", [true, true, true, false]),
    ("post", "/api/requests", [true, true, true, false]),
    ("get", "/api/requests/{id}", [true, true, true, false]),
    ("post", "/api/requests/{id}/acts", [true, true, false, false]),
    ("post", "/api/requests/{id}/correction", [true, true, false, false]),
    ("post", "/api/requests/{id}/account", [true, true, false, false]),
];

/// Routes of the OpenAPI document, without logging in.
fn routes() -> Vec<(String, String)> {
    let document: Json = serde_json::from_str(&rasoat_server::openapi().unwrap()).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            if (method.as_str(), path.as_str()) != ("post", "/api/session") {
                routes.push((method.clone(), path.clone()));
            }
        }
    }
    routes
}

/// A household here and one elsewhere, each with the laptop that sent it.
struct World {
    server: Server,
    here: Place,
    there: Place,
}

struct Place {
    commune: &'static str,
    household: String,
    device: String,
}

impl World {
    async fn build() -> Self {
        let server = Server::start().await;
        let here = place(&server, COMMUNE, "Nông Thị Đây", "GAN-1").await;
        let there = place(&server, ELSEWHERE, "Hoàng Văn Kín", "XA-99").await;
        Self { server, here, there }
    }

    /// Somebody with an account, logged in.
    async fn person(&self, name: &str, role: Role, communes: &[&str]) -> Browser {
        let communes = communes.iter().map(|code| code.parse().unwrap()).collect();
        let new = NewAccount { name: name.to_owned(), role, communes };
        let first = add_account(&self.server.state, new).await.unwrap();
        let client = browser();
        let session: Json = self.server.log_in(&client, name, &first).await.json().await.unwrap();
        let csrf = session["csrf"].as_str().unwrap().to_owned();
        let form = json!({ "old": &*first, "new": PASSWORD });
        let response = self.post(&(client.clone(), csrf), "/api/account/password", form).await;
        assert_eq!(response.status(), 200);
        let session: Json = response.json().await.unwrap();
        (client, session["csrf"].as_str().unwrap().to_owned())
    }

    async fn post(&self, (client, csrf): &Browser, path: &str, body: Json) -> reqwest::Response {
        let request = client.post(self.server.url(path)).header("x-rasoat-csrf", csrf);
        request.json(&body).send().await.unwrap()
    }

    async fn ask(&self, who: &Browser, method: &str, path: &str, at: &Place) -> reqwest::Response {
        let path = path.replace("{code}", at.commune).replace("{commune}", at.commune);
        let id = if path.contains("/devices/") { &at.device } else { &at.household };
        let path = path
            .replace("{number}", "999")
            .replace("{id}", id)
            .replace("{name}", &format!("{}.jpg", "a".repeat(64)))
            .replace("{kind}", "instruments")
            .replace("{hash}", &"0".repeat(64));
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let asks_for_list = path.ends_with("/households") || path.ends_with("/audit");
        let mut request =
            who.0.request(method.clone(), self.server.url(&path)).header("x-rasoat-csrf", &who.1);
        if method == Method::POST {
            let body = if asks_for_list { json!({}) } else { json!({ "unknown": 1 }) };
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }
}

async fn place(server: &Server, commune: &'static str, head: &str, code: &str) -> Place {
    let mut laptop = server.enrol_in(&format!("Máy {code}"), commune).await;
    let id = uuid::Uuid::from_u128(crate::support::hash_u128(code));
    let answers = vec![
        ("household_code".to_owned(), text(code)),
        ("village".to_owned(), text("ban-thu")),
        ("village_name".to_owned(), text(&format!("Bản {code}"))),
        ("members.m0.full_name".to_owned(), text(head)),
        ("members.m0.relation".to_owned(), choice("head")),
    ];
    let edit = laptop.seal(subject(commune, SubjectKind::Household, id), None, answers);
    server.send(&laptop, &[laptop.batch(&[edit])]).await;
    let device = laptop.enrolment.device.0.to_string();
    Place { commune, household: id.to_string(), device }
}

#[test]
fn each_route_of_the_api_has_a_line_in_the_table_of_who_may_use_it() {
    let listed: BTreeSet<(String, String)> =
        ALLOWED.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(listed, routes().into_iter().collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_answers_each_role_and_scope_as_the_table_says() {
    let world = World::build().await;
    let everywhere: &[&str] = &[COMMUNE, ELSEWHERE];
    let people = [
        (0, everywhere, world.person("quan tri", Role::Administrator, &[]).await),
        (1, everywhere, world.person("can bo", Role::Officer, &[]).await),
        (2, &[COMMUNE], world.person("phu trach", Role::Supervisor, &[COMMUNE]).await),
        (3, everywhere, world.person("xem tinh", Role::Reader, &[]).await),
        (3, &[COMMUNE], world.person("xem xa", Role::Reader, &[COMMUNE]).await),
    ];
    for (method, path, allowed) in ALLOWED {
        if *method == "delete" && *path == "/api/session" {
            continue;
        }
        for (role, communes, who) in &people {
            for at in [&world.here, &world.there] {
                let response = world.ask(who, method, path, at).await;
                let status = response.status().as_u16();
                let is_placed = path.contains("{c") || path.contains("/devices/{id}");
                let said = format!("{method} {path} by {role} in {communes:?} at {}: {status}", at.commune);
                if !allowed[*role] {
                    assert_eq!(problem_of(response).await, (403, "not_allowed".to_owned()), "{said}");
                } else if is_placed && !communes.contains(&at.commune) {
                    assert_eq!(problem_of(response).await, (404, "not_found".to_owned()), "{said}");
                } else if ["{name}", "sessions/{id}", "tokens/{id}", "requests/{id}", "{number}", "{hash}"]
                    .iter()
                    .any(|part| path.contains(part))
                {
                    assert_eq!(status, 404, "there is none: {said}");
                } else {
                    // Whoever may is answered, or told that the body is nothing the route takes.
                    assert!([200, 400, 415].contains(&status), "{said}");
                    assert!(*method == "post" || status == 200, "{said}");
                }
            }
        }
    }
    for (_, _, who) in &people {
        assert_eq!(world.ask(who, "delete", "/api/session", &world.here).await.status(), 204);
        assert_eq!(world.ask(who, "get", "/api/session", &world.here).await.status(), 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_tables_it_is_for_and_no_route_beside_and_no_cookie_adds_to_it() {
    let world = World::build().await;
    let admin = world.server.officer().await;
    let secret = make_token(&world.server, &admin, json!({})).await.1;
    let bearer = format!("Bearer {secret}");
    for (method, path, _) in ALLOWED {
        // With and without a session that may do everything.
        for client in [&admin.0, &browser()] {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let at = path.replace("{table}", "households").replace("{code}", COMMUNE);
            let request = client.request(method, world.server.url(&at)).header("authorization", &bearer);
            let response = request.header("x-rasoat-csrf", &admin.1).send().await.unwrap();
            if *path == "/api/export/{table}" {
                assert_eq!(response.status(), 200, "{path}");
            } else {
                assert_eq!(problem_of(response).await, (403, "not_allowed".to_owned()), "{path}");
            }
        }
    }
    for wrong in ["", "Bearer", "Bearer rasoat_0", "Basic YWRtaW46YWRtaW4="] {
        let request = admin.0.get(world.server.url("/api/communes")).header("authorization", wrong);
        let response = request.send().await.unwrap();
        assert_eq!(problem_of(response).await, (401, "wrong_token".to_owned()), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_and_disabled_accounts_and_ended_sessions_are_answered_by_no_route() {
    let world = World::build().await;
    let disabled = world.person("da khoa", Role::Administrator, &[]).await;
    set_disabled(&world.server.state, "da khoa", true).await.unwrap();
    let ended = world.person("da het", Role::Administrator, &[]).await;
    reset_password(&world.server.state, "da het").await.unwrap();
    let nobody = (browser(), "0".repeat(64));
    for (method, path, _) in ALLOWED {
        for who in [&nobody, &disabled, &ended] {
            let response = world.ask(who, method, path, &world.here).await;
            assert_eq!(problem_of(response).await, (401, "not_logged_in".to_owned()), "{method} {path}");
        }
    }
    let response = world.server.log_in(&browser(), "da khoa", PASSWORD).await;
    assert_eq!(problem_of(response).await, (401, "wrong_password".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_requests_for_one_commune_show_nothing_of_another() {
    let world = World::build().await;
    let people = [
        world.person("phu trach", Role::Supervisor, &[COMMUNE]).await,
        world.person("xem xa", Role::Reader, &[COMMUNE]).await,
    ];
    let canaries = ["Văn Kín", "XA-99", ELSEWHERE, &world.there.household, &world.there.device];
    let paths: Vec<&(&str, &str, [bool; 4])> = ALLOWED
        .iter()
        .filter(|(method, path, _)| !(*method == "delete" && *path == "/api/session"))
        .collect();
    let mut random = Random(2026);
    println!("seed 2026");
    let mut answered = 0;
    for _ in 0..10_000 {
        let who = &people[random.below(people.len())];
        let (method, path, _) = paths[random.below(paths.len())];
        let mixed = Place {
            commune: [COMMUNE, ELSEWHERE][random.below(2)],
            household: [&world.here, &world.there][random.below(2)].household.clone(),
            device: [&world.here, &world.there][random.below(2)].device.clone(),
        };
        let response = world.ask(who, method, path, &mixed).await;
        answered += usize::from(response.status() == 200);
        let body = response.text().await.unwrap();
        for canary in canaries {
            assert!(!body.contains(canary), "{canary} in the answer to {method} {path}");
        }
        if *path == "/api/communes" {
            let communes: Json = serde_json::from_str(&body).unwrap();
            assert_eq!(communes["totals"]["households"], 1);
            assert_eq!(communes["totals"]["devices"], 1);
        }
    }
    assert!(answered > 1000, "{answered} were answered at all");
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_password_opens_nothing_until_it_is_changed_and_a_change_ends_every_other_session() {
    let world = World::build().await;
    let new = NewAccount { name: "Lan".to_owned(), role: Role::Officer, communes: BTreeSet::new() };
    let first = add_account(&world.server.state, new).await.unwrap();
    let (client, other) = (browser(), browser());
    world.server.log_in(&other, "lan", &first).await;
    let response = world.server.log_in(&client, "lan", &first).await;
    let fixed = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    let session: Json = response.json().await.unwrap();
    assert_eq!(session["user"]["must_change_password"], true);
    let who = (client.clone(), session["csrf"].as_str().unwrap().to_owned());
    let response = client.get(world.server.url("/api/communes")).send().await.unwrap();
    assert_eq!(problem_of(response).await, (403, "password_must_change".to_owned()));
    for (old, new, status, code) in [
        ("sai", PASSWORD, 403, "wrong_old_password"),
        (&first, "ngắn", 400, "password_short"),
        (&first, "matkhau123456", 400, "password_common"),
        (&first, &*first, 400, "password_same"),
    ] {
        let form = json!({ "old": old, "new": new });
        let response = world.post(&who, "/api/account/password", form).await;
        assert_eq!(problem_of(response).await, (status, code.to_owned()));
    }
    let form = json!({ "old": &*first, "new": PASSWORD });
    let response = world.post(&who, "/api/account/password", form).await;
    assert_eq!(response.status(), 200);
    assert_ne!(response.headers()["set-cookie"].to_str().unwrap(), fixed);
    assert_eq!(client.get(world.server.url("/api/communes")).send().await.unwrap().status(), 200);
    assert_eq!(other.get(world.server.url("/api/session")).send().await.unwrap().status(), 401);
    let old = reqwest::Client::new().get(world.server.url("/api/session"));
    let old = old.header("cookie", fixed.split(';').next().unwrap());
    assert_eq!(old.send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_somebody_else_chose_is_never_taken_up_at_log_in() {
    let server = Server::start().await;
    let chosen = "a".repeat(64);
    let form = json!({ "username": "admin", "password": server.password });
    let request = reqwest::Client::new().post(server.url("/api/session")).json(&form);
    let response = request.header("cookie", format!("rasoat_session={chosen}")).send().await.unwrap();
    assert!(!response.headers()["set-cookie"].to_str().unwrap().contains(&chosen));
}

#[tokio::test(flavor = "multi_thread")]
async fn narrowing_an_account_ends_its_sessions_at_once_and_nobody_does_it_to_themselves() {
    let world = World::build().await;
    let admin = world.server.officer().await;
    let lan = world.person("lan", Role::Officer, &[]).await;
    let edit = |name: &str, role: &str, communes: &[&str]| json!({ "name": name, "role": role, "communes": communes, "disabled": false });
    let response = world.post(&admin, "/api/accounts/edit", edit("lan", "supervisor", &[])).await;
    assert_eq!(problem_of(response).await, (400, "wrong_scope".to_owned()));
    let response = world.post(&admin, "/api/accounts/edit", edit("lan", "supervisor", &["99999"])).await;
    assert_eq!(problem_of(response).await, (400, "unknown_commune".to_owned()));
    let response = world.post(&admin, "/api/accounts/edit", edit("Admin", "reader", &[])).await;
    assert_eq!(problem_of(response).await, (409, "own_account".to_owned()));
    let response = world.post(&admin, "/api/accounts/edit", edit("lan", "supervisor", &[COMMUNE])).await;
    assert_eq!(response.status(), 200);
    assert_eq!(world.ask(&lan, "get", "/api/session", &world.here).await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_told_by_browser_and_ended_one_by_one() {
    let server = Server::start().await;
    let firefox = reqwest::Client::builder()
        .cookie_store(true)
        .user_agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")
        .build()
        .unwrap();
    server.log_in(&firefox, "admin", &server.password).await;
    let (client, csrf) = server.officer().await;
    let sessions = server.get(&client, "/api/account/sessions").await;
    let of_firefox = sessions.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
    assert_eq!((&of_firefox["browser"], &of_firefox["system"]), (&json!("firefox"), &json!("windows")));
    let path = format!("/api/account/sessions/{}", of_firefox["id"].as_str().unwrap());
    let response = client.delete(server.url(&path)).header("x-rasoat-csrf", csrf).send().await.unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(firefox.get(server.url("/api/session")).send().await.unwrap().status(), 401);
    assert_eq!(client.get(server.url("/api/session")).send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_another_account_are_ended_one_by_one_or_all() {
    let world = World::build().await;
    let admin = world.server.officer().await;
    let first = world.person("lan", Role::Officer, &[]).await;
    let second = (browser(), String::new());
    world.server.log_in(&second.0, "lan", PASSWORD).await;
    let sessions = world.post(&admin, "/api/accounts/sessions", json!({ "name": "lan" })).await;
    let sessions: Json = sessions.json().await.unwrap();
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let is_in = async |who: &Browser| {
        who.0.get(world.server.url("/api/session")).send().await.unwrap().status() == 200
    };
    let end = async |id: Json| {
        let form = json!({ "name": "lan", "id": id });
        world.post(&admin, "/api/accounts/sessions/end", form).await.status().as_u16()
    };
    assert_eq!(end(sessions[0]["id"].clone()).await, 204);
    assert!(is_in(&first).await != is_in(&second).await, "one is ended, and the other is not");
    assert_eq!(end(sessions[0]["id"].clone()).await, 404);
    // A session of somebody else is none of this account's.
    let own = world.server.get(&admin.0, "/api/account/sessions").await[0]["id"].clone();
    assert_eq!(end(own).await, 404);
    assert_eq!(end(Json::Null).await, 204);
    assert!(!is_in(&first).await && !is_in(&second).await && is_in(&admin).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_in_with_the_old_password_outlives_a_reset_that_it_races() {
    let server = Server::start().await;
    for _ in 0..8 {
        let old = reset_password(&server.state, "admin").await.unwrap();
        let clients: Vec<reqwest::Client> = (0..4).map(|_| browser()).collect();
        let log_ins = async {
            let mut all = tokio::task::JoinSet::new();
            for client in &clients {
                let form = json!({ "username": "admin", "password": *old });
                all.spawn(client.post(server.url("/api/session")).json(&form).send());
            }
            all.join_all().await
        };
        let (answers, new) = tokio::join!(log_ins, reset_password(&server.state, "admin"));
        assert!(
            answers
                .iter()
                .all(|answer| [200, 401, 429].contains(&answer.as_ref().unwrap().status().as_u16()))
        );
        for client in &clients {
            assert_eq!(client.get(server.url("/api/session")).send().await.unwrap().status(), 401);
        }
        let sure = browser();
        assert_eq!(server.log_in(&sure, "admin", &new.unwrap()).await.status(), 200);
    }
}
