//! `POST /v1/sync`: one exchange with a laptop.
//!
//! A request's head is marked with the key that the laptop and this server have in common; each batch in it is signed by the device
//! that made it. Batches are stored as they come, on disk before the next bytes are read: what a cut leaves of a request has
//! arrived. A batch that cannot be opened gets no receipt and stops no other.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::State as Of;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use rasoat_exchange::{
    CatalogueDigest, Dictionary, Limits, LinkKey, MessageError, Problem, ProblemCode, RequestHead,
    RequestPart, RequestReader, RequestTag, SignedBatch, SignedReceipt, SyncResponse, TaggedHead,
    encode_response,
};
use tokio::sync::OwnedMutexGuard;

use crate::feed::{self, Feed};
use crate::http;
use crate::intake::{self, NotOpened};
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::{Device, Health};

/// A body of which no byte comes for so long is given up. The laptops' links are slow; only silence counts.
pub(super) const STALL: Duration = Duration::from_secs(60);
/// What is left of a body that was refused is read and dropped for so long, so that the refusal arrives.
const DRAIN: Duration = Duration::from_secs(20);

/// A body of so many bytes is read to its end though it is refused.
const SHORT: u64 = 256 * 1024;

/// A laptop that was cut off asks at once how far its request came: what of that is on its way to the disk is waited for, so long.
const TURN: Duration = Duration::from_secs(3);

/// The most bytes of edits in one answer.
const MOST_ROOM: usize = 4 * 1024 * 1024;

/// Who asks, verified.
struct Asking {
    device: Device,
    link: LinkKey,
    head: RequestHead,
    tag: RequestTag,
    /// What it says of itself.
    health: Option<Health>,
    /// What goes down, as it was before the batches of the same request came in: what a laptop brings it need not be given.
    feed: Feed,
    /// Held until the answer is made; not when the request before does not end.
    _turn: Option<OwnedMutexGuard<()>>,
}

/// What came of a request's batches.
#[derive(Default)]
struct Taken {
    batches: usize,
    /// Whether any of them is of the laptop that asks.
    own: bool,
    receipts: Vec<SignedReceipt>,
    /// Of the first batch that could not be opened.
    problem: Option<ProblemCode>,
}

/// One exchange.
pub(crate) async fn exchange(
    Of(state): Of<State>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<Response, Refusal> {
    let announced = announced(&headers);
    let _admitted = match state.admission.admit(announced).await {
        Ok(admitted) => admitted,
        Err(no_room) => {
            // A body that is short is on its way already; a long one is cut off.
            if announced.is_some_and(|length| length <= SHORT) {
                drain(body);
            }
            return Err(no_room.into());
        }
    };
    let mut taken = Taken::default();
    let read = match announced {
        Some(length) if length > Limits::DEFAULT.compressed as u64 => {
            Err(Refusal::Exchange(ProblemCode::BodyTooLarge.into()))
        }
        Some(_) | None => read(&state, &mut body, &mut taken).await,
    };
    if taken.batches > 0 {
        state.behind.notify_one();
    }
    let asking = read.inspect_err(|_| drain(body))?;
    let mut response = http::message(answer(&state, asking, taken).await?);
    if state.crowd.is_large() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok())
}

/// Reads a body to its end and takes in its batches as they come.
async fn read(state: &State, body: &mut Body, taken: &mut Taken) -> Result<Asking, Refusal> {
    let mut reader = RequestReader::new(Limits::DEFAULT);
    let mut asking = None;
    let stalled = |_| Refusal::Exchange(ProblemCode::Unreadable.into());
    while let Some(frame) = tokio::time::timeout(STALL, next_frame(body)).await.map_err(stalled)? {
        let frame = frame.map_err(|_| Refusal::Unreadable)?;
        // What comes before the head is known to be a laptop's is short; nobody waits for that laptop while others could go on.
        let mut turn = if asking.is_some() { Some(state.admission.work().await?) } else { None };
        let parts;
        (reader, parts) = feed(reader, frame).await?;
        let mut batches = Vec::new();
        for part in parts {
            match part {
                RequestPart::Head(head) => asking = Some(open_head(state, &head).await?),
                RequestPart::Batch(batch) => batches.push(batch),
                RequestPart::Unreadable => {
                    taken.problem.get_or_insert(ProblemCode::Unreadable);
                }
            }
        }
        if !batches.is_empty() {
            if turn.is_none() {
                turn = Some(state.admission.work().await?);
            }
            take_in(state, batches, asking.as_ref(), taken).await?;
        }
        drop(turn);
    }
    reader.finish().map_err(MessageError::problem)?;
    asking.ok_or_else(|| Refusal::Exchange(ProblemCode::Unreadable.into()))
}

async fn feed(mut reader: RequestReader, frame: Bytes) -> Result<(RequestReader, Vec<RequestPart>), Refusal> {
    let fed = tokio::task::spawn_blocking(move || reader.feed(&frame).map(|parts| (reader, parts))).await;
    Ok(fed.map_err(|_| Refusal::Busy)?.map_err(MessageError::problem)?)
}

async fn open_head(state: &State, head: &TaggedHead) -> Result<Asking, Refusal> {
    let came_at = state.now();
    let device = intake::active_device(state, head.device()).await?;
    let link = state.link(&device).ok_or(Refusal::Exchange(ProblemCode::BadSignature.into()))?;
    let (head, tag) = head.open(&link).map_err(MessageError::problem)?;
    let turn = tokio::time::timeout(TURN, state.turn_of(device.id).lock_owned()).await.ok();
    let feed = match head.room {
        0 => feed::nothing(state, &device, &head.cursor).await?,
        room => feed::changes(state, &device, &head.cursor, room_bytes(room)).await?,
    };
    let health = head.health.clone().map(|said| Health {
        at: came_at,
        clock_offset: came_at.saturating_sub(said.clock_millis),
        program: said.program,
        waiting_edits: said.waiting_edits,
        waiting_files: said.waiting_files,
        free_mib: said.free_mib,
    });
    Ok(Asking { head: head.clone(), tag, device, link, health, feed, _turn: turn })
}

/// Bytes of edits: packed, they are a small part of that.
fn room_bytes(kilobytes: u32) -> usize {
    usize::try_from(kilobytes).unwrap_or(usize::MAX).saturating_mul(1024).min(MOST_ROOM)
}

/// Stores every batch that can be opened.
async fn take_in(
    state: &State,
    batches: Vec<SignedBatch>,
    asking: Option<&Asking>,
    taken: &mut Taken,
) -> Result<(), Refusal> {
    taken.batches += batches.len();
    taken.own |= asking.is_some_and(|asking| batches.iter().any(|batch| batch.device == asking.device.id));
    let said = asking.and_then(|asking| Some((asking.device.id, asking.health.clone()?)));
    for outcome in intake::take_in(state, batches, said, state.now()).await? {
        match outcome {
            Ok(receipt) => taken.receipts.push(receipt),
            Err(NotOpened::Refused(code)) => {
                taken.problem.get_or_insert(code);
            }
            Err(NotOpened::Storage(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What the laptop is told. Only when none of its batches could be opened, the first one's problem is the answer.
async fn answer(state: &State, asking: Asking, taken: Taken) -> Result<Vec<u8>, Refusal> {
    let Asking { device, link, head, tag, health, feed, _turn } = asking;
    let now = state.now();
    // With batches of its own it is noted with them.
    if !taken.own {
        state.storage.note_seen(device.id, now, health).await?;
    }
    if let Some(code) = taken.problem.filter(|_| taken.receipts.is_empty()) {
        return Err(Problem::from(code).into());
    }
    // Before the answer goes: what a laptop was sent is known on the day that it is lost.
    state.storage.note_reach(device.id, feed.reach).await?;
    let mut receipts = taken.receipts;
    if !head.asked.is_empty() {
        receipts.extend(state.storage.receipts(head.asked).await?);
    }
    let catalogue = match head.catalogue {
        Some(CatalogueDigest(theirs)) => {
            let ours = feed::catalogue(state, &device, &head.cursor).await?;
            (ours.digest() != theirs).then(|| ours.to_bytes())
        }
        None => None,
    };
    tracing::info!(
        batches = taken.batches,
        receipts = receipts.len(),
        communes = device.communes.len(),
        "exchange"
    );
    let response = SyncResponse {
        protocol: head.protocol,
        receipts,
        changes: feed.changes,
        unread: Vec::new(),
        cursor: feed.cursor,
        more: feed.more,
        server_time_millis: now,
        dictionary: Dictionary::NEWEST,
        catalogue,
    };
    let shared = Dictionary::shared(head.dictionary);
    Ok(encode_response(&response, tag, &link, shared).map_err(MessageError::problem)?)
}

/// The next bytes of a body; `None` at its end.
pub(super) async fn next_frame(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    let frame = std::future::poll_fn(|context| std::pin::Pin::new(&mut *body).poll_frame(context)).await?;
    Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
}

/// Drops what is left of a body as it comes, for a while: a connection closed with bytes on the way loses the answer.
pub(super) fn drain(mut body: Body) {
    tokio::spawn(tokio::time::timeout(DRAIN, async move {
        while let Some(Ok(_)) = next_frame(&mut body).await {}
    }));
}
