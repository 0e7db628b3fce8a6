//! One writer's chain of edits: numbered without gaps, each naming the hash of the one before.

use std::collections::BTreeMap;

use rasoat_instrument::Path;

use crate::edit::{
    AuthorName, Change, Edit, EditHash, Hlc, InstrumentHash, MAX_CHANGES, MAX_EDIT_BYTES, MAX_SEEN,
    VersionVector,
};
use crate::id::{EditId, WriterId};
use crate::subject::Subject;

/// Where a writer stands. Kept with its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Whose chain it is.
    pub writer: WriterId,
    /// The number of its last edit; 0 before the first.
    pub seq: u64,
    /// The hash of its last edit.
    pub last: Option<EditHash>,
    /// The latest logical time it gave or saw.
    pub clock: Hlc,
}

/// What an edit will say, before it has a number and a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is about.
    pub subject: Subject,
    /// The version of the document its author looked at ([`crate::Document::version`]).
    pub seen: VersionVector,
    /// Who.
    pub author: AuthorName,
    /// The instrument in use, for interviews.
    pub instrument: Option<InstrumentHash>,
    /// What changes.
    pub changes: BTreeMap<Path, Change>,
}

/// A draft is too large for one edit. Nothing was changed; divide its changes among several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the draft is too large for one edit")]
pub struct SealError;

/// The latest time worth following, 9999-12-31: a clock beyond it is broken, and following it would break ours.
const LATEST_MILLIS: i64 = 253_402_300_799_999;

impl Chain {
    /// The chain of a writer that has written nothing.
    pub fn new(writer: WriterId) -> Self {
        Self { writer, seq: 0, last: None, clock: Hlc::default() }
    }

    /// The id the next sealed edit will have.
    pub fn next_id(&self) -> EditId {
        EditId { writer: self.writer, seq: self.seq + 1 }
    }

    /// Notes the time of an edit of another writer, so that what is sealed from now on is later than it.
    pub fn observe(&mut self, at: Hlc) {
        if at.millis <= LATEST_MILLIS {
            self.clock = self.clock.max(at);
        }
    }

    /// Makes the next edit from a draft on a machine whose clock shows `now_millis`. On an error the chain is as before.
    pub fn seal(&mut self, draft: Draft, now_millis: i64) -> Result<Edit, SealError> {
        let edit = Edit {
            id: self.next_id(),
            prev: self.last,
            subject: draft.subject,
            seen: draft.seen,
            at: self.clock.tick(now_millis),
            author: draft.author,
            instrument: draft.instrument,
            changes: draft.changes,
        };
        let bytes = edit.to_bytes();
        if bytes.len() > MAX_EDIT_BYTES || edit.changes.len() > MAX_CHANGES || edit.seen.0.len() > MAX_SEEN {
            return Err(SealError);
        }
        self.seq = edit.id.seq;
        self.last = Some(EditHash::of(&bytes));
        self.clock = edit.at;
        Ok(edit)
    }
}
