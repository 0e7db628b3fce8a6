//! Fetching something large by its hash, range by range: what arrived before a cut has arrived.
//!
//! A request is signed by the device; the answer needs no signature, because the whole is checked by its hash.

use rasoat_casework::DeviceId;
use rasoat_casework::cbor::{CborError, Reader, Writer};

use crate::keys::{Label, Signature, SigningKey, VerifyKey};
use crate::wire;

/// The longest range, in bytes.
pub const MAX_RANGE: u32 = 1024 * 1024;
/// More than the longest request.
pub const MAX_BLOB_REQUEST_BYTES: usize = 256;

const FORMAT: u64 = 1;

/// Which bytes of which blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobRequest {
    /// Who asks.
    pub device: DeviceId,
    /// BLAKE3 of the whole blob.
    pub hash: [u8; 32],
    /// The first byte wanted.
    pub offset: u64,
    /// How many bytes, at most [`MAX_RANGE`].
    pub length: u32,
}

/// A request as it came, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBlobRequest {
    /// What is asked, by whom as they say.
    pub request: BlobRequest,
    signature: Signature,
}

/// A range of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobAnswer {
    /// Bytes of the whole blob.
    pub total: u64,
    /// The bytes from the offset on; fewer than asked for at the end.
    pub bytes: Vec<u8>,
}

/// A request or an answer cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// Of a newer format.
    #[error("newer format")]
    NewerFormat,
    /// Not signed by the device it names.
    #[error("bad signature")]
    BadSignature,
    /// Anything else.
    #[error("unreadable")]
    Unreadable,
}

impl BlobRequest {
    /// `[1, device b16, hash b32, offset u, length u, signature b64]`.
    pub fn encode(&self, key: &SigningKey) -> Vec<u8> {
        let signature = key.sign(Label::Blob, &[&self.signed_bytes()]);
        let mut out = Writer::new();
        out.array(6).uint(FORMAT).bytes(self.device.0.as_bytes()).bytes(&self.hash);
        out.uint(self.offset).uint(u64::from(self.length)).bytes(&signature.to_bytes());
        out.into_bytes()
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(5).uint(FORMAT).bytes(self.device.0.as_bytes()).bytes(&self.hash);
        out.uint(self.offset).uint(u64::from(self.length));
        out.into_bytes()
    }
}

impl SignedBlobRequest {
    /// Reads a request. It is to be believed after [`Self::open`].
    pub fn decode(bytes: &[u8]) -> Result<Self, BlobError> {
        if bytes.len() > MAX_BLOB_REQUEST_BYTES {
            return Err(BlobError::Unreadable);
        }
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, 6)? {
            return Err(BlobError::NewerFormat);
        }
        let request = BlobRequest {
            device: wire::read_device(&mut input)?,
            hash: input.bytes_of()?,
            offset: input.uint()?,
            length: u32::try_from(input.uint()?).map_err(|_| BlobError::Unreadable)?,
        };
        let signature = wire::read_signature(&mut input)?;
        input.end()?;
        if request.length > MAX_RANGE {
            return Err(BlobError::Unreadable);
        }
        Ok(Self { request, signature })
    }

    /// Verifies that the device asks this.
    pub fn open(&self, device: &VerifyKey) -> Result<BlobRequest, BlobError> {
        if device.verify(Label::Blob, &[&self.request.signed_bytes()], &self.signature) {
            Ok(self.request)
        } else {
            Err(BlobError::BadSignature)
        }
    }
}

impl BlobAnswer {
    /// `[1, total u, bytes b]`.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(3).uint(FORMAT).uint(self.total).bytes(&self.bytes);
        out.into_bytes()
    }

    /// Reads an answer.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlobError> {
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, 3)? {
            return Err(BlobError::NewerFormat);
        }
        let answer = Self { total: input.uint()?, bytes: input.bytes(MAX_RANGE as usize)?.to_vec() };
        input.end()?;
        Ok(answer)
    }
}

impl From<CborError> for BlobError {
    fn from(_: CborError) -> Self {
        Self::Unreadable
    }
}
