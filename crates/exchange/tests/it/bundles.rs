//! The bundle: opened whole by whom it is for, or refused with the reason.

use std::collections::BTreeMap;

use rasoat_casework::Round;
use rasoat_casework::cbor::Writer;
use rasoat_exchange::enrolment::{InstrumentFiles, KnownDevice, StandardFile};
use rasoat_exchange::{
    Accepted, Batch, Bundle, BundleError, BundleIdentity, BundlePart, CatalogueKind, Content, Enrolment,
    EnrolmentFile, Guidance, Limits, News, NewsError, OpenRound, Receipt, Retention, RevokedDevice, ServerId,
    SignedBatch, SignedNews, SignedReceipt, SigningKey,
};
use uuid::Uuid;

use crate::attachments::{PHOTO, photo};
use crate::enrolments::enrolment;
use crate::support::{batch_of, device, device_key, edits, edits_of, flips, server_key};

const CREATED: i64 = 1_790_000_000_900;

pub(crate) fn province() -> BundleIdentity {
    BundleIdentity::of(&server_key()).unwrap()
}

pub(crate) fn laptop() -> BundleIdentity {
    BundleIdentity::of(&device_key()).unwrap()
}

fn batches(count: u128) -> Vec<SignedBatch> {
    edits(count).chunks(1).map(|edits| batch_of(edits, None)).collect()
}

fn receipt_of(batch: &SignedBatch) -> SignedReceipt {
    let edits = batch.open(&device_key().verify_key()).unwrap().edits;
    let receipt = Receipt {
        batch: batch.batch_hash(),
        accepted: Accepted::Edits(Receipt::ranges(edits.iter().map(|edit| edit.id))),
        verdicts: Vec::new(),
        server_time_millis: CREATED,
    };
    SignedReceipt::sign(&receipt, &server_key())
}

pub(crate) fn of_edits() -> Bundle {
    Bundle::of_batches(batches(2), device(), CREATED).unwrap()
}

pub(crate) fn with_file() -> Bundle {
    Bundle::of_edits(batches(2), vec![(photo(), PHOTO.to_vec())], device(), CREATED).unwrap()
}

pub(crate) fn reply() -> Bundle {
    let receipts = batches(2).iter().map(|batch| (device(), receipt_of(batch))).collect();
    let news = vec![SignedNews::sign(&news(), &server_key())];
    Bundle::of_reply(receipts, news, Uuid::from_u128(42), CREATED).unwrap()
}

pub(crate) fn known_device() -> KnownDevice {
    KnownDevice {
        former: vec![SigningKey::from_seed([6; 32]).verify_key()],
        id: device(),
        name: "Máy 07".to_owned(),
        key: device_key().verify_key(),
        communes: vec!["06325".parse().unwrap()],
        bundle_recipient: Some(laptop().recipient()),
    }
}

pub(crate) fn news() -> News {
    News {
        server: ServerId(Uuid::from_u128(42)),
        made_at_millis: CREATED,
        communes: vec!["06325".parse().unwrap()],
        changes: edits_of(2, 2),
        unread: Vec::new(),
        instruments: vec![InstrumentFiles {
            id: "phieu".to_owned(),
            version: "2".to_owned(),
            hash: "0a".repeat(32),
            survey: "type,name\n".to_owned(),
            choices: String::new(),
            settings: "form_id\nphieu\n".to_owned(),
            files: BTreeMap::from([("thon.csv".to_owned(), "name\n".to_owned())]),
        }],
        standards: vec![StandardFile {
            id: "chuan".to_owned(),
            hash: "0b".repeat(32),
            toml: "id = \"chuan\"\n".to_owned(),
        }],
        devices: vec![known_device(), KnownDevice { bundle_recipient: None, ..known_device() }],
        revoked: vec![RevokedDevice { id: device(), at_millis: CREATED - 1 }],
        retention: Some(Retention { round: Round(2026), locked_at_millis: CREATED - 2, days: 90 }),
        opened: None,
        guidance: Vec::new(),
    }
}

fn to(identity: &BundleIdentity) -> [rasoat_exchange::BundleRecipient; 1] {
    [identity.recipient()]
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
    assert_eq!(opened(&edits.seal(&to(&province())).unwrap()), Ok(edits.clone()));
    let file = reply.seal(&to(&laptop())).unwrap();
    assert_eq!(Bundle::open(&file, &laptop(), Limits::BUNDLE), Ok(reply.clone()));
    assert_eq!(edits.manifest.creator, device().0);
    assert_eq!(edits.manifest.entries.iter().map(|entry| entry.edits).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(reply.manifest.entries, edits.manifest.entries);
    // What comes out verifies as what went in.
    let Content::Reply(reply) = reply.content else { panic!("a reply") };
    assert!(reply.receipts.iter().all(|receipt| receipt.open(&server_key().verify_key()).is_ok()));
    assert_eq!(reply.news[0].open(&server_key().verify_key()), Ok(news()));
}

#[test]
fn each_of_several_recipients_opens_it_and_nobody_else() {
    let third = BundleIdentity::of(&SigningKey::from_seed([9; 32])).unwrap();
    let file = of_edits().seal(&[province().recipient(), laptop().recipient()]).unwrap();
    assert_eq!(opened(&file), Ok(of_edits()));
    assert_eq!(Bundle::open(&file, &laptop(), Limits::BUNDLE), Ok(of_edits()));
    assert_eq!(Bundle::open(&file, &third, Limits::BUNDLE), Err(BundleError::OtherRecipient));
    assert_eq!(of_edits().seal(&[]), Err(BundleError::NotSealed));
    let many = vec![province().recipient(); 17];
    assert_eq!(of_edits().seal(&many), Err(BundleError::TooLarge));
    assert_eq!(opened(&of_edits().seal(&many[1..]).unwrap()), Ok(of_edits()));
}

#[test]
fn what_is_too_much_for_one_file_goes_in_parts_each_whole_in_itself() {
    let batches = batches(7);
    let longest = batches.iter().map(|batch| batch.bytes.len()).max().unwrap();
    let parts = Bundle::divide(batches.clone(), Vec::new(), 3 * longest);
    let sizes: Vec<usize> = parts.iter().map(|part| part.batches.len()).collect();
    assert_eq!(sizes, [3, 3, 1]);
    let mut together = Vec::new();
    for part in parts {
        let bundle = Bundle::of_batches(part.batches, device(), CREATED).unwrap();
        let read = opened(&bundle.seal(&to(&province())).unwrap()).unwrap();
        let Content::Edits(batches) = read.content else { panic!("edits") };
        together.extend(batches);
    }
    assert_eq!(together, batches);
    // A batch larger than a part is a part of its own.
    assert_eq!(Bundle::divide(batches, Vec::new(), 1).len(), 7);
    assert_eq!(Bundle::divide(Vec::new(), Vec::new(), 1), []);
}

#[test]
fn files_come_behind_the_batches_and_those_that_do_not_fit_in_the_next_part() {
    let batches = batches(2);
    let length: usize = batches.iter().map(|batch| batch.bytes.len()).sum();
    let room = length + PHOTO.len();
    let parts = Bundle::divide(batches.clone(), vec![photo(); 3], room);
    assert_eq!(parts[0], BundlePart { batches, files: vec![photo()] });
    assert!(parts[1..].iter().all(|part| part.batches.is_empty() && !part.files.is_empty()));
    assert_eq!(parts.iter().map(|part| part.files.len()).sum::<usize>(), 3);
    for part in parts {
        let files = part.files.iter().map(|file| (*file, PHOTO.to_vec())).collect();
        let bundle = Bundle::of_edits(part.batches, files, device(), CREATED).unwrap();
        assert_eq!(opened(&bundle.seal(&to(&province())).unwrap()), Ok(bundle));
    }
}

#[test]
fn a_file_that_is_not_what_its_name_says_spoils_the_bundle() {
    let spoilt = [&PHOTO[..PHOTO.len() - 1], b"!"].concat();
    let short = PHOTO[..PHOTO.len() - 1].to_vec();
    for content in [spoilt, short, b"#!/bin/sh".to_vec()] {
        let made = Bundle::of_edits(Vec::new(), vec![(photo(), content.clone())], device(), CREATED);
        assert_eq!(made, Err(BundleError::Damaged));
        let mut bundle = with_file();
        bundle.files = vec![content];
        assert_eq!(opened(&sealed(&bundle.to_bytes())), Err(BundleError::Damaged));
    }
    let mut reply = reply();
    (reply.manifest.files, reply.files) = (vec![photo()], vec![PHOTO.to_vec()]);
    assert_eq!(opened(&sealed(&reply.to_bytes())), Err(BundleError::Damaged));
    let mut bundle = with_file();
    bundle.manifest.files.clear();
    assert_eq!(opened(&sealed(&bundle.to_bytes())), Err(BundleError::Damaged));
}

#[test]
fn news_are_believed_for_the_servers_signature_over_every_byte() {
    let server = server_key().verify_key();
    let signed = SignedNews::sign(&news(), &server_key());
    for (bit, bytes) in flips(&signed.bytes) {
        let spoilt = SignedNews { bytes, ..signed.clone() };
        assert_eq!(spoilt.open(&server), Err(NewsError::BadSignature), "bit {bit}");
    }
    for stranger in [device_key(), SigningKey::from_seed([9; 32])] {
        assert_eq!(SignedNews::sign(&news(), &stranger).open(&server), Err(NewsError::BadSignature));
    }
    // A receipt's signature says nothing for news.
    let receipt = receipt_of(&batches(1)[0]);
    let passed_off = SignedNews { bytes: receipt.bytes, signature: receipt.signature };
    assert_eq!(passed_off.open(&server), Err(NewsError::BadSignature));
}

#[test]
fn news_are_written_as_before_until_there_is_a_round_or_guidance_to_be_told_of() {
    let server = server_key().verify_key();
    let before = SignedNews::sign(&news(), &server_key());
    assert_eq!(before.bytes[..2], [0x8a, 1], "ten items of format 1");
    let round = OpenRound { round: Round(2027), opened_at_millis: CREATED };
    let notice = Guidance { kind: CatalogueKind::Notice, id: "notice".to_owned(), bytes: vec![7; 9] };
    for told in [
        News { opened: Some(round), ..news() },
        News { guidance: vec![notice.clone()], ..news() },
        News { opened: Some(round), guidance: vec![notice], ..news() },
    ] {
        let signed = SignedNews::sign(&told, &server_key());
        assert_eq!(signed.bytes[..2], [0x8c, 2]);
        assert_eq!(signed.open(&server), Ok(told));
    }
}

#[test]
fn news_alone_make_a_bundle_and_too_many_do_not() {
    let signed = SignedNews::sign(&news(), &server_key());
    let alone = Bundle::of_reply(Vec::new(), vec![signed.clone()], device().0, CREATED).unwrap();
    assert_eq!(opened(&alone.seal(&to(&province())).unwrap()), Ok(alone));
    assert_eq!(Bundle::of_reply(Vec::new(), Vec::new(), device().0, CREATED), Err(BundleError::Empty));
    assert_eq!(
        Bundle::of_reply(Vec::new(), vec![signed; 17], device().0, CREATED),
        Err(BundleError::TooLarge)
    );
}

#[test]
fn the_order_of_the_batches_is_the_makers() {
    let mut turned = batches(3);
    turned.reverse();
    turned.push(turned[0].clone());
    let bundle = Bundle::of_batches(turned.clone(), device(), CREATED).unwrap();
    let read = opened(&bundle.seal(&to(&province())).unwrap()).unwrap();
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
    let one = of_edits().seal(&to(&province())).unwrap();
    let two = of_edits().seal(&[laptop().recipient(), province().recipient()]).unwrap();
    let reply = reply().seal(&to(&province())).unwrap();
    for (name, file) in [("one recipient", one), ("two recipients", two), ("a reply", reply)] {
        for (bit, flipped) in flips(&file) {
            assert!(opened(&flipped).is_err(), "{name}, bit {bit}");
        }
    }
}

#[test]
fn every_beginning_is_refused_as_cut_short_or_damaged() {
    let file = of_edits().seal(&to(&province())).unwrap();
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
    let file = of_edits().seal(&to(&laptop())).unwrap();
    assert_eq!(opened(&file), Err(BundleError::OtherRecipient));
    let identity = BundleIdentity::of(&SigningKey::from_seed([9; 32])).unwrap();
    let file = of_edits().seal(&to(&province())).unwrap();
    assert_eq!(Bundle::open(&file, &identity, Limits::BUNDLE), Err(BundleError::OtherRecipient));
}

#[test]
fn other_files_and_newer_formats_are_named() {
    for other in [&b"PK\x03\x04 a workbook"[..], b"RASOAT-ENROLMENT\n", b"age-encryptiom", &[0; 64]] {
        assert_eq!(opened(other), Err(BundleError::NotABundle));
    }
    let file = of_edits().seal(&to(&province())).unwrap();
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
    reply.manifest.entries.swap(0, 1);
    for news in [0, 2] {
        reply.manifest.news = news;
        assert_eq!(opened(&sealed(&reply.to_bytes())), Err(BundleError::Damaged));
    }
    let mut bundle = of_edits();
    bundle.manifest.news = 1;
    assert_eq!(opened(&sealed(&bundle.to_bytes())), Err(BundleError::Damaged));
}

#[test]
fn a_forged_signature_travels_and_is_found_when_the_batch_is_opened() {
    let mut forged = batches(1);
    forged[0] =
        SignedBatch::sign(&Batch::build(&edits(1), device()).unwrap(), &SigningKey::from_seed([9; 32]), None);
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
    manifest.array(7).uint(1).uint(0).int(0).bytes(&[0; 16]).array(30_000);
    assert_eq!(opened(&sealed(&manifest.into_bytes())), Err(BundleError::Damaged));
    let file = of_edits().seal(&to(&province())).unwrap();
    let tight = Limits { compressed: file.len() - 1, ..Limits::BUNDLE };
    assert_eq!(Bundle::open(&file, &province(), tight), Err(BundleError::TooLarge));
}

#[test]
fn an_enrolment_carries_the_provinces_recipient_and_the_other_laptops_and_older_ones_neither() {
    let with = Enrolment {
        bundle_recipient: Some(province().recipient()),
        devices: vec![known_device()],
        ..enrolment()
    };
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
