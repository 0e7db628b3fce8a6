//! `GET /healthz`: whether the server answers and its storage can be read.

use axum::extract::State as Of;
use rasoat_casework::DeviceId;
use uuid::Uuid;

use crate::problem::Refusal;
use crate::state::State;

/// `ok`, or a problem.
pub(crate) async fn show(Of(state): Of<State>) -> Result<&'static str, Refusal> {
    // Reads, and makes nothing: asking for projections would settle what waits.
    state.storage.device(DeviceId(Uuid::nil())).await?;
    Ok("ok\n")
}
