//! Any bytes that a device signed: refused, or a batch whose edits survive another journey.
#![no_main]

use std::sync::LazyLock;

use ed25519_dalek::Signer as _;
use libfuzzer_sys::fuzz_target;
use rasoat_casework::Edit;
use rasoat_exchange::{Batch, Dictionary, Signature, SignedBatch, SigningKey};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed([1; 32]));

/// As `docs/protocol.md` says it is signed: what whoever has a device's key can do with any bytes.
fn signature(bytes: &[u8]) -> Signature {
    let key = ed25519_dalek::SigningKey::from_bytes(&KEY.to_seed());
    Signature::from_bytes(key.sign(&[b"rasoat batch\0", bytes].concat()).to_bytes())
}

fuzz_target!(|data: &[u8]| {
    let key = KEY.verify_key();
    let Some(signed) = SignedBatch::claimed(data.to_vec(), signature(data)) else { return };
    let (first, second) = signed.parts();
    assert_eq!([first, second].concat(), data);
    let Ok(batch) = signed.open(&key) else { return };
    for edit in &batch.edits {
        assert_eq!(Edit::from_bytes(&edit.to_bytes()).as_ref(), Ok(edit));
    }
    let Ok(again) = Batch::build(&batch.edits, batch.device) else { return };
    for dictionary in [None, Dictionary::shared(Dictionary::NEWEST)] {
        let opened = SignedBatch::sign(&again, &KEY, dictionary).open(&key).expect("what was made is read");
        assert_eq!(opened.edits, again.edits);
        assert!(opened.unreadable.is_empty());
    }
});
