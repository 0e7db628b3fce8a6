//! Whether an edit connects to what is known of its writer. The same for every storage.

use rasoat_casework::{Edit, EditHash, EditId};
use rasoat_exchange::{UnreadableEdit, VerdictCode};

/// An edit of a batch whose signature holds, looked at as far as that goes without a storage.
#[derive(Debug, Clone)]
pub enum Arriving {
    /// It can be read.
    Edit {
        /// The edit.
        edit: Box<Edit>,
        /// Its bytes.
        bytes: Vec<u8>,
        /// Their hash.
        hash: EditHash,
        /// Not within the device's scope.
        out_of_scope: bool,
        /// The server does not know its instrument: to be stored, and shown without a score.
        unscored: bool,
    },
    /// It cannot be read.
    Unreadable(UnreadableEdit),
}

impl Arriving {
    /// An edit that can be read; its bytes are written and hashed here, once.
    pub fn new(edit: Edit, out_of_scope: bool, unscored: bool) -> Self {
        let bytes = edit.to_bytes();
        let hash = EditHash::of(&bytes);
        Self::Edit { edit: Box::new(edit), bytes, hash, out_of_scope, unscored }
    }

    /// Which edit.
    pub fn id(&self) -> EditId {
        match self {
            Self::Edit { edit, .. } => edit.id,
            Self::Unreadable(edit) => edit.id,
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Edit { bytes, .. } => bytes,
            Self::Unreadable(edit) => &edit.bytes,
        }
    }

    /// The hash of its bytes.
    pub fn hash(&self) -> EditHash {
        match self {
            Self::Edit { hash, .. } => *hash,
            Self::Unreadable(edit) => EditHash::of(&edit.bytes),
        }
    }
}

/// What to do with an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It is stored already.
    Known,
    /// Store it.
    Store,
    /// Keep its place in the chain, not the edit.
    KeepPlace(VerdictCode),
    /// Keep nothing of it.
    Refuse(VerdictCode),
}

/// Judges an edit. `stored` is the hash of the edit that is stored under its number, if one is; `before_is_known` says
/// whether the link before it (number and hash) is stored, or was refused for its scope or reading alone.
pub fn judge(
    arriving: &Arriving,
    hash: EditHash,
    stored: Option<EditHash>,
    before_is_known: impl FnOnce(EditId, EditHash) -> bool,
) -> Judgement {
    match stored {
        Some(stored) if stored == hash => return Judgement::Known,
        Some(_) => return Judgement::Refuse(VerdictCode::ForkedSeq),
        None => {}
    }
    let Arriving::Edit { edit, out_of_scope, .. } = arriving else {
        return Judgement::KeepPlace(VerdictCode::Unreadable);
    };
    let connects = match (edit.id.seq, edit.prev) {
        (1, prev) => prev.is_none(),
        (0, _) | (_, None) => false,
        (seq, Some(prev)) => before_is_known(EditId { writer: edit.id.writer, seq: seq - 1 }, prev),
    };
    match (connects, out_of_scope) {
        (false, _) => Judgement::Refuse(VerdictCode::BrokenChain),
        (true, true) => Judgement::KeepPlace(VerdictCode::OutOfScope),
        (true, false) => Judgement::Store,
    }
}
