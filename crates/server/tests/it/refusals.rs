//! What the exchange refuses, and with which code. Nothing of it is stored.

use rasoat_exchange::{Dictionary, SignedBatch, SigningKey};

use crate::support::{COMMUNE, Laptop, Server, household, problem_of};

async fn laptop_with_batch(server: &Server) -> (Laptop, SignedBatch) {
    let mut laptop = server.enrol("Máy 01").await;
    let edit = laptop.list(&household(), COMMUNE);
    let batch = laptop.batch(&[edit]);
    (laptop, batch)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_flipped_bit_in_a_batch_is_a_bad_signature() {
    let server = Server::start().await;
    let (laptop, batch) = laptop_with_batch(&server).await;
    let last = batch.bytes.len() - 1;
    for (at, status, code) in [
        (0, 400, "unreadable"),
        (9, 403, "unknown_device"),
        (last / 2, 403, "bad_signature"),
        (last, 403, "bad_signature"),
    ] {
        let mut spoilt = batch.clone();
        spoilt.bytes[at] ^= 1;
        assert_eq!(server.problem(laptop.request(&[spoilt]).0).await, (status, code.to_owned()), "byte {at}");
    }
    // A whole batch beside spoilt ones is taken.
    let spoilt = |at: usize| {
        let mut spoilt = batch.clone();
        spoilt.bytes[at] ^= 1;
        spoilt
    };
    assert_eq!(server.send(&laptop, &[spoilt(9), spoilt(0), batch.clone()]).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_anywhere_in_a_request_is_refused() {
    let server = Server::start().await;
    let (laptop, batch) = laptop_with_batch(&server).await;
    let (body, _) = laptop.request(std::slice::from_ref(&batch));
    for at in (0..body.len()).step_by(body.len() / 20) {
        let mut spoilt = body.clone();
        spoilt[at] ^= 0x10;
        let (status, code) = server.problem(spoilt).await;
        assert!((400..500).contains(&status), "byte {at}: {status} {code}");
    }
    // What was whole all the same (damage behind it, in the carrier's own bytes) is the batch as it was signed.
    let totals = server.totals().await;
    let arrived = server.ask(&laptop, &[batch]).await;
    assert!(arrived.len() <= 1 && totals["households"] == arrived.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_in_a_head_or_a_batch_stores_nothing() {
    let server = Server::start().await;
    let (laptop, batch) = laptop_with_batch(&server).await;
    let (body, _) = laptop.request(std::slice::from_ref(&batch));
    let inflated = [vec![0], laptop.inflated(&body)].concat();
    for at in (0..inflated.len()).step_by(inflated.len() / 40) {
        let mut spoilt = inflated.clone();
        spoilt[at] ^= 0x10;
        let (status, code) = server.problem(spoilt).await;
        assert!((400..500).contains(&status), "byte {at}: {status} {code}");
    }
    assert_eq!(server.totals().await["households"], 0);
    assert!(server.ask(&laptop, &[batch]).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_an_unknown_and_a_revoked_device_are_told_apart() {
    let server = Server::start().await;
    let (laptop, batch) = laptop_with_batch(&server).await;
    let mut forged = laptop.clone();
    forged.key = SigningKey::from_seed([3; 32]);
    assert_eq!(server.problem(forged.request(&[]).0).await, (403, "bad_signature".to_owned()));
    let mut stranger = laptop.clone();
    stranger.enrolment.device = rasoat_casework::DeviceId(uuid::Uuid::from_u128(1));
    assert_eq!(server.problem(stranger.request(&[]).0).await, (403, "unknown_device".to_owned()));
    rasoat_server::revoke(&server.state, laptop.enrolment.device).await.unwrap();
    assert_eq!(server.problem(laptop.request(&[batch]).0).await, (403, "device_revoked".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_future_protocol_says_what_is_spoken_here() {
    let server = Server::start().await;
    let (mut laptop, _) = laptop_with_batch(&server).await;
    laptop.chain.seq = 0;
    let head = rasoat_exchange::RequestHead { protocol: 99, ..laptop.head() };
    let (body, _) = laptop.request_of(head, &[]);
    let response = server.post(body).await;
    assert_eq!(response.status(), 426);
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(problem["code"], "protocol_too_new");
    assert_eq!(problem["params"]["max"], rasoat_exchange::PROTOCOL_MAX.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dictionary_that_the_province_lacks_is_named_with_the_newest_it_has() {
    let server = Server::start().await;
    let (laptop, _) = laptop_with_batch(&server).await;
    let mut texts = Dictionary::of(Dictionary::NEWEST).unwrap().texts().to_vec();
    texts[4..8].copy_from_slice(&999_u32.to_le_bytes());
    let mut encoder = zstd::stream::write::Encoder::with_dictionary(Vec::new(), 3, &texts).unwrap();
    std::io::Write::write_all(&mut encoder, &laptop.request(&[]).0).unwrap();
    let response = server.post(encoder.finish().unwrap()).await;
    assert_eq!(response.status(), 400);
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(problem["code"], "unknown_dictionary");
    assert_eq!(problem["params"]["newest"], Dictionary::NEWEST.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_megabytes_are_refused_without_being_kept() {
    let server = Server::start().await;
    assert_eq!(server.problem(vec![0; 100 * 1024 * 1024]).await, (413, "body_too_large".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_unknown_length_is_refused_when_it_is_too_long() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let server = Server::start().await;
    let (laptop, _) = laptop_with_batch(&server).await;
    let (head, _) = laptop.request(&[]);
    assert_eq!(head[0], 0, "a short request is plain");
    let address = server.url("");
    let mut stream = tokio::net::TcpStream::connect(address.trim_start_matches("http://")).await.unwrap();
    stream
        .write_all(
            b"POST /v1/sync HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n",
        )
        .await
        .unwrap();
    let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    stream.write_all(&chunk(&head)).await.unwrap();
    // In the place of a batch, a megabyte that is none, and a signature.
    let mut item = vec![0x82, 0x5a, 0, 0x10, 0, 0];
    item.extend(vec![0; 0x10_0000]);
    item.extend([0x58, 64]);
    item.extend([0; 64]);
    for _ in 0..20 {
        stream.write_all(&chunk(&item)).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_body_that_inflates_to_a_huge_one_is_refused_for_how_it_begins() {
    let server = Server::start().await;
    let bomb = zstd::bulk::compress(&vec![0; 512 * 1024 * 1024], 3).unwrap();
    assert!(bomb.len() < 1024 * 1024);
    assert_eq!(server.problem(bomb).await, (400, "unreadable".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_unreadable() {
    let server = Server::start().await;
    for body in [Vec::new(), b"<html>".to_vec(), vec![0xff; 5000]] {
        assert_eq!(server.problem(body).await, (400, "unreadable".to_owned()));
    }
    let response = reqwest::get(server.url("/v1/sync")).await.unwrap();
    assert_eq!(problem_of(response).await, (405, "method_not_allowed".to_owned()));
}

impl Server {
    async fn totals(&self) -> serde_json::Value {
        let (officer, _) = self.officer().await;
        self.get(&officer, "/api/communes").await["totals"].clone()
    }
}
