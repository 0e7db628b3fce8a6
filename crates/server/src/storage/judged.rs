//! What a judged batch comes to, and how its edits are kept. The same for every storage.

use std::collections::BTreeMap;

use rasoat_casework::{AttachmentName, Edit, EditId, SubjectKind};
use rasoat_exchange::{Batch, Signature, SignedReceipt, Verdict, VerdictCode};

use super::{Arrival, Arriving, Judgement, Keeping, Outcome, StorageError, packed};

/// An edit, what to do with it, and whether its writer has links that were refused and kept.
pub(super) type Judged<'a> = (&'a Arriving, Judgement, bool);

/// What an earlier arrival of the same batch came to.
#[derive(Clone)]
pub(super) struct Before {
    pub(super) outcome: [u8; 32],
    pub(super) refused: bool,
    pub(super) receipt: SignedReceipt,
}

pub(super) fn signed_receipt(bytes: Vec<u8>, signature: Vec<u8>) -> Result<SignedReceipt, StorageError> {
    let signature = signature.try_into().map_err(|_| StorageError::Damaged("signature"))?;
    Ok(SignedReceipt { bytes, signature: Signature::from_bytes(signature) })
}

pub(super) fn outcome_of(judged: &[Judged<'_>]) -> Outcome {
    let mut outcome = Outcome::default();
    for &(arriving, judgement, _) in judged {
        let id = arriving.id();
        match judgement {
            Judgement::Known | Judgement::Store => {
                outcome.accepted.push(id);
                if matches!(arriving, Arriving::Edit { unscored: true, .. }) {
                    outcome.verdicts.push(verdict(id, VerdictCode::StoredUnscored, arriving));
                }
            }
            Judgement::KeepPlace(code) | Judgement::Refuse(code) => {
                outcome.verdicts.push(verdict(id, code, arriving));
            }
        }
    }
    outcome
}

fn verdict(edit: EditId, code: VerdictCode, arriving: &Arriving) -> Verdict {
    let params = match (code, arriving) {
        (VerdictCode::OutOfScope, Arriving::Edit { subject, .. }) => {
            BTreeMap::from([("commune".to_owned(), subject.commune.as_str().to_owned())])
        }
        (VerdictCode::Unreadable, Arriving::Unreadable(unreadable)) => {
            BTreeMap::from([("reason".to_owned(), unreadable.code.to_owned())])
        }
        (_, _) => BTreeMap::new(),
    };
    Verdict { edit, code, params }
}

/// Where the edits of an arrival are kept.
pub(super) struct Keep {
    /// The batch's row, if one was written.
    pub(super) batch: Option<i64>,
    /// Its edits packed by themselves; `None` where they are kept in the batch.
    pub(super) alone: Option<BTreeMap<EditId, Vec<u8>>>,
}

/// Where one edit is kept: batch, place in it, bytes.
pub(super) type Place<'a> = (Option<i64>, Option<u32>, Option<&'a [u8]>);

impl Keep {
    pub(super) fn place<'a>(&'a self, id: EditId, kept: &Keeping) -> Result<Place<'a>, StorageError> {
        match (&self.alone, kept) {
            (Some(alone), _) => {
                let bytes = alone.get(&id).ok_or(StorageError::Damaged("batch"))?;
                Ok((self.batch, None, Some(bytes)))
            }
            (None, Keeping::InBatch(place)) => Ok((self.batch, Some(*place), None)),
            (None, Keeping::Alone(_)) => Err(StorageError::Damaged("batch")),
        }
    }
}

/// What is stored of an arrival packed edit by edit; `None` where all of it is stored, and is to be kept as one.
pub(super) fn alone(
    arrival: &Arrival,
    judged: &[Judged<'_>],
) -> Result<Option<BTreeMap<EditId, Vec<u8>>>, StorageError> {
    let is_whole = judged.iter().all(|(arriving, judgement, _)| {
        *judgement == Judgement::Store && matches!(arriving, Arriving::Edit { kept: Keeping::InBatch(_), .. })
    });
    if is_whole {
        return Ok(None);
    }
    let mut batch: Option<Vec<Edit>> = None;
    let mut alone = BTreeMap::new();
    for (arriving, judgement, _) in judged {
        let (Judgement::Store, Arriving::Edit { id, kept, .. }) = (judgement, arriving) else { continue };
        let packed = match kept {
            Keeping::Alone(packed) => packed.clone(),
            Keeping::InBatch(place) => {
                let edits = match &mut batch {
                    Some(edits) => edits,
                    none => none.insert(edits_of(&arrival.bytes)?),
                };
                let edit = edits.get(*place as usize).filter(|edit| edit.id == *id);
                packed::pack(&edit.ok_or(StorageError::Damaged("batch"))?.to_bytes())
            }
        };
        alone.insert(*id, packed);
    }
    Ok(Some(alone))
}

/// The edits of a batch that can be read.
pub(super) fn edits_of(batch: &[u8]) -> Result<Vec<Edit>, StorageError> {
    Ok(Batch::of_kept(batch).map_err(|_| StorageError::Damaged("batch"))?.edits)
}

/// An edit that is kept by itself.
pub(super) fn edit_alone(bytes: &[u8]) -> Result<Edit, StorageError> {
    Edit::from_bytes(&packed::unpack(bytes)?).map_err(|_| StorageError::Damaged("edit"))
}

pub(super) fn seq(id: EditId) -> Result<i64, StorageError> {
    i64::try_from(id.seq).map_err(|_| StorageError::Damaged("seq"))
}

pub(super) fn kind_text(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Household => "household",
        SubjectKind::Interview => "interview",
        SubjectKind::Case => "case",
        SubjectKind::Remark => "remark",
    }
}

/// A file's name as a key: its hash, and its type's number.
pub(super) fn attachment_key(name: AttachmentName) -> [u8; 33] {
    let mut key = [name.file_type.number(); 33];
    key[..32].copy_from_slice(&name.hash.0);
    key
}
