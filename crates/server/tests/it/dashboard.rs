//! The dashboard's API: who may ask, and what is shown.

use serde_json::{Value as Json, json};

use crate::support::{COMMUNE, Server, browser, household, household_id, problem_of};

const MINUTE: i64 = 60 * 1000;

#[tokio::test(flavor = "multi_thread")]
async fn every_api_route_wants_a_session() {
    let server = Server::start().await;
    let api: Json = serde_json::from_str(&rasoat_server::openapi().unwrap()).unwrap();
    let mut asked = 0;
    for (path, methods) in api["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "018f0000-0000-7000-8000-000000000000").replace("{code}", COMMUNE);
        let url = server.url(&path.replace("{commune}", COMMUNE));
        for method in methods.as_object().unwrap().keys() {
            if (path.as_str(), method.as_str()) == ("/api/session", "post") {
                continue;
            }
            let method = method.to_uppercase().parse().unwrap();
            let response = browser().request(method, &url).send().await.unwrap();
            assert_eq!(problem_of(response).await, (401, "not_logged_in".to_owned()), "{path}");
            asked += 1;
        }
    }
    assert!(asked >= 6);
    let response = reqwest::get(server.url("/api/anything/else")).await.unwrap();
    assert_eq!(problem_of(response).await, (401, "not_logged_in".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_passwords_lock_a_name_out_through_a_restart_until_the_time_is_over() {
    let mut server = Server::start().await;
    let client = browser();
    for _ in 0..5 {
        let response = server.log_in(&client, "admin", "sai").await;
        assert_eq!(problem_of(response).await, (401, "wrong_password".to_owned()));
    }
    server.restart().await;
    let response = server.log_in(&client, " ADMIN ", &server.password).await;
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(problem_of(response).await, (429, "locked_out".to_owned()));
    server.pass(15 * MINUTE + 1);
    assert_eq!(server.log_in(&client, "admin", &server.password).await.status(), 200);
    // A name without an account is answered the same.
    for _ in 0..5 {
        let response = server.log_in(&client, "nobody", "sai").await;
        assert_eq!(problem_of(response).await, (401, "wrong_password".to_owned()));
    }
    let response = server.log_in(&client, "nobody", "sai").await;
    assert_eq!(problem_of(response).await, (429, "locked_out".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_sent_all_at_once_do_not_slip_past_the_count() {
    let server = Server::start().await;
    let form = serde_json::json!({ "username": "admin", "password": "sai" });
    let guesses: Vec<_> = (0..40)
        .map(|_| tokio::spawn(browser().post(server.url("/api/session")).json(&form).send()))
        .collect();
    let mut looked_at = 0;
    for guess in guesses {
        let (status, _) = problem_of(guess.await.unwrap().unwrap()).await;
        looked_at += usize::from(status == 401);
    }
    assert!((5..=6).contains(&looked_at), "{looked_at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_wants_the_token_and_ends_the_session() {
    let server = Server::start().await;
    let (client, csrf) = server.officer().await;
    let url = server.url("/api/session");
    let forged = client.delete(&url).send().await.unwrap();
    assert_eq!(problem_of(forged).await, (403, "bad_csrf".to_owned()));
    let wrong = client.delete(&url).header("x-rasoat-csrf", "0".repeat(64)).send().await.unwrap();
    assert_eq!(problem_of(wrong).await, (403, "bad_csrf".to_owned()));
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    assert_eq!(client.delete(&url).header("x-rasoat-csrf", csrf).send().await.unwrap().status(), 204);
    assert_eq!(client.get(&url).send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_not_used_and_after_a_day_in_any_case() {
    let server = Server::start().await;
    let (idle, _) = server.officer().await;
    server.pass(8 * 60 * MINUTE);
    assert_eq!(idle.get(server.url("/api/session")).send().await.unwrap().status(), 401);
    let (busy, _) = server.officer().await;
    for _ in 0..3 {
        server.pass(7 * 60 * MINUTE);
        assert_eq!(busy.get(server.url("/api/session")).send().await.unwrap().status(), 200);
    }
    server.pass(3 * 60 * MINUTE);
    assert_eq!(busy.get(server.url("/api/session")).send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_for_this_site_and_no_script_and_answers_carry_protecting_headers() {
    let server = Server::start().await;
    let response = server.log_in(&browser(), "admin", &server.password).await;
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let headers = response.headers();
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(headers[name], value);
    }
    let health = reqwest::get(server.url("/healthz")).await.unwrap();
    assert_eq!((health.status().as_u16(), health.text().await.unwrap().as_str()), (200, "ok\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_is_shown_with_answers_classes_and_the_way_each_edit_came() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let household = household();
    let edits = [laptop.list(&household, COMMUNE), laptop.interview(&household, laptop.instrument())];
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    let (officer, csrf) = server.officer().await;

    let communes = server.get(&officer, "/api/communes").await;
    assert_eq!(communes["communes"].as_array().unwrap().len(), 65);
    assert_eq!(communes["totals"]["signed"], 1);
    assert_eq!(communes["totals"]["poor"], 1);

    let view = server.get(&officer, &format!("/api/households/{COMMUNE}/{}", household_id(&household))).await;
    assert_eq!(view["row"]["class_2022"]["key"], "poor");
    assert_eq!(view["row"]["state"], "signed");
    assert_eq!(view["classifications"].as_array().unwrap().len(), 2);
    assert!(view["sections"].as_array().unwrap().len() > 3);
    // Numbered as on the laptop and on paper: what is computed has none.
    let sections = view["sections"].as_array().unwrap().iter();
    for question in sections.flat_map(|section| section["questions"].as_array().unwrap()) {
        assert_eq!(question["number"] == "", question["computed"] == true, "{question}");
    }
    assert_eq!(view["reported"][0]["class"], "near_poor");
    assert_eq!(view["differences"][0]["scored"], "poor");
    let kinds: Vec<&str> =
        view["edits"].as_array().unwrap().iter().map(|edit| edit["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["signed", "listed"]);
    assert_eq!(view["edits"][0]["device_name"], "Máy 01");

    let water = questions(&view).find(|question| question["path"] == "water_source").unwrap();
    assert_eq!(water["value"]["canonical"], "surface");
    assert_ne!(water["value"]["text"]["vi"], "surface");
    assert!(water["value"]["text"]["en"].is_string());
    assert_eq!(water["edit"], view["edits"][0]["id"]);

    // No citizen ID leaves the server whole.
    let id = household.head().citizen_id.clone().unwrap();
    let list = server.list(&(officer, csrf), json!({})).await;
    assert!(!view.to_string().contains(&id) && !list.to_string().contains(&id));
    assert_eq!(list["rows"][0]["citizen_id"], format!("{} •••• {}", &id[..3], &id[8..]));
}

fn questions(view: &Json) -> impl Iterator<Item = &Json> {
    let sections = view["sections"].as_array().unwrap().iter();
    sections.flat_map(|section| section["questions"].as_array().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn households_are_found_by_words_without_tones_and_by_code_and_in_pages() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let households = rasoat_testkit::households(11);
    println!("seed 11");
    let edits: Vec<_> = households.iter().take(12).map(|household| laptop.list(household, COMMUNE)).collect();
    server.send(&laptop, &[laptop.batch(&edits)]).await;
    let officer = server.officer().await;
    let name = &households[3].head().full_name;
    let list = async |query: Json| server.list(&officer, query).await;
    let found = list(json!({ "text": rasoat_casework::fold_name(name) })).await;
    assert!(found["rows"].as_array().unwrap().iter().any(|row| row["head_name"] == **name));
    assert!(list(json!({ "text": "ho-001" })).await["total"].as_u64().unwrap() > 1);
    assert_eq!(list(json!({ "text": "khong co ai ten nay" })).await["total"], 0);
    assert_eq!(list(json!({ "limit": 5, "offset": 10 })).await["rows"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_takes_its_words_in_the_body_with_the_token_and_never_in_the_address() {
    let server = Server::start().await;
    let (officer, csrf) = server.officer().await;
    let post = async |commune: &str, csrf: &str, body: &str| {
        let request = officer.post(server.url(&format!("/api/communes/{commune}/households")));
        let request = request.header("x-rasoat-csrf", csrf).header("content-type", "application/json");
        problem_of(request.body(body.to_owned()).send().await.unwrap()).await
    };
    assert_eq!(post("99999", &csrf, "{}").await, (404, "not_found".to_owned()));
    assert_eq!(post("x", &csrf, "{}").await, (400, "unreadable".to_owned()));
    for body in ["", "[", r#"{"text":3}"#, r#"{"limit":-1}"#] {
        assert_eq!(post(COMMUNE, &csrf, body).await, (400, "unreadable".to_owned()), "{body}");
    }
    assert_eq!(post(COMMUNE, &"0".repeat(64), "{}").await, (403, "bad_csrf".to_owned()));
    let asked = officer.get(server.url(&format!("/api/communes/{COMMUNE}/households?text=an")));
    assert_eq!(problem_of(asked.send().await.unwrap()).await, (405, "method_not_allowed".to_owned()));
}
