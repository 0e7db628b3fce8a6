//! What a province has for a laptop beside edits: forms, standards, code lists, villages, devices, snapshots; each named by
//! its hash and fetched as a blob.

use rasoat_casework::cbor::{CborError, Reader, Writer};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::compress::{deflate, inflate};
use crate::enrolment::KnownDevice;
use crate::news::RevokedDevice;
use crate::wire;

/// The most entries of a catalogue.
pub const MAX_CATALOGUE_ENTRIES: usize = 4096;
/// The longest id of an entry, in bytes.
const MAX_ID_BYTES: usize = 200;
/// What a blob that is not a snapshot may inflate to.
const MOST_CONTENT: usize = 64 * 1024 * 1024;
const FORMAT: u64 = 1;

/// What a blob is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CatalogueKind {
    /// [`crate::enrolment::InstrumentFiles`], by the form's id.
    Instrument,
    /// [`crate::enrolment::StandardFile`], by the standard's id.
    Standard,
    /// [`crate::enrolment::UnitsFiles`].
    Units,
    /// [`crate::enrolment::CommuneScope`], by the commune's code.
    Villages,
    /// [`Neighbours`].
    Devices,
    /// [`crate::Snapshot`], by the commune's code.
    Snapshot,
    /// [`crate::Retention`].
    Retention,
    /// [`crate::enrolment::StandardFile`], by the procedure's id.
    Procedure,
    /// [`crate::PrivacyNotice`].
    Notice,
    /// [`crate::Assignments`], by the commune's code.
    Assignments,
    /// [`crate::Announcements`].
    Announcements,
    /// [`crate::OpenRound`].
    Round,
    /// A kind that a newer server knows and this program does not.
    Other(u64),
}

/// One thing to fetch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogueEntry {
    /// What it is.
    pub kind: CatalogueKind,
    /// Which of its kind; stays the same when the content changes.
    pub id: String,
    /// BLAKE3 of the blob.
    pub hash: [u8; 32],
    /// Bytes of the blob.
    pub size: u64,
}

/// Everything a province has for one laptop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// By kind and id, each once.
    entries: Vec<CatalogueEntry>,
}

/// The laptops of the same communes, as news have them too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbours {
    /// Those in use.
    pub devices: Vec<KnownDevice>,
    /// Those that may send no more.
    pub revoked: Vec<RevokedDevice>,
}

/// Bytes are not a catalogue, or a blob not what it should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Of a newer format.
    #[error("newer format")]
    NewerFormat,
    /// More than there may be.
    #[error("too large")]
    TooLarge,
    /// Anything else.
    #[error("unreadable")]
    Unreadable,
}

impl CatalogueKind {
    pub(crate) fn number(self) -> u64 {
        match self {
            Self::Instrument => 0,
            Self::Standard => 1,
            Self::Units => 2,
            Self::Villages => 3,
            Self::Devices => 4,
            Self::Snapshot => 5,
            Self::Retention => 6,
            Self::Procedure => 7,
            Self::Notice => 20,
            Self::Assignments => 21,
            Self::Announcements => 22,
            Self::Round => 23,
            Self::Other(number) => number,
        }
    }

    pub(crate) fn of(number: u64) -> Self {
        let known = [
            Self::Instrument,
            Self::Standard,
            Self::Units,
            Self::Villages,
            Self::Devices,
            Self::Snapshot,
            Self::Retention,
            Self::Procedure,
            Self::Notice,
            Self::Assignments,
            Self::Announcements,
            Self::Round,
        ];
        known.into_iter().find(|kind| kind.number() == number).unwrap_or(Self::Other(number))
    }
}

impl Catalogue {
    /// A catalogue of entries in any order; of two of one kind and id the last counts.
    pub fn new(entries: impl IntoIterator<Item = CatalogueEntry>) -> Self {
        let key = |entry: &CatalogueEntry| (entry.kind.number(), entry.id.clone());
        let sorted: std::collections::BTreeMap<_, _> =
            entries.into_iter().map(|entry| (key(&entry), entry)).collect();
        Self { entries: sorted.into_values().collect() }
    }

    /// The entries, by kind and id.
    pub fn entries(&self) -> &[CatalogueEntry] {
        &self.entries
    }

    /// `[1, entries [kind u, id t, hash b32, size u…]]`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(2).uint(FORMAT).array(self.entries.len() * 4);
        for entry in &self.entries {
            out.uint(entry.kind.number()).text(&entry.id).bytes(&entry.hash).uint(entry.size);
        }
        out.into_bytes()
    }

    /// Reads [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CatalogueError> {
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, 2)? {
            return Err(CatalogueError::NewerFormat);
        }
        let items = input.array(MAX_CATALOGUE_ENTRIES * 4)?;
        if !items.is_multiple_of(4) {
            return Err(CatalogueError::Unreadable);
        }
        let mut entries: Vec<CatalogueEntry> = Vec::new();
        for _ in 0..items / 4 {
            let entry = CatalogueEntry {
                kind: CatalogueKind::of(input.uint()?),
                id: input.text(MAX_ID_BYTES)?.to_owned(),
                hash: input.bytes_of()?,
                size: input.uint()?,
            };
            let key = |entry: &CatalogueEntry| (entry.kind.number(), entry.id.clone());
            if entries.last().is_some_and(|last| key(last) >= key(&entry)) {
                return Err(CatalogueError::Unreadable);
            }
            entries.push(entry);
        }
        input.end()?;
        Ok(Self { entries })
    }

    /// The first bytes of the BLAKE3 of [`Self::to_bytes`]: a laptop says with it which catalogue it has.
    pub fn digest(&self) -> [u8; 8] {
        let mut digest = [0; 8];
        digest.copy_from_slice(&blake3::hash(&self.to_bytes()).as_bytes()[..8]);
        digest
    }
}

/// A content as a blob: one zstd stream around CBOR by field names, the same for the same content and compressor. `None`
/// when it is too large.
pub fn to_blob<T: Serialize>(content: &T) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    ciborium::into_writer(content, &mut bytes).ok()?;
    if bytes.len() > MOST_CONTENT { None } else { deflate(&bytes) }
}

/// Reads what [`to_blob`] made.
pub fn from_blob<T: DeserializeOwned>(blob: &[u8]) -> Result<T, CatalogueError> {
    let bytes = inflate(blob, MOST_CONTENT).map_err(|_| CatalogueError::Unreadable)?;
    ciborium::from_reader(bytes.as_slice()).map_err(|_| CatalogueError::Unreadable)
}

impl From<CborError> for CatalogueError {
    fn from(error: CborError) -> Self {
        match error {
            CborError::Truncated | CborError::Malformed => Self::Unreadable,
            CborError::TooLarge => Self::TooLarge,
        }
    }
}
