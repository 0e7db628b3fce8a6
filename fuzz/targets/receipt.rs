//! Any bytes that a server signed: refused, or a receipt that is the same after another journey.
#![no_main]

use std::sync::LazyLock;

use ed25519_dalek::Signer as _;
use libfuzzer_sys::fuzz_target;
use rasoat_casework::EditId;
use rasoat_exchange::{Accepted, Signature, SignedReceipt, SigningKey};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed([2; 32]));

fuzz_target!(|data: &[u8]| {
    let key = ed25519_dalek::SigningKey::from_bytes(&KEY.to_seed());
    let signature = Signature::from_bytes(key.sign(&[b"rasoat receipt\0", data].concat()).to_bytes());
    let signed = SignedReceipt { bytes: data.to_vec(), signature };
    let Ok(receipt) = signed.open(&KEY.verify_key()) else { return };
    if let Accepted::Edits(ranges) = &receipt.accepted {
        for (writer, seqs) in ranges {
            for seq in [*seqs.start(), *seqs.end()] {
                assert!(seqs.is_empty() || receipt.accepts(EditId { writer: *writer, seq }));
            }
        }
    }
    let again = SignedReceipt::sign(&receipt, &KEY);
    assert_eq!(again.open(&KEY.verify_key()), Ok(receipt));
});
