//! `POST /v1/sync`: one exchange with a laptop.
//!
//! A request is signed by the device that sends it; each batch in it by the device that made it. What can be opened is
//! stored, on disk, before the answer is made; a batch that cannot be opened gets no receipt and stops no other.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::State as Of;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rasoat_casework::{DeviceId, SubjectKind};
use rasoat_exchange::{
    Batch, BatchError, CONTENT_TYPE, Limits, MessageError, Problem, ProblemCode, SignedBatch, SignedReceipt,
    SyncRequest, SyncResponse, decode_request, encode_response,
};

use crate::problem::Refusal;
use crate::project;
use crate::state::State;
use crate::storage::{Arrival, Arriving, Device, SignReceipt};

/// A body of which no byte comes for so long is given up. The laptops' links are slow; only silence counts.
const STALL: Duration = Duration::from_secs(60);
/// What is left of a body that was refused is read and dropped for so long, so that the refusal arrives.
const DRAIN: Duration = Duration::from_secs(20);

/// One exchange.
pub(crate) async fn exchange(
    Of(state): Of<State>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let body = read_body(&state, &headers, body).await?;
    let _permit = state.exchanges.acquire().await.map_err(|_| Refusal::Busy)?;
    let signed = decode(body).await?;
    let device = active_device(&state, signed.device).await?;
    let request_hash = signed.hash();
    let request = open_request(signed, &device).await?;
    let now = state.now();
    let receipts = take_in(&state, &request, now).await?;
    if request.batches.is_empty() {
        state.storage.note_seen(device.id, now).await?;
    } else if let Err(error) = project::catch_up(&state).await {
        // Everything is stored and marked: the next exchange or start makes the projections.
        tracing::error!(%error, "projections are behind");
    }
    tracing::info!(
        batches = request.batches.len(),
        receipts = receipts.len(),
        communes = device.communes.len(),
        clock_off_s = (request.sent_at_millis.saturating_sub(now)) / 1000,
        "exchange"
    );
    let response = SyncResponse {
        protocol: request.protocol,
        receipts,
        changes: Vec::new(),
        cursor: request.cursor,
        more: false,
        server_time_millis: now,
    };
    let bytes = encode_response(&response, request_hash, &state.signing).map_err(MessageError::problem)?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE))], bytes).into_response())
}

/// Reads a body up to the limit; a larger one is refused as soon as that is known.
async fn read_body(state: &State, headers: &HeaderMap, mut body: Body) -> Result<Bytes, Refusal> {
    let _permit =
        state.bodies.try_acquire().map_err(|_| Refusal::Exchange(ProblemCode::ServerBusy.into()))?;
    let limit = Limits::DEFAULT.compressed;
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        drain(body);
        return Err(Refusal::Exchange(ProblemCode::BodyTooLarge.into()));
    }
    let mut bytes = Vec::new();
    let stalled = |_| Refusal::Exchange(ProblemCode::Unreadable.into());
    while let Some(frame) = tokio::time::timeout(STALL, next_frame(&mut body)).await.map_err(stalled)? {
        let frame = frame.map_err(|_| Refusal::Unreadable)?;
        if bytes.len() + frame.len() > limit {
            drain(body);
            return Err(Refusal::Exchange(ProblemCode::BodyTooLarge.into()));
        }
        bytes.extend_from_slice(&frame);
    }
    Ok(bytes.into())
}

async fn next_frame(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    let frame = std::future::poll_fn(|context| std::pin::Pin::new(&mut *body).poll_frame(context)).await?;
    Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
}

/// Drops what is left of a body as it comes, for a while: a connection closed with bytes on the way loses the answer.
fn drain(mut body: Body) {
    tokio::spawn(tokio::time::timeout(DRAIN, async move {
        while let Some(Ok(_)) = next_frame(&mut body).await {}
    }));
}

async fn decode(body: Bytes) -> Result<rasoat_exchange::SignedRequest, Refusal> {
    let decoded = tokio::task::spawn_blocking(move || decode_request(&body, Limits::DEFAULT)).await;
    Ok(decoded.map_err(|_| Refusal::Busy)?.map_err(MessageError::problem)?)
}

async fn open_request(
    signed: rasoat_exchange::SignedRequest,
    device: &Device,
) -> Result<SyncRequest, Refusal> {
    let key = device.key;
    let opened = tokio::task::spawn_blocking(move || signed.open(&key)).await;
    Ok(opened.map_err(|_| Refusal::Busy)?.map_err(MessageError::problem)?)
}

async fn active_device(state: &State, id: DeviceId) -> Result<Device, Refusal> {
    let device = state.storage.device(id).await?.ok_or(Problem::from(ProblemCode::UnknownDevice))?;
    match device.revoked_at {
        Some(_) => Err(Problem::from(ProblemCode::DeviceRevoked).into()),
        None => Ok(device),
    }
}

/// Stores every batch that can be opened. Only when none can, the first one's problem is the answer.
async fn take_in(state: &State, request: &SyncRequest, now: i64) -> Result<Vec<SignedReceipt>, Refusal> {
    let mut receipts = Vec::with_capacity(request.batches.len());
    let mut problem = None;
    for signed in &request.batches {
        let (device, batch) = match open(state, signed).await {
            Ok(opened) => opened,
            Err(refusal @ Refusal::Exchange(_)) => {
                problem.get_or_insert(refusal);
                continue;
            }
            Err(refusal) => return Err(refusal),
        };
        let hash = signed.batch_hash();
        let arrival = Arrival {
            batch: hash,
            device: device.id,
            signature: signed.signature,
            received_at: now,
            edits: look_at(state, &device, batch),
        };
        let sign: SignReceipt = {
            let state = state.clone();
            Arc::new(move |outcome| state.receipt(hash, outcome, now))
        };
        receipts.push(state.storage.accept(arrival, sign).await?);
    }
    match problem {
        Some(problem) if receipts.is_empty() => Err(problem),
        Some(_) | None => Ok(receipts),
    }
}

async fn open(state: &State, signed: &SignedBatch) -> Result<(Device, Batch), Refusal> {
    let device = active_device(state, signed.device).await?;
    let batch = signed.open(&device.key).map_err(|error| {
        Problem::from(match error {
            BatchError::BadSignature | BatchError::OtherDevice => ProblemCode::BadSignature,
            BatchError::NewerFormat => ProblemCode::ProtocolTooNew,
            BatchError::TooLarge | BatchError::TooManyEdits => ProblemCode::BodyTooLarge,
            BatchError::Empty | BatchError::Unreadable => ProblemCode::Unreadable,
        })
    })?;
    Ok((device, batch))
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
