//! A new key in place of an old one: both sign, nobody else can.

use crate::support::{device, device_key, edits, flips, server_key};
use rasoat_exchange::{
    Batch, BatchError, BundleIdentity, SignedBatch, SignedSuccession, SigningKey, Succession, SuccessionError,
};

fn new_key() -> SigningKey {
    SigningKey::from_seed([77; 32])
}

fn succession() -> Succession {
    Succession {
        device: device(),
        number: 1,
        key: new_key().verify_key(),
        recipient: BundleIdentity::of(&new_key()).unwrap().recipient(),
        made_at_millis: 1_790_000_000_000,
    }
}

#[test]
fn what_both_keys_signed_is_read_as_it_was_made() {
    let signed = succession().sign(&device_key(), &new_key());
    let read = SignedSuccession::decode(&signed.encode()).unwrap();
    assert_eq!(read, signed);
    assert_eq!(read.claimed(), Ok(succession()));
    assert_eq!(read.open(&device_key().verify_key()), Ok(succession()));
}

#[test]
fn a_statement_that_one_of_the_keys_did_not_sign_is_nobodys() {
    let stranger = SigningKey::from_seed([78; 32]);
    let by_new_alone = succession().sign(&stranger, &new_key());
    assert_eq!(by_new_alone.open(&device_key().verify_key()), Err(SuccessionError::BadSignature));
    let by_old_alone = succession().sign(&device_key(), &stranger);
    assert_eq!(by_old_alone.claimed(), Err(SuccessionError::BadSignature));
    assert_eq!(by_old_alone.open(&device_key().verify_key()), Err(SuccessionError::BadSignature));
}

#[test]
fn every_flipped_bit_and_truncation_of_a_statement_is_refused() {
    let bytes = succession().sign(&device_key(), &new_key()).encode();
    let opened = |bytes: &[u8]| {
        SignedSuccession::decode(bytes).and_then(|signed| signed.open(&device_key().verify_key()))
    };
    for (bit, bytes) in flips(&bytes) {
        assert!(opened(&bytes).is_err(), "bit {bit}");
    }
    for length in 0..bytes.len() {
        assert_eq!(opened(&bytes[..length]), Err(SuccessionError::Unreadable), "{length}");
    }
}

#[test]
fn only_the_province_says_that_it_took_a_key_and_of_that_one_only() {
    let signed = succession().sign(&device_key(), &new_key());
    let server = server_key().verify_key();
    let answer = signed.taken(&server_key());
    assert_eq!(signed.is_taken(&answer, &server), Ok(()));
    assert_eq!(signed.is_taken(&signed.taken(&device_key()), &server), Err(SuccessionError::BadSignature));
    let other = Succession { number: 2, ..succession() }.sign(&device_key(), &new_key());
    assert_eq!(other.is_taken(&answer, &server), Err(SuccessionError::BadSignature));
    for (bit, bytes) in flips(&answer) {
        assert!(signed.is_taken(&bytes, &server).is_err(), "bit {bit}");
    }
}

#[test]
fn a_batch_is_opened_by_whichever_of_the_keys_signed_it() {
    let batch = Batch::build(&edits(2), device()).unwrap();
    let signed = SignedBatch::sign(&batch, &device_key(), None);
    let keys = [new_key(), device_key()].map(|key| key.verify_key());
    assert_eq!(signed.open_by_any(&keys).unwrap().edits, edits(2));
    assert_eq!(signed.open_by_any(&keys[..1]), Err(BatchError::BadSignature));
    assert_eq!(signed.open_by_any([]), Err(BatchError::BadSignature));
}
