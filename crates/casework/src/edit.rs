//! Sealed changes, chained per writer.

use std::collections::BTreeMap;

use rasoat_instrument::{Path, Value};
use serde::{Deserialize, Serialize};

use crate::id::{EditId, WriterId};
use crate::subject::Subject;

/// BLAKE3 of an edit's canonical bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EditHash(pub [u8; 32]);

/// BLAKE3 of an instrument's source files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InstrumentHash(pub [u8; 32]);

/// Hybrid logical time: milliseconds since 1970 (never going back on one machine) and a counter within one millisecond.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hlc {
    /// Milliseconds since 1970-01-01 UTC, as far as the machine's clock is right.
    pub millis: i64,
    /// Orders what happened within one millisecond.
    pub counter: u32,
}

/// Who made an edit, as their name stood on the laptop. Personal: never logged.
pub type AuthorName = String;

/// For each writer, the last `seq` that was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionVector(pub BTreeMap<WriterId, u64>);

/// What an edit does to one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The place holds this value.
    Set(Value),
    /// The place holds nothing. At an instance's path: the instance is removed.
    Removed,
}

/// One sealed change. Never altered after it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Writer and number.
    pub id: EditId,
    /// Hash of the writer's edit before this one; `None` for its first.
    pub prev: Option<EditHash>,
    /// What it is about.
    pub subject: Subject,
    /// The subject's version vector when it was made.
    pub seen: VersionVector,
    /// When.
    pub at: Hlc,
    /// Who.
    pub author: AuthorName,
    /// The instrument in use, for interviews.
    pub instrument: Option<InstrumentHash>,
    /// What changed.
    pub changes: BTreeMap<Path, Change>,
}

impl Edit {
    /// The bytes that are hashed and signed: deterministic CBOR, the same on every machine.
    pub fn to_bytes(&self) -> Vec<u8> {
        todo!()
    }

    /// Reads bytes of [`Edit::to_bytes`]; refuses anything that would not be written the same again.
    pub fn from_bytes(_bytes: &[u8]) -> Result<Self, EditError> {
        todo!()
    }

    /// Hash of [`Edit::to_bytes`].
    pub fn hash(&self) -> EditHash {
        todo!()
    }
}

/// The bytes are not an edit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not an edit: {code}")]
pub struct EditError {
    /// Stable code of what is wrong.
    pub code: &'static str,
}

impl VersionVector {
    /// Whether `edit` is among what was seen.
    pub fn contains(&self, edit: EditId) -> bool {
        self.0.get(&edit.writer).is_some_and(|seq| *seq >= edit.seq)
    }

    /// Notes that `edit` was seen.
    pub fn insert(&mut self, edit: EditId) {
        let seq = self.0.entry(edit.writer).or_default();
        *seq = (*seq).max(edit.seq);
    }
}
