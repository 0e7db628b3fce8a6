//! The two messages of an exchange: a head with the link's tag and signed batches, each readable as soon as its bytes are there;
//! and the answer.

use std::collections::BTreeMap;

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{DeviceId, Edit};

use crate::batch::{BatchHash, MAX_BATCH_BYTES, SignedBatch, UnreadableEdit};
use crate::compress::{InflateError, Inflater, deflate_parts, inflate_message};
use crate::device_health::DeviceHealth;
use crate::feed_cursor::MAX_CURSOR_BYTES;
use crate::link::{LinkKey, Mark, TAG_BYTES};
use crate::pack::{Dictionary, UnpackError};
use crate::parcel::{self, Parcels};
use crate::problem::{Problem, ProblemCode};
use crate::protocol::{PROTOCOL_MAX, PROTOCOL_MIN, PROTOCOL_WITH_HEALTH};
use crate::receipt::SignedReceipt;
use crate::wire;

/// The most batches in one request, and receipts in one response.
pub const MAX_BATCHES: usize = 1000;
/// The most edits in one response.
pub const MAX_CHANGES_DOWN: usize = 10_000;

/// The longest catalogue in a response.
const MAX_CATALOGUE_BYTES: usize = 1024 * 1024;
/// Protocol, device, nonce, dictionary, cursor, catalogue, room, asked, tag.
const HEAD_ITEMS: usize = 9;
/// The same with the laptop's health before the tag.
const HEAD_ITEMS_WITH_HEALTH: usize = 10;
/// Protocol, tag, body.
const ANSWER_ITEMS: usize = 3;
/// Receipts, changes, cursor, more, time, dictionary, catalogue.
const RESPONSE_ITEMS: usize = 7;

/// How much a message may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes as they travel.
    pub compressed: usize,
    /// Bytes after inflating.
    pub inflated: usize,
}

impl Limits {
    /// What both sides take unless told otherwise: 16 MiB, and 32 MiB inflated.
    pub const DEFAULT: Self = Self { compressed: 16 * 1024 * 1024, inflated: 32 * 1024 * 1024 };
}

/// How far a laptop has what the province sends: bytes of the server's making, at most 64; empty at the beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor(pub Vec<u8>);

/// Says whether two sides have the same forms, standards and lists: a catalogue's digest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CatalogueDigest(pub [u8; 8]);

/// What a laptop asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRequest {
    /// What comes first.
    pub head: RequestHead,
    /// What is brought; none to ask only. Each has its own signature, and may be another device's.
    pub batches: Vec<SignedBatch>,
}

/// What comes first in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead {
    /// The version spoken, [`PROTOCOL_MIN`] to [`PROTOCOL_MAX`].
    pub protocol: u16,
    /// Who asks.
    pub device: DeviceId,
    /// Different in each request of a device, so that an answer belongs to one.
    pub nonce: u32,
    /// The newest dictionary the laptop knows.
    pub dictionary: u64,
    /// From where on to send changes.
    pub cursor: Cursor,
    /// Of the catalogue the laptop has; `None` to be told none.
    pub catalogue: Option<CatalogueDigest>,
    /// About how many kilobytes (1,024 bytes) of changes the laptop's link takes at once; 0 for none.
    pub room: u32,
    /// Batches sent before of which it is not known whether they arrived.
    pub asked: Vec<BatchHash>,
    /// How the laptop is doing; protocol 1 has no place for it.
    pub health: Option<DeviceHealth>,
}

/// What the province answers, after all it accepted is on its disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncResponse {
    /// The version spoken.
    pub protocol: u16,
    /// One for each batch that could be opened, and for each one asked for that had arrived.
    pub receipts: Vec<SignedReceipt>,
    /// Edits of others in the device's scope.
    pub changes: Vec<Edit>,
    /// Of those, the ones in a newer format than is known here; none in an answer that is being made.
    pub unread: Vec<UnreadableEdit>,
    /// To be kept with the changes.
    pub cursor: Cursor,
    /// Whether there are more changes to ask for.
    pub more: bool,
    /// The server's clock as it answers, in milliseconds since 1970.
    pub server_time_millis: i64,
    /// The newest dictionary the province knows.
    pub dictionary: u64,
    /// The catalogue of what the laptop should have, where it differs from the one it named.
    pub catalogue: Option<Vec<u8>>,
}

/// The tag of a request; the response's tag covers it, so that it answers this request and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestTag([u8; TAG_BYTES]);

/// A request's head as it came: who says they sent it, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedHead {
    head: RequestHead,
    bytes: Vec<u8>,
    tag: [u8; TAG_BYTES],
}

/// One piece of a request, in the order of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestPart {
    /// The head, once and first.
    Head(Box<TaggedHead>),
    /// A batch.
    Batch(SignedBatch),
    /// Something in a batch's place that is no batch of a format that is known here; it stops no other.
    Unreadable,
}

/// A message cannot be made or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Beyond the limits, compressed or inflated.
    #[error("message too large")]
    TooLarge,
    /// Not a message, or not all of it.
    #[error("unreadable message")]
    Unreadable,
    /// Not of the party it should be from, or an answer to another request.
    #[error("bad signature")]
    BadSignature,
    /// The other side speaks a newer protocol.
    #[error("protocol {0} is too new")]
    ProtocolTooNew(u64),
    /// The other side speaks a protocol no longer spoken here.
    #[error("protocol {0} is too old")]
    ProtocolTooOld(u64),
    /// Made with a dictionary that is not here.
    #[error("unknown dictionary")]
    UnknownDictionary,
}

impl MessageError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "body_too_large",
            Self::Unreadable => "unreadable",
            Self::BadSignature => "bad_signature",
            Self::ProtocolTooNew(_) => "protocol_too_new",
            Self::ProtocolTooOld(_) => "protocol_too_old",
            Self::UnknownDictionary => "unknown_dictionary",
        }
    }

    /// What a server answers to such a request.
    pub fn problem(self) -> Problem {
        let spoken = || {
            BTreeMap::from(
                [("min", PROTOCOL_MIN), ("max", PROTOCOL_MAX)].map(|(k, v)| (k.to_owned(), v.to_string())),
            )
        };
        match self {
            Self::TooLarge => ProblemCode::BodyTooLarge.into(),
            Self::Unreadable => ProblemCode::Unreadable.into(),
            Self::BadSignature => ProblemCode::BadSignature.into(),
            Self::ProtocolTooNew(_) => Problem { code: ProblemCode::ProtocolTooNew, params: spoken() },
            Self::ProtocolTooOld(_) => Problem { code: ProblemCode::ProtocolTooOld, params: spoken() },
            Self::UnknownDictionary => Problem {
                code: ProblemCode::UnknownDictionary,
                params: BTreeMap::from([("newest".to_owned(), Dictionary::NEWEST.to_string())]),
            },
        }
    }
}

/// Makes a request's bytes, and the tag its answer must name. The batches' bytes are flushed one by one: whatever of them
/// arrives can be taken in. `dictionary`: one that the other side knows. Fails only with [`MessageError::TooLarge`], by
/// [`Limits::DEFAULT`].
pub fn encode_request(
    request: &SyncRequest,
    link: &LinkKey,
    dictionary: Option<&Dictionary>,
) -> Result<(Vec<u8>, RequestTag), MessageError> {
    let head = &request.head;
    if request.batches.len() > MAX_BATCHES || head.asked.len() > MAX_BATCHES {
        return Err(MessageError::TooLarge);
    }
    let mut out = Writer::new();
    out.array(head_items(head.protocol)).uint(u64::from(head.protocol)).bytes(head.device.0.as_bytes());
    out.uint(u64::from(head.nonce)).uint(head.dictionary).bytes(&head.cursor.0);
    match &head.catalogue {
        Some(CatalogueDigest(digest)) => out.bytes(digest),
        None => out.null(),
    };
    out.uint(u64::from(head.room)).array(head.asked.len());
    for batch in &head.asked {
        out.bytes(&batch.0);
    }
    if head.protocol >= PROTOCOL_WITH_HEALTH {
        match &head.health {
            Some(health) => health.write(&mut out),
            None => {
                out.null();
            }
        }
    }
    let mut bytes = out.into_bytes();
    let tag = link.tag(Mark::Request, &[&bytes]);
    let mut marked = Writer::new();
    marked.bytes(&tag);
    bytes.extend_from_slice(&marked.into_bytes());

    let framed: Vec<([Vec<u8>; 2], &SignedBatch)> = request.batches.iter().map(|b| (frame(b), b)).collect();
    let mut parts: Vec<&[u8]> = vec![&bytes];
    for ([before, after], batch) in &framed {
        let (first, second) = batch.parts();
        parts.extend([before.as_slice(), first, second, after.as_slice()]);
    }
    let length: usize = parts.iter().map(|part| part.len()).sum();
    if length > Limits::DEFAULT.inflated {
        return Err(MessageError::TooLarge);
    }
    let merged = merge(&parts);
    let merged: Vec<&[u8]> = merged.iter().map(Vec::as_slice).collect();
    let packed = deflate_parts(&merged, dictionary).ok_or(MessageError::TooLarge)?;
    if packed.len() > Limits::DEFAULT.compressed {
        return Err(MessageError::TooLarge);
    }
    Ok((packed, RequestTag(tag)))
}

/// How many items a request's head has.
fn head_items(protocol: u16) -> usize {
    if protocol < PROTOCOL_WITH_HEALTH { HEAD_ITEMS } else { HEAD_ITEMS_WITH_HEALTH }
}

/// What stands before and after a batch's bytes: the heads of the items, and the signature.
fn frame(batch: &SignedBatch) -> [Vec<u8>; 2] {
    let mut whole = Writer::new();
    whole.array(2).bytes(&batch.bytes);
    let mut before = whole.into_bytes();
    before.truncate(before.len() - batch.bytes.len());
    let mut after = Writer::new();
    after.bytes(&batch.signature.to_bytes());
    [before, after.into_bytes()]
}

/// Joins what belongs between two flushes: the head with the first batch's beginning, each batch's codes with its signature.
fn merge(parts: &[&[u8]]) -> Vec<Vec<u8>> {
    let Some((head, batches)) = parts.split_first() else { return Vec::new() };
    let mut merged = vec![head.to_vec()];
    for batch in batches.chunks(4) {
        if let [before, first, second, after] = batch {
            let compresses = [*before, *first].concat();
            // Names and texts compress; codes and signatures do not.
            match merged.len() {
                1 => merged[0].extend_from_slice(&compresses),
                _ => merged.push(compresses),
            }
            merged.push([*second, *after].concat());
        }
    }
    merged
}

/// Takes a request as it comes, within limits.
pub struct RequestReader {
    inflater: Inflater,
    items: RequestItems,
    limits: Limits,
    taken: usize,
}

/// The items of a request, from its bytes as they are inflated.
#[derive(Default)]
struct RequestItems {
    /// The beginning of an item that is not whole.
    begun: Vec<u8>,
    has_head: bool,
    batches: usize,
}

impl RequestReader {
    /// Nothing has come yet.
    pub fn new(limits: Limits) -> Self {
        Self { inflater: Inflater::new(limits.inflated), items: RequestItems::default(), limits, taken: 0 }
    }

    /// Takes further bytes; answers with what is whole by now.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<RequestPart>, MessageError> {
        self.taken += bytes.len();
        if self.taken > self.limits.compressed {
            return Err(MessageError::TooLarge);
        }
        let mut parts = Vec::new();
        self.inflater.feed(bytes, &mut |piece| self.items.feed(piece, &mut parts))?;
        Ok(parts)
    }

    /// That the request was whole.
    pub fn finish(self) -> Result<(), MessageError> {
        self.inflater.finish()?;
        let whole = self.items.has_head && self.items.begun.is_empty();
        if whole { Ok(()) } else { Err(MessageError::Unreadable) }
    }
}

impl RequestItems {
    fn feed(&mut self, bytes: &[u8], parts: &mut Vec<RequestPart>) -> Result<(), MessageError> {
        let mut begun = std::mem::take(&mut self.begun);
        begun.extend_from_slice(bytes);
        let mut rest = begun.as_slice();
        loop {
            let mut input = Reader::new(rest);
            let read = if self.has_head { self.read_batch(&mut input) } else { read_head(&mut input) };
            match read {
                Ok(part) => parts.push(part),
                Err(MessageError::Unreadable) if is_begun(rest, self.has_head) => break,
                Err(error) => return Err(error),
            }
            self.has_head = true;
            rest = &rest[rest.len() - input.left()..];
        }
        let used = begun.len() - rest.len();
        begun.drain(..used);
        self.begun = begun;
        Ok(())
    }

    fn read_batch(&mut self, input: &mut Reader<'_>) -> Result<RequestPart, MessageError> {
        if input.array(usize::MAX)? != 2 {
            return Err(MessageError::Unreadable);
        }
        let bytes = input.bytes(MAX_BATCH_BYTES)?;
        let signature = wire::read_signature(input)?;
        self.batches += 1;
        if self.batches > MAX_BATCHES {
            return Err(MessageError::TooLarge);
        }
        let batch = SignedBatch::claimed(bytes.to_vec(), signature);
        Ok(batch.map_or(RequestPart::Unreadable, RequestPart::Batch))
    }
}

/// Whether these bytes may be the beginning of an item, so that more of them can make it whole.
fn is_begun(bytes: &[u8], has_head: bool) -> bool {
    let mut input = Reader::new(bytes);
    let cut = |result: Result<(), CborError>| result == Err(CborError::Truncated);
    if has_head {
        let read = (|| {
            input.array(2)?;
            input.bytes(MAX_BATCH_BYTES)?;
            wire::read_signature(&mut input).map(|_| ())
        })();
        return cut(read);
    }
    cut(read_head_items(&mut input).map(|_| ()))
}

fn read_head(input: &mut Reader<'_>) -> Result<RequestPart, MessageError> {
    let mut versions = input.clone();
    read_protocol(&mut versions, head_items)?;
    let (head, bytes, tag) = read_head_items(input)?;
    Ok(RequestPart::Head(Box::new(TaggedHead { head, bytes, tag })))
}

type HeadItems = (RequestHead, Vec<u8>, [u8; TAG_BYTES]);

fn read_head_items(input: &mut Reader<'_>) -> Result<HeadItems, CborError> {
    let before = input.clone();
    input.array(usize::MAX)?;
    let protocol = u16::try_from(input.uint()?).map_err(|_| CborError::Malformed)?;
    let head = RequestHead {
        protocol,
        device: wire::read_device(input)?,
        nonce: u32::try_from(input.uint()?).map_err(|_| CborError::Malformed)?,
        dictionary: input.uint()?,
        cursor: read_cursor(input)?,
        catalogue: input.nullable(Reader::bytes_of)?.map(CatalogueDigest),
        room: u32::try_from(input.uint()?).map_err(|_| CborError::Malformed)?,
        asked: {
            let count = input.array(MAX_BATCHES)?;
            (0..count).map(|_| input.bytes_of().map(BatchHash)).collect::<Result<_, _>>()?
        },
        health: match protocol {
            PROTOCOL_WITH_HEALTH.. => input.nullable(DeviceHealth::read)?,
            _ => None,
        },
    };
    let length = before.left() - input.left();
    let bytes = before.peek(length).to_vec();
    Ok((head, bytes, input.bytes_of()?))
}

impl TaggedHead {
    /// Who says they sent it.
    pub fn device(&self) -> DeviceId {
        self.head.device
    }

    /// Verifies that the device sent this. The batches are another matter: each is by its own device's key.
    pub fn open(&self, link: &LinkKey) -> Result<(&RequestHead, RequestTag), MessageError> {
        if link.verify(Mark::Request, &[&self.bytes], &self.tag) {
            Ok((&self.head, RequestTag(self.tag)))
        } else {
            Err(MessageError::BadSignature)
        }
    }
}

/// Makes a response's bytes, marked as an answer to the request of that tag. `dictionary`: one that the laptop knows. Fails
/// only with [`MessageError::TooLarge`], by [`Limits::DEFAULT`].
pub fn encode_response(
    response: &SyncResponse,
    request: RequestTag,
    link: &LinkKey,
    dictionary: Option<&Dictionary>,
) -> Result<Vec<u8>, MessageError> {
    if response.receipts.len() > MAX_BATCHES * 2 || response.changes.len() > MAX_CHANGES_DOWN {
        return Err(MessageError::TooLarge);
    }
    let mut out = Writer::new();
    out.array(RESPONSE_ITEMS).array(response.receipts.len() * 2);
    for receipt in &response.receipts {
        receipt.write(&mut out);
    }
    parcel::write_all(&response.changes, dictionary, &mut out);
    let since = response.server_time_millis.wrapping_sub(time_before(&response.receipts));
    out.bytes(&response.cursor.0).uint(u64::from(response.more)).int(since);
    out.uint(response.dictionary);
    match &response.catalogue {
        Some(catalogue) => out.bytes(catalogue),
        None => out.null(),
    };
    let body = out.into_bytes();
    let tag = link.tag(Mark::Response, &[&request.0, &response.protocol.to_be_bytes(), &body]);
    let mut out = Writer::new();
    out.array(ANSWER_ITEMS).uint(u64::from(response.protocol)).bytes(&tag).bytes(&body);
    let message = out.into_bytes();
    if message.len() > Limits::DEFAULT.inflated {
        return Err(MessageError::TooLarge);
    }
    deflate_parts(&[&message], dictionary)
        .filter(|packed| packed.len() <= Limits::DEFAULT.compressed)
        .ok_or(MessageError::TooLarge)
}

/// Reads a response: of the pinned server, in answer to the request of that tag. Its receipts are opened one by one with
/// [`SignedReceipt::open`].
pub fn decode_response(
    bytes: &[u8],
    limits: Limits,
    request: RequestTag,
    link: &LinkKey,
) -> Result<SyncResponse, MessageError> {
    if bytes.len() > limits.compressed {
        return Err(MessageError::TooLarge);
    }
    let inflated = inflate_message(bytes, limits.inflated)?;
    let mut envelope = Reader::new(&inflated);
    let protocol = read_protocol(&mut envelope, |_| ANSWER_ITEMS)?;
    let tag = envelope.bytes_of()?;
    let body = envelope.bytes(limits.inflated)?;
    envelope.end()?;
    if !link.verify(Mark::Response, &[&request.0, &protocol.to_be_bytes(), body], &tag) {
        return Err(MessageError::BadSignature);
    }
    let mut input = Reader::new(body);
    input.array_of(RESPONSE_ITEMS)?;
    let items = input.array(MAX_BATCHES * 4)?;
    if !items.is_multiple_of(2) {
        return Err(MessageError::Unreadable);
    }
    let receipts: Vec<SignedReceipt> =
        (0..items / 2).map(|_| SignedReceipt::read(&mut input)).collect::<Result<_, _>>()?;
    let Parcels { edits: changes, unreadable: unread } = parcel::read_all(&mut input, MAX_CHANGES_DOWN)?;
    let cursor = read_cursor(&mut input)?;
    let more = match input.uint()? {
        0 => false,
        1 => true,
        _ => return Err(MessageError::Unreadable),
    };
    let server_time_millis = time_before(&receipts).wrapping_add(input.int()?);
    let dictionary = input.uint()?;
    let catalogue = input.nullable(|input| input.bytes(MAX_CATALOGUE_BYTES).map(<[u8]>::to_vec))?;
    input.end()?;
    Ok(SyncResponse {
        protocol,
        receipts,
        changes,
        unread,
        cursor,
        more,
        server_time_millis,
        dictionary,
        catalogue,
    })
}

/// The clock of the last receipt: the answer's is told from there, as it is the same but for some milliseconds.
fn time_before(receipts: &[SignedReceipt]) -> i64 {
    receipts.last().map_or(0, SignedReceipt::declared_time)
}

fn read_protocol(input: &mut Reader<'_>, items: fn(u16) -> usize) -> Result<u16, MessageError> {
    let found = input.array(usize::MAX)?;
    let protocol = input.uint()?;
    match u16::try_from(protocol) {
        Ok(spoken @ PROTOCOL_MIN..=PROTOCOL_MAX) if found == items(spoken) => Ok(spoken),
        Ok(PROTOCOL_MIN..=PROTOCOL_MAX) => Err(MessageError::Unreadable),
        Ok(old) if old < PROTOCOL_MIN => Err(MessageError::ProtocolTooOld(protocol)),
        Ok(_) | Err(_) => Err(MessageError::ProtocolTooNew(protocol)),
    }
}

fn read_cursor(input: &mut Reader<'_>) -> Result<Cursor, CborError> {
    input.bytes(MAX_CURSOR_BYTES).map(|bytes| Cursor(bytes.to_vec()))
}

impl From<CborError> for MessageError {
    fn from(error: CborError) -> Self {
        match error {
            CborError::Truncated | CborError::Malformed => Self::Unreadable,
            CborError::TooLarge => Self::TooLarge,
        }
    }
}

impl From<InflateError> for MessageError {
    fn from(error: InflateError) -> Self {
        match error {
            InflateError::TooLarge => Self::TooLarge,
            InflateError::Damaged => Self::Unreadable,
            InflateError::UnknownDictionary => Self::UnknownDictionary,
        }
    }
}

impl From<UnpackError> for MessageError {
    fn from(error: UnpackError) -> Self {
        match error {
            UnpackError::Newer | UnpackError::UnknownDictionary => Self::UnknownDictionary,
            UnpackError::Bytes(error) => error.into(),
        }
    }
}
