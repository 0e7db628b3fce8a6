//! Sealed changes, chained per writer.

use std::collections::BTreeMap;

use rasoat_instrument::{Path, Value};
use serde::{Deserialize, Serialize};

use crate::edit_bytes;
use crate::id::{EditId, WriterId};
use crate::subject::Subject;

/// The first 16 bytes of the BLAKE3 of an edit's canonical bytes: enough to tell edits apart and to chain them, and half as far to
/// carry. Whoever could make two edits of one hash (2^64 tries) has the writer's key already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EditHash(pub [u8; 16]);

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

/// The longest edit, in bytes of [`Edit::to_bytes`].
pub const MAX_EDIT_BYTES: usize = 256 * 1024;
/// The most places one edit changes.
pub const MAX_CHANGES: usize = 8192;
/// The most writers one edit can have seen.
pub const MAX_SEEN: usize = 1024;

impl Edit {
    /// The bytes that are hashed and signed: deterministic CBOR, the same on every machine (`docs/protocol.md`).
    pub fn to_bytes(&self) -> Vec<u8> {
        edit_bytes::write(self)
    }

    /// Reads bytes of [`Edit::to_bytes`]; refuses anything that would not be written the same again.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EditError> {
        edit_bytes::read(bytes)
    }

    /// Hash of [`Edit::to_bytes`].
    pub fn hash(&self) -> EditHash {
        EditHash::of(&self.to_bytes())
    }
}

impl EditHash {
    /// Hash of bytes that are known to be an edit's.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 16];
        hash.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
        Self(hash)
    }
}

/// The bytes are not an edit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not an edit: {code}")]
pub struct EditError {
    /// `truncated`, `malformed`, `too_large`, `newer_format` or `not_canonical`.
    pub code: &'static str,
}

impl Hlc {
    /// The time of the next thing to happen on a machine whose clock shows `now_millis`: later than `self` even when the
    /// clock was set back.
    #[must_use]
    pub fn tick(self, now_millis: i64) -> Self {
        if now_millis > self.millis {
            Self { millis: now_millis, counter: 0 }
        } else if let Some(counter) = self.counter.checked_add(1) {
            Self { millis: self.millis, counter }
        } else {
            Self { millis: self.millis.saturating_add(1), counter: 0 }
        }
    }
}

impl VersionVector {
    /// Whether `edit` is among what was seen.
    pub fn contains(&self, edit: EditId) -> bool {
        self.0.get(&edit.writer).is_some_and(|seq| *seq >= edit.seq)
    }

    /// Notes that all that `other` saw was seen.
    pub fn merge(&mut self, other: &Self) {
        for (writer, seq) in &other.0 {
            self.insert(EditId { writer: *writer, seq: *seq });
        }
    }

    /// Notes that `edit` was seen.
    pub fn insert(&mut self, edit: EditId) {
        let seq = self.0.entry(edit.writer).or_default();
        *seq = (*seq).max(edit.seq);
    }
}
