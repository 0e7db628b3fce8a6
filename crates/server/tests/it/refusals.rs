//! What the exchange refuses, and with which code. Nothing of it is stored.

use rasoat_casework::cbor::Writer;
use rasoat_exchange::{Dictionary, MAX_BATCH_BYTES, RequestHead, SignedBatch, SigningKey, SyncRequest};

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
    let spoilt_at = |at: usize| {
        let mut spoilt = batch.clone();
        spoilt.bytes[at] ^= 1;
        spoilt
    };
    for at in [batch.bytes.len() / 2, batch.bytes.len() - 1] {
        let body = laptop.request(&[spoilt_at(at)]).0;
        assert_eq!(server.problem(body).await, (403, "bad_signature".to_owned()));
    }
    // What names no device is no batch, and the request none.
    assert_eq!(server.problem(laptop.request(&[spoilt_at(0)]).0).await, (400, "unreadable".to_owned()));
    // A whole batch beside a spoilt one is taken.
    let spoilt = spoilt_at(9);
    assert_eq!(server.send(&laptop, &[spoilt, batch]).await.len(), 1);
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
    assert!(totals["households"] == 0 || totals["households"] == 1);
    let arrived = server.ask(&laptop, std::slice::from_ref(&batch)).await;
    assert_eq!(totals["households"], arrived.len());
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
    let (laptop, _) = laptop_with_batch(&server).await;
    let head = RequestHead { protocol: 99, ..laptop.head() };
    let (body, _) = laptop.encode(SyncRequest { head, batches: Vec::new() });
    let response = server.post(body).await;
    assert_eq!(response.status(), 426);
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(problem["code"], "protocol_too_new");
    assert_eq!(problem["params"]["max"], "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dictionary_that_the_province_lacks_is_named_with_the_newest_it_has() {
    let server = Server::start().await;
    let (laptop, _) = laptop_with_batch(&server).await;
    let texts = Dictionary::of(Dictionary::NEWEST).unwrap().texts();
    let mut texts = texts.to_vec();
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
    let (laptop, batch) = laptop_with_batch(&server).await;
    let address = server.url("");
    let mut stream = tokio::net::TcpStream::connect(address.trim_start_matches("http://")).await.unwrap();
    stream
        .write_all(
            b"POST /v1/sync HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n",
        )
        .await
        .unwrap();
    let mut body = vec![0];
    body.extend(laptop.inflated(&laptop.request(&[]).0));
    // No batch is too long; there are too many of them.
    let mut claimed = Writer::new();
    let mut bytes = batch.bytes[..19].to_vec();
    bytes.resize(MAX_BATCH_BYTES, 0);
    claimed.array(2).bytes(&bytes).bytes(&batch.signature.to_bytes());
    let claimed = claimed.into_bytes();
    for piece in std::iter::once(&body).chain(std::iter::repeat_n(&claimed, 17)) {
        let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
        stream.write_all(&chunk).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_body_that_inflates_beyond_the_limit_is_refused() {
    let server = Server::start().await;
    let bomb = zstd::bulk::compress(&vec![0; 512 * 1024 * 1024], 3).unwrap();
    assert!(bomb.len() < 1024 * 1024);
    assert_eq!(server.problem(bomb).await, (413, "body_too_large".to_owned()));
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
