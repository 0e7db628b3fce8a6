//! Sync messages: a signed envelope in one bounded zstd stream.

use crate::support::{device, device_key, edits, edits_of, flips, server_key};
use proptest::prelude::*;
use rasoat_casework::cbor::Writer;
use rasoat_exchange::{
    Batch, Cursor, Limits, MessageError, PROTOCOL_MAX, ProblemCode, RequestHash, SignedBatch, SyncRequest,
    SyncResponse, decode_request, decode_response, encode_request, encode_response,
};

fn request() -> SyncRequest {
    let batch = |edits: &[_]| SignedBatch::sign(&Batch::build(edits, device()).unwrap(), &device_key());
    SyncRequest {
        protocol: PROTOCOL_MAX,
        device: device(),
        cursor: Cursor(vec![1, 2, 3]),
        batches: vec![batch(&edits(3)), batch(&edits_of(2, 1))],
        sent_at_millis: -5,
    }
}

fn response() -> SyncResponse {
    SyncResponse {
        protocol: PROTOCOL_MAX,
        receipts: Vec::new(),
        changes: edits(2),
        cursor: Cursor(vec![9; 64]),
        more: true,
        server_time_millis: 1_790_000_000_000,
    }
}

fn inflated(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::decode_all(bytes).unwrap()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).unwrap()
}

fn decode(bytes: &[u8]) -> Result<SyncRequest, MessageError> {
    decode_request(bytes, Limits::DEFAULT)?.open(&device_key().verify_key())
}

#[test]
fn a_request_is_read_as_it_was_made() {
    let (bytes, hash) = encode_request(&request(), &device_key()).unwrap();
    let envelope = decode_request(&bytes, Limits::DEFAULT).unwrap();
    assert_eq!((envelope.protocol, envelope.device, envelope.hash()), (PROTOCOL_MAX, device(), hash));
    assert_eq!(envelope.open(&device_key().verify_key()), Ok(request()));
    assert_eq!(envelope.open(&server_key().verify_key()), Err(MessageError::BadSignature));
}

#[test]
fn a_request_with_nothing_to_send_is_small() {
    let nothing = SyncRequest { batches: Vec::new(), ..request() };
    let (bytes, _) = encode_request(&nothing, &device_key()).unwrap();
    assert_eq!(decode(&bytes), Ok(nothing));
    assert!(bytes.len() < 120, "{} bytes", bytes.len());
}

#[test]
fn a_response_is_read_as_it_was_made_and_only_for_its_request() {
    let (_, hash) = encode_request(&request(), &device_key()).unwrap();
    let bytes = encode_response(&response(), hash, &server_key()).unwrap();
    let read = |hash, key: &rasoat_exchange::SigningKey| {
        decode_response(&bytes, Limits::DEFAULT, hash, &key.verify_key())
    };
    assert_eq!(read(hash, &server_key()), Ok(response()));
    assert_eq!(read(hash, &device_key()), Err(MessageError::BadSignature));
    assert_eq!(read(RequestHash([0; 32]), &server_key()), Err(MessageError::BadSignature));
}

#[test]
fn every_flipped_bit_inside_the_stream_is_refused() {
    let (bytes, _) = encode_request(&request(), &device_key()).unwrap();
    for (bit, flipped) in flips(&inflated(&bytes)) {
        assert!(decode(&deflated(&flipped)).is_err(), "bit {bit} of the request");
    }
    let hash = RequestHash([4; 32]);
    let bytes = encode_response(&response(), hash, &server_key()).unwrap();
    for (bit, flipped) in flips(&inflated(&bytes)) {
        let read = decode_response(&deflated(&flipped), Limits::DEFAULT, hash, &server_key().verify_key());
        assert!(read.is_err(), "bit {bit} of the response");
    }
}

#[test]
fn every_flipped_bit_of_the_stream_is_refused_or_without_effect() {
    let (bytes, _) = encode_request(&request(), &device_key()).unwrap();
    for (bit, flipped) in flips(&bytes) {
        let read = decode(&flipped);
        assert!(read.is_err() || read == Ok(request()), "bit {bit}");
    }
}

#[test]
fn every_truncation_is_unreadable() {
    let (bytes, _) = encode_request(&request(), &device_key()).unwrap();
    for length in 0..bytes.len() {
        let read = decode_request(&bytes[..length], Limits::DEFAULT);
        assert_eq!(read, Err(MessageError::Unreadable), "{length} bytes of the stream");
    }
    let whole = inflated(&bytes);
    for length in 0..whole.len() {
        let read = decode_request(&deflated(&whole[..length]), Limits::DEFAULT);
        assert_eq!(read, Err(MessageError::Unreadable), "{length} bytes inside");
    }
}

#[test]
fn a_decompression_bomb_is_refused_at_the_limit() {
    let bomb = deflated(&vec![0; 80 * 1024 * 1024]);
    assert!(bomb.len() < 20_000);
    assert_eq!(decode_request(&bomb, Limits::DEFAULT), Err(MessageError::TooLarge));
    let limits = Limits { compressed: 10_000, inflated: 10 };
    assert_eq!(decode_request(&deflated(&[0; 11]), limits), Err(MessageError::TooLarge));
    assert_eq!(decode_request(&deflated(&[0; 10]), limits), Err(MessageError::Unreadable));
    assert_eq!(decode_request(&[0; 10_001], limits), Err(MessageError::TooLarge));
}

#[test]
fn a_stream_that_asks_for_a_huge_window_is_refused() {
    let message = inflated(&encode_request(&request(), &device_key()).unwrap().0);
    let with_window = |log| {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(log).unwrap();
        // In pieces, or the encoder knows how little there is and asks for no more.
        for piece in message.chunks(100) {
            std::io::Write::write_all(&mut encoder, piece).unwrap();
        }
        encoder.finish().unwrap()
    };
    assert_eq!(decode(&with_window(23)), Ok(request()));
    assert_eq!(decode(&with_window(24)), Err(MessageError::Unreadable));
}

#[test]
fn a_newer_protocol_is_refused_as_such_whatever_its_messages_look_like() {
    for protocol in [u64::from(PROTOCOL_MAX) + 1, 70_000, u64::MAX] {
        let mut out = Writer::new();
        out.array(2).uint(protocol).text("something else entirely");
        let refused = decode_request(&deflated(&out.into_bytes()), Limits::DEFAULT).unwrap_err();
        assert_eq!(refused, MessageError::ProtocolTooNew(protocol));
        assert_eq!(refused.problem().code, ProblemCode::ProtocolTooNew);
        assert_eq!(refused.problem().params["max"], PROTOCOL_MAX.to_string());
    }
    let mut out = Writer::new();
    out.array(1).uint(0);
    let refused = decode_request(&deflated(&out.into_bytes()), Limits::DEFAULT).unwrap_err();
    assert_eq!(refused, MessageError::ProtocolTooOld(0));
}

#[test]
fn the_protocol_is_under_the_signature() {
    let newer = SyncRequest { protocol: PROTOCOL_MAX + 1, ..request() };
    let (bytes, _) = encode_request(&newer, &device_key()).unwrap();
    let mut claimed = inflated(&bytes);
    claimed[1] = u8::try_from(PROTOCOL_MAX).unwrap();
    assert_eq!(decode(&deflated(&claimed)), Err(MessageError::BadSignature));
}

#[test]
fn problems_have_their_codes_in_json_and_strange_ones_are_read_too() {
    for code in [
        ProblemCode::ProtocolTooNew,
        ProblemCode::ProtocolTooOld,
        ProblemCode::UnknownDevice,
        ProblemCode::DeviceRevoked,
        ProblemCode::BadSignature,
        ProblemCode::BodyTooLarge,
        ProblemCode::Unreadable,
        ProblemCode::ServerBusy,
    ] {
        let text = serde_json::to_string(&code).unwrap();
        assert_eq!(text, format!("\"{}\"", code.as_str()));
        assert_eq!(serde_json::from_str::<ProblemCode>(&text).unwrap(), code);
    }
    let strange: rasoat_exchange::Problem =
        serde_json::from_str(r#"{"code":"moon_phase","title":"x"}"#).unwrap();
    assert_eq!(strange.code, ProblemCode::Other);
}

proptest! {
    #[test]
    fn random_bytes_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(decode_request(&bytes, Limits::DEFAULT).is_err());
        prop_assert!(decode_request(&deflated(&bytes), Limits::DEFAULT).is_err());
        let key = server_key().verify_key();
        prop_assert!(decode_response(&bytes, Limits::DEFAULT, RequestHash([0; 32]), &key).is_err());
        prop_assert!(decode_response(&deflated(&bytes), Limits::DEFAULT, RequestHash([0; 32]), &key).is_err());
    }
}
