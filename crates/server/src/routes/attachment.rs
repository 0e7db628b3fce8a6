//! `POST /v1/attachment`: files beside the answers, for a laptop: asked after, sent and fetched piece by piece.

use axum::body::Body;
use axum::extract::State as Of;
use axum::response::Response;
use rasoat_exchange::{
    AttachmentAct, AttachmentAnswer, AttachmentMessageError, MAX_ATTACHMENT_REQUEST_BYTES, Problem,
    ProblemCode, TaggedAttachmentRequest,
};

use super::sync::{STALL, next_frame};
use crate::attachments::{self, Bringer};
use crate::http;
use crate::intake;
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::Device;

/// One act.
pub(crate) async fn exchange(Of(state): Of<State>, body: Body) -> Result<Response, Refusal> {
    let busy = || Refusal::Exchange(ProblemCode::ServerBusy.into());
    let _permit = state.pieces.try_acquire().map_err(|_| busy())?;
    let message = read(body).await?;
    let tagged = TaggedAttachmentRequest::decode(&message).map_err(problem)?;
    let device = intake::active_device(&state, tagged.device()).await?;
    let link = state.link(&device).ok_or(Refusal::Exchange(ProblemCode::BadSignature.into()))?;
    let (act, tag) = tagged.open(&link).map_err(problem)?;
    let answer = act_on(&state, device, act).await?.encode(tag, &link);
    Ok(http::message(answer))
}

async fn act_on(state: &State, device: Device, act: AttachmentAct) -> Result<AttachmentAnswer, Refusal> {
    let communes: Vec<_> = device.communes.into_iter().collect();
    let bringer = |communes| Bringer { device: device.id, communes: Some(communes) };
    Ok(match act {
        AttachmentAct::Ask(files) => {
            AttachmentAnswer::States(attachments::states(state, &bringer(communes), &files).await?)
        }
        AttachmentAct::Put { file, offset, bytes } => {
            let at = attachments::put(state, &bringer(communes), file, offset, bytes).await?;
            AttachmentAnswer::States(vec![at])
        }
        AttachmentAct::Get { name, offset, length } => {
            let found = attachments::piece(state, communes, name, offset, length).await?;
            let (total, bytes) = found.unwrap_or_default();
            AttachmentAnswer::Piece { total, bytes }
        }
    })
}

/// A body, no larger than a request may be.
async fn read(mut body: Body) -> Result<Vec<u8>, Refusal> {
    let stalled = |_| Refusal::Exchange(ProblemCode::Unreadable.into());
    let mut message = Vec::new();
    while let Some(frame) = tokio::time::timeout(STALL, next_frame(&mut body)).await.map_err(stalled)? {
        let frame = frame.map_err(|_| Refusal::Unreadable)?;
        if message.len() + frame.len() > MAX_ATTACHMENT_REQUEST_BYTES {
            return Err(Refusal::Exchange(ProblemCode::BodyTooLarge.into()));
        }
        message.extend_from_slice(&frame);
    }
    Ok(message)
}

fn problem(error: AttachmentMessageError) -> Refusal {
    let code = match error {
        AttachmentMessageError::NewerFormat => ProblemCode::ProtocolTooNew,
        AttachmentMessageError::BadTag => ProblemCode::BadSignature,
        AttachmentMessageError::Unreadable => ProblemCode::Unreadable,
    };
    Problem::from(code).into()
}
