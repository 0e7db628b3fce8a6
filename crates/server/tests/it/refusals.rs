//! What the exchange refuses, and with which code. Nothing of it is stored.

use rasoat_exchange::{SignedBatch, SigningKey};

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
    for at in [0, batch.bytes.len() / 2, batch.bytes.len() - 1] {
        let mut spoilt = batch.clone();
        spoilt.bytes[at] ^= 1;
        assert_eq!(server.problem(laptop.request(&[spoilt]).0).await, (403, "bad_signature".to_owned()));
    }
    // A whole batch beside a spoilt one is taken.
    let mut spoilt = batch.clone();
    spoilt.bytes[9] ^= 1;
    assert_eq!(server.send(&laptop, &[spoilt, batch]).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_anywhere_in_a_request_is_refused() {
    let server = Server::start().await;
    let (laptop, batch) = laptop_with_batch(&server).await;
    let (body, _) = laptop.request(&[batch]);
    for at in (0..body.len()).step_by(body.len() / 20) {
        let mut spoilt = body.clone();
        spoilt[at] ^= 0x10;
        let (status, code) = server.problem(spoilt).await;
        assert!((400..500).contains(&status), "byte {at}: {status} {code}");
    }
    assert!(server.state_is_empty().await);
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
    let request = rasoat_exchange::SyncRequest {
        protocol: 99,
        device: laptop.enrolment.device,
        cursor: rasoat_exchange::Cursor::default(),
        batches: Vec::new(),
        sent_at_millis: 0,
    };
    let (body, _) = rasoat_exchange::encode_request(&request, &laptop.key).unwrap();
    let response = server.post(body).await;
    assert_eq!(response.status(), 426);
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(problem["code"], "protocol_too_new");
    assert_eq!(problem["params"]["max"], "1");
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
    let address = server.url("");
    let mut stream = tokio::net::TcpStream::connect(address.trim_start_matches("http://")).await.unwrap();
    stream
        .write_all(
            b"POST /v1/sync HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n",
        )
        .await
        .unwrap();
    let mut chunk = b"100000\r\n".to_vec();
    chunk.extend(vec![0; 0x10_0000]);
    chunk.extend(b"\r\n");
    for _ in 0..20 {
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
    async fn state_is_empty(&self) -> bool {
        let (officer, _) = self.officer().await;
        self.get(&officer, "/api/communes").await["totals"]["households"] == 0
    }
}
