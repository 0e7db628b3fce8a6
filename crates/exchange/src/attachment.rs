//! Files beside the answers on their way: asked after, sent and fetched piece by piece, so that what arrived has arrived.
//!
//! A file is named by the hash of its content, which a signed edit names in turn: a piece needs no signature of its own. What marks
//! a request and its answer is the key that laptop and province have in common.

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{AttachmentError, AttachmentHash, AttachmentName, AttachmentType, DeviceId};

use crate::link::{LinkKey, Mark, TAG_BYTES};
use crate::wire;

/// The longest piece, in bytes.
pub const MAX_PIECE: u32 = 256 * 1024;
/// The most files asked after at once.
pub const MAX_FILES_ASKED: usize = 256;
/// More than the longest request.
pub const MAX_ATTACHMENT_REQUEST_BYTES: usize = MAX_PIECE as usize + 512;

const FORMAT: u64 = 1;
/// Format, device, nonce, act, and what is acted on.
const ITEMS: usize = 5;
/// Of a file: hash, type, size.
const FILE_ITEMS: usize = 3;

/// A file, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: AttachmentName,
    /// Its bytes.
    pub size: u32,
}

/// What a laptop asks of the province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachmentAct {
    /// How much of these is there?
    Ask(Vec<Attachment>),
    /// Take this piece, if it begins where what you have ends.
    Put {
        /// The whole file.
        file: Attachment,
        /// The piece's first byte.
        offset: u32,
        /// The piece, at most [`MAX_PIECE`].
        bytes: Vec<u8>,
    },
    /// Give me a piece.
    Get {
        /// The file.
        name: AttachmentName,
        /// The first byte wanted.
        offset: u32,
        /// How many bytes, at most [`MAX_PIECE`].
        length: u32,
    },
}

/// Who asks what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRequest {
    /// Who asks.
    pub device: DeviceId,
    /// Different in each request of a device, so that an answer belongs to one.
    pub nonce: u32,
    /// What is asked.
    pub act: AttachmentAct,
}

/// The tag of a request; the answer's covers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachmentTag([u8; TAG_BYTES]);

/// A request as it came, not yet verified.
#[derive(Debug, Clone)]
pub struct TaggedAttachmentRequest<'a> {
    request: AttachmentRequest,
    bytes: &'a [u8],
    tag: AttachmentTag,
}

/// How much of a file the province has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentState {
    /// So many bytes, on its disk.
    Part(u32),
    /// All of it, and it is what its name says.
    Whole,
    /// No edit that it has, of the communes of this laptop, names such a file: edits come first.
    Unnamed,
    /// It is not taken.
    Refused(AttachmentRefusal),
}

/// Why the province does not take a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentRefusal {
    /// Larger than the province takes.
    TooLarge,
    /// Of another type than its name says.
    Type,
    /// Nothing in it.
    Empty,
    /// The whole did not have its hash; what had come was dropped.
    Damaged,
    /// The laptop or the commune has sent as much as the province keeps of it.
    Quota,
}

/// What the province answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachmentAnswer {
    /// Of each file that was asked after, or of the one that was sent.
    States(Vec<AttachmentState>),
    /// A piece.
    Piece {
        /// Bytes of the whole; 0 when it is not there, or not for this laptop.
        total: u32,
        /// The bytes from the offset on; fewer than asked for at the end.
        bytes: Vec<u8>,
    },
}

/// A request or an answer cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentMessageError {
    /// Of a newer format.
    #[error("newer format")]
    NewerFormat,
    /// Not of the party it should be from, or an answer to another request.
    #[error("bad tag")]
    BadTag,
    /// Anything else.
    #[error("unreadable")]
    Unreadable,
}

impl AttachmentRefusal {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => AttachmentError::TooLarge.code(),
            Self::Type => AttachmentError::Type.code(),
            Self::Empty => AttachmentError::Empty.code(),
            Self::Damaged => AttachmentError::Damaged.code(),
            Self::Quota => "attachment_quota",
        }
    }
}

impl From<AttachmentError> for AttachmentRefusal {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::TooLarge => Self::TooLarge,
            AttachmentError::Type | AttachmentError::Name => Self::Type,
            AttachmentError::Empty => Self::Empty,
            AttachmentError::Damaged => Self::Damaged,
        }
    }
}

impl AttachmentRequest {
    /// `[1, device b16, nonce u, act u, of the act]`, then the tag. Of *ask* (0) `[hash b32, type u, size u…]`, of *put* (1)
    /// `[hash b32, type u, size u, offset u, bytes b]`, of *get* (2) `[hash b32, type u, offset u, length u]`.
    pub fn encode(&self, link: &LinkKey) -> (Vec<u8>, AttachmentTag) {
        let room = match &self.act {
            AttachmentAct::Ask(files) => 64 + files.len() * 48,
            AttachmentAct::Put { bytes, .. } => 128 + bytes.len(),
            AttachmentAct::Get { .. } => 128,
        };
        let mut out = Writer::with_room(room);
        out.array(ITEMS).uint(FORMAT).bytes(self.device.0.as_bytes()).uint(u64::from(self.nonce));
        match &self.act {
            AttachmentAct::Ask(files) => {
                out.uint(0).array(files.len() * FILE_ITEMS);
                files.iter().for_each(|file| file.write(&mut out));
            }
            AttachmentAct::Put { file, offset, bytes } => {
                out.uint(1).array(FILE_ITEMS + 2);
                file.write(&mut out);
                out.uint(u64::from(*offset)).bytes(bytes);
            }
            AttachmentAct::Get { name, offset, length } => {
                out.uint(2).array(4);
                write_name(&mut out, *name);
                out.uint(u64::from(*offset)).uint(u64::from(*length));
            }
        }
        let mut message = out.into_bytes();
        let tag = link.tag(Mark::AttachmentRequest, &[&message]);
        message.extend_from_slice(&tag);
        (message, AttachmentTag(tag))
    }
}

impl<'a> TaggedAttachmentRequest<'a> {
    /// Reads a request. It is to be believed after [`Self::open`].
    ///
    /// # Errors
    /// When it is none, or of a newer format.
    pub fn decode(message: &'a [u8]) -> Result<Self, AttachmentMessageError> {
        let (bytes, tag) = divide(message)?;
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, ITEMS)? {
            return Err(AttachmentMessageError::NewerFormat);
        }
        let device = wire::read_device(&mut input)?;
        let nonce = small(input.uint()?)?;
        let act = match input.uint()? {
            0 => AttachmentAct::Ask(read_files(&mut input, MAX_FILES_ASKED)?),
            1 => {
                input.array_of(FILE_ITEMS + 2)?;
                let file = Attachment::read(&mut input)?;
                let offset = small(input.uint()?)?;
                let bytes = input.bytes(MAX_PIECE as usize)?.to_vec();
                AttachmentAct::Put { file, offset, bytes }
            }
            2 => {
                input.array_of(4)?;
                let name = read_name(&mut input)?;
                let (offset, length) = (small(input.uint()?)?, small(input.uint()?)?);
                AttachmentAct::Get { name, offset, length: length.min(MAX_PIECE) }
            }
            _ => return Err(AttachmentMessageError::Unreadable),
        };
        input.end()?;
        Ok(Self { request: AttachmentRequest { device, nonce, act }, bytes, tag: AttachmentTag(tag) })
    }

    /// Who says they ask.
    pub fn device(&self) -> DeviceId {
        self.request.device
    }

    /// Verifies that they ask this; the tag is for the answer.
    ///
    /// # Errors
    /// [`AttachmentMessageError::BadTag`].
    pub fn open(self, link: &LinkKey) -> Result<(AttachmentAct, AttachmentTag), AttachmentMessageError> {
        if link.verify(Mark::AttachmentRequest, &[self.bytes], &self.tag.0) {
            Ok((self.request.act, self.tag))
        } else {
            Err(AttachmentMessageError::BadTag)
        }
    }
}

impl AttachmentAnswer {
    /// `[1, states [state u, number u…], piece [total u, bytes b]?]`, then the tag, which covers the request's. A state is 0 with how
    /// many bytes are there, 1 whole, 2 unnamed, 3 refused with why (0 too large, 1 type, 2 empty, 3 damaged, 4 quota).
    pub fn encode(&self, request: AttachmentTag, link: &LinkKey) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(3).uint(FORMAT);
        match self {
            Self::States(states) => {
                out.array(states.len() * 2);
                for state in states {
                    let (kind, number) = state.numbers();
                    out.uint(kind).uint(u64::from(number));
                }
                out.null();
            }
            Self::Piece { total, bytes } => {
                out.array(0).array(2).uint(u64::from(*total)).bytes(bytes);
            }
        }
        let mut message = out.into_bytes();
        let tag = link.tag(Mark::AttachmentAnswer, &[&request.0, &message]);
        message.extend_from_slice(&tag);
        message
    }

    /// Reads the answer to the request of that tag.
    ///
    /// # Errors
    /// When it is none, of a newer format, or not the province's answer to that request.
    pub fn decode(
        message: &[u8],
        request: AttachmentTag,
        link: &LinkKey,
    ) -> Result<Self, AttachmentMessageError> {
        let (bytes, tag) = divide(message)?;
        if !link.verify(Mark::AttachmentAnswer, &[&request.0, bytes], &tag) {
            return Err(AttachmentMessageError::BadTag);
        }
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, 3)? {
            return Err(AttachmentMessageError::NewerFormat);
        }
        let items = input.array(MAX_FILES_ASKED * 2)?;
        if !items.is_multiple_of(2) {
            return Err(AttachmentMessageError::Unreadable);
        }
        let states = (0..items / 2)
            .map(|_| AttachmentState::read(input.uint()?, input.uint()?))
            .collect::<Result<Vec<_>, _>>()?;
        let piece = input.nullable(|input| {
            input.array_of(2)?;
            Ok((input.uint()?, input.bytes(MAX_PIECE as usize)?.to_vec()))
        })?;
        input.end()?;
        Ok(match piece {
            Some((total, bytes)) => Self::Piece { total: small(total)?, bytes },
            None => Self::States(states),
        })
    }
}

impl AttachmentState {
    fn numbers(self) -> (u64, u32) {
        match self {
            Self::Part(bytes) => (0, bytes),
            Self::Whole => (1, 0),
            Self::Unnamed => (2, 0),
            Self::Refused(AttachmentRefusal::TooLarge) => (3, 0),
            Self::Refused(AttachmentRefusal::Type) => (3, 1),
            Self::Refused(AttachmentRefusal::Empty) => (3, 2),
            Self::Refused(AttachmentRefusal::Damaged) => (3, 3),
            Self::Refused(AttachmentRefusal::Quota) => (3, 4),
        }
    }

    fn read(kind: u64, number: u64) -> Result<Self, AttachmentMessageError> {
        Ok(match (kind, number) {
            (0, number) => Self::Part(small(number)?),
            (1, 0) => Self::Whole,
            (2, 0) => Self::Unnamed,
            (3, 0) => Self::Refused(AttachmentRefusal::TooLarge),
            (3, 1) => Self::Refused(AttachmentRefusal::Type),
            (3, 2) => Self::Refused(AttachmentRefusal::Empty),
            (3, 3) => Self::Refused(AttachmentRefusal::Damaged),
            (3, 4) => Self::Refused(AttachmentRefusal::Quota),
            _ => return Err(AttachmentMessageError::Unreadable),
        })
    }
}

impl Attachment {
    /// A content that is taken, under its name.
    ///
    /// # Errors
    /// When it is empty, too large, or of no type that is taken.
    pub fn of(content: &[u8]) -> Result<Self, AttachmentError> {
        let name = AttachmentName::of(content)?;
        let size = u32::try_from(content.len()).map_err(|_| AttachmentError::TooLarge)?;
        Ok(Self { name, size })
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        write_name(out, self.name);
        out.uint(u64::from(self.size));
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self, CborError> {
        let name = read_name(input)?;
        let size = u32::try_from(input.uint()?).map_err(|_| CborError::TooLarge)?;
        Ok(Self { name, size })
    }
}

/// A flat array of files, at most `most`.
pub(crate) fn read_files(input: &mut Reader<'_>, most: usize) -> Result<Vec<Attachment>, CborError> {
    let items = input.array(most * FILE_ITEMS)?;
    if !items.is_multiple_of(FILE_ITEMS) {
        return Err(CborError::Malformed);
    }
    (0..items / FILE_ITEMS).map(|_| Attachment::read(input)).collect()
}

/// The same, written.
pub(crate) fn write_files<'a>(out: &mut Writer, files: impl ExactSizeIterator<Item = &'a Attachment>) {
    out.array(files.len() * FILE_ITEMS);
    files.for_each(|file| file.write(out));
}

fn write_name(out: &mut Writer, name: AttachmentName) {
    out.bytes(&name.hash.0).uint(u64::from(name.file_type.number()));
}

fn read_name(input: &mut Reader<'_>) -> Result<AttachmentName, CborError> {
    let hash = AttachmentHash(input.bytes_of()?);
    let file_type = AttachmentType::from_number(input.uint()?).ok_or(CborError::Malformed)?;
    Ok(AttachmentName { hash, file_type })
}

fn divide(message: &[u8]) -> Result<(&[u8], [u8; TAG_BYTES]), AttachmentMessageError> {
    if message.len() > MAX_ATTACHMENT_REQUEST_BYTES {
        return Err(AttachmentMessageError::Unreadable);
    }
    let (bytes, tag) = message.split_last_chunk().ok_or(AttachmentMessageError::Unreadable)?;
    Ok((bytes, *tag))
}

fn small(number: u64) -> Result<u32, AttachmentMessageError> {
    u32::try_from(number).map_err(|_| AttachmentMessageError::Unreadable)
}

impl From<CborError> for AttachmentMessageError {
    fn from(_: CborError) -> Self {
        Self::Unreadable
    }
}
