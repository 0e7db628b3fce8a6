//! Fetching an enrolment file by its one-time code, range by range: what arrived before a cut has arrived.
//!
//! The code itself never travels. The file is locked by it, and what is locked names the province's key: whoever else answers
//! cannot make one that opens.

use rasoat_casework::cbor::{Reader, Writer};

use crate::blob::{BlobError, MAX_RANGE};
use crate::enrolment::EnrolmentLookup;
use crate::wire;

/// More than the longest request.
pub const MAX_ENROL_REQUEST_BYTES: usize = 64;

const FORMAT: u64 = 1;

/// Which bytes of which enrolment file. Answered with a [`crate::BlobAnswer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnrolRequest {
    /// Derived of the code.
    pub lookup: EnrolmentLookup,
    /// The first byte wanted.
    pub offset: u64,
    /// How many bytes, at most [`MAX_RANGE`].
    pub length: u32,
}

impl EnrolRequest {
    /// `[1, lookup b16, offset u, length u]`.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(4).uint(FORMAT).bytes(&self.lookup.0).uint(self.offset).uint(u64::from(self.length));
        out.into_bytes()
    }

    /// Reads a request.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlobError> {
        if bytes.len() > MAX_ENROL_REQUEST_BYTES {
            return Err(BlobError::Unreadable);
        }
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, 4)? {
            return Err(BlobError::NewerFormat);
        }
        let request = Self {
            lookup: EnrolmentLookup(input.bytes_of()?),
            offset: input.uint()?,
            length: u32::try_from(input.uint()?).map_err(|_| BlobError::Unreadable)?,
        };
        input.end()?;
        if request.length > MAX_RANGE { Err(BlobError::Unreadable) } else { Ok(request) }
    }
}
