//! The bundle: opened whole by whom it is for, or refused with the reason.

use rasoat_casework::cbor::Writer;
use rasoat_exchange::{
    Batch, Bundle, BundleError, BundleIdentity, Content, Enrolment, EnrolmentFile, Limits, Receipt, ServerId,
    SignedBatch, SignedReceipt, SigningKey,
};
use uuid::Uuid;

use crate::enrolments::enrolment;
use crate::support::{device, device_key, edits, flips, server_key};

const CREATED: i64 = 1_790_000_000_900;

pub(crate) fn province() -> BundleIdentity {
    BundleIdentity::of(&server_key()).unwrap()
}

pub(crate) fn laptop() -> BundleIdentity {
    BundleIdentity::of(&device_key()).unwrap()
}

fn batches(count: u128) -> Vec<SignedBatch> {
    let sign = |edits: &[_]| SignedBatch::sign(&Batch::build(edits, device()).unwrap(), &device_key());
    edits(count).chunks(1).map(sign).collect()
}

fn receipt_of(batch: &SignedBatch) -> SignedReceipt {
    let edits = batch.open(&device_key().verify_key()).unwrap().edits;
    let receipt = Receipt {
        batch: batch.batch_hash(),
        accepted: Receipt::ranges(edits.iter().map(|edit| edit.id)),
        verdicts: Vec::new(),
        server_time_millis: CREATED,
        server: ServerId(Uuid::from_u128(42)),
    };
    SignedReceipt::sign(&receipt, &server_key())
}

pub(crate) fn of_edits() -> Bundle {
    Bundle::of_batches(batches(2), device(), CREATED).unwrap()
}

pub(crate) fn reply() -> Bundle {
    let receipts = batches(2).iter().map(|batch| (device(), receipt_of(batch))).collect();
    Bundle::of_receipts(receipts, ServerId(Uuid::from_u128(42)), CREATED).unwrap()
}

fn opened(file: &[u8]) -> Result<Bundle, BundleError> {
    Bundle::open(file, &province(), Limits::BUNDLE)
}

/// Other bytes in an envelope for the province, as whoever has its recipient can make one.
fn sealed(inflated: &[u8]) -> Vec<u8> {
    sealed_stream(&zstd::bulk::compress(inflated, 1).unwrap())
}

fn sealed_stream(stream: &[u8]) -> Vec<u8> {
    let recipient: age::x25519::Recipient = province().recipient().to_string().parse().unwrap();
    age::encrypt(&recipient, stream).unwrap()
}

#[test]
fn batches_and_receipts_come_out_as_they_went_in() {
    let (edits, reply) = (of_edits(), reply());
    assert_eq!(opened(&edits.seal(&province().recipient()).unwrap()), Ok(edits.clone()));
    let file = reply.seal(&laptop().recipient()).unwrap();
    assert_eq!(Bundle::open(&file, &laptop(), Limits::BUNDLE), Ok(reply.clone()));
    assert_eq!(edits.manifest.creator, device().0);
    assert_eq!(edits.manifest.entries.iter().map(|entry| entry.edits).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(reply.manifest.entries, edits.manifest.entries);
    // What comes out verifies as what went in.
    let Content::Reply(receipts) = reply.content else { panic!("a reply") };
    assert!(receipts.iter().all(|receipt| receipt.open(&server_key().verify_key()).is_ok()));
}

#[test]
fn the_order_of_the_batches_is_the_makers() {
    let mut turned = batches(3);
    turned.reverse();
    turned.push(turned[0].clone());
    let bundle = Bundle::of_batches(turned.clone(), device(), CREATED).unwrap();
    let read = opened(&bundle.seal(&province().recipient()).unwrap()).unwrap();
    assert_eq!(read.content, Content::Edits(turned));
}

#[test]
fn nothing_or_too_much_is_no_bundle() {
    assert_eq!(Bundle::of_batches(Vec::new(), device(), CREATED), Err(BundleError::Empty));
    let many = vec![batches(1)[0].clone(); 10_001];
    assert_eq!(Bundle::of_batches(many, device(), CREATED), Err(BundleError::TooLarge));
}

#[test]
fn every_flipped_bit_is_refused() {
    let file = of_edits().seal(&province().recipient()).unwrap();
    for (bit, flipped) in flips(&file) {
        assert!(opened(&flipped).is_err(), "bit {bit}");
    }
}

#[test]
fn every_beginning_is_refused_as_cut_short_or_damaged() {
    let file = of_edits().seal(&province().recipient()).unwrap();
    let header = file.windows(5).position(|window| window == b"\n--- ").unwrap() + 49;
    for end in 0..file.len() {
        let expected = if end < header { BundleError::Truncated } else { BundleError::Damaged };
        assert_eq!(opened(&file[..end]), Err(expected), "{end} of {}", file.len());
    }
    let longer = [&file[..], b"x"].concat();
    assert_eq!(opened(&longer), Err(BundleError::Damaged));
}

#[test]
fn a_bundle_for_somebody_else_stays_closed() {
    let file = of_edits().seal(&laptop().recipient()).unwrap();
    assert_eq!(opened(&file), Err(BundleError::OtherRecipient));
    let identity = BundleIdentity::of(&SigningKey::from_seed([9; 32])).unwrap();
    let file = of_edits().seal(&province().recipient()).unwrap();
    assert_eq!(Bundle::open(&file, &identity, Limits::BUNDLE), Err(BundleError::OtherRecipient));
}

#[test]
fn other_files_and_newer_formats_are_named() {
    for other in [&b"PK\x03\x04 a workbook"[..], b"RASOAT-ENROLMENT\n", b"age-encryptiom", &[0; 64]] {
        assert_eq!(opened(other), Err(BundleError::NotABundle));
    }
    let file = of_edits().seal(&province().recipient()).unwrap();
    let newer = [b"age-encryption.org/v2", &file[21..]].concat();
    assert_eq!(opened(&newer), Err(BundleError::NewerFormat));
    let mut manifest = Writer::new();
    manifest.array(2).uint(2).text("what is to come");
    assert_eq!(opened(&sealed(&manifest.into_bytes())), Err(BundleError::NewerFormat));
    // Somebody's letter to the province, sealed but no bundle.
    assert_eq!(opened(&sealed_stream(b"Kinh gui")), Err(BundleError::NotABundle));
    assert_eq!(opened(&sealed(b"Kinh gui")), Err(BundleError::NotABundle));
    assert_eq!(opened(&sealed(b"")), Err(BundleError::NotABundle));
}

#[test]
fn what_is_inside_must_be_what_the_manifest_says() {
    let whole = of_edits().to_bytes();
    assert_eq!(opened(&sealed(&whole)), Ok(of_edits()));
    for end in 1..whole.len() {
        let error = opened(&sealed(&whole[..end])).unwrap_err();
        assert!([BundleError::Damaged, BundleError::NotABundle].contains(&error), "{end}: {error}");
    }
    assert_eq!(opened(&sealed(&[&whole[..], &[0]].concat())), Err(BundleError::Damaged));
    let mut bundle = of_edits();
    bundle.manifest.entries[1].batch.0[0] ^= 1;
    assert_eq!(opened(&sealed(&bundle.to_bytes())), Err(BundleError::Damaged));
    let mut bundle = of_edits();
    bundle.manifest.entries[0].edits = 2;
    assert_eq!(opened(&sealed(&bundle.to_bytes())), Err(BundleError::Damaged));
    let mut bundle = of_edits();
    bundle.manifest.entries.truncate(1);
    assert_eq!(opened(&sealed(&bundle.to_bytes())), Err(BundleError::Damaged));
    let mut reply = reply();
    reply.manifest.entries.swap(0, 1);
    assert_eq!(opened(&sealed(&reply.to_bytes())), Err(BundleError::Damaged));
}

#[test]
fn a_forged_signature_travels_and_is_found_when_the_batch_is_opened() {
    let mut forged = batches(1);
    forged[0] =
        SignedBatch::sign(&Batch::build(&edits(1), device()).unwrap(), &SigningKey::from_seed([9; 32]));
    let bundle = Bundle::of_batches(forged, device(), CREATED).unwrap();
    let Content::Edits(read) = opened(&sealed(&bundle.to_bytes())).unwrap().content else { panic!("edits") };
    assert_eq!(read[0].open(&device_key().verify_key()).unwrap_err().code(), "bad_signature");
}

#[test]
fn a_small_file_that_inflates_without_end_is_refused_at_the_limit() {
    let bomb = sealed(&vec![0; 65 * 1024 * 1024]);
    assert!(bomb.len() < 64 * 1024);
    assert_eq!(opened(&bomb), Err(BundleError::TooLarge));
    // A count beyond the bytes that are there takes no memory.
    let mut manifest = Writer::new();
    manifest.array(5).uint(1).uint(0).int(0).bytes(&[0; 16]).array(30_000);
    assert_eq!(opened(&sealed(&manifest.into_bytes())), Err(BundleError::Damaged));
    let file = of_edits().seal(&province().recipient()).unwrap();
    let tight = Limits { compressed: file.len() - 1, ..Limits::BUNDLE };
    assert_eq!(Bundle::open(&file, &province(), tight), Err(BundleError::TooLarge));
}

#[test]
fn an_enrolment_carries_the_provinces_recipient_and_older_ones_none() {
    let with = Enrolment { bundle_recipient: Some(province().recipient()), ..enrolment() };
    let file = EnrolmentFile::write(&with, &server_key()).unwrap();
    assert_eq!(EnrolmentFile::read(&file), Ok(with));
    assert!("age1test".parse::<rasoat_exchange::BundleRecipient>().is_err());
}

#[test]
fn the_identity_is_kept_apart_from_the_signing_key() {
    let seed = device_key().to_seed();
    let text = laptop().to_text();
    assert!(text.starts_with("AGE-SECRET-KEY-1"));
    let (_, secret) = bech32::decode(&text).unwrap();
    assert_ne!(secret, seed.as_slice());
    assert_eq!(format!("{:?}", laptop()), "BundleIdentity(…)");
}
