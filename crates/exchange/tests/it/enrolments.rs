//! The enrolment file: read whole, or refused with the reason a person can act on.

use std::collections::BTreeMap;

use crate::support::{device, device_key, flips, server_key};
use proptest::prelude::*;
use rasoat_casework::{AreaType, HouseholdKey, Round};
use rasoat_exchange::enrolment::{
    ClockWrong, CommuneScope, EnrolmentLookup, EnrolmentRefusal, InstrumentFiles, SeedError, ServerIdentity,
    StandardFile, UnitsFiles, Village, code_from, seal_seed,
};
use rasoat_exchange::{
    BlobError, EnrolRequest, Enrolment, EnrolmentError, EnrolmentFile, MAX_RANGE, ServerId, SigningKey,
};
use rasoat_secrets::Params;
use uuid::Uuid;

pub(crate) const CODE: &str = "7K3M-Q0ZP-0000-ABC1";
const CHEAP: Params = Params { m_cost: 8, t_cost: 1, p: 1 };
const DAY: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn enrolment() -> Enrolment {
    let server = server_key().verify_key();
    Enrolment {
        server: ServerIdentity {
            id: ServerId(Uuid::from_u128(42)),
            name: "Sở thử nghiệm".to_owned(),
            verify_key: server,
            addresses: vec!["https://rasoat.example".to_owned()],
        },
        device: device(),
        device_name: "Máy 1".to_owned(),
        surveyor: "Người thử".to_owned(),
        communes: vec![CommuneScope {
            code: "06325".parse().unwrap(),
            name: "Thử".to_owned(),
            kind: "xã".to_owned(),
            villages: vec![Village {
                id: "thon-1".parse().unwrap(),
                name: "Thôn 1".to_owned(),
                area_type: AreaType::Rural,
                households: 0,
            }],
        }],
        round: Round(2026),
        household_key: HouseholdKey([5; 32]),
        recovery_recipient: "age1test".to_owned(),
        bundle_recipient: None,
        dictionary: 1,
        devices: Vec::new(),
        instruments: vec![InstrumentFiles {
            id: "rasoat-household".to_owned(),
            version: "1".to_owned(),
            hash: "00".repeat(32),
            survey: "type,name\n".to_owned(),
            choices: "list_name,name\n".to_owned(),
            settings: "form_id\n".to_owned(),
            files: BTreeMap::new(),
        }],
        standards: vec![StandardFile {
            id: "s".to_owned(),
            hash: "11".repeat(32),
            toml: "id = \"s\"".to_owned(),
        }],
        procedures: Vec::new(),
        units: UnitsFiles::default(),
        issued_at_millis: 1_790_000_000_000,
        expires_at_millis: 1_790_000_000_000 + 30 * DAY,
        sealed_seed: seal_seed(&device_key(), &server, CODE, [1; 16], [2; 24], CHEAP).unwrap(),
    }
}

fn file() -> Vec<u8> {
    EnrolmentFile::write(&enrolment(), &server_key()).unwrap()
}

#[test]
fn a_file_is_read_as_it_was_written() {
    assert_eq!(EnrolmentFile::read(&file()), Ok(enrolment()));
}

#[test]
fn how_many_households_live_in_a_village_is_read_where_it_is_said() {
    let mut said = enrolment();
    said.communes[0].villages[0].households = 62;
    let file = EnrolmentFile::write(&said, &server_key()).unwrap();
    assert_eq!(EnrolmentFile::read(&file), Ok(said));
}

#[test]
fn a_file_cut_anywhere_is_said_to_be_truncated() {
    let file = file();
    for length in 0..file.len() {
        assert_eq!(EnrolmentFile::read(&file[..length]), Err(EnrolmentError::Truncated), "{length} bytes");
    }
}

#[test]
fn every_flipped_bit_is_refused_with_what_it_looks_like() {
    let magic = "RASOAT-ENROLMENT\n".len();
    for (bit, flipped) in flips(&file()) {
        let refused = EnrolmentFile::read(&flipped).expect_err("a flipped bit");
        match bit / 8 {
            at if at < magic => assert_eq!(refused, EnrolmentError::NotAnEnrolment, "bit {bit}"),
            at if at == magic => {
                assert!(
                    matches!(refused, EnrolmentError::NewerFormat(_) | EnrolmentError::Damaged),
                    "bit {bit}"
                );
            }
            // A length that grew looks like a file cut short.
            at if (magic + 33..magic + 37).contains(&at) => {
                assert!(matches!(refused, EnrolmentError::Truncated | EnrolmentError::Damaged), "bit {bit}");
            }
            _ => assert_eq!(refused, EnrolmentError::Damaged, "bit {bit}"),
        }
    }
}

#[test]
fn other_files_are_no_enrolments() {
    for other in [&b"PK\x03\x04"[..], b"RASOAT-BUNDLE\n", b"{}", &[0; 500]] {
        assert_eq!(EnrolmentFile::read(other), Err(EnrolmentError::NotAnEnrolment));
    }
    let mut longer = file();
    longer.push(0);
    assert_eq!(EnrolmentFile::read(&longer), Err(EnrolmentError::Damaged));
    let mut newer = file();
    newer["RASOAT-ENROLMENT\n".len()] = 2;
    assert_eq!(EnrolmentFile::read(&newer), Err(EnrolmentError::NewerFormat(2)));
}

#[test]
fn a_file_signed_by_another_than_the_server_it_names_is_damaged() {
    let forged = EnrolmentFile::write(&enrolment(), &SigningKey::from_seed([66; 32])).unwrap();
    assert_eq!(EnrolmentFile::read(&forged), Err(EnrolmentError::Damaged));
}

#[test]
fn a_forger_who_does_not_know_the_code_cannot_put_another_server_in() {
    let forger = SigningKey::from_seed([66; 32]);
    let mut enrolment = enrolment();
    enrolment.server.verify_key = forger.verify_key();
    let forged = EnrolmentFile::read(&EnrolmentFile::write(&enrolment, &forger).unwrap()).unwrap();
    assert_eq!(forged.open_seed(CODE).unwrap_err(), SeedError::Damaged);
}

#[test]
fn the_code_unlocks_the_key_however_it_is_typed() {
    for typed in [CODE, "7k3m q0zp 0000 abc1", "7K3MQOZPOOOOABCI", " 7K3M-QOZP-oOoO-abcl\n"] {
        let key = enrolment().open_seed(typed).unwrap();
        assert_eq!(key.verify_key(), device_key().verify_key(), "{typed}");
    }
    for wrong in ["", "7K3M-Q0ZP-0000-ABC2", "7K3M-Q0ZP-0000"] {
        assert_eq!(enrolment().open_seed(wrong).unwrap_err(), SeedError::WrongCode, "{wrong}");
    }
    let damaged = Enrolment { sealed_seed: vec![1, 2, 3], ..enrolment() };
    assert_eq!(damaged.open_seed(CODE).unwrap_err(), SeedError::Damaged);
}

#[test]
fn codes_are_four_groups_of_letters_that_cannot_be_mistaken() {
    assert_eq!(code_from([0; 10]), "0000-0000-0000-0000");
    assert_eq!(code_from([255; 10]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
    assert_eq!(code_from([0, 0, 0, 0, 0, 0, 0, 0, 0, 33]), "0000-0000-0000-0011");
}

#[test]
fn a_file_is_refused_when_its_time_is_over_or_the_laptop_is_anothers() {
    let enrolment = enrolment();
    let (issued, expires) = (enrolment.issued_at_millis, enrolment.expires_at_millis);
    assert_eq!(enrolment.check(issued, None), Ok(None));
    assert_eq!(enrolment.check(expires, Some(enrolment.server.id)), Ok(None));
    assert_eq!(enrolment.check(expires + 1, None), Err(EnrolmentRefusal::Expired { at_millis: expires }));
    let pinned = ServerId(Uuid::from_u128(43));
    assert_eq!(enrolment.check(issued, Some(pinned)), Err(EnrolmentRefusal::OtherServer { pinned }));
}

#[test]
fn a_clock_before_the_file_was_made_is_said_and_not_refused() {
    let enrolment = enrolment();
    let issued = enrolment.issued_at_millis;
    assert_eq!(enrolment.check(issued - DAY, None), Ok(None));
    assert_eq!(enrolment.check(0, None), Ok(Some(ClockWrong { behind_millis: issued })));
    assert!(enrolment.check(i64::MIN, None).unwrap().is_some());
}

proptest! {
    #[test]
    fn random_bytes_after_the_beginning_are_refused_without_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300), format in any::<bool>(),
    ) {
        prop_assert!(EnrolmentFile::read(&bytes).is_err());
        let beginning: &[u8] = if format { b"RASOAT-ENROLMENT\n\x01" } else { b"RASOAT-ENROLMENT\n" };
        prop_assert!(EnrolmentFile::read(&[beginning, &bytes].concat()).is_err());
    }
}

#[test]
fn a_code_finds_its_enrolment_however_it_is_typed_and_what_is_no_code_is_not_asked_for() {
    let lookup = EnrolmentLookup::of("7K3M-Q0ZP-1111-0000").unwrap();
    assert!(EnrolmentLookup::of(" 7k3m qozp Il1i oO00 ") == Some(lookup));
    assert!(EnrolmentLookup::of("7K3M-Q0ZP-1111-0001") != Some(lookup));
    for none in ["", "7K3M-Q0ZP-1111-000", "7K3M-Q0ZP-1111-00000", "xin chào"] {
        assert!(EnrolmentLookup::of(none).is_none(), "{none}");
    }
    let request = EnrolRequest { lookup, offset: 1 << 40, length: MAX_RANGE };
    let bytes = request.encode();
    assert_eq!(EnrolRequest::decode(&bytes), Ok(request));
    for end in 0..bytes.len() {
        assert_eq!(EnrolRequest::decode(&bytes[..end]), Err(BlobError::Unreadable));
    }
    let greedy = EnrolRequest { length: MAX_RANGE + 1, ..request };
    assert_eq!(EnrolRequest::decode(&greedy.encode()), Err(BlobError::Unreadable));
    // Nothing of it in a log.
    assert_eq!(format!("{lookup:?}"), "EnrolmentLookup");
}
