//! All edits of a commune up to a number of its feed, as one string of bytes that may be carried by anything.
//!
//! One zstd stream of `[1, server b16, commune t, number u, edits u]` and then as many edits, each as bytes. It is not signed:
//! it is named by its hash in something that is.

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{CommuneCode, Edit, MAX_EDIT_BYTES};

use crate::catalogue::CatalogueError;
use crate::compress::{InflateError, deflate, inflate};
use crate::keys::ServerId;
use crate::wire;

/// What a snapshot may inflate to.
pub const MAX_SNAPSHOT_BYTES: usize = 256 * 1024 * 1024;

const FORMAT: u64 = 1;

/// A commune's edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The server whose feed it is of.
    pub server: ServerId,
    /// Which commune.
    pub commune: CommuneCode,
    /// Up to this number of the commune's feed.
    pub number: u64,
    /// In the order they came in.
    pub edits: Vec<Edit>,
}

impl Snapshot {
    /// The file; `None` when it is too large for one.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut out = Writer::new();
        out.array(5).uint(FORMAT).bytes(self.server.0.as_bytes()).text(self.commune.as_str());
        out.uint(self.number).uint(self.edits.len() as u64);
        for edit in &self.edits {
            out.bytes(&edit.to_bytes());
        }
        let bytes = out.into_bytes();
        if bytes.len() > MAX_SNAPSHOT_BYTES { None } else { deflate(&bytes) }
    }

    /// Reads [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CatalogueError> {
        let inflated = inflate(bytes, MAX_SNAPSHOT_BYTES).map_err(|error| match error {
            InflateError::TooLarge => CatalogueError::TooLarge,
            InflateError::Damaged | InflateError::UnknownDictionary => CatalogueError::Unreadable,
        })?;
        let mut input = Reader::new(&inflated);
        if !wire::read_format(&mut input, FORMAT, 5)? {
            return Err(CatalogueError::NewerFormat);
        }
        let server = ServerId(wire::read_uuid(&mut input)?);
        let commune = input.text(5)?.parse().map_err(|_| CborError::Malformed)?;
        let number = input.uint()?;
        let count = input.uint()?;
        let mut edits = Vec::new();
        for _ in 0..count {
            let edit = Edit::from_bytes(input.bytes(MAX_EDIT_BYTES)?);
            edits.push(edit.map_err(|_| CatalogueError::Unreadable)?);
        }
        input.end()?;
        Ok(Self { server, commune, number, edits })
    }
}
