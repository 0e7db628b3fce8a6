//! A laptop's key and the one after it.

use rasoat_exchange::{
    BundleIdentity, CONTENT_TYPE, Door, ProblemCode, SignedSuccession, SigningKey, Succession,
};

use crate::support::{COMMUNE, Laptop, Server, household, problem_of};

fn next(laptop: &Laptop, number: u64, seed: u8) -> (SigningKey, SignedSuccession) {
    let key = SigningKey::from_seed([seed; 32]);
    let succession = Succession {
        device: laptop.enrolment.device,
        number,
        key: key.verify_key(),
        recipient: BundleIdentity::of(&key).unwrap().recipient(),
        made_at_millis: 5,
    };
    let signed = succession.sign(&laptop.key, &key);
    (key, signed)
}

async fn post(server: &Server, signed: &SignedSuccession) -> reqwest::Response {
    let request =
        reqwest::Client::new().post(server.url(Door::Key.path())).header("content-type", CONTENT_TYPE);
    request.body(signed.encode()).send().await.unwrap()
}

async fn refusal(server: &Server, signed: &SignedSuccession) -> String {
    let (status, code) = problem_of(post(server, signed).await).await;
    assert_eq!(status, 403, "{code}");
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_key_speaks_from_then_on_and_what_the_old_one_signed_is_still_taken() {
    let mut server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let before = laptop.list(&household(), COMMUNE);
    let signed_before = laptop.batch(std::slice::from_ref(&before));
    let (key, signed) = next(&laptop, 1, 81);
    let first = post(&server, &signed).await;
    assert_eq!(first.status(), 200);
    let answer = first.bytes().await.unwrap();
    assert_eq!(signed.is_taken(&answer, &laptop.enrolment.server.verify_key), Ok(()));
    // Whoever lost the answer asks again, also of a server that was started anew.
    server.restart().await;
    assert_eq!(post(&server, &signed).await.bytes().await.unwrap(), answer);

    // The old key asks for nothing more.
    let (body, _) = laptop.request(&[]);
    assert_eq!(server.problem(body).await, (403, ProblemCode::BadSignature.as_str().to_owned()));
    laptop.key = key;
    let receipts = server.send(&laptop, &[signed_before]).await;
    assert!(receipts[0].accepts(before.id));
    let after = laptop.interview(&household(), laptop.instrument());
    let batch = laptop.batch(std::slice::from_ref(&after));
    assert!(server.send(&laptop, &[batch]).await[0].accepts(after.id));
    // Officers see which key it is, as the laptop shows it; others are told of both.
    let (officer, _) = server.officer().await;
    let devices = server.get(&officer, "/api/devices").await;
    assert_eq!(devices[0]["fingerprint"], laptop.key.verify_key().fingerprint());
    let neighbour = server.enrol("Máy 02").await;
    let known = &neighbour.enrolment.devices[0];
    assert_eq!(known.keys().count(), 2);
    assert_eq!(*known.keys().next().unwrap(), laptop.key.verify_key());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_key_in_use_names_the_next_one() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let (first, to_first) = next(&laptop, 1, 81);
    let (_, instead) = next(&laptop, 1, 82);
    let (_, too_far) = next(&laptop, 2, 83);
    assert_eq!(refusal(&server, &too_far).await, "bad_signature");
    assert_eq!(post(&server, &to_first).await.status(), 200);
    // Another for the same place, and one by a key that is none any more.
    assert_eq!(refusal(&server, &instead).await, "bad_signature");
    assert_eq!(refusal(&server, &next(&laptop, 2, 84).1).await, "bad_signature");
    laptop.key = first;
    let (_, to_second) = next(&laptop, 2, 85);
    assert_eq!(post(&server, &to_second).await.status(), 200);
    // The statement of before, sent again by whoever kept it, brings nothing back.
    assert_eq!(refusal(&server, &to_first).await, "bad_signature");
    // Somebody else's device.
    let other = server.enrol("Máy 02").await;
    let stolen = Laptop { key: SigningKey::from_seed([9; 32]), ..other };
    assert_eq!(refusal(&server, &next(&stolen, 1, 86).1).await, "bad_signature");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_laptop_gets_no_new_key() {
    let server = Server::start().await;
    let laptop = server.enrol("Máy 01").await;
    rasoat_server::revoke(&server.state, laptop.enrolment.device).await.unwrap();
    assert_eq!(refusal(&server, &next(&laptop, 1, 81).1).await, "device_revoked");
}
