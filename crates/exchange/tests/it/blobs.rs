//! Catalogues, blobs and snapshots: read as written, and nothing else.

use rasoat_exchange::enrolment::UnitsFiles;
use rasoat_exchange::{
    BlobAnswer, BlobError, BlobRequest, Catalogue, CatalogueEntry, CatalogueError, CatalogueKind, MAX_RANGE,
    ServerId, SignedBlobRequest, Snapshot, from_blob, to_blob,
};
use uuid::Uuid;

use crate::support::{device, device_key, edits, flips, server_key};

fn entry(kind: CatalogueKind, id: &str, byte: u8) -> CatalogueEntry {
    CatalogueEntry { kind, id: id.to_owned(), hash: [byte; 32], size: u64::from(byte) }
}

fn catalogue() -> Catalogue {
    Catalogue::new([
        entry(CatalogueKind::Snapshot, "06001", 6),
        entry(CatalogueKind::Standard, "vn-2027", 3),
        entry(CatalogueKind::Standard, "vn-2022", 2),
        entry(CatalogueKind::Other(77), "later", 9),
        entry(CatalogueKind::Instrument, "form", 1),
    ])
}

#[test]
fn a_catalogue_is_the_same_in_any_order_and_is_read_as_it_was_written() {
    let told = catalogue();
    let mut shuffled = told.entries().to_vec();
    shuffled.reverse();
    assert_eq!(Catalogue::new(shuffled).to_bytes(), told.to_bytes());
    let read = Catalogue::from_bytes(&told.to_bytes()).unwrap();
    assert_eq!((&read, read.digest()), (&told, told.digest()));
    let ids: Vec<&str> = read.entries().iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["form", "vn-2022", "vn-2027", "06001", "later"]);
    // Of two of one kind and id the last counts.
    let twice =
        Catalogue::new([entry(CatalogueKind::Units, "units", 1), entry(CatalogueKind::Units, "units", 2)]);
    assert_eq!((twice.entries().len(), twice.entries()[0].size), (1, 2));
}

#[test]
fn every_flipped_bit_of_a_catalogue_is_refused_or_another_catalogue_with_another_digest() {
    let told = catalogue();
    let bytes = told.to_bytes();
    for (bit, flipped) in flips(&bytes) {
        if let Ok(read) = Catalogue::from_bytes(&flipped) {
            assert_ne!(read.digest(), told.digest(), "bit {bit}");
            assert_eq!(read.to_bytes(), flipped, "bit {bit}");
        }
    }
    for length in 0..bytes.len() {
        assert!(Catalogue::from_bytes(&bytes[..length]).is_err());
    }
    let mut newer = bytes.clone();
    newer[1] = 2;
    assert_eq!(Catalogue::from_bytes(&newer), Err(CatalogueError::NewerFormat));
    assert_eq!(
        Catalogue::from_bytes(&[0x82, 1, 0x9a, 0x7f, 0xff, 0xff, 0xff]),
        Err(CatalogueError::TooLarge)
    );
}

#[test]
fn a_request_for_a_blob_is_believed_for_its_devices_signature_alone() {
    let asked = BlobRequest { device: device(), hash: [4; 32], offset: 70_000, length: MAX_RANGE };
    let bytes = asked.encode(&device_key());
    let signed = SignedBlobRequest::decode(&bytes).unwrap();
    assert_eq!(signed.open(&device_key().verify_key()), Ok(asked));
    assert_eq!(signed.open(&server_key().verify_key()), Err(BlobError::BadSignature));
    for (bit, flipped) in flips(&bytes) {
        let opened =
            SignedBlobRequest::decode(&flipped).map(|signed| signed.open(&device_key().verify_key()));
        assert!(!matches!(opened, Ok(Ok(_))), "bit {bit}");
    }
    for length in 0..bytes.len() {
        assert!(SignedBlobRequest::decode(&bytes[..length]).is_err());
    }
    let greedy = BlobRequest { length: MAX_RANGE + 1, ..asked };
    assert_eq!(SignedBlobRequest::decode(&greedy.encode(&device_key())), Err(BlobError::Unreadable));
    assert_eq!(SignedBlobRequest::decode(&[0; 1_000]), Err(BlobError::Unreadable));
}

#[test]
fn an_answer_is_read_as_it_was_written() {
    let answer = BlobAnswer { total: 5_000_000, bytes: vec![7; 900] };
    let bytes = answer.encode();
    assert_eq!(BlobAnswer::decode(&bytes), Ok(answer));
    for length in 0..bytes.len() {
        assert!(BlobAnswer::decode(&bytes[..length]).is_err());
    }
}

#[test]
fn contents_come_back_from_their_blobs_and_equal_contents_have_equal_blobs() {
    let units = UnitsFiles {
        version: "2025-07-01".to_owned(),
        units_csv: "a,b\n".repeat(1_000),
        old_to_new_csv: String::new(),
    };
    let blob = to_blob(&units).unwrap();
    assert!(blob.len() < 500);
    assert_eq!(from_blob::<UnitsFiles>(&blob), Ok(units.clone()));
    assert_eq!(to_blob(&units).unwrap(), blob);
    assert_eq!(from_blob::<UnitsFiles>(&blob[1..]), Err(CatalogueError::Unreadable));
    assert_eq!(from_blob::<Vec<u8>>(&blob), Err(CatalogueError::Unreadable));
}

#[test]
fn a_snapshot_holds_its_edits_in_their_order_and_a_torn_one_is_refused() {
    let snapshot = Snapshot {
        server: ServerId(Uuid::from_u128(5)),
        commune: "06325".parse().unwrap(),
        number: 300,
        edits: edits(200),
    };
    let bytes = snapshot.to_bytes().unwrap();
    assert_eq!(Snapshot::from_bytes(&bytes).as_ref(), Ok(&snapshot));
    for length in (0..bytes.len()).step_by(97) {
        assert!(Snapshot::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    let empty = Snapshot { edits: Vec::new(), number: 0, ..snapshot };
    assert_eq!(Snapshot::from_bytes(&empty.to_bytes().unwrap()), Ok(empty));
}
