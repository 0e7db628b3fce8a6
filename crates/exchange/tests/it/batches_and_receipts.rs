//! Signed batches and receipts: what is verified is the bytes as made.

use std::collections::BTreeMap;

use crate::support::{batch_of, device, device_key, dictionary, edits, edits_of, flips, server_key};
use proptest::prelude::*;
use rasoat_casework::cbor::Writer;
use rasoat_casework::{DeviceId, Edit, EditId, WriterId};
use rasoat_exchange::{
    Accepted, Batch, BatchError, BatchHash, MAX_BATCH_BYTES, MAX_EDITS, Receipt, ReceiptError, Signature,
    SignedBatch, SignedReceipt, SigningKey, Verdict, VerdictCode, VerifyKey,
};
use uuid::Uuid;

fn signed(count: u128) -> SignedBatch {
    batch_of(&edits(count), None)
}

#[test]
fn a_batch_gives_its_edits_back_sorted_and_once() {
    let mut mixed = edits_of(2, 3);
    mixed.extend(edits(4));
    mixed.reverse();
    mixed.extend(edits(2));
    let expected: Vec<_> = edits(4).into_iter().chain(edits_of(2, 3)).collect();
    for known in [None, Some(dictionary())] {
        let opened = batch_of(&mixed, known).open(&device_key().verify_key()).unwrap();
        assert_eq!(opened.edits, expected);
        assert!(opened.unreadable.is_empty());
        assert_eq!(opened.instruments().len(), 1);
    }
}

#[test]
fn the_same_edits_make_the_same_bytes() {
    assert_eq!(signed(3), signed(3));
    assert_eq!(batch_of(&edits(3), Some(dictionary())), batch_of(&edits(3), Some(dictionary())));
    assert_ne!(signed(3).batch_hash(), signed(2).batch_hash());
}

#[test]
fn every_flipped_bit_of_a_signed_batch_is_refused() {
    let (batch, key) = (signed(2), device_key().verify_key());
    for (bit, bytes) in flips(&batch.bytes) {
        let flipped = SignedBatch { bytes, ..batch.clone() };
        assert_eq!(flipped.open(&key), Err(BatchError::BadSignature), "bit {bit} of the bytes");
    }
    for (bit, bytes) in flips(&batch.signature.to_bytes()) {
        let flipped =
            SignedBatch { signature: Signature::from_bytes(bytes.try_into().unwrap()), ..batch.clone() };
        assert_eq!(flipped.open(&key), Err(BatchError::BadSignature), "bit {bit} of the signature");
    }
    for (bit, bytes) in flips(batch.device.0.as_bytes()) {
        let device = DeviceId(Uuid::from_bytes(bytes.try_into().unwrap()));
        let flipped = SignedBatch { device, ..batch.clone() };
        assert_eq!(flipped.open(&key), Err(BatchError::OtherDevice), "bit {bit} of the device");
    }
}

#[test]
fn every_truncation_of_a_signed_batch_is_refused() {
    let batch = signed(2);
    for length in 0..batch.bytes.len() {
        let cut = SignedBatch { bytes: batch.bytes[..length].to_vec(), ..batch.clone() };
        assert_eq!(cut.open(&device_key().verify_key()), Err(BatchError::BadSignature), "{length} bytes");
    }
}

#[test]
fn another_key_is_refused() {
    let other = SigningKey::from_seed([9; 32]).verify_key();
    assert_eq!(signed(1).open(&other), Err(BatchError::BadSignature));
}

#[test]
fn a_signature_for_one_purpose_is_none_for_another() {
    let receipt = SignedReceipt::sign(&receipt(), &device_key());
    let batch = SignedBatch { bytes: receipt.bytes, signature: receipt.signature, device: device() };
    assert_eq!(batch.open(&device_key().verify_key()), Err(BatchError::BadSignature));
}

#[test]
fn nothing_and_too_much_make_no_batch() {
    assert_eq!(Batch::build(&[], device()), Err(BatchError::Empty));
    assert_eq!(Batch::build(&edits(MAX_EDITS as u128 + 1), device()), Err(BatchError::TooManyEdits));
    let mut large = edits(5);
    for edit in &mut large {
        edit.author = "x".repeat(MAX_BATCH_BYTES / 4);
    }
    assert_eq!(Batch::build(&large, device()), Err(BatchError::TooLarge));
}

/// Signs bytes as a device would that makes batches of its own kind.
fn hostile(bytes: Vec<u8>) -> Result<Batch, BatchError> {
    let signature = sign_as_batch(&device_key(), &bytes);
    SignedBatch { bytes, signature, device: device() }.open(&device_key().verify_key())
}

/// The label and the bytes, as `docs/protocol.md` says: what any implementer can do.
fn sign_as_batch(key: &SigningKey, bytes: &[u8]) -> Signature {
    use ed25519_dalek::Signer;
    let key = ed25519_dalek::SigningKey::from_bytes(&key.to_seed());
    Signature::from_bytes(key.sign(&[b"rasoat batch\0", bytes].concat()).to_bytes())
}

/// What a batch says after its device.
#[derive(Default)]
struct Items {
    runs: Vec<(u128, u64, u64)>,
    dictionary: u64,
    schema: Vec<u8>,
    texts: Vec<u8>,
    codes: Vec<u8>,
    bare: Vec<(u64, Vec<u8>)>,
}

impl Items {
    fn bytes(&self, format: u64) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(9).uint(format).bytes(device().0.as_bytes()).array(self.runs.len() * 3);
        for (writer, first, count) in &self.runs {
            out.bytes(Uuid::from_u128(*writer).as_bytes()).uint(*first).uint(*count);
        }
        out.array(0).uint(self.dictionary).bytes(&self.schema).bytes(&self.texts).bytes(&self.codes);
        out.array(self.bare.len() * 2);
        for (place, edit) in &self.bare {
            out.uint(*place).bytes(edit);
        }
        out.into_bytes()
    }
}

fn runs(runs: &[(u128, u64, u64)]) -> Items {
    Items { runs: runs.to_vec(), ..Items::default() }
}

#[test]
fn an_edit_that_cannot_be_read_does_not_stop_the_others() {
    let edits = edits(3);
    let writer = edits[0].id.writer.0.as_u128();
    let bare = vec![(0, edits[0].to_bytes()), (1, b"of a newer program".to_vec()), (2, edits[0].to_bytes())];
    let opened = hostile(Items { bare, ..runs(&[(writer, 1, 3)]) }.bytes(1)).unwrap();
    assert_eq!(opened.edits, edits[..1]);
    let unreadable: Vec<_> = opened.unreadable.iter().map(|edit| (edit.id.seq, edit.code)).collect();
    assert_eq!(unreadable, [(2, "malformed"), (3, "other_id")]);
    assert_eq!(opened.unreadable[0].bytes, b"of a newer program");
}

#[test]
fn a_dictionary_that_is_not_known_here_is_said_to_be_that() {
    let schema = vec![1, 0, 0];
    let items = Items { dictionary: 999, schema, ..runs(&[(1, 1, 1)]) };
    assert_eq!(hostile(items.bytes(1)), Err(BatchError::UnknownDictionary));
    assert_eq!(BatchError::UnknownDictionary.code(), "unknown_dictionary");
    // Without a packing there is nothing to know it for.
    let edits = edits(1);
    let bare = vec![(0, edits[0].to_bytes())];
    let items = Items { dictionary: 999, bare, ..runs(&[(edits[0].id.writer.0.as_u128(), 1, 1)]) };
    assert_eq!(hostile(items.bytes(1)).unwrap().edits, edits);
}

#[test]
fn a_newer_packing_is_a_newer_format() {
    let items = Items { schema: vec![2, 9, 9], ..runs(&[(1, 1, 1)]) };
    assert_eq!(hostile(items.bytes(1)), Err(BatchError::NewerFormat));
}

#[test]
fn absurd_counts_and_newer_formats_are_refused_by_what_is_wrong() {
    let edit = edits(1)[0].to_bytes();
    let one = |bare: &[u64]| Items {
        bare: bare.iter().map(|place| (*place, edit.clone())).collect(),
        ..runs(&[(1, 1, 2)])
    };
    let packed = |schema: &[u8]| Items { schema: schema.to_vec(), ..runs(&[(1, 1, 1)]) };
    let cases = [
        (runs(&[]).bytes(2), BatchError::NewerFormat),
        (runs(&[]).bytes(1), BatchError::Empty),
        (runs(&[(1, 1, u64::MAX - 5)]).bytes(1), BatchError::TooLarge),
        (runs(&[(1, u64::MAX, 2)]).bytes(1), BatchError::Unreadable),
        (runs(&[(1, 1, 0)]).bytes(1), BatchError::Unreadable),
        (runs(&[(1, 0, 1)]).bytes(1), BatchError::Unreadable),
        (runs(&[(1, 1, 2001)]).bytes(1), BatchError::TooLarge),
        // Neither packed nor bare.
        (runs(&[(1, 1, 2)]).bytes(1), BatchError::Unreadable),
        (one(&[0]).bytes(1), BatchError::Unreadable),
        (one(&[0, 2]).bytes(1), BatchError::Unreadable),
        (one(&[1, 0]).bytes(1), BatchError::Unreadable),
        (one(&[0, 0]).bytes(1), BatchError::Unreadable),
        (one(&[0, 1, 2]).bytes(1), BatchError::TooLarge),
        // More shared texts, tables, columns and names than there are bytes, or than there may be.
        (packed(&[0]).bytes(1), BatchError::Unreadable),
        (packed(&[1]).bytes(1), BatchError::Unreadable),
        (packed(&[1, 0xff, 0xff, 0xff, 0x7f]).bytes(1), BatchError::TooLarge),
        (packed(&[1, 0, 0xff, 0x01, 0]).bytes(1), BatchError::TooLarge),
        (packed(&[1, 0, 1, 0, 1, 9, 0]).bytes(1), BatchError::TooLarge),
        (packed(&[1, 0, 1, 0, 1, 0, 0x80, 0x40, 0]).bytes(1), BatchError::TooLarge),
        (vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], BatchError::Unreadable),
        (vec![0; MAX_BATCH_BYTES + 1], BatchError::TooLarge),
    ];
    for (index, (bytes, expected)) in cases.into_iter().enumerate() {
        assert_eq!(hostile(bytes), Err(expected), "case {index}");
    }
}

#[test]
fn a_batch_is_claimed_by_the_device_it_names() {
    let batch = signed(2);
    assert_eq!(SignedBatch::claimed(batch.bytes.clone(), batch.signature), Some(batch.clone()));
    for length in 0..18 {
        assert_eq!(SignedBatch::claimed(batch.bytes[..length].to_vec(), batch.signature), None, "{length}");
    }
    let (compresses, rest) = batch.parts();
    assert_eq!([compresses, rest].concat(), batch.bytes);
}

fn receipt() -> Receipt {
    let writer = WriterId(Uuid::from_u128(5));
    Receipt {
        batch: BatchHash([8; 32]),
        accepted: Accepted::Edits(vec![(writer, 1..=4), (writer, 6..=6)]),
        verdicts: vec![Verdict {
            edit: EditId { writer, seq: 5 },
            code: VerdictCode::OutOfScope,
            params: BTreeMap::from([("commune".to_owned(), "06325".to_owned())]),
        }],
        server_time_millis: 1_790_000_000_000,
    }
}

#[test]
fn a_receipt_comes_back_and_says_what_is_accepted() {
    let signed = SignedReceipt::sign(&receipt(), &server_key());
    let opened = signed.open(&server_key().verify_key()).unwrap();
    assert_eq!(opened, receipt());
    let accepted: Vec<u64> = (0..8)
        .filter(|seq| opened.accepts(EditId { writer: WriterId(Uuid::from_u128(5)), seq: *seq }))
        .collect();
    assert_eq!(accepted, [1, 2, 3, 4, 6]);
    assert!(!opened.accepts(EditId { writer: WriterId(Uuid::from_u128(6)), seq: 1 }));

    let whole = Receipt { accepted: Accepted::All(7), verdicts: Vec::new(), ..receipt() };
    let signed = SignedReceipt::sign(&whole, &server_key());
    assert_eq!(signed.bytes.len(), 1 + 1 + 34 + 1 + 1 + 9);
    let opened = signed.open(&server_key().verify_key()).unwrap();
    assert_eq!(opened, whole);
    assert!(opened.accepts(EditId { writer: WriterId(Uuid::from_u128(6)), seq: 1 }));
}

#[test]
fn every_flipped_bit_and_truncation_of_a_receipt_is_refused() {
    let (signed, key) = (SignedReceipt::sign(&receipt(), &server_key()), server_key().verify_key());
    for (bit, bytes) in flips(&signed.bytes) {
        let flipped = SignedReceipt { bytes, ..signed.clone() };
        assert_eq!(flipped.open(&key), Err(ReceiptError::BadSignature), "bit {bit}");
    }
    for length in 0..signed.bytes.len() {
        let cut = SignedReceipt { bytes: signed.bytes[..length].to_vec(), ..signed.clone() };
        assert_eq!(cut.open(&key), Err(ReceiptError::BadSignature), "{length} bytes");
    }
    assert_eq!(signed.open(&device_key().verify_key()), Err(ReceiptError::BadSignature));
}

#[test]
fn ranges_join_neighbours_of_one_writer() {
    let id = |writer, seq| EditId { writer: WriterId(Uuid::from_u128(writer)), seq };
    let ranges =
        Receipt::ranges([id(1, 3), id(1, 1), id(1, 2), id(2, 4), id(1, 5), id(1, 2), id(2, u64::MAX)]);
    let plain: Vec<_> = ranges.iter().map(|(w, seqs)| (w.0.as_u128(), *seqs.start(), *seqs.end())).collect();
    assert_eq!(plain, [(1, 1, 3), (1, 5, 5), (2, 4, 4), (2, u64::MAX, u64::MAX)]);
}

#[test]
fn every_verdict_has_a_code_that_names_it() {
    let codes = ["out_of_scope", "stored_unscored", "broken_chain", "forked_seq", "unreadable"];
    for code in codes {
        let verdict = VerdictCode::of(code).unwrap();
        assert_eq!(verdict.as_str(), code);
        assert_eq!(verdict.is_stored(), code == "stored_unscored");
    }
    assert_eq!(VerdictCode::of("wrong"), None);
}

#[test]
fn keys_are_read_back_and_strangers_are_not() {
    let key = device_key().verify_key();
    assert_eq!(key.to_hex().parse::<VerifyKey>(), Ok(key));
    assert_eq!(VerifyKey::from_bytes(key.to_bytes()), Ok(key));
    for wrong in ["", "00", &"g".repeat(64), &"é".repeat(32), &key.to_hex()[..63]] {
        assert!(wrong.parse::<VerifyKey>().is_err(), "{wrong}");
    }
    assert_eq!(format!("{:?}", device_key()), "SigningKey(…)");
}

proptest! {
    #[test]
    fn random_bytes_signed_by_a_device_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(hostile(bytes).is_err());
    }

    #[test]
    fn a_spoilt_batch_that_is_signed_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for known in [None, Some(dictionary())] {
            let mut bytes = batch_of(&edits(2), known).bytes;
            let at = at.index(bytes.len());
            bytes[at] = byte;
            for edit in hostile(bytes).map(|batch| batch.edits).unwrap_or_default() {
                prop_assert_eq!(Edit::from_bytes(&edit.to_bytes()), Ok(edit));
            }
        }
    }
}
