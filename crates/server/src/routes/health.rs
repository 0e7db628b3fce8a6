//! `GET /healthz`: whether the server answers and its storage can be read.

use axum::extract::State as Of;

use crate::problem::Refusal;
use crate::state::State;

/// `ok`, or a problem.
pub(crate) async fn show(Of(state): Of<State>) -> Result<&'static str, Refusal> {
    state.storage.stale_households(1).await?;
    Ok("ok\n")
}
