//! Keys and edits with fixed content, and ways to spoil bytes.

use std::collections::BTreeMap;

use rasoat_casework::{
    Chain, Change, DeviceId, Draft, Edit, InstrumentHash, Subject, SubjectKind, VersionVector, WriterId,
};
use rasoat_exchange::{Batch, BundleIdentity, Dictionary, LinkKey, SignedBatch, SigningKey};
use rasoat_instrument::Value;
use uuid::Uuid;

pub(crate) fn device() -> DeviceId {
    DeviceId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_00d1))
}

pub(crate) fn device_key() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

pub(crate) fn server_key() -> SigningKey {
    SigningKey::from_seed([2; 32])
}

/// What the laptop and the province have in common.
pub(crate) fn link() -> LinkKey {
    LinkKey::between(&device_key(), &BundleIdentity::of(&server_key()).unwrap().recipient()).unwrap()
}

/// The newest dictionary.
pub(crate) fn dictionary() -> &'static Dictionary {
    Dictionary::of(Dictionary::NEWEST).unwrap()
}

/// A batch of the laptop.
pub(crate) fn batch_of(edits: &[Edit], dictionary: Option<&Dictionary>) -> SignedBatch {
    SignedBatch::sign(&Batch::build(edits, device()).unwrap(), &device_key(), dictionary)
}

/// The first `count` edits of one writer, each of another interview.
pub(crate) fn edits(count: u128) -> Vec<Edit> {
    edits_of(1, count)
}

pub(crate) fn edits_of(writer: u128, count: u128) -> Vec<Edit> {
    let mut chain = Chain::new(WriterId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + writer)));
    (0..count)
        .map(|number| {
            let draft = Draft {
                subject: Subject {
                    commune: "06325".parse().unwrap(),
                    kind: SubjectKind::Interview,
                    id: Uuid::from_u128(number + 100),
                },
                seen: VersionVector::default(),
                author: "Người thử".to_owned(),
                instrument: Some(InstrumentHash([3; 32])),
                changes: BTreeMap::from([
                    ("floor_area".parse().unwrap(), Change::Set(Value::Integer(40))),
                    ("members.m1".parse().unwrap(), Change::Removed),
                    ("members.m2.relation".parse().unwrap(), Change::Set(Value::Choice("head".to_owned()))),
                ]),
            };
            chain.seal(draft, 1_790_000_000_000).unwrap()
        })
        .collect()
}

/// Every copy of `bytes` with one bit the other way, and which bit.
pub(crate) fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit, flipped)
    })
}
