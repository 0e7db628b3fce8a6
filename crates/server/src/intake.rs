//! Taking in a batch, however it was carried: the one door of exchanges and bundles.

use std::sync::Arc;

use rasoat_casework::{DeviceId, SubjectKind};
use rasoat_exchange::{Batch, BatchError, ProblemCode, SignedBatch, SignedReceipt};

use crate::state::State;
use crate::storage::{Arrival, Arriving, Device, SignReceipt, StorageError};

/// A batch whose signature holds, and the laptop that signed it.
pub(crate) struct Opened {
    pub(crate) device: Device,
    pub(crate) batch: Batch,
}

/// A batch that cannot be opened; it gets no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotOpened {
    /// It is not to be taken.
    Refused(ProblemCode),
    /// The storage does not answer.
    Storage(StorageError),
}

/// Verifies a batch by the key of the laptop it names.
pub(crate) async fn open(state: &State, signed: &SignedBatch) -> Result<Opened, NotOpened> {
    let device = active_device(state, signed.device).await?;
    let batch = signed.open(&device.key).map_err(|error| {
        NotOpened::Refused(match error {
            BatchError::BadSignature | BatchError::OtherDevice => ProblemCode::BadSignature,
            BatchError::NewerFormat => ProblemCode::ProtocolTooNew,
            BatchError::TooLarge | BatchError::TooManyEdits => ProblemCode::BodyTooLarge,
            BatchError::Empty | BatchError::Unreadable => ProblemCode::Unreadable,
        })
    })?;
    Ok(Opened { device, batch })
}

/// A laptop that is known and not revoked.
pub(crate) async fn active_device(state: &State, id: DeviceId) -> Result<Device, NotOpened> {
    let device = state.storage.device(id).await?.ok_or(NotOpened::Refused(ProblemCode::UnknownDevice))?;
    match device.revoked_at {
        Some(_) => Err(NotOpened::Refused(ProblemCode::DeviceRevoked)),
        None => Ok(device),
    }
}

/// Stores an opened batch, on disk when this returns; stored before, it gets the receipt it got then.
pub(crate) async fn store(
    state: &State,
    signed: &SignedBatch,
    opened: Opened,
    now: i64,
) -> Result<SignedReceipt, StorageError> {
    let hash = signed.batch_hash();
    let arrival = Arrival {
        batch: hash,
        device: opened.device.id,
        signature: signed.signature,
        received_at: now,
        edits: look_at(state, &opened.device, opened.batch),
    };
    let sign: SignReceipt = {
        let state = state.clone();
        Arc::new(move |outcome| state.receipt(hash, outcome, now))
    };
    state.storage.accept(arrival, sign).await
}

fn look_at(state: &State, device: &Device, batch: Batch) -> Vec<Arriving> {
    let edits = batch.edits.into_iter().map(|edit| {
        let is_known = || edit.instrument.is_some_and(|hash| state.library.instrument(&hash).is_some());
        Arriving::Edit {
            out_of_scope: !device.communes.contains(&edit.subject.commune),
            unscored: edit.subject.kind == SubjectKind::Interview && !is_known(),
            edit: Box::new(edit),
        }
    });
    edits.chain(batch.unreadable.into_iter().map(Arriving::Unreadable)).collect()
}

impl From<StorageError> for NotOpened {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}
