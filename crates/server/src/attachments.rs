//! Files beside the answers at the province: taken in piece by piece, checked when they are whole, given to whoever may see the
//! household. The edit that names a file comes first: it was signed, and says whose the file is.

use rasoat_casework::{
    AttachmentError, AttachmentName, AttachmentType, CommuneCode, DeviceId, MAX_ATTACHMENT_BYTES,
};
use rasoat_exchange::{Attachment, AttachmentRefusal, AttachmentState, MAX_PIECE};

use crate::state::State;
use crate::storage::{ArrivedPiece, AttachmentPiece, StorageError, StoredAttachment};

/// Who brings a file, and for which communes they may.
pub(crate) struct Bringer {
    pub(crate) device: DeviceId,
    /// `None`: whoever's edits name it, as with files from a stick.
    pub(crate) communes: Option<Vec<CommuneCode>>,
}

/// How much there is of each file. What is all there without being known to be whole is looked at here.
pub(crate) async fn states(
    state: &State,
    bringer: &Bringer,
    files: &[Attachment],
) -> Result<Vec<AttachmentState>, StorageError> {
    let names: Vec<AttachmentName> = files.iter().map(|file| file.name).collect();
    let named = state.storage.attachments_named(bringer.communes.clone(), names.clone()).await?;
    let stored = state.storage.attachments(names).await?;
    let mut states = Vec::with_capacity(files.len());
    for ((file, commune), stored) in files.iter().zip(named).zip(stored) {
        states.push(match (refusal(state, file), commune, stored) {
            (_, None, _) => AttachmentState::Unnamed,
            (Some(refusal), Some(_), _) => AttachmentState::Refused(refusal),
            (None, Some(_), None) => AttachmentState::Part(0),
            (None, Some(_), Some(stored)) if !stored.whole && stored.size != file.size => {
                AttachmentState::Part(0)
            }
            (None, Some(_), Some(stored)) => settled(state, file.name, stored).await?,
        });
    }
    Ok(states)
}

/// Takes a piece in; on disk when this returns.
pub(crate) async fn put(
    state: &State,
    bringer: &Bringer,
    file: Attachment,
    offset: u32,
    bytes: Vec<u8>,
) -> Result<AttachmentState, StorageError> {
    let named = state.storage.attachments_named(bringer.communes.clone(), vec![file.name]).await?;
    let Some(commune) = named.into_iter().next().flatten() else { return Ok(AttachmentState::Unnamed) };
    if let Some(refusal) = refusal(state, &file) {
        return Ok(AttachmentState::Refused(refusal));
    }
    let limits = &state.config.attachments;
    let piece = AttachmentPiece {
        name: file.name,
        size: file.size,
        offset,
        bytes,
        commune,
        device: bringer.device,
        received_at: state.now(),
        device_bytes: limits.device_bytes,
        commune_bytes: limits.commune_bytes,
    };
    match state.storage.put_attachment_piece(piece).await? {
        ArrivedPiece::Has(stored) => settled(state, file.name, stored).await,
        ArrivedPiece::TooMuch => Ok(AttachmentState::Refused(AttachmentRefusal::Quota)),
    }
}

/// Takes a whole file in, of which something may be there already.
pub(crate) async fn put_whole(
    state: &State,
    bringer: &Bringer,
    file: Attachment,
    content: &[u8],
) -> Result<AttachmentState, StorageError> {
    let mut at = states(state, bringer, &[file]).await?.first().copied().unwrap_or(AttachmentState::Unnamed);
    while let AttachmentState::Part(have) = at {
        let rest = content.get(have as usize..).unwrap_or_default();
        let piece = &rest[..rest.len().min(MAX_PIECE as usize)];
        let next = put(state, bringer, file, have, piece.to_vec()).await?;
        if next == at {
            // Somebody else said another size: theirs is looked at first.
            return Ok(AttachmentState::Refused(AttachmentRefusal::Damaged));
        }
        at = next;
    }
    Ok(at)
}

/// A piece of a whole file that an edit of these communes names, with the bytes of the whole.
pub(crate) async fn piece(
    state: &State,
    communes: Vec<CommuneCode>,
    name: AttachmentName,
    offset: u32,
    length: u32,
) -> Result<Option<(u32, Vec<u8>)>, StorageError> {
    let named = state.storage.attachments_named(Some(communes), vec![name]).await?;
    let stored = state.storage.attachments(vec![name]).await?;
    let (Some(Some(_)), Some(Some(stored))) = (named.first(), stored.first()) else { return Ok(None) };
    if !stored.whole {
        return Ok(None);
    }
    let bytes = state.storage.attachment_range(name, offset, length.min(MAX_PIECE)).await?;
    Ok(Some((stored.size, bytes)))
}

/// All of a whole file; `None` while it is not all there.
pub(crate) async fn whole(state: &State, name: AttachmentName) -> Result<Option<Vec<u8>>, StorageError> {
    let stored = state.storage.attachments(vec![name]).await?.into_iter().next().flatten();
    let Some(stored) = stored.filter(|stored| stored.whole) else { return Ok(None) };
    state.storage.attachment_range(name, 0, stored.size).await.map(Some)
}

/// Why a file is not taken, as far as what is said of it tells.
fn refusal(state: &State, file: &Attachment) -> Option<AttachmentRefusal> {
    let most = state.config.attachments.file_bytes.min(MAX_ATTACHMENT_BYTES);
    match file.size {
        0 => Some(AttachmentRefusal::Empty),
        size if size > most => Some(AttachmentRefusal::TooLarge),
        _ => None,
    }
}

/// What is to be said of what has come. What came last may have been the end: then it is looked at, and kept or forgotten.
async fn settled(
    state: &State,
    name: AttachmentName,
    stored: StoredAttachment,
) -> Result<AttachmentState, StorageError> {
    if stored.whole {
        return Ok(AttachmentState::Whole);
    }
    if stored.have < stored.size {
        return Ok(AttachmentState::Part(stored.have));
    }
    let held = check(state, name, stored.size).await?;
    state.storage.settle_attachment(name, held.is_ok()).await?;
    Ok(match held {
        Ok(()) => AttachmentState::Whole,
        Err(error) => {
            tracing::warn!(code = error.code(), "a file was not what its name says");
            AttachmentState::Refused(error.into())
        }
    })
}

/// Whether what has come is what the name says; a piece at a time, whatever the size.
async fn check(
    state: &State,
    name: AttachmentName,
    size: u32,
) -> Result<Result<(), AttachmentError>, StorageError> {
    let mut hasher = blake3::Hasher::new();
    let mut file_type = None;
    let mut at = 0;
    while at < size {
        let bytes = state.storage.attachment_range(name, at, MAX_PIECE).await?;
        if bytes.is_empty() {
            return Ok(Err(AttachmentError::Damaged));
        }
        if at == 0 {
            file_type = AttachmentType::of(&bytes);
        }
        hasher.update(&bytes);
        at = at.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    }
    Ok(match *hasher.finalize().as_bytes() == name.hash.0 {
        false => Err(AttachmentError::Damaged),
        true if file_type != Some(name.file_type) => Err(AttachmentError::Type),
        true => Ok(()),
    })
}
