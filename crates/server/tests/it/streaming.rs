//! A request as it comes: every batch that is whole is stored before the rest is there, and stays whatever becomes of the rest.

use rasoat_casework::SubjectKind;
use rasoat_exchange::{Limits, RequestReader, SignedBatch, SigningKey};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::support::{COMMUNE, Laptop, Server, subject, text};

/// More than a request needs to be under way.
const MOST_QUESTIONS: usize = 2000;

/// So many batches of one edit each, each the next of the one before.
fn batches(laptop: &mut Laptop, count: u128) -> Vec<SignedBatch> {
    (1..=count)
        .map(|number| {
            let place = subject(COMMUNE, SubjectKind::Household, Uuid::from_u128(number));
            let edit = laptop.seal(place, None, vec![("address".to_owned(), text(&format!("nhà {number}")))]);
            laptop.batch(&[edit])
        })
        .collect()
}

/// The fewest bytes of a body that hold its head and so many batches.
fn enough_for(body: &[u8], batches: usize) -> usize {
    let mut reader = RequestReader::new(Limits::DEFAULT);
    let mut parts = 0;
    let found = body.iter().position(|byte| {
        parts += reader.feed(&[*byte]).unwrap().len();
        parts > batches
    });
    found.unwrap() + 1
}

impl Server {
    /// A connection that has said how long the body is.
    async fn begin(&self, length: usize) -> TcpStream {
        self.connect(&format!("content-length: {length}")).await
    }

    async fn connect(&self, header: &str) -> TcpStream {
        let address = self.url("");
        let address = address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let head = format!("POST /v1/sync HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{header}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }
}

/// What comes back until the server closes: status and body.
async fn answer(mut stream: TcpStream) -> (u16, Vec<u8>) {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer.split_off(head + 4))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_cut_leaves_the_batches_that_were_whole_and_no_other() {
    let server = Server::start().await;
    for whole in 0..=5_usize {
        let mut laptop = server.enrol(&format!("Máy {whole}")).await;
        let batches = batches(&mut laptop, 6);
        let (body, tag) = laptop.request(&batches);
        let length = enough_for(&body, whole);
        for spare in [0, 1] {
            let mut stream = server.begin(body.len()).await;
            stream.write_all(&body[..length + spare]).await.unwrap();
            stream.shutdown().await.unwrap();
            assert_eq!(answer(stream).await.0, 400);
            let arrived = server.ask(&laptop, &batches).await;
            let hashes: Vec<_> = arrived.iter().map(|receipt| receipt.batch).collect();
            let sent: Vec<_> = batches[..whole].iter().map(SignedBatch::batch_hash).collect();
            assert_eq!(hashes, sent, "{whole} batches were whole");
            assert!(arrived.iter().all(|receipt| receipt.verdicts.is_empty()));
        }
        // The same again, to its end: the first ones get the receipts that they had.
        let arrived = server.ask(&laptop, &batches).await;
        let response = server.post(body).await;
        assert_eq!(response.status(), 200);
        let all = laptop.receipts(&response.bytes().await.unwrap(), tag);
        assert_eq!((all.len(), &all[..whole]), (6, &arrived[..]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_stored_before_the_rest_of_the_body_comes() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let batches = batches(&mut laptop, 4);
    let (body, tag) = laptop.request(&batches);
    let mut stream = server.begin(body.len()).await;
    let length = enough_for(&body, 2);
    stream.write_all(&body[..length]).await.unwrap();
    let mut arrived = Vec::new();
    for _ in 0..MOST_QUESTIONS {
        arrived = server.ask(&laptop, &batches).await;
        if arrived.len() == 2 {
            break;
        }
    }
    assert_eq!(arrived.len(), 2);
    stream.write_all(&body[length..]).await.unwrap();
    let (status, body) = answer(stream).await;
    assert_eq!(status, 200);
    assert_eq!(laptop.receipts(&body, tag)[..2], arrived);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_small_pieces_is_taken_like_any_other() {
    let server = Server::start().await;
    for size in [1, 7, 100] {
        let mut laptop = server.enrol(&format!("Máy {size}")).await;
        let batches = batches(&mut laptop, 5);
        let (body, tag) = laptop.request(&batches);
        let mut stream = server.connect("transfer-encoding: chunked").await;
        for piece in body.chunks(size) {
            let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
            stream.write_all(&chunk).await.unwrap();
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        let (status, body) = answer(stream).await;
        assert_eq!(status, 200);
        let receipts = laptop.response(&body, tag).receipts;
        assert_eq!(receipts.len(), 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_with_a_wrong_tag_stores_nothing_of_what_follows() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let batches = batches(&mut laptop, 3);
    let mut forger = laptop.clone();
    forger.key = SigningKey::from_seed([3; 32]);
    let (body, _) = forger.request(&batches);
    assert_eq!(server.problem(body.clone()).await, (403, "bad_signature".to_owned()));
    // Also where the head comes long before the batches.
    let mut stream = server.begin(body.len()).await;
    let head = enough_for(&body, 0);
    stream.write_all(&body[..head]).await.unwrap();
    let mut beginning = [0; 12];
    stream.read_exact(&mut beginning).await.unwrap();
    assert_eq!(&beginning, b"HTTP/1.1 403");
    // The server may have closed already.
    drop(stream.write_all(&body[head..]).await);
    assert!(server.ask(&laptop, &batches).await.is_empty());
    assert_eq!(server.send(&laptop, &batches).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_before_the_head_is_no_request_and_stores_nothing() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let batches = batches(&mut laptop, 2);
    let plain = |(body, _): (Vec<u8>, _)| laptop.inflated(&body);
    let (head, whole) = (plain(laptop.request(&[])), plain(laptop.request(&batches)));
    let turned = [&[0], &whole[head.len()..], &head].concat();
    assert_eq!(server.problem(turned).await, (400, "unreadable".to_owned()));
    assert!(server.ask(&laptop, &batches).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_is_answered_with_receipts_beside_those_of_what_is_sent() {
    let server = Server::start().await;
    let mut laptop = server.enrol("Máy 01").await;
    let batches = batches(&mut laptop, 3);
    let first = server.send(&laptop, &batches[..1]).await;
    server.pass(60_000);
    let mut head = laptop.head();
    head.asked = batches.iter().map(SignedBatch::batch_hash).collect();
    let (body, tag) = laptop.request_of(head, &batches[1..2]);
    let response = server.post(body).await;
    assert_eq!(response.status(), 200);
    let receipts = laptop.receipts(&response.bytes().await.unwrap(), tag);
    assert!(receipts.contains(&first[0]));
    let named =
        |at: usize| receipts.iter().filter(|receipt| receipt.batch == batches[at].batch_hash()).count();
    assert!(named(0) == 1 && named(1) >= 1 && named(2) == 0);
}
