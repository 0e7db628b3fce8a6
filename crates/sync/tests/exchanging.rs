//! One exchange with a province that is honest, and with ones that are not.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::Future;

use rasoat_casework::{Chain, Change, DeviceId, Draft, Edit, Subject, SubjectKind, VersionVector, WriterId};
use rasoat_exchange::{
    Batch, BatchHash, CarrierError, Cursor, Limits, MessageError, PROTOCOL_MAX, Receipt, RequestHash,
    ServerId, SignedBatch, SignedReceipt, SigningKey, SyncProtocol, SyncRequest, SyncResponse,
    decode_request, encode_response,
};
use rasoat_instrument::Value;
use rasoat_sync::{ExchangeError, Exchanged, Party, exchange};
use uuid::Uuid;

const SERVER: ServerId = ServerId(Uuid::from_u128(42));

fn device() -> DeviceId {
    DeviceId(Uuid::from_u128(7))
}

fn device_key() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

fn server_key() -> SigningKey {
    SigningKey::from_seed([2; 32])
}

fn party() -> Party {
    Party { device: device(), key: device_key(), server: SERVER, server_key: server_key().verify_key() }
}

fn edit() -> Edit {
    let draft = Draft {
        subject: Subject { commune: "06325".parse().unwrap(), kind: SubjectKind::Interview, id: Uuid::nil() },
        seen: VersionVector::default(),
        author: String::new(),
        instrument: None,
        changes: BTreeMap::from([("a".parse().unwrap(), Change::Set(Value::Integer(1)))]),
    };
    Chain::new(WriterId(Uuid::from_u128(1))).seal(draft, 10).unwrap()
}

fn batch() -> SignedBatch {
    SignedBatch::sign(&Batch::build(&[edit()], device()).unwrap(), &device_key())
}

/// Reads the request as the province does and answers as told.
struct Province<A>(A);

impl<A> SyncProtocol for Province<A>
where
    A: Fn(SyncRequest, RequestHash) -> Result<Vec<u8>, CarrierError> + Sync,
{
    fn exchange(&self, request: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, CarrierError>> + Send {
        let envelope = decode_request(&request, Limits::DEFAULT).unwrap();
        let request = envelope.open(&device_key().verify_key()).unwrap();
        std::future::ready((self.0)(request, envelope.hash()))
    }
}

fn receipt_for(batch: BatchHash) -> Receipt {
    Receipt {
        batch,
        accepted: Receipt::ranges([edit().id]),
        verdicts: Vec::new(),
        server_time_millis: 5,
        server: SERVER,
    }
}

fn response(receipts: Vec<SignedReceipt>) -> SyncResponse {
    SyncResponse {
        protocol: PROTOCOL_MAX,
        receipts,
        changes: Vec::new(),
        cursor: Cursor(vec![2]),
        more: false,
        server_time_millis: 1_000_000,
    }
}

async fn ask(
    answer: impl Fn(SyncRequest, RequestHash) -> Result<Vec<u8>, CarrierError> + Sync,
) -> Result<Exchanged, ExchangeError> {
    // A clock that shows 1,000 when the request leaves and 3,000 when the answer comes.
    let shows = Cell::new(-1_000);
    let clock = || {
        shows.set(shows.get() + 2_000);
        shows.get()
    };
    exchange(&Province(answer), &party(), Cursor(vec![1]), vec![batch()], clock).await
}

#[tokio::test]
async fn a_verified_answer_gives_receipts_cursor_and_the_clocks_offset() {
    let done = ask(|request, hash| {
        assert_eq!((request.cursor, request.sent_at_millis), (Cursor(vec![1]), 1_000));
        let receipt = SignedReceipt::sign(&receipt_for(request.batches[0].batch_hash()), &server_key());
        Ok(encode_response(&response(vec![receipt]), hash, &server_key()).unwrap())
    })
    .await
    .unwrap();
    assert!(done.receipts[0].1.accepts(edit().id));
    assert_eq!(done.receipts[0].0.open(&server_key().verify_key()), Ok(done.receipts[0].1.clone()));
    assert_eq!((done.cursor, done.more, done.clock_offset_millis), (Cursor(vec![2]), false, 998_000));
}

#[tokio::test]
async fn an_answer_of_another_server_or_to_another_request_is_not_taken() {
    let stranger = ask(|request, hash| {
        let receipt = SignedReceipt::sign(&receipt_for(request.batches[0].batch_hash()), &server_key());
        Ok(encode_response(&response(vec![receipt]), hash, &SigningKey::from_seed([3; 32])).unwrap())
    });
    assert_eq!(stranger.await, Err(ExchangeError::Answer(MessageError::BadSignature)));
    let replayed =
        ask(|_, _| Ok(encode_response(&response(Vec::new()), RequestHash([0; 32]), &server_key()).unwrap()));
    assert_eq!(replayed.await.unwrap_err().code(), "answer_not_verified");
}

#[tokio::test]
async fn a_receipt_that_is_forged_of_another_server_or_of_another_batch_is_not_taken() {
    let batch = batch().batch_hash();
    let forged = SignedReceipt::sign(&receipt_for(batch), &device_key());
    let elsewhere = Receipt { server: ServerId(Uuid::from_u128(43)), ..receipt_for(batch) };
    let elsewhere = SignedReceipt::sign(&elsewhere, &server_key());
    let unasked = SignedReceipt::sign(&receipt_for(BatchHash([0; 32])), &server_key());
    for receipt in [forged, elsewhere, unasked] {
        let asked =
            ask(
                |_, hash| Ok(encode_response(&response(vec![receipt.clone()]), hash, &server_key()).unwrap()),
            );
        assert_eq!(asked.await, Err(ExchangeError::ForeignReceipt));
    }
}

#[tokio::test]
async fn a_batch_without_a_receipt_is_not_taken_as_sent() {
    let asked = ask(|_, hash| Ok(encode_response(&response(Vec::new()), hash, &server_key()).unwrap()));
    assert_eq!(asked.await, Err(ExchangeError::Unanswered));
}

#[tokio::test]
async fn what_the_carrier_says_comes_through_and_garbage_is_unreadable() {
    assert_eq!(ask(|_, _| Err(CarrierError::Stalled)).await.unwrap_err().code(), "stalled");
    assert_eq!(ask(|_, _| Ok(b"<html>".to_vec())).await.unwrap_err().code(), "answer_unreadable");
}
