//! Any request: as bytes on the wire, as what a stream inflates to, and as what follows a head that a device made.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rasoat_casework::DeviceId;
use rasoat_exchange::{
    BundleIdentity, Cursor, Limits, LinkKey, MessageError, PROTOCOL_MAX, RequestHead, RequestPart, RequestReader,
    SigningKey, SyncRequest, encode_request,
};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed([1; 32]));
/// Small, so that a stream that inflates without end is met often.
const LIMITS: Limits = Limits { compressed: 64 * 1024, inflated: 1024 * 1024 };

/// A head as a device makes it, inflated.
static HEAD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let head = RequestHead {
        protocol: PROTOCOL_MAX,
        device: DeviceId(uuid::Uuid::from_u128(7)),
        nonce: 1,
        dictionary: 0,
        cursor: Cursor::default(),
        catalogue: None,
        room: 0,
        asked: Vec::new(),
        health: None,
    };
    let province = BundleIdentity::of(&SigningKey::from_seed([2; 32])).expect("an identity");
    let link = LinkKey::between(&KEY, &province.recipient()).expect("a key");
    let request = SyncRequest { head, batches: Vec::new() };
    let (stream, _) = encode_request(&request, &link, None).expect("a request");
    // So little travels plain, behind a zero.
    stream.strip_prefix(&[0]).expect("plain").to_vec()
});

fn deflated(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).expect("deflated")
}

/// What comes of a stream that arrives in pieces of so many bytes.
fn read(stream: &[u8], piece: usize) -> Result<Vec<RequestPart>, MessageError> {
    let mut reader = RequestReader::new(LIMITS);
    let mut parts = Vec::new();
    for piece in stream.chunks(piece) {
        parts.extend(reader.feed(piece)?);
    }
    reader.finish()?;
    Ok(parts)
}

fuzz_target!(|data: &[u8]| {
    let Some((how, data)) = data.split_first() else { return };
    let stream = match how % 3 {
        0 => data.to_vec(),
        1 => deflated(data),
        _ => deflated(&[HEAD.as_slice(), data].concat()),
    };
    let whole = read(&stream, usize::MAX);
    let pieces = read(&stream, 1 + usize::from(how / 3));
    assert_eq!(whole.as_ref().ok(), pieces.as_ref().ok());
    for part in whole.unwrap_or_default() {
        if let RequestPart::Batch(batch) = part {
            let _ = batch.open(&KEY.verify_key());
        }
    }
});
