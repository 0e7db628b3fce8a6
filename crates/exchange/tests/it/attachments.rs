//! Files on their way: what is asked and answered is read as written, and nothing else.

use rasoat_casework::AttachmentError;
use rasoat_exchange::{
    Attachment, AttachmentAct, AttachmentAnswer, AttachmentMessageError, AttachmentRefusal,
    AttachmentRequest, AttachmentState, BundleIdentity, LinkKey, MAX_PIECE, SigningKey,
    TaggedAttachmentRequest,
};

use crate::support::{device, flips, link, server_key};

pub(crate) const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 not much of a photo";

pub(crate) fn photo() -> Attachment {
    Attachment::of(PHOTO).unwrap()
}

pub(crate) fn request(act: AttachmentAct) -> AttachmentRequest {
    AttachmentRequest { device: device(), nonce: 9, act }
}

pub(crate) fn put() -> AttachmentAct {
    AttachmentAct::Put { file: photo(), offset: 4, bytes: PHOTO[4..].to_vec() }
}

fn stranger() -> LinkKey {
    let key = SigningKey::from_seed([9; 32]);
    LinkKey::between(&key, &BundleIdentity::of(&server_key()).unwrap().recipient()).unwrap()
}

#[test]
fn requests_are_read_as_they_were_made() {
    let drawing = Attachment::of(b"\x89PNG\r\n\x1a\n...").unwrap();
    for act in [
        AttachmentAct::Ask(vec![photo(), drawing]),
        AttachmentAct::Ask(Vec::new()),
        put(),
        AttachmentAct::Get { name: photo().name, offset: 7, length: MAX_PIECE },
    ] {
        let (message, tag) = request(act.clone()).encode(&link());
        let read = TaggedAttachmentRequest::decode(&message).unwrap();
        assert_eq!(read.device(), device());
        assert_eq!(read.open(&link()), Ok((act, tag)));
    }
}

#[test]
fn what_was_changed_under_way_or_is_of_another_is_not_believed() {
    let (message, _) = request(put()).encode(&link());
    for (bit, bytes) in flips(&message) {
        let opened = TaggedAttachmentRequest::decode(&bytes).and_then(|read| read.open(&link()));
        assert!(opened.is_err(), "bit {bit}");
    }
    for end in 0..message.len() {
        let opened = TaggedAttachmentRequest::decode(&message[..end]).and_then(|read| read.open(&link()));
        assert!(opened.is_err(), "{end}");
    }
    let read = TaggedAttachmentRequest::decode(&message).unwrap();
    assert_eq!(read.open(&stranger()), Err(AttachmentMessageError::BadTag));
}

#[test]
fn an_answer_belongs_to_one_request() {
    let (_, tag) = request(put()).encode(&link());
    let (_, other) = AttachmentRequest { nonce: 10, ..request(put()) }.encode(&link());
    let states = AttachmentAnswer::States(vec![
        AttachmentState::Part(65_536),
        AttachmentState::Whole,
        AttachmentState::Unnamed,
        AttachmentState::Refused(AttachmentRefusal::TooLarge),
        AttachmentState::Refused(AttachmentRefusal::Type),
        AttachmentState::Refused(AttachmentRefusal::Empty),
        AttachmentState::Refused(AttachmentRefusal::Damaged),
        AttachmentState::Refused(AttachmentRefusal::Quota),
    ]);
    let piece = AttachmentAnswer::Piece { total: 25, bytes: PHOTO.to_vec() };
    for answer in [states, piece] {
        let message = answer.encode(tag, &link());
        assert_eq!(AttachmentAnswer::decode(&message, tag, &link()), Ok(answer));
        for (asked, key) in [(other, link()), (tag, stranger())] {
            let read = AttachmentAnswer::decode(&message, asked, &key);
            assert_eq!(read, Err(AttachmentMessageError::BadTag));
        }
        for (bit, bytes) in flips(&message) {
            assert!(AttachmentAnswer::decode(&bytes, tag, &link()).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn a_newer_format_is_known_for_what_it_is() {
    let (mut message, _) = request(put()).encode(&link());
    assert_eq!(message[1], 1);
    message[1] = 2;
    let read = TaggedAttachmentRequest::decode(&message).map(|_| ());
    assert_eq!(read, Err(AttachmentMessageError::NewerFormat));
}

#[test]
fn what_is_no_file_that_is_taken_has_no_name() {
    assert_eq!(Attachment::of(b""), Err(AttachmentError::Empty));
    assert_eq!(Attachment::of(b"MZ a program"), Err(AttachmentError::Type));
    let codes =
        [AttachmentError::Empty, AttachmentError::Type, AttachmentError::TooLarge, AttachmentError::Damaged]
            .map(|error| (error.code(), AttachmentRefusal::from(error).code()));
    assert!(codes.iter().all(|(here, there)| here == there), "{codes:?}");
}
