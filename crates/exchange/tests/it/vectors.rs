//! The bytes of protocol 1, kept as a file for other implementers: what was written once stays readable, and what is made
//! today is the same.

use std::collections::BTreeMap;

use rasoat_casework::Edit;
use rasoat_exchange::{
    Accepted, AttachmentAnswer, AttachmentState, Bundle, Cursor, DeviceHealth, EnrolmentFile, Limits,
    Receipt, RequestHead, RequestPart, RequestReader, RequestTag, SignedBatch, SignedNews, SignedReceipt,
    SyncRequest, SyncResponse, decode_response, encode_request, encode_response,
};

use crate::attachments::{PHOTO, put, request};
use crate::bundles::{laptop, news, of_edits, province, reply, with_file};
use crate::enrolments::{CODE, enrolment};
use crate::support::{batch_of, device, device_key, dictionary, edits, link, server_key};

const FILE: &str = include_str!("../../../../tests/fixtures/protocol/v1.json");

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|index| u8::from_str_radix(&text[2 * index..2 * index + 2], 16).unwrap())
        .collect()
}

struct Made {
    edit: Edit,
    batch: SignedBatch,
    packed: SignedBatch,
    receipt: SignedReceipt,
    request: SyncRequest,
    request_bytes: Vec<u8>,
    request_tag: RequestTag,
    response: SyncResponse,
    response_bytes: Vec<u8>,
    enrolment_file: Vec<u8>,
}

fn make() -> Made {
    let edits = edits(2);
    let (batch, packed) = (batch_of(&edits, None), batch_of(&edits, Some(dictionary())));
    let receipt = Receipt {
        batch: batch.batch_hash(),
        accepted: Accepted::Edits(Receipt::ranges(edits.iter().map(|edit| edit.id))),
        verdicts: Vec::new(),
        server_time_millis: 1_790_000_001_000,
    };
    let receipt = SignedReceipt::sign(&receipt, &server_key());
    let head = RequestHead {
        protocol: 1,
        device: device(),
        nonce: 5,
        dictionary: 1,
        cursor: Cursor(vec![7]),
        catalogue: None,
        room: 64,
        asked: Vec::new(),
        health: None,
    };
    let request = SyncRequest { head, batches: vec![batch.clone(), packed.clone()] };
    let (request_bytes, request_tag) = encode_request(&request, &link(), Some(dictionary())).unwrap();
    let response = SyncResponse {
        protocol: 1,
        receipts: vec![receipt.clone()],
        changes: edits.clone(),
        unread: Vec::new(),
        cursor: Cursor(vec![8]),
        more: false,
        server_time_millis: 1_790_000_001_000,
        dictionary: 1,
        catalogue: None,
    };
    let response_bytes = encode_response(&response, request_tag, &link(), Some(dictionary())).unwrap();
    let enrolment_file = EnrolmentFile::write(&enrolment(), &server_key()).unwrap();
    Made {
        edit: edits[0].clone(),
        batch,
        packed,
        receipt,
        request,
        request_bytes,
        request_tag,
        response,
        response_bytes,
        enrolment_file,
    }
}

/// A question of protocol 2, with the laptop's health.
fn question() -> SyncRequest {
    let health = DeviceHealth {
        clock_millis: 1_790_000_002_000,
        program: "0.1.0".to_owned(),
        waiting_edits: 300,
        waiting_files: 2,
        free_mib: Some(4096),
    };
    let head = RequestHead { protocol: 2, health: Some(health), ..make().request.head };
    SyncRequest { head, batches: Vec::new() }
}

fn attachment_messages() -> (Vec<u8>, Vec<u8>) {
    let (message, tag) = request(put()).encode(&link());
    (message, AttachmentAnswer::States(vec![AttachmentState::Whole]).encode(tag, &link()))
}

/// Without what the carrier does: another compressor may make other bytes of the same.
fn inflated(bytes: &[u8]) -> Vec<u8> {
    if bytes.first() == Some(&0) {
        return bytes[1..].to_vec();
    }
    let mut decoder = zstd::stream::read::Decoder::with_dictionary(bytes, dictionary().texts()).unwrap();
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut decoder, &mut out).unwrap();
    out
}

/// The common key as `docs/protocol.md` says, from an age identity and the other side's recipient.
fn link_key(identity: &str, other: &str) -> [u8; 32] {
    let bytes = |text: &str| <[u8; 32]>::try_from(bech32::decode(text).unwrap().1).unwrap();
    let (own, theirs) = (bytes(identity), bytes(other));
    let shared = x25519_dalek::x25519(own, theirs);
    let mut points = [x25519_dalek::x25519(own, x25519_dalek::X25519_BASEPOINT_BYTES), theirs];
    points.sort();
    blake3::derive_key("rasoat link 1", &[shared, points[0], points[1]].concat())
}

/// A tag as `docs/protocol.md` says.
fn tag(key: &[u8; 32], label: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(label);
    for part in parts {
        hasher.update(&(part.len() as u64).to_be_bytes()).update(part);
    }
    hasher.finalize().as_bytes()[..12].to_vec()
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
        ("batch_with_dictionary", hex(&made.packed.bytes)),
        ("batch_with_dictionary_signature", hex(&made.packed.signature.to_bytes())),
        ("receipt", hex(&made.receipt.bytes)),
        ("receipt_signature", hex(&made.receipt.signature.to_bytes())),
        ("link_key", hex(&link_key(&province().to_text(), &laptop().recipient().to_string()))),
        ("request_inflated", hex(&inflated(&made.request_bytes))),
        (
            "request_of_protocol_2_inflated",
            hex(&inflated(&encode_request(&question(), &link(), None).unwrap().0)),
        ),
        ("response_inflated", hex(&inflated(&made.response_bytes))),
        ("bundle_identity", province().to_text().to_string()),
        ("bundle_recipient", province().recipient().to_string()),
        ("bundle_inflated", hex(&of_edits().to_bytes())),
        ("reply_identity", laptop().to_text().to_string()),
        ("reply_recipient", laptop().recipient().to_string()),
        ("reply_inflated", hex(&reply().to_bytes())),
        ("bundle_with_file_inflated", hex(&with_file().to_bytes())),
        ("attachment", hex(PHOTO)),
        ("attachment_request", hex(&attachment_messages().0)),
        ("attachment_answer", hex(&attachment_messages().1)),
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
    let mut reader = RequestReader::new(Limits::DEFAULT);
    let parts = reader.feed(&bytes("request")).unwrap();
    reader.finish().unwrap();
    let [RequestPart::Head(head), batches @ ..] = parts.as_slice() else { panic!("no head comes first") };
    assert_eq!(head.open(&link()), Ok((&made.request.head, made.request_tag)));
    let sent: Vec<RequestPart> = made.request.batches.into_iter().map(RequestPart::Batch).collect();
    assert_eq!(batches, sent);
    let mut reader = RequestReader::new(Limits::DEFAULT);
    let question_bytes = [&[0], bytes("request_of_protocol_2_inflated").as_slice()].concat();
    let parts = reader.feed(&question_bytes).unwrap();
    let [RequestPart::Head(head)] = parts.as_slice() else { panic!("a head and nothing else") };
    assert_eq!(head.open(&link()).unwrap().0, &question().head);
    for batch in [&made.batch, &made.packed] {
        assert_eq!(batch.open(&device_key().verify_key()).unwrap().edits, edits(2));
    }
    let response = decode_response(&bytes("response"), Limits::DEFAULT, made.request_tag, &link());
    assert_eq!(response, Ok(made.response));
    let enrolment_read = EnrolmentFile::read(&bytes("enrolment_file")).unwrap();
    assert_eq!(enrolment_read, enrolment());
    assert_eq!(EnrolmentFile::read(&made.enrolment_file), Ok(enrolment()));
    assert_eq!(Bundle::open(&bytes("bundle_file"), &province(), Limits::BUNDLE), Ok(of_edits()));
    assert_eq!(Bundle::open(&bytes("bundle_with_file_file"), &province(), Limits::BUNDLE), Ok(with_file()));
    assert_eq!(Bundle::open(&bytes("reply_file"), &laptop(), Limits::BUNDLE), Ok(reply()));
    assert_eq!(vectors["enrolment_code"], CODE);
    assert_eq!(enrolment_read.open_seed(CODE).unwrap().verify_key(), device_key().verify_key());
}

#[test]
fn tags_are_what_the_protocol_says_they_are() {
    let vectors = vectors();
    let bytes = |name: &str| unhex(&vectors[name]);
    let key = link_key(&vectors["reply_identity"], &vectors["bundle_recipient"]);
    assert_eq!(hex(&key), vectors["link_key"]);
    let request = bytes("request_inflated");
    let at = tag_at(&request);
    let (content, request_tag) = (&request[..at - 1], &request[at..at + 12]);
    assert_eq!(tag(&key, b"rasoat request\0", &[content]), request_tag);
    let response = bytes("response_inflated");
    let body = &response[15 + head_of(response.len())..];
    let parts = [request_tag, &1_u16.to_be_bytes(), body];
    assert_eq!(tag(&key, b"rasoat response\0", &parts), &response[3..15]);
    let (request, answer) = (bytes("attachment_request"), bytes("attachment_answer"));
    let (content, request_tag) = request.split_at(request.len() - 12);
    assert_eq!(tag(&key, b"rasoat attachment request\0", &[content]), request_tag);
    let (content, answer_tag) = answer.split_at(answer.len() - 12);
    assert_eq!(tag(&key, b"rasoat attachment answer\0", &[request_tag, content]), answer_tag);
}

#[test]
fn a_change_of_a_newer_format_is_kept_apart_and_spoils_no_other() {
    let made = make();
    let mut response = made.response;
    // So long an author is not packed: the edit travels as it is.
    response.changes[0].author = "a".repeat(300);
    let unread = response.changes.remove(0);
    let others = response.changes.clone();
    response.changes.insert(0, unread.clone());
    let bytes = encode_response(&response, made.request_tag, &link(), None).unwrap();
    let mut inflated = inflated(&bytes);
    let edit = unread.to_bytes();
    let at = inflated.windows(edit.len()).position(|window| window == edit).unwrap();
    inflated[at + 1] += 1;
    let newer = inflated[at..at + edit.len()].to_vec();
    let body = 15 + head_of(inflated.len());
    let key = link_key(&province().to_text(), &laptop().recipient().to_string());
    let request_tag = &unhex(&vectors()["request_inflated"])[..];
    let request_tag = &request_tag[tag_at(request_tag)..][..12];
    let made_again = tag(&key, b"rasoat response\0", &[request_tag, &1_u16.to_be_bytes(), &inflated[body..]]);
    inflated[3..15].copy_from_slice(&made_again);
    let read =
        decode_response(&[&[0], inflated.as_slice()].concat(), Limits::DEFAULT, made.request_tag, &link());
    let read = read.unwrap();
    assert_eq!((read.receipts, read.changes), (response.receipts, others));
    let unread: Vec<_> = read.unread.iter().map(|edit| (edit.id, edit.bytes.clone())).collect();
    assert_eq!(unread, [(response.changes[0].id, newer)]);
}

/// Where the tag is in the vectors' request.
fn tag_at(request: &[u8]) -> usize {
    let vectors = vectors();
    let length = |name: &str| unhex(&vectors[name]).len();
    // Each batch is an array's head, its length in two or three bytes, its bytes, and a signature of 64 with two before.
    let of_batch = |batch: usize| 1 + head_of(batch) + batch + 66;
    request.len() - of_batch(length("batch")) - of_batch(length("batch_with_dictionary")) - 12
}

/// How long the head of a text or bytes of this length is.
fn head_of(length: usize) -> usize {
    match length {
        0..24 => 1,
        24..256 => 2,
        _ => 3,
    }
}
