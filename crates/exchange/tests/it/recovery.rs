//! The files of a recovery: what was written is read, and what is spoilt is told.

use rasoat_casework::DeviceId;
use rasoat_exchange::{RecoveryAnswer, RecoveryFileError, RecoveryRequest};
use uuid::Uuid;

fn request() -> RecoveryRequest {
    RecoveryRequest {
        device: DeviceId(Uuid::from_u128(7)),
        made_at_millis: 1_795_395_600_000,
        sealed: vec![5; 200],
        recipient: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".to_owned(),
    }
}

fn answer() -> RecoveryAnswer {
    RecoveryAnswer { device: DeviceId(Uuid::from_u128(7)), request: [3; 32], sealed: vec![6; 200] }
}

#[test]
fn what_was_written_is_read_again() {
    assert_eq!(RecoveryRequest::decode(&request().encode()), Ok(request()));
    assert_eq!(RecoveryAnswer::decode(&answer().encode()), Ok(answer()));
}

#[test]
fn every_cut_and_every_flipped_byte_is_told() {
    let whole = request().encode();
    for length in 0..whole.len() {
        assert!(RecoveryRequest::decode(&whole[..length]).is_err(), "{length} bytes");
    }
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        assert!(RecoveryRequest::decode(&flipped).is_err(), "byte {at}");
    }
    let mut longer = answer().encode();
    longer.push(0);
    assert_eq!(RecoveryAnswer::decode(&longer), Err(RecoveryFileError::Damaged));
}

#[test]
fn a_request_is_no_answer_and_neither_is_some_other_file() {
    assert_eq!(RecoveryAnswer::decode(&request().encode()), Err(RecoveryFileError::NotARecovery));
    assert_eq!(RecoveryRequest::decode(b"hello"), Err(RecoveryFileError::NotARecovery));
}

#[test]
fn a_request_with_another_recipient_has_another_number() {
    let mut other = request();
    other.recipient = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa".to_owned();
    let numbers = [request(), other].map(|request| RecoveryRequest::spoken_number(&request.encode()));
    assert_ne!(numbers[0], numbers[1]);
}
