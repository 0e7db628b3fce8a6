//! The files of a recovery: a laptop whose passphrases are forgotten asks the province for the key of its database, and the
//! province answers that laptop alone.
//!
//! Nothing is signed: the laptop's own key lies in the database that does not open. That the request is the laptop's people make
//! sure of, by a number that both sides show ([`RecoveryRequest::spoken_number`]); that the answer is right shows itself when the
//! database opens.

use rasoat_casework::DeviceId;
use rasoat_casework::cbor::{CborError, Reader, Writer};

use crate::wire;

/// More than the longest file of a recovery.
pub const MAX_RECOVERY_BYTES: usize = 8 * 1024;

const REQUEST_MAGIC: &[u8] = b"RASOAT-RECOVERY-REQUEST\n";
const ANSWER_MAGIC: &[u8] = b"RASOAT-RECOVERY-ANSWER\n";
const FORMAT: u64 = 1;
const REQUEST_ITEMS: usize = 5;
const ANSWER_ITEMS: usize = 4;
const LONGEST_RECIPIENT: usize = 128;
const LONGEST_SEALED: usize = 4 * 1024;
const CHECK_BYTES: usize = 8;

/// What a laptop asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryRequest {
    /// Which laptop.
    pub device: DeviceId,
    /// The laptop's clock, in milliseconds since 1970.
    pub made_at_millis: i64,
    /// The key of its database, an age file for the province's recovery key.
    pub sealed: Vec<u8>,
    /// To whom it is to be sealed again: an age recipient made for this one recovery.
    pub recipient: String,
}

/// What the province answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryAnswer {
    /// Which laptop asked.
    pub device: DeviceId,
    /// Which request this answers: [`RecoveryRequest::hash_of`].
    pub request: [u8; 32],
    /// The key of the database, an age file for the request's recipient.
    pub sealed: Vec<u8>,
}

/// A file of a recovery cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryFileError {
    /// Some other file.
    #[error("not a file of a recovery")]
    NotARecovery,
    /// Not as it was written.
    #[error("damaged")]
    Damaged,
    /// Written by a newer program.
    #[error("newer format")]
    NewerFormat,
}

impl RecoveryFileError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotARecovery => "not_a_recovery",
            Self::Damaged => "recovery_damaged",
            Self::NewerFormat => "recovery_newer_format",
        }
    }
}

impl RecoveryRequest {
    /// `RASOAT-RECOVERY-REQUEST\n`, `[1, device b16, made at i, sealed b, recipient t]`, and the first 8 bytes of the BLAKE3 of
    /// all before them.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(REQUEST_ITEMS).uint(FORMAT).bytes(self.device.0.as_bytes()).int(self.made_at_millis);
        out.bytes(&self.sealed).text(&self.recipient);
        framed(REQUEST_MAGIC, &out.into_bytes())
    }

    /// Reads [`Self::encode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, RecoveryFileError> {
        let mut input = Reader::new(content(REQUEST_MAGIC, bytes)?);
        if !wire::read_format(&mut input, FORMAT, REQUEST_ITEMS)? {
            return Err(RecoveryFileError::NewerFormat);
        }
        let request = Self {
            device: wire::read_device(&mut input)?,
            made_at_millis: input.int()?,
            sealed: input.bytes(LONGEST_SEALED)?.to_vec(),
            recipient: input.text(LONGEST_RECIPIENT)?.to_owned(),
        };
        input.end()?;
        Ok(request)
    }

    /// By which an answer names the file of a request.
    pub fn hash_of(file: &[u8]) -> [u8; 32] {
        *blake3::hash(file).as_bytes()
    }

    /// Six digits that both sides show for the file of a request. Takes part of a second.
    pub fn spoken_number(file: &[u8]) -> String {
        rasoat_secrets::spoken_number(file)
    }
}

impl RecoveryAnswer {
    /// `RASOAT-RECOVERY-ANSWER\n`, `[1, device b16, request b32, sealed b]`, and the check as in a request.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(ANSWER_ITEMS).uint(FORMAT).bytes(self.device.0.as_bytes());
        out.bytes(&self.request).bytes(&self.sealed);
        framed(ANSWER_MAGIC, &out.into_bytes())
    }

    /// Reads [`Self::encode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, RecoveryFileError> {
        let mut input = Reader::new(content(ANSWER_MAGIC, bytes)?);
        if !wire::read_format(&mut input, FORMAT, ANSWER_ITEMS)? {
            return Err(RecoveryFileError::NewerFormat);
        }
        let answer = Self {
            device: wire::read_device(&mut input)?,
            request: input.bytes_of()?,
            sealed: input.bytes(LONGEST_SEALED)?.to_vec(),
        };
        input.end()?;
        Ok(answer)
    }
}

fn framed(magic: &[u8], content: &[u8]) -> Vec<u8> {
    let mut file = [magic, content].concat();
    let check = check_of(&file);
    file.extend_from_slice(&check);
    file
}

fn content<'a>(magic: &[u8], file: &'a [u8]) -> Result<&'a [u8], RecoveryFileError> {
    if !file.starts_with(magic) {
        return Err(RecoveryFileError::NotARecovery);
    }
    if file.len() < magic.len() + CHECK_BYTES || file.len() > MAX_RECOVERY_BYTES {
        return Err(RecoveryFileError::Damaged);
    }
    let (before, check) = file.split_at(file.len() - CHECK_BYTES);
    if check_of(before) == check { Ok(&before[magic.len()..]) } else { Err(RecoveryFileError::Damaged) }
}

fn check_of(bytes: &[u8]) -> [u8; CHECK_BYTES] {
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&blake3::hash(bytes).as_bytes()[..CHECK_BYTES]);
    check
}

impl From<CborError> for RecoveryFileError {
    fn from(_: CborError) -> Self {
        Self::Damaged
    }
}
