//! The two messages of an exchange: an envelope with version, signature and body, in one zstd stream.

use std::collections::BTreeMap;

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{DeviceId, Edit, MAX_EDIT_BYTES};

use crate::batch::SignedBatch;
use crate::compress::{InflateError, deflate, inflate};
use crate::feed_cursor::MAX_CURSOR_BYTES;
use crate::keys::{Label, Signature, SigningKey, VerifyKey};
use crate::problem::{Problem, ProblemCode};
use crate::protocol::{PROTOCOL_MAX, PROTOCOL_MIN};
use crate::receipt::SignedReceipt;
use crate::wire;

/// The most batches in one request, and receipts in one response.
pub const MAX_BATCHES: usize = 1000;
/// The most edits in one response.
pub const MAX_CHANGES_DOWN: usize = 10_000;

const REQUEST_ITEMS: usize = 3;
const RESPONSE_ITEMS: usize = 5;

/// How much a message may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes as they travel.
    pub compressed: usize,
    /// Bytes after inflating.
    pub inflated: usize,
}

impl Limits {
    /// What both sides take unless told otherwise: 16 MiB, and 64 MiB inflated.
    pub const DEFAULT: Self = Self { compressed: 16 * 1024 * 1024, inflated: 64 * 1024 * 1024 };
}

/// How far a laptop has what the province sends: bytes of the server's making, at most 64; empty at the beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor(pub Vec<u8>);

/// What a laptop asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRequest {
    /// The version spoken, [`PROTOCOL_MIN`] to [`PROTOCOL_MAX`].
    pub protocol: u16,
    /// Who asks.
    pub device: DeviceId,
    /// From where on to send changes.
    pub cursor: Cursor,
    /// What is brought; none to ask only. Each has its own signature, and may be another device's.
    pub batches: Vec<SignedBatch>,
    /// The laptop's clock, in milliseconds since 1970. Never a reason to refuse.
    pub sent_at_millis: i64,
}

/// What the province answers, after all it accepted is on its disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncResponse {
    /// The version spoken.
    pub protocol: u16,
    /// One for each batch that could be opened.
    pub receipts: Vec<SignedReceipt>,
    /// Edits of others in the device's scope.
    pub changes: Vec<Edit>,
    /// To be kept with the changes.
    pub cursor: Cursor,
    /// Whether there are more changes to ask for.
    pub more: bool,
    /// The server's clock as it answers, in milliseconds since 1970.
    pub server_time_millis: i64,
}

/// BLAKE3 over what a request signs; the response's signature covers it, so that it answers this request and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestHash(pub [u8; 32]);

/// A request as it came: who says they sent it, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// The version spoken.
    pub protocol: u16,
    /// Whose key to verify with.
    pub device: DeviceId,
    version: [u8; 2],
    body: Vec<u8>,
    signature: Signature,
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
    /// Not signed by the key it should be, or an answer to another request.
    #[error("bad signature")]
    BadSignature,
    /// The other side speaks a newer protocol.
    #[error("protocol {0} is too new")]
    ProtocolTooNew(u64),
    /// The other side speaks a protocol no longer spoken here.
    #[error("protocol {0} is too old")]
    ProtocolTooOld(u64),
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
        }
    }
}

/// Makes a request's bytes, signed as a whole, and the hash its answer must name. Fails only with
/// [`MessageError::TooLarge`], by [`Limits::DEFAULT`].
pub fn encode_request(
    request: &SyncRequest,
    key: &SigningKey,
) -> Result<(Vec<u8>, RequestHash), MessageError> {
    let mut out = Writer::new();
    out.array(REQUEST_ITEMS).bytes(&request.cursor.0).int(request.sent_at_millis);
    out.array(request.batches.len() * 3);
    for batch in &request.batches {
        batch.write(&mut out);
    }
    let mut signed = SignedRequest {
        protocol: request.protocol,
        device: request.device,
        version: request.protocol.to_be_bytes(),
        body: out.into_bytes(),
        signature: Signature::from_bytes([0; 64]),
    };
    signed.signature = key.sign(Label::Request, &signed.parts());
    let mut out = Writer::new();
    out.array(4).uint(u64::from(signed.protocol)).bytes(signed.device.0.as_bytes());
    out.bytes(&signed.signature.to_bytes()).bytes(&signed.body);
    if request.batches.len() > MAX_BATCHES {
        return Err(MessageError::TooLarge);
    }
    Ok((pack(&out.into_bytes())?, signed.hash()))
}

/// Reads a request's envelope. What is inside is looked at by [`SignedRequest::open`], once the device's key is known.
pub fn decode_request(bytes: &[u8], limits: Limits) -> Result<SignedRequest, MessageError> {
    let inflated = unpack(bytes, limits)?;
    let mut input = Reader::new(&inflated);
    let protocol = read_protocol(&mut input, 4)?;
    let request = SignedRequest {
        protocol,
        version: protocol.to_be_bytes(),
        device: wire::read_device(&mut input)?,
        signature: wire::read_signature(&mut input)?,
        body: input.bytes(limits.inflated)?.to_vec(),
    };
    input.end()?;
    Ok(request)
}

impl SignedRequest {
    /// Verifies that the device sent this and reads it. The batches are not opened yet: each is by its own device's key.
    pub fn open(&self, device: &VerifyKey) -> Result<SyncRequest, MessageError> {
        if !device.verify(Label::Request, &self.parts(), &self.signature) {
            return Err(MessageError::BadSignature);
        }
        let mut input = Reader::new(&self.body);
        input.array_of(REQUEST_ITEMS)?;
        let cursor = read_cursor(&mut input)?;
        let sent_at_millis = input.int()?;
        let items = input.array(MAX_BATCHES * 3)?;
        if !items.is_multiple_of(3) {
            return Err(MessageError::Unreadable);
        }
        let batches = (0..items / 3).map(|_| SignedBatch::read(&mut input)).collect::<Result<_, _>>()?;
        input.end()?;
        Ok(SyncRequest { protocol: self.protocol, device: self.device, cursor, batches, sent_at_millis })
    }

    /// What the answer must name.
    pub fn hash(&self) -> RequestHash {
        let mut hasher = blake3::Hasher::new();
        for part in self.parts() {
            hasher.update(part);
        }
        RequestHash(*hasher.finalize().as_bytes())
    }

    fn parts(&self) -> [&[u8]; 3] {
        [&self.version, self.device.0.as_bytes(), &self.body]
    }
}

/// Makes a response's bytes, signed as an answer to the request of that hash. Fails only with
/// [`MessageError::TooLarge`], by [`Limits::DEFAULT`].
pub fn encode_response(
    response: &SyncResponse,
    request: RequestHash,
    key: &SigningKey,
) -> Result<Vec<u8>, MessageError> {
    if response.receipts.len() > MAX_BATCHES || response.changes.len() > MAX_CHANGES_DOWN {
        return Err(MessageError::TooLarge);
    }
    let mut out = Writer::new();
    out.array(RESPONSE_ITEMS).array(response.receipts.len() * 2);
    for receipt in &response.receipts {
        receipt.write(&mut out);
    }
    out.array(response.changes.len());
    for edit in &response.changes {
        out.bytes(&edit.to_bytes());
    }
    out.bytes(&response.cursor.0).uint(u64::from(response.more)).int(response.server_time_millis);
    let body = out.into_bytes();
    let signature = key.sign(Label::Response, &[&request.0, &response.protocol.to_be_bytes(), &body]);
    let mut out = Writer::new();
    out.array(3).uint(u64::from(response.protocol)).bytes(&signature.to_bytes()).bytes(&body);
    pack(&out.into_bytes())
}

/// Reads a response: signed by the pinned server, in answer to the request of that hash. Its receipts are opened one by one
/// with [`SignedReceipt::open`].
pub fn decode_response(
    bytes: &[u8],
    limits: Limits,
    request: RequestHash,
    server: &VerifyKey,
) -> Result<SyncResponse, MessageError> {
    let inflated = unpack(bytes, limits)?;
    let mut envelope = Reader::new(&inflated);
    let protocol = read_protocol(&mut envelope, 3)?;
    let signature = wire::read_signature(&mut envelope)?;
    let body = envelope.bytes(limits.inflated)?;
    envelope.end()?;
    if !server.verify(Label::Response, &[&request.0, &protocol.to_be_bytes(), body], &signature) {
        return Err(MessageError::BadSignature);
    }
    let mut input = Reader::new(body);
    input.array_of(RESPONSE_ITEMS)?;
    let items = input.array(MAX_BATCHES * 2)?;
    if !items.is_multiple_of(2) {
        return Err(MessageError::Unreadable);
    }
    let receipts = (0..items / 2).map(|_| SignedReceipt::read(&mut input)).collect::<Result<_, _>>()?;
    let edits = input.array(MAX_CHANGES_DOWN)?;
    let changes = (0..edits)
        .map(|_| Edit::from_bytes(input.bytes(MAX_EDIT_BYTES)?).map_err(|_| MessageError::Unreadable))
        .collect::<Result<_, _>>()?;
    let cursor = read_cursor(&mut input)?;
    let more = match input.uint()? {
        0 => false,
        1 => true,
        _ => return Err(MessageError::Unreadable),
    };
    let server_time_millis = input.int()?;
    input.end()?;
    Ok(SyncResponse { protocol, receipts, changes, cursor, more, server_time_millis })
}

fn read_protocol(input: &mut Reader<'_>, items: usize) -> Result<u16, MessageError> {
    let found = input.array(usize::MAX)?;
    let protocol = input.uint()?;
    match u16::try_from(protocol) {
        Ok(spoken @ PROTOCOL_MIN..=PROTOCOL_MAX) if found == items => Ok(spoken),
        Ok(PROTOCOL_MIN..=PROTOCOL_MAX) => Err(MessageError::Unreadable),
        Ok(old) if old < PROTOCOL_MIN => Err(MessageError::ProtocolTooOld(protocol)),
        Ok(_) | Err(_) => Err(MessageError::ProtocolTooNew(protocol)),
    }
}

fn read_cursor(input: &mut Reader<'_>) -> Result<Cursor, CborError> {
    input.bytes(MAX_CURSOR_BYTES).map(|bytes| Cursor(bytes.to_vec()))
}

fn pack(bytes: &[u8]) -> Result<Vec<u8>, MessageError> {
    if bytes.len() > Limits::DEFAULT.inflated {
        return Err(MessageError::TooLarge);
    }
    deflate(bytes).filter(|packed| packed.len() <= Limits::DEFAULT.compressed).ok_or(MessageError::TooLarge)
}

fn unpack(bytes: &[u8], limits: Limits) -> Result<Vec<u8>, MessageError> {
    if bytes.len() > limits.compressed {
        return Err(MessageError::TooLarge);
    }
    inflate(bytes, limits.inflated).map_err(|error| match error {
        InflateError::TooLarge => MessageError::TooLarge,
        InflateError::Damaged => MessageError::Unreadable,
    })
}

impl From<CborError> for MessageError {
    fn from(error: CborError) -> Self {
        match error {
            CborError::Truncated | CborError::Malformed => Self::Unreadable,
            CborError::TooLarge => Self::TooLarge,
        }
    }
}
