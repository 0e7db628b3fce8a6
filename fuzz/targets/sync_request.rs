//! Any request: as bytes on the wire, as what a stream inflates to, and as a body that a device signed.
#![no_main]

use std::sync::LazyLock;

use ed25519_dalek::Signer as _;
use libfuzzer_sys::fuzz_target;
use rasoat_casework::cbor::Writer;
use rasoat_exchange::{Limits, PROTOCOL_MAX, SigningKey, decode_request};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed([1; 32]));
const DEVICE: [u8; 16] = [7; 16];
/// Small, so that a stream that inflates without end is met often.
const LIMITS: Limits = Limits { compressed: 64 * 1024, inflated: 1024 * 1024 };

fn envelope(body: &[u8]) -> Vec<u8> {
    let protocol = PROTOCOL_MAX.to_be_bytes();
    let key = ed25519_dalek::SigningKey::from_bytes(&KEY.to_seed());
    let signed = [b"rasoat request\0".as_slice(), &protocol, &DEVICE, body].concat();
    let mut out = Writer::new();
    out.array(4).uint(u64::from(PROTOCOL_MAX)).bytes(&DEVICE);
    out.bytes(&key.sign(&signed).to_bytes()).bytes(body);
    out.into_bytes()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).expect("deflated")
}

fuzz_target!(|data: &[u8]| {
    let Some((how, data)) = data.split_first() else { return };
    let stream = match how % 3 {
        0 => data.to_vec(),
        1 => deflated(data),
        _ => deflated(&envelope(data)),
    };
    let Ok(request) = decode_request(&stream, LIMITS) else { return };
    if let Ok(opened) = request.open(&KEY.verify_key()) {
        for batch in &opened.batches {
            let _ = batch.open(&KEY.verify_key());
        }
    }
});
