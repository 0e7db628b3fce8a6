//! Any small message: what a device asks for, what the province answers, statements of keys, and news that the province signed.
//! Refused, or the same after another journey.
#![no_main]

use std::sync::LazyLock;

use ed25519_dalek::Signer as _;
use libfuzzer_sys::fuzz_target;
use rasoat_exchange::{
    BlobAnswer, BundleIdentity, Catalogue, EnrolRequest, EnrolmentFile, FeedCursor, LinkKey, Signature,
    SignedBlobRequest, SignedNews, SignedSuccession, SigningKey, Snapshot, TaggedAttachmentRequest,
};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed([2; 32]));
static LINK: LazyLock<LinkKey> = LazyLock::new(|| {
    let province = BundleIdentity::of(&KEY).expect("an identity");
    LinkKey::between(&SigningKey::from_seed([1; 32]), &province.recipient()).expect("a key")
});

fn signed(label: &[u8], data: &[u8]) -> [u8; 64] {
    let key = ed25519_dalek::SigningKey::from_bytes(&KEY.to_seed());
    key.sign(&[label, data].concat()).to_bytes()
}

/// A statement of both keys, which are one here: three byte strings as CBOR.
fn statement(data: &[u8]) -> Vec<u8> {
    let signature = signed(b"rasoat succession\0", data);
    let mut message = vec![0x83, 0x59];
    message.extend(u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
    message.extend(data);
    for _ in 0..2 {
        message.extend([0x58, 64]);
        message.extend(signature);
    }
    message
}

fuzz_target!(|data: &[u8]| {
    let Some((which, data)) = data.split_first() else { return };
    match which % 10 {
        0 => {
            if let Ok(request) = TaggedAttachmentRequest::decode(data) {
                let _ = request.open(&LINK);
            }
        }
        1 => {
            if let Ok(answer) = BlobAnswer::decode(data) {
                assert_eq!(BlobAnswer::decode(&answer.encode()), Ok(answer));
            }
        }
        2 => {
            if let Ok(request) = SignedBlobRequest::decode(data) {
                let _ = request.open(&KEY.verify_key());
            }
        }
        3 => {
            if let Ok(request) = EnrolRequest::decode(data) {
                assert_eq!(request.encode(), data);
            }
        }
        4 => {
            if let Ok(statement) = SignedSuccession::decode(data) {
                assert_eq!(statement.encode(), data);
                let _ = statement.claimed();
            }
        }
        5 => {
            if let Ok(statement) = SignedSuccession::decode(&statement(data)) {
                let _ = statement.open(&KEY.verify_key());
            }
        }
        6 => {
            let signature = Signature::from_bytes(signed(b"rasoat news\0", data));
            let news = SignedNews { bytes: data.to_vec(), signature };
            if let Ok(news) = news.open(&KEY.verify_key()) {
                assert_eq!(SignedNews::sign(&news, &KEY).open(&KEY.verify_key()), Ok(news));
            }
        }
        7 => {
            let _ = FeedCursor::from_bytes(data);
            let _ = Catalogue::from_bytes(data);
        }
        8 => {
            let _ = Snapshot::from_bytes(data);
        }
        _ => {
            let _ = EnrolmentFile::read(data);
        }
    }
});
