//! `POST /v1/key`: a laptop's new key in place of its old one.

use axum::body::Bytes;
use axum::extract::State as Of;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use rasoat_exchange::{MAX_FORMER_KEYS, Problem, ProblemCode, SignedSuccession, Succession, SuccessionError};

use crate::http;
use crate::intake;
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::Device;

/// The key is on the disk when this answers. Sent again, it gets the same answer again.
pub(crate) async fn succeed(
    Of(state): Of<State>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let body = body.map_err(|_| problem(SuccessionError::Unreadable))?;
    let signed = SignedSuccession::decode(&body).map_err(problem)?;
    let succession = signed.claimed().map_err(problem)?;
    let device = intake::active_device(&state, succession.device).await?;
    let changed = device.former.len() as u64;
    if !is_known(&device, &succession) {
        // Only the key in use names the next one: an older statement, or one for a key that is none any more, is nobody's word.
        let succession = signed.open(&device.key).map_err(problem)?;
        if device.former.len() >= MAX_FORMER_KEYS {
            return Err(problem(SuccessionError::Unreadable));
        }
        let is_next = succession.number == changed + 1;
        if !is_next {
            return Err(problem(SuccessionError::BadSignature));
        }
        if state.storage.succeed_device(device.key, succession.clone(), state.now()).await? {
            tracing::info!(number = changed + 1, "a device has a new key");
        } else if !is_known(&intake::active_device(&state, device.id).await?, &succession) {
            // Another statement was quicker, and not the same one sent twice.
            return Err(problem(SuccessionError::BadSignature));
        }
    }
    let answer = signed.taken(&state.signing);
    Ok(http::message(answer))
}

/// Whether a device has this key, by this very change.
fn is_known(device: &Device, succession: &Succession) -> bool {
    device.key == succession.key && succession.number == device.former.len() as u64
}

fn problem(error: SuccessionError) -> Refusal {
    let code = match error {
        SuccessionError::NewerFormat => ProblemCode::ProtocolTooNew,
        SuccessionError::BadSignature => ProblemCode::BadSignature,
        SuccessionError::Unreadable => ProblemCode::Unreadable,
    };
    Problem::from(code).into()
}
