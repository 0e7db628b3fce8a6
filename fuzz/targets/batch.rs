//! Any bytes that a device signed: refused, or a batch whose edits survive another journey.
#![no_main]

use std::sync::LazyLock;

use ed25519_dalek::Signer as _;
use libfuzzer_sys::fuzz_target;
use rasoat_casework::{DeviceId, Edit};
use rasoat_exchange::{Batch, Signature, SignedBatch, SigningKey};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed([1; 32]));

/// As `docs/protocol.md` says it is signed: what whoever has a device's key can do with any bytes.
fn signed(bytes: &[u8], device: DeviceId) -> SignedBatch {
    let key = ed25519_dalek::SigningKey::from_bytes(&KEY.to_seed());
    let signature = Signature::from_bytes(key.sign(&[b"rasoat batch\0", bytes].concat()).to_bytes());
    SignedBatch { bytes: bytes.to_vec(), signature, device }
}

fuzz_target!(|data: &[u8]| {
    // The device stands in the bytes; beside them it is only compared.
    let device = match data.get(3..19) {
        Some(bytes) => DeviceId(uuid::Uuid::from_slice(bytes).expect("sixteen bytes")),
        None => return,
    };
    let key = KEY.verify_key();
    let Ok(batch) = signed(data, device).open(&key) else { return };
    for edit in &batch.edits {
        assert_eq!(Edit::from_bytes(&edit.to_bytes()).as_ref(), Ok(edit));
    }
    if let Ok(again) = Batch::build(&batch.edits, device) {
        let opened = SignedBatch::sign(&again, &KEY).open(&key).expect("what was made is read");
        assert_eq!(opened.edits, again.edits);
        assert!(opened.unreadable.is_empty());
    }
});
