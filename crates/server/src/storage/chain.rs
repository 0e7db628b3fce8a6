//! Whether an edit connects to what is known of its writer. The same for every storage.

use rasoat_casework::{AttachmentName, Edit, EditHash, EditId, LooseEdit, Subject};
use rasoat_exchange::{UnreadableEdit, VerdictCode};
use uuid::Uuid;

use super::packed::pack;
use crate::assess::{owner_named_by, owner_named_in};

/// An edit of a batch whose signature holds, looked at as far as that goes without a storage.
#[derive(Debug, Clone)]
pub enum Arriving {
    /// It can be read.
    Edit {
        /// Which edit.
        id: EditId,
        /// The hash of its writer's edit before.
        prev: Option<EditHash>,
        /// What it is about.
        subject: Subject,
        /// For an interview, the household that it names.
        names: Option<Uuid>,
        /// The files beside its answers.
        files: Vec<AttachmentName>,
        /// Where it is kept.
        kept: Keeping,
        /// The hash of its bytes.
        hash: EditHash,
        /// Not within the device's scope.
        out_of_scope: bool,
        /// The server does not know its instrument: to be stored, and shown without a score.
        unscored: bool,
    },
    /// It cannot be read.
    Unreadable(UnreadableEdit),
}

/// How an edit is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// In its batch's bytes, as the edit of that place among those that can be read; if another edit of the batch is not stored
    /// from there, by itself.
    InBatch(u32),
    /// By itself: what [`packed`](super::packed) made of its bytes.
    Alone(Vec<u8>),
}

impl Arriving {
    /// An edit to be kept by itself; its bytes are written, hashed and packed here, once.
    pub fn new(edit: &Edit, out_of_scope: bool, unscored: bool) -> Self {
        let bytes = edit.to_bytes();
        let kept = Keeping::Alone(pack(&bytes));
        Self::kept(
            (edit, EditHash::of(&bytes)),
            (owner_named_by(edit), AttachmentName::in_edit(edit)),
            kept,
            (out_of_scope, unscored),
        )
    }

    /// An edit to be kept by itself, unpacked with its hash.
    pub fn alone(edit: &LooseEdit, hash: EditHash, out_of_scope: bool, unscored: bool) -> Self {
        let kept = Keeping::Alone(pack(&edit.to_bytes()));
        Self::kept(
            (&edit.head, hash),
            (owner_named_in(edit), AttachmentName::in_loose(edit)),
            kept,
            (out_of_scope, unscored),
        )
    }

    /// An edit to be kept in its batch, at a place among those that can be read.
    pub fn in_batch(edit: &LooseEdit, hash: EditHash, place: u32, unscored: bool) -> Self {
        let kept = Keeping::InBatch(place);
        Self::kept(
            (&edit.head, hash),
            (owner_named_in(edit), AttachmentName::in_loose(edit)),
            kept,
            (false, unscored),
        )
    }

    fn kept(
        (head, hash): (&Edit, EditHash),
        (names, files): (Option<Uuid>, Vec<AttachmentName>),
        kept: Keeping,
        (out_of_scope, unscored): (bool, bool),
    ) -> Self {
        Self::Edit {
            id: head.id,
            prev: head.prev,
            subject: head.subject.clone(),
            names,
            files,
            hash,
            kept,
            out_of_scope,
            unscored,
        }
    }

    /// Which edit.
    pub fn id(&self) -> EditId {
        match self {
            Self::Edit { id, .. } => *id,
            Self::Unreadable(edit) => edit.id,
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

/// Judges an edit. `taken` is the hash of the edit that has its number, if one has: stored, or another of the same device that
/// was refused and keeps its place (or two lives of one database would be stored as one chain). `before_is_known` says whether
/// the link before it (number and hash) is stored, or was refused for its scope or reading alone.
pub fn judge(
    arriving: &Arriving,
    hash: EditHash,
    taken: Option<EditHash>,
    before_is_known: impl FnOnce(EditId, EditHash) -> bool,
) -> Judgement {
    match taken {
        Some(taken) if taken == hash => return Judgement::Known,
        Some(_) => return Judgement::Refuse(VerdictCode::ForkedSeq),
        None => {}
    }
    let Arriving::Edit { id, prev, out_of_scope, .. } = arriving else {
        return Judgement::KeepPlace(VerdictCode::Unreadable);
    };
    let connects = match (id.seq, *prev) {
        (1, prev) => prev.is_none(),
        (0, _) | (_, None) => false,
        (seq, Some(prev)) => before_is_known(EditId { writer: id.writer, seq: seq - 1 }, prev),
    };
    match (connects, out_of_scope) {
        (false, _) => Judgement::Refuse(VerdictCode::BrokenChain),
        (true, true) => Judgement::KeepPlace(VerdictCode::OutOfScope),
        (true, false) => Judgement::Store,
    }
}
