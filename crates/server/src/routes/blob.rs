//! `POST /v1/blob`: a range of a form, a standard, a list or a snapshot, for a laptop that may have it.

use axum::body::Bytes;
use axum::extract::State as Of;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use rasoat_exchange::{BlobAnswer, BlobError, Problem, ProblemCode, SignedBlobRequest};

use crate::feed;
use crate::http;
use crate::intake;
use crate::problem::Refusal;
use crate::state::State;

/// One range. What is not for the device is as if it were not there.
pub(crate) async fn fetch(
    Of(state): Of<State>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let body = body.map_err(|_| problem(BlobError::Unreadable))?;
    let signed = SignedBlobRequest::decode(&body).map_err(problem)?;
    let device = intake::active_device(&state, signed.request.device).await?;
    let request = signed.open(&device.key).map_err(problem)?;
    let mut found = feed::blob(&state, &device, request.hash, request.offset, request.length).await?;
    if found.is_none() && state.freshen_library_now().await.is_ok() {
        // Another server of the same database offered it a moment ago.
        found = feed::blob(&state, &device, request.hash, request.offset, request.length).await?;
    }
    let (total, bytes) = found.ok_or(Refusal::NotFound)?;
    let answer = BlobAnswer { total, bytes }.encode();
    Ok(http::message(answer))
}

pub(super) fn problem(error: BlobError) -> Refusal {
    let code = match error {
        BlobError::NewerFormat => ProblemCode::ProtocolTooNew,
        BlobError::BadSignature => ProblemCode::BadSignature,
        BlobError::Unreadable => ProblemCode::Unreadable,
    };
    Problem::from(code).into()
}
