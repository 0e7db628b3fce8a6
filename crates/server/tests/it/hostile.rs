//! Requests spoilt at every bit and cut at every byte, replayed, forged, and of another commune: nothing but what a device signed
//! is ever stored.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use rasoat_casework::Edit;
use rasoat_exchange::{Accepted, CONTENT_TYPE, SignedBatch, SyncRequest, VerdictCode, encode_request};
use rasoat_server::router;
use tower::ServiceExt as _;

use crate::support::{COMMUNE, ELSEWHERE, Laptop, Server, household};

/// Posts to the router itself: there are thousands of requests.
async fn post(router: &Router, body: Vec<u8>) -> StatusCode {
    let request = Request::post("/v1/sync").header("content-type", CONTENT_TYPE).body(Body::from(body));
    router.clone().oneshot(request.unwrap()).await.unwrap().status()
}

async fn edits_stored(server: &Server) -> u64 {
    let (officer, _) = server.officer().await;
    let devices = server.get(&officer, "/api/devices").await;
    devices.as_array().unwrap().iter().map(|device| device["edits"].as_u64().unwrap()).sum()
}

/// What a request with these batches inflates to.
fn inflated(laptop: &Laptop, batches: &[SignedBatch]) -> Vec<u8> {
    let request = SyncRequest { head: laptop.head(), batches: batches.to_vec() };
    let (body, _) = encode_request(&request, &laptop.link(), None).unwrap();
    match body.strip_prefix(&[0]) {
        Some(plain) => plain.to_vec(),
        None => zstd::stream::decode_all(body.as_slice()).unwrap(),
    }
}

fn as_stream(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).unwrap()
}

async fn laptop_with_edit(server: &Server) -> (Laptop, Edit) {
    let mut laptop = server.enrol("Máy 01").await;
    let edit = laptop.list(&household(), COMMUNE);
    (laptop, edit)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_with_one_flipped_bit_leaves_anything() {
    let server = Server::start().await;
    let (laptop, edit) = laptop_with_edit(&server).await;
    let whole = inflated(&laptop, &[laptop.batch(std::slice::from_ref(&edit))]);
    let router = router(server.state.clone());
    for bit in 0..whole.len() * 8 {
        let mut spoilt = whole.clone();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        let status = post(&router, as_stream(&spoilt)).await;
        assert!(status.is_client_error(), "bit {bit}: {status}");
    }
    assert_eq!(edits_stored(&server).await, 0);
    // Not spoilt, the same is taken.
    assert_eq!(post(&router, as_stream(&whole)).await, StatusCode::OK);
    assert_eq!(edits_stored(&server).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_cut_at_any_byte_leaves_whole_batches_or_nothing() {
    let server = Server::start().await;
    let (mut laptop, first) = laptop_with_edit(&server).await;
    let second = laptop.list(&rasoat_testkit::households(7).remove(1), COMMUNE);
    let batches = [laptop.batch(&[first]), laptop.batch(&[second])];
    let whole = inflated(&laptop, &batches);
    let one = inflated(&laptop, &batches[..1]).len();
    let router = router(server.state.clone());
    for length in 0..one {
        let status = post(&router, as_stream(&whole[..length])).await;
        assert!(!status.is_server_error(), "{length} bytes: {status}");
    }
    assert_eq!(edits_stored(&server).await, 0, "nothing was whole");
    for length in one..whole.len() {
        let status = post(&router, as_stream(&whole[..length])).await;
        assert!(!status.is_server_error(), "{length} bytes: {status}");
    }
    assert_eq!(edits_stored(&server).await, 1, "the first was whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_request_changes_nothing() {
    let server = Server::start().await;
    let (laptop, edit) = laptop_with_edit(&server).await;
    let (body, _) = laptop.request(&[laptop.batch(&[edit])]);
    let router = router(server.state.clone());
    for _ in 0..20 {
        assert_eq!(post(&router, body.clone()).await, StatusCode::OK);
    }
    assert_eq!(edits_stored(&server).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_communes_edits_are_refused_one_by_one() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let edits: Vec<Edit> = rasoat_testkit::households(7)[..5]
        .iter()
        .map(|household| laptop.list(household, ELSEWHERE))
        .collect();
    let receipt = server.send(&laptop, &[laptop.batch(&edits)]).await.remove(0);
    assert_eq!(receipt.accepted, Accepted::Edits(Vec::new()));
    assert!(receipt.verdicts.iter().all(|verdict| verdict.code == VerdictCode::OutOfScope));
    assert_eq!(receipt.verdicts.len(), 5);
    assert_eq!(edits_stored(&server).await, 0);
}
