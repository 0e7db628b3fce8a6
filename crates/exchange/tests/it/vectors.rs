//! The bytes of protocol 1, kept as a file for other implementers: what was written once stays readable, and what is made
//! today is the same.

use std::collections::BTreeMap;

use rasoat_casework::Edit;
use rasoat_exchange::{
    Batch, Bundle, Cursor, EnrolmentFile, Limits, Receipt, RequestHash, ServerId, SignedBatch, SignedNews,
    SignedReceipt, SyncRequest, SyncResponse, decode_request, decode_response, encode_request,
    encode_response,
};
use uuid::Uuid;

use crate::bundles::{laptop, news, of_edits, province, reply};
use crate::enrolments::{CODE, enrolment};
use crate::support::{device, device_key, edits, server_key};

const FILE: &str = include_str!("../../../../tests/fixtures/protocol/v1.json");

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|index| u8::from_str_radix(&text[2 * index..2 * index + 2], 16).unwrap())
        .collect()
}

fn inflated(stream: &[u8]) -> Vec<u8> {
    zstd::stream::decode_all(stream).unwrap()
}

struct Made {
    edit: Edit,
    batch: SignedBatch,
    receipt: SignedReceipt,
    request: SyncRequest,
    request_stream: Vec<u8>,
    request_hash: RequestHash,
    response: SyncResponse,
    response_stream: Vec<u8>,
    enrolment_file: Vec<u8>,
}

fn make() -> Made {
    let edits = edits(2);
    let batch = SignedBatch::sign(&Batch::build(&edits, device()).unwrap(), &device_key());
    let receipt = Receipt {
        batch: batch.batch_hash(),
        accepted: Receipt::ranges(edits.iter().map(|edit| edit.id)),
        verdicts: Vec::new(),
        server_time_millis: 1_790_000_001_000,
        server: ServerId(Uuid::from_u128(42)),
    };
    let receipt = SignedReceipt::sign(&receipt, &server_key());
    let request = SyncRequest {
        protocol: 1,
        device: device(),
        cursor: Cursor(vec![7]),
        batches: vec![batch.clone()],
        sent_at_millis: 1_790_000_000_500,
    };
    let (request_stream, request_hash) = encode_request(&request, &device_key()).unwrap();
    let response = SyncResponse {
        protocol: 1,
        receipts: vec![receipt.clone()],
        changes: Vec::new(),
        cursor: Cursor(vec![8]),
        more: false,
        server_time_millis: 1_790_000_001_000,
    };
    let response_stream = encode_response(&response, request_hash, &server_key()).unwrap();
    let enrolment_file = EnrolmentFile::write(&enrolment(), &server_key()).unwrap();
    Made {
        edit: edits[0].clone(),
        batch,
        receipt,
        request,
        request_stream,
        request_hash,
        response,
        response_stream,
        enrolment_file,
    }
}

fn vectors() -> BTreeMap<String, String> {
    serde_json::from_str(FILE).unwrap()
}

#[test]
fn what_is_made_today_is_what_the_vectors_hold() {
    let made = make();
    let today = [
        ("device_seed", hex(device_key().to_seed().as_slice())),
        ("server_seed", hex(server_key().to_seed().as_slice())),
        ("device_verify_key", device_key().verify_key().to_hex()),
        ("server_verify_key", server_key().verify_key().to_hex()),
        ("edit", hex(&made.edit.to_bytes())),
        ("edit_hash", hex(&made.edit.hash().0)),
        ("batch", hex(&made.batch.bytes)),
        ("batch_signature", hex(&made.batch.signature.to_bytes())),
        ("batch_hash", made.batch.batch_hash().to_hex()),
        ("receipt", hex(&made.receipt.bytes)),
        ("receipt_signature", hex(&made.receipt.signature.to_bytes())),
        ("request_inflated", hex(&inflated(&made.request_stream))),
        ("request_hash", hex(&made.request_hash.0)),
        ("response_inflated", hex(&inflated(&made.response_stream))),
        ("bundle_identity", province().to_text().to_string()),
        ("bundle_recipient", province().recipient().to_string()),
        ("bundle_inflated", hex(&of_edits().to_bytes())),
        ("reply_identity", laptop().to_text().to_string()),
        ("reply_recipient", laptop().recipient().to_string()),
        ("reply_inflated", hex(&reply().to_bytes())),
        ("news", hex(&SignedNews::sign(&news(), &server_key()).bytes)),
    ];
    let vectors = vectors();
    for (name, bytes) in today {
        assert_eq!(vectors.get(name), Some(&bytes), "{name}");
    }
}

#[test]
fn the_vectors_are_read_as_what_they_were_made_from() {
    let (made, vectors) = (make(), vectors());
    let bytes = |name: &str| unhex(&vectors[name]);
    assert_eq!(Edit::from_bytes(&bytes("edit")), Ok(made.edit));
    let request = decode_request(&bytes("request_stream"), Limits::DEFAULT).unwrap();
    assert_eq!(request.hash(), made.request_hash);
    assert_eq!(request.open(&device_key().verify_key()), Ok(made.request));
    let server = server_key().verify_key();
    let response = decode_response(&bytes("response_stream"), Limits::DEFAULT, made.request_hash, &server);
    assert_eq!(response, Ok(made.response));
    let enrolment_read = EnrolmentFile::read(&bytes("enrolment_file")).unwrap();
    assert_eq!(enrolment_read, enrolment());
    assert_eq!(EnrolmentFile::read(&made.enrolment_file), Ok(enrolment()));
    assert_eq!(Bundle::open(&bytes("bundle_file"), &province(), Limits::BUNDLE), Ok(of_edits()));
    assert_eq!(Bundle::open(&bytes("reply_file"), &laptop(), Limits::BUNDLE), Ok(reply()));
    assert_eq!(vectors["enrolment_code"], CODE);
    assert_eq!(enrolment_read.open_seed(CODE).unwrap().verify_key(), device_key().verify_key());
}
