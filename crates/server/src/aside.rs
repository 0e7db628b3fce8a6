//! Batches of revoked laptops. What such a laptop signed may have been signed before it was revoked: it is kept as it came,
//! counts for nothing, and waits for an administrator to take it in or to refuse it. Refused, it is kept still.

use std::collections::BTreeMap;

use rasoat_casework::DeviceId;
use rasoat_exchange::{BatchHash, SignedBatch};

use crate::bundle::{self, BundleReport};
use crate::enrol::{COMMAND_LINE, note};
use crate::intake;
use crate::state::State;
use crate::storage::{Aside, StorageError};

/// What of one revoked laptop was put aside. Counts and times; nobody is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AsideReport {
    /// Batches that nobody has decided about.
    pub batches: u32,
    /// Their edits.
    pub edits: u32,
    /// How many of those say themselves that they were made after the laptop was revoked. The clock is the laptop's own: whoever
    /// has the laptop can set it.
    pub edits_after: u32,
    /// Batches that were refused.
    pub refused: u32,
    /// When the last came in, in milliseconds since 1970.
    pub last_at: i64,
}

/// Keeps a batch of a revoked laptop, if it is one's and not all of it is stored.
pub(crate) async fn put(state: &State, signed: &SignedBatch) -> Result<(), StorageError> {
    let device = state.storage.device(signed.device).await?;
    let Some(device) = device.filter(|device| device.revoked_at.is_some()) else { return Ok(()) };
    let Ok(opened) = intake::open_by(signed, device) else { return Ok(()) };
    let unreadable = opened.batch.unreadable.iter().map(|edit| edit.id);
    let ids: Vec<_> = opened.batch.edits.iter().map(|(edit, _)| edit.head.id).chain(unreadable).collect();
    let edits = ids.len();
    if state.storage.known(ids).await?.len() == edits {
        return Ok(());
    }
    let edits = u32::try_from(edits).unwrap_or(u32::MAX);
    state.storage.put_aside(signed.clone(), edits, state.now()).await
}

/// What was put aside, by laptop.
///
/// # Errors
/// When the storage fails.
pub async fn aside(state: &State) -> Result<BTreeMap<DeviceId, AsideReport>, StorageError> {
    let mut found: BTreeMap<DeviceId, AsideReport> = BTreeMap::new();
    for Aside { batch, received_at, refused_at } in state.storage.aside(None).await? {
        let report = found.entry(batch.device).or_default();
        report.last_at = report.last_at.max(received_at);
        if refused_at.is_some() {
            report.refused += 1;
            continue;
        }
        report.batches += 1;
        let Some(device) = state.storage.device(batch.device).await? else { continue };
        let revoked_at = device.revoked_at.unwrap_or(i64::MAX);
        let Ok(opened) = intake::open_by(&batch, device) else { continue };
        let after = opened.batch.edits.iter().filter(|(edit, _)| edit.head.at.millis > revoked_at).count();
        let edits = opened.batch.edits.len() + opened.batch.unreadable.len();
        report.edits = report.edits.saturating_add(u32::try_from(edits).unwrap_or(u32::MAX));
        report.edits_after = report.edits_after.saturating_add(u32::try_from(after).unwrap_or(u32::MAX));
    }
    Ok(found)
}

/// Takes in what was put aside of a laptop, what was refused included. The laptop stays revoked. What cannot be stored yet stays
/// aside.
///
/// # Errors
/// When the storage fails; it may be done again then.
pub async fn take_in_aside(state: &State, device: DeviceId) -> Result<BundleReport, StorageError> {
    take_in_as(state, COMMAND_LINE, device).await
}

/// As [`take_in_aside`], by somebody who is logged in.
pub(crate) async fn take_in_as(
    state: &State,
    actor: &str,
    device: DeviceId,
) -> Result<BundleReport, StorageError> {
    let Some(row) = state.storage.device(device).await? else { return Ok(BundleReport::default()) };
    let aside = state.storage.aside(Some(device)).await?;
    let batches: Vec<SignedBatch> = aside.into_iter().map(|aside| aside.batch).collect();
    let report = bundle::take_in_aside(state, &row, &batches).await?;
    let hashes: Vec<BatchHash> = batches.iter().map(SignedBatch::batch_hash).collect();
    for hash in hashes {
        state.storage.forget_aside(hash).await?;
    }
    note(state, actor, "aside_taken_in", device).await?;
    Ok(report)
}

/// Refuses what was put aside of a laptop; how many batches that were not refused before. They are kept, and may be taken in
/// later all the same.
///
/// # Errors
/// When the storage fails.
pub async fn refuse_aside(state: &State, device: DeviceId) -> Result<usize, StorageError> {
    refuse_as(state, COMMAND_LINE, device).await
}

/// As [`refuse_aside`], by somebody who is logged in.
pub(crate) async fn refuse_as(state: &State, actor: &str, device: DeviceId) -> Result<usize, StorageError> {
    let refused = state.storage.refuse_aside(device, state.now()).await?;
    if refused > 0 {
        note(state, actor, "aside_refused", device).await?;
    }
    Ok(refused)
}
