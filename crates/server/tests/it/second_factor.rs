//! Logging in with codes of an app.

use hmac::{Hmac, Mac as _};
use rasoat_server::reset_second_factor;
use reqwest::Client;
use serde_json::{Value as Json, json};
use sha1::Sha1;

use crate::support::{Server, browser, problem_of};

const STEP_MILLIS: i64 = 30_000;

/// The code of an app that was given the secret as people type it, so many steps from now.
fn code(server: &Server, secret: &str, steps: i64) -> String {
    let digits =
        secret.bytes().map(|sign| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(char::from(sign)).unwrap());
    let bits: String = digits.map(|digit| format!("{digit:05b}")).collect();
    let bytes: Vec<u8> =
        (0..20).map(|at| u8::from_str_radix(&bits[8 * at..8 * at + 8], 2).unwrap()).collect();
    let now = server.clock.load(std::sync::atomic::Ordering::SeqCst) / STEP_MILLIS;
    let mut mac = Hmac::<Sha1>::new_from_slice(&bytes).unwrap();
    mac.update(&(now + steps).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

async fn post(
    server: &Server,
    (client, csrf): &(Client, String),
    path: &str,
    form: Json,
) -> reqwest::Response {
    let request = client.post(server.url(path)).header("x-rasoat-csrf", csrf);
    request.json(&form).send().await.unwrap()
}

async fn log_in(server: &Server, code: Option<&str>) -> reqwest::Response {
    let form = json!({ "username": "admin", "password": server.password, "code": code });
    browser().post(server.url("/api/session")).json(&form).send().await.unwrap()
}

async fn refused(server: &Server, code: Option<&str>) -> (u16, String) {
    problem_of(log_in(server, code).await).await
}

/// Switched on for the first account: what the app was given, and the recovery codes.
async fn switched_on(server: &Server, who: &(Client, String)) -> (String, Vec<String>) {
    let begun: Json =
        post(server, who, "/api/account/second-factor/begin", json!({})).await.json().await.unwrap();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert!(begun["picture"].as_str().unwrap().starts_with('M') && begun["picture_side"].as_u64() > Some(29));
    let form = json!({ "code": code(server, &secret, 0) });
    let response = post(server, who, "/api/account/second-factor/confirm", form).await;
    assert_eq!(response.status(), 200);
    let given: Json = response.json().await.unwrap();
    let codes = given["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
    (secret, codes.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_asked_for_once_it_is_confirmed_opens_once_and_counts_into_the_lock_out() {
    let server = Server::start().await;
    let admin = server.officer().await;
    post(&server, &admin, "/api/account/second-factor/begin", json!({})).await;
    let form = json!({ "code": "000000" });
    let wrong = post(&server, &admin, "/api/account/second-factor/confirm", form.clone()).await;
    assert_eq!(problem_of(wrong).await, (403, "wrong_code".to_owned()));
    assert_eq!(log_in(&server, None).await.status(), 200, "not in force before it is confirmed");

    let (secret, recovery) = switched_on(&server, &admin).await;
    assert_eq!(recovery.len(), 10);
    assert_eq!(refused(&server, None).await, (401, "second_factor_needed".to_owned()));
    let used = code(&server, &secret, 0);
    assert_eq!(refused(&server, Some(&used)).await, (403, "wrong_code".to_owned()), "it confirmed already");
    assert_eq!(log_in(&server, Some(&code(&server, &secret, 1))).await.status(), 200);
    server.pass(3 * STEP_MILLIS);
    assert_eq!(refused(&server, Some(&code(&server, &secret, 2))).await.1, "wrong_code", "two steps ahead");
    let late = code(&server, &secret, -1);
    assert_eq!(log_in(&server, Some(&format!("{} {}", &late[..3], &late[3..]))).await.status(), 200);

    let recovery_code = recovery[0].to_uppercase().replace('-', " ");
    assert_eq!(log_in(&server, Some(&recovery_code)).await.status(), 200);
    assert_eq!(refused(&server, Some(&recovery_code)).await.1, "wrong_code");
    let view = server.get(&admin.0, "/api/account/second-factor").await;
    assert_eq!((&view["recovery_codes"], &view["demanded"]), (&json!(9), &json!(false)));

    // The recovery code that was used again was the first failure since; a right password is no success.
    for _ in 0..4 {
        assert_eq!(refused(&server, None).await.1, "second_factor_needed");
        assert_eq!(refused(&server, Some("000000")).await.1, "wrong_code");
    }
    assert_eq!(refused(&server, Some(&code(&server, &secret, 0))).await, (429, "locked_out".to_owned()));
    server.pass(15 * 60 * 1000);
    assert_eq!(log_in(&server, Some(&code(&server, &secret, 0))).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_switched_off_by_a_code_or_by_who_looks_after_accounts() {
    let server = Server::start().await;
    let admin = server.officer().await;
    let (_, recovery) = switched_on(&server, &admin).await;
    for path in ["/api/account/second-factor/begin", "/api/account/second-factor/confirm"] {
        let again = post(&server, &admin, path, json!({ "code": "000000" })).await;
        assert_eq!(problem_of(again).await, (409, "second_factor_on".to_owned()));
    }
    for code in ["", "000000"] {
        let off = post(&server, &admin, "/api/account/second-factor/off", json!({ "code": code })).await;
        assert_eq!(problem_of(off).await, (403, "wrong_code".to_owned()));
    }
    let off = post(&server, &admin, "/api/account/second-factor/off", json!({ "code": recovery[3] })).await;
    assert_eq!(off.status(), 204);
    assert_eq!(log_in(&server, None).await.status(), 200);

    switched_on(&server, &admin).await;
    let own = post(&server, &admin, "/api/accounts/second-factor/reset", json!({ "name": "admin" })).await;
    assert_eq!(problem_of(own).await, (409, "own_account".to_owned()));
    let accounts = server.get(&admin.0, "/api/accounts").await;
    assert_eq!(accounts[0]["second_factor"], true);
    assert!(reset_second_factor(&server.state, "admin").await.unwrap());
    assert!(!reset_second_factor(&server.state, "admin").await.unwrap());
    assert_eq!(admin.0.get(server.url("/api/session")).send().await.unwrap().status(), 401);
    assert_eq!(log_in(&server, None).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_must_have_one_sees_nothing_before_it_is_set_up() {
    let mut server = Server::start().await;
    server.configure("[second_factor]\ndemanded_of = [\"administrator\"]\n").await;
    let admin = server.officer().await;
    let session = server.get(&admin.0, "/api/session").await;
    assert_eq!(session["user"]["must_set_up_second_factor"], true);
    let response = admin.0.get(server.url("/api/communes")).send().await.unwrap();
    assert_eq!(problem_of(response).await, (403, "second_factor_must_set_up".to_owned()));
    switched_on(&server, &admin).await;
    assert_eq!(admin.0.get(server.url("/api/communes")).send().await.unwrap().status(), 200);
}
