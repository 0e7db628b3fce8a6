//! A secret goes in, and comes out by its passphrase alone.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use proptest::prelude::*;
use rasoat_secrets::{MAX_SECRET_BYTES, Params, UnwrapError, WrapError, WrappedSecret, unwrap, wrap};

/// The least Argon2id allows, so that thousands of cases take seconds.
const CHEAP: Params = Params { m_cost: 8, t_cost: 1, p: 1 };

fn wrapped(secret: &[u8], passphrase: &str) -> WrappedSecret {
    wrap(secret, passphrase, [7; 16], [9; 24], CHEAP).unwrap()
}

#[test]
fn the_passphrase_opens_what_it_closed() {
    let bytes = wrapped(b"a data key", "mật khẩu").to_bytes();
    let read = WrappedSecret::from_bytes(&bytes).unwrap();
    assert_eq!(unwrap(&read, "mật khẩu").unwrap().as_slice(), b"a data key");
    assert_eq!(read.params(), CHEAP);
}

#[test]
fn the_costs_meant_for_laptops_work() {
    let wrapped = wrap(b"key", "p", [1; 16], [2; 24], Params::LAPTOP).unwrap();
    assert_eq!(unwrap(&wrapped, "p").unwrap().as_slice(), b"key");
}

#[test]
fn a_passphrase_composed_another_way_is_the_same() {
    let (nfc, nfd) = ("ấp Bắc", "a\u{302}\u{301}p Ba\u{306}\u{301}c");
    assert_ne!(nfc, nfd);
    assert_eq!(unwrap(&wrapped(b"key", nfc), nfd).unwrap().as_slice(), b"key");
}

#[test]
fn another_passphrase_is_said_to_be_wrong() {
    for wrong in ["", "mật khẩu ", "mat khau", &"x".repeat(5000)] {
        assert_eq!(
            unwrap(&wrapped(b"key", "mật khẩu"), wrong),
            Err(UnwrapError::WrongPassphrase),
            "{wrong:.20}"
        );
    }
}

#[test]
fn every_flipped_bit_is_damage_and_never_a_wrong_passphrase() {
    let bytes = wrapped(b"a data key", "p").to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let refused = WrappedSecret::from_bytes(&flipped).expect_err("a flipped bit");
        let expected = match flipped[0] {
            newer @ 2.. => UnwrapError::NewerFormat(newer),
            _ => UnwrapError::Damaged,
        };
        assert_eq!(refused, expected, "bit {bit}");
    }
}

#[test]
fn every_truncation_is_damage() {
    let bytes = wrapped(b"a data key", "p").to_bytes();
    for length in 0..bytes.len() {
        assert_eq!(WrappedSecret::from_bytes(&bytes[..length]), Err(UnwrapError::Damaged), "{length} bytes");
    }
}

#[test]
fn hostile_costs_are_refused_before_they_are_paid() {
    let hostile = [
        Params { m_cost: u32::MAX, ..CHEAP },
        Params { m_cost: 256 * 1024 + 1, ..CHEAP },
        Params { t_cost: 17, ..CHEAP },
        Params { t_cost: 0, ..CHEAP },
        Params { p: 5, m_cost: 1024, ..CHEAP },
        Params { m_cost: 7, ..CHEAP },
    ];
    for params in hostile {
        assert_eq!(wrap(b"key", "p", [0; 16], [0; 24], params), Err(WrapError::Params), "{params:?}");
        let mut bytes = wrapped(b"key", "p").to_bytes();
        for (at, cost) in [(1, params.m_cost), (5, params.t_cost), (9, params.p)] {
            bytes[at..at + 4].copy_from_slice(&cost.to_be_bytes());
        }
        let end = bytes.len() - 8;
        let check = blake3::hash(&bytes[..end]);
        bytes[end..].copy_from_slice(&check.as_bytes()[..8]);
        assert_eq!(WrappedSecret::from_bytes(&bytes), Err(UnwrapError::Damaged), "{params:?}");
    }
}

#[test]
fn secrets_and_passphrases_of_absurd_length_are_refused() {
    let too_long = vec![0; MAX_SECRET_BYTES + 1];
    assert_eq!(wrap(&too_long, "p", [0; 16], [0; 24], CHEAP), Err(WrapError::Length));
    assert_eq!(wrap(b"key", "", [0; 16], [0; 24], CHEAP), Err(WrapError::Length));
    assert_eq!(wrap(b"key", &"p".repeat(1025), [0; 16], [0; 24], CHEAP), Err(WrapError::Length));
}

proptest! {
    #[test]
    fn random_bytes_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(WrappedSecret::from_bytes(&bytes).is_err());
    }

    #[test]
    fn any_secret_comes_back(secret in prop::collection::vec(any::<u8>(), 0..200), passphrase in "\\PC{1,20}") {
        let read = WrappedSecret::from_bytes(&wrapped(&secret, &passphrase).to_bytes()).unwrap();
        let opened = unwrap(&read, &passphrase).unwrap();
        prop_assert_eq!(opened.as_slice(), secret.as_slice());
    }
}
