//! `POST /v1/enrol`: a range of an enrolment file, for whoever knows its one-time code. The file stays locked by the code.

use axum::body::Bytes;
use axum::extract::State as Of;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use rasoat_exchange::{BlobAnswer, BlobError, EnrolRequest, ProblemCode};

use super::blob::problem;
use crate::http;
use crate::problem::Refusal;
use crate::state::State;

/// One range. A code that was never given out, one whose time is over, one that was used and one of a revoked laptop are answered
/// alike.
pub(crate) async fn fetch(
    Of(state): Of<State>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let body = body.map_err(|_| problem(BlobError::Unreadable))?;
    let request = EnrolRequest::decode(&body).map_err(problem)?;
    let now = state.now();
    if state.wrong_codes.are_too_many(now) {
        return Err(Refusal::Exchange(ProblemCode::ServerBusy.into()));
    }
    let EnrolRequest { lookup, offset, length } = request;
    let Some((total, bytes)) = state.storage.enrolment_range(lookup.0, offset, length, now).await? else {
        state.wrong_codes.note(now);
        return Err(Refusal::Exchange(ProblemCode::UnknownCode.into()));
    };
    let answer = BlobAnswer { total, bytes }.encode();
    Ok(http::message(answer))
}
