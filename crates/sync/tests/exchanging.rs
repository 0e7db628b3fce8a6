//! One exchange with a province that is honest, and with ones that are not.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::Future;

use rasoat_casework::{Chain, Change, DeviceId, Draft, Edit, Subject, SubjectKind, VersionVector, WriterId};
use rasoat_exchange::{
    Accepted, Batch, BatchHash, BundleIdentity, CarrierError, CatalogueDigest, Cursor, Dictionary, Door,
    Limits, LinkKey, MAX_BATCHES, MessageError, PROTOCOL_MAX, Receipt, RequestPart, RequestReader,
    RequestTag, SignedBatch, SignedReceipt, SigningKey, SyncProtocol, SyncRequest, SyncResponse,
    encode_request, encode_response,
};
use rasoat_instrument::Value;
use rasoat_sync::{ExchangeError, Exchanged, Party, Question, exchange};
use uuid::Uuid;

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
    Party { device: device(), link: link(), server_key: server_key().verify_key() }
}

fn link() -> LinkKey {
    LinkKey::between(&device_key(), &BundleIdentity::of(&server_key()).unwrap().recipient()).unwrap()
}

/// Of another laptop and the same province.
fn strange_link() -> LinkKey {
    let stranger = BundleIdentity::of(&SigningKey::from_seed([3; 32])).unwrap();
    LinkKey::between(&server_key(), &stranger.recipient()).unwrap()
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
    SignedBatch::sign(
        &Batch::build(&[edit()], device()).unwrap(),
        &device_key(),
        Dictionary::of(Dictionary::NEWEST),
    )
}

/// Reads the request as the province does and answers as told.
struct Province<A>(A);

impl<A> SyncProtocol for Province<A>
where
    A: Fn(SyncRequest, RequestTag) -> Result<Vec<u8>, CarrierError> + Sync,
{
    fn post(
        &self,
        door: Door,
        request: Vec<u8>,
    ) -> impl Future<Output = Result<Vec<u8>, CarrierError>> + Send {
        assert_eq!(door, Door::Exchange);
        let mut reader = RequestReader::new(Limits::DEFAULT);
        let mut parts = reader.feed(&request).unwrap().into_iter();
        reader.finish().unwrap();
        let Some(RequestPart::Head(head)) = parts.next() else { panic!("no head comes first") };
        let (head, tag) = head.open(&link()).unwrap();
        let batches = parts.map(|part| match part {
            RequestPart::Batch(batch) => batch,
            RequestPart::Unreadable => panic!("not a batch"),
            RequestPart::Head(_) => panic!("a second head"),
        });
        let request = SyncRequest { head: head.clone(), batches: batches.collect() };
        std::future::ready((self.0)(request, tag))
    }
}

fn receipt_for(batch: BatchHash) -> Receipt {
    Receipt {
        batch,
        accepted: Accepted::Edits(Receipt::ranges([edit().id])),
        verdicts: Vec::new(),
        server_time_millis: 5,
    }
}

fn response(receipts: Vec<SignedReceipt>) -> SyncResponse {
    SyncResponse {
        protocol: PROTOCOL_MAX,
        receipts,
        changes: Vec::new(),
        unread: Vec::new(),
        cursor: Cursor(vec![2]),
        more: false,
        server_time_millis: 1_000_000,
        dictionary: 9,
        catalogue: None,
    }
}

fn answer(receipts: Vec<SignedReceipt>, tag: RequestTag) -> Vec<u8> {
    encode_response(&response(receipts), tag, &link(), Dictionary::of(Dictionary::NEWEST)).unwrap()
}

fn question() -> Question {
    Question {
        protocol: None,
        nonce: 4,
        cursor: Cursor(vec![1]),
        catalogue: Some(CatalogueDigest([5; 8])),
        room: 64,
        dictionary: Dictionary::NEWEST,
        asked: Vec::new(),
        health: None,
        batches: vec![batch()],
    }
}

async fn ask(
    answer: impl Fn(SyncRequest, RequestTag) -> Result<Vec<u8>, CarrierError> + Sync,
) -> Result<Exchanged, ExchangeError> {
    put(question(), answer).await
}

async fn put(
    question: Question,
    answer: impl Fn(SyncRequest, RequestTag) -> Result<Vec<u8>, CarrierError> + Sync,
) -> Result<Exchanged, ExchangeError> {
    // A clock that shows 1,000 when the request leaves and 3,000 when the answer comes.
    let shows = Cell::new(-1_000);
    let clock = || {
        shows.set(shows.get() + 2_000);
        shows.get()
    };
    exchange(&Province(answer), &party(), question, clock).await
}

#[tokio::test]
async fn a_verified_answer_gives_receipts_cursor_and_the_clocks_offset() {
    let done = ask(|request, tag| {
        let head = &request.head;
        assert_eq!((&head.cursor, head.nonce, head.room), (&Cursor(vec![1]), 4, 64));
        assert_eq!(head.catalogue, Some(CatalogueDigest([5; 8])));
        assert_eq!((head.dictionary, head.device), (Dictionary::NEWEST, device()));
        let receipt = SignedReceipt::sign(&receipt_for(request.batches[0].batch_hash()), &server_key());
        Ok(answer(vec![receipt], tag))
    })
    .await
    .unwrap();
    assert!(done.receipts[0].1.accepts(edit().id));
    assert_eq!(done.receipts[0].0.open(&server_key().verify_key()), Ok(done.receipts[0].1.clone()));
    assert_eq!((done.cursor, done.more, done.clock_offset_millis), (Cursor(vec![2]), false, 998_000));
    assert_eq!((done.dictionary, done.catalogue), (9, None));
}

#[tokio::test]
async fn a_request_needs_no_dictionary_where_the_province_has_none() {
    for theirs in [0, Dictionary::NEWEST, Dictionary::NEWEST + 7] {
        let done = put(Question { dictionary: theirs, ..question() }, |request, tag| {
            let receipt = SignedReceipt::sign(&receipt_for(request.batches[0].batch_hash()), &server_key());
            Ok(answer(vec![receipt], tag))
        });
        assert_eq!(done.await.unwrap().receipts.len(), 1);
    }
}

#[tokio::test]
async fn batches_asked_for_get_receipts_as_far_as_they_had_arrived() {
    let other = BatchHash([8; 32]);
    let asking = Question { asked: vec![batch().batch_hash(), other], batches: Vec::new(), ..question() };
    let done = put(asking, |request, tag| {
        assert_eq!(request.head.asked, [batch().batch_hash(), other]);
        assert!(request.batches.is_empty());
        let receipt = SignedReceipt::sign(&receipt_for(request.head.asked[0]), &server_key());
        Ok(answer(vec![receipt], tag))
    });
    let receipts = done.await.unwrap().receipts;
    assert_eq!(receipts.iter().map(|(_, receipt)| receipt.batch).collect::<Vec<_>>(), [batch().batch_hash()]);
}

#[tokio::test]
async fn an_answer_of_another_server_or_to_another_request_is_not_taken() {
    let stranger = ask(|request, tag| {
        let receipt = SignedReceipt::sign(&receipt_for(request.batches[0].batch_hash()), &server_key());
        Ok(encode_response(&response(vec![receipt]), tag, &strange_link(), None).unwrap())
    });
    assert_eq!(stranger.await, Err(ExchangeError::Answer(MessageError::BadSignature)));
    // The same in all but its number.
    let replayed = ask(|mut request, _| {
        request.head.nonce += 1;
        let (_, before) = encode_request(&request, &link(), None).unwrap();
        Ok(answer(Vec::new(), before))
    });
    assert_eq!(replayed.await.unwrap_err().code(), "answer_not_verified");
}

#[tokio::test]
async fn a_receipt_that_another_signed_or_that_is_of_another_batch_is_not_taken() {
    let batch = batch().batch_hash();
    let forged = SignedReceipt::sign(&receipt_for(batch), &device_key());
    let unasked = SignedReceipt::sign(&receipt_for(BatchHash([0; 32])), &server_key());
    for receipt in [forged, unasked] {
        let asked = ask(|_, tag| Ok(answer(vec![receipt.clone()], tag)));
        assert_eq!(asked.await, Err(ExchangeError::ForeignReceipt));
    }
}

#[tokio::test]
async fn a_batch_without_a_receipt_is_not_taken_as_sent() {
    let asked = ask(|_, tag| Ok(answer(Vec::new(), tag)));
    assert_eq!(asked.await, Err(ExchangeError::Unanswered));
}

#[tokio::test]
async fn what_the_carrier_says_comes_through_and_garbage_is_unreadable() {
    assert_eq!(ask(|_, _| Err(CarrierError::Stalled)).await.unwrap_err().code(), "stalled");
    assert_eq!(ask(|_, _| Ok(b"<html>".to_vec())).await.unwrap_err().code(), "answer_unreadable");
}

#[tokio::test]
async fn more_than_a_request_holds_is_not_sent() {
    let batches = vec![batch(); MAX_BATCHES + 1];
    let sent = put(Question { batches, ..question() }, |_, _| panic!("it was sent"));
    assert_eq!(sent.await, Err(ExchangeError::TooMuch));
}
