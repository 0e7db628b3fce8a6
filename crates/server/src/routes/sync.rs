//! `POST /v1/sync`: one exchange with a laptop.
//!
//! A request is signed by the device that sends it; each batch in it by the device that made it. What can be opened is
//! stored, on disk, before the answer is made; a batch that cannot be opened gets no receipt and stops no other.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::State as Of;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rasoat_exchange::{
    CONTENT_TYPE, Limits, MessageError, Problem, ProblemCode, SignedReceipt, SyncRequest, SyncResponse,
    decode_request, encode_response,
};

use crate::feed;
use crate::intake::{self, NotOpened};
use crate::problem::Refusal;
use crate::project;
use crate::state::State;
use crate::storage::Device;

/// A body of which no byte comes for so long is given up. The laptops' links are slow; only silence counts.
const STALL: Duration = Duration::from_secs(60);
/// What is left of a body that was refused is read and dropped for so long, so that the refusal arrives.
const DRAIN: Duration = Duration::from_secs(20);

/// Bytes of edits in one answer.
const FEED_ROOM: usize = 256 * 1024;

/// One exchange.
pub(crate) async fn exchange(
    Of(state): Of<State>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let body = read_body(&state, &headers, body).await?;
    let _permit = state.exchanges.acquire().await.map_err(|_| Refusal::Busy)?;
    let signed = decode(body).await?;
    let device = intake::active_device(&state, signed.device).await?;
    let request_hash = signed.hash();
    let request = open_request(signed, &device).await?;
    let now = state.now();
    let feed = feed::changes(&state, &device, &request.cursor, FEED_ROOM).await?;
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
        changes: feed.changes,
        cursor: feed.cursor,
        more: feed.more,
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

/// Stores every batch that can be opened. Only when none can, the first one's problem is the answer.
async fn take_in(state: &State, request: &SyncRequest, now: i64) -> Result<Vec<SignedReceipt>, Refusal> {
    let mut receipts = Vec::with_capacity(request.batches.len());
    let mut problem = None;
    for signed in &request.batches {
        match intake::open(state, signed).await {
            Ok(opened) => receipts.push(intake::store(state, signed, opened, now).await?),
            Err(NotOpened::Refused(code)) => {
                problem.get_or_insert(code);
            }
            Err(NotOpened::Storage(error)) => return Err(error.into()),
        }
    }
    match problem {
        Some(code) if receipts.is_empty() => Err(Problem::from(code).into()),
        Some(_) | None => Ok(receipts),
    }
}
