//! `GET /healthz`: whether the server answers and its storage can be read. `GET /readyz`: whether laptops should be sent to it.

use std::sync::atomic::Ordering;

use axum::extract::State as Of;
use rasoat_casework::DeviceId;
use uuid::Uuid;

use crate::problem::Refusal;
use crate::room;
use crate::state::State;
use crate::storage::StorageError;

/// `ok`, or a problem.
pub(crate) async fn show(Of(state): Of<State>) -> Result<&'static str, Refusal> {
    // Reads, and makes nothing: asking for projections would settle what waits.
    state.storage.device(DeviceId(Uuid::nil())).await?;
    Ok("ok\n")
}

/// `ready`, or a problem: it is stopping, its disk is nearly full, or its storage does not answer.
pub(crate) async fn ready(Of(state): Of<State>) -> Result<&'static str, Refusal> {
    if state.stopping.load(Ordering::Acquire) {
        return Err(Refusal::Busy);
    }
    if room::is_short(state.dir.path()) {
        return Err(StorageError::DiskFull.into());
    }
    state.storage.device(DeviceId(Uuid::nil())).await?;
    Ok("ready\n")
}
