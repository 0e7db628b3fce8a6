//! Batches: edits under one device's signature, which covers the bytes as they were made.

use std::collections::BTreeSet;

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{DeviceId, Edit, EditHash, EditId, InstrumentHash, LooseEdit, MAX_EDIT_BYTES};

use crate::keys::{Label, Signature, SigningKey, VerifyKey};
use crate::pack::{Dictionary, UnpackError};
use crate::parcel::{self, Parcel};
use crate::wire;

/// The most edits in one batch.
pub const MAX_EDITS: usize = 2000;
/// The longest batch, in bytes as signed. One edit of any allowed size fits.
pub const MAX_BATCH_BYTES: usize = 1024 * 1024;

const FORMAT: u64 = 1;
/// Format, device and what a parcel has.
const ITEMS: usize = 2 + parcel::ITEMS;

/// BLAKE3 of a batch's bytes as signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchHash(pub [u8; 32]);

impl BatchHash {
    /// 64 hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Edits to send together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The laptop that signs.
    pub device: DeviceId,
    /// By writer, then by number; each once.
    pub edits: Vec<Edit>,
    /// What the batch names but this program cannot read. The other edits count all the same.
    pub unreadable: Vec<UnreadableEdit>,
}

/// A [`Batch`] as it is unpacked.
#[derive(Debug, Clone)]
pub struct LooseBatch {
    /// The laptop that signs.
    pub device: DeviceId,
    /// By writer, then by number; each once, with its hash.
    pub edits: Vec<(LooseEdit, EditHash)>,
    /// What the batch names but this program cannot read.
    pub unreadable: Vec<UnreadableEdit>,
}

/// An edit whose number is known from the header and whose bytes cannot be read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableEdit {
    /// Its number as the header has it.
    pub id: EditId,
    /// Its bytes, to be kept.
    pub bytes: Vec<u8>,
    /// Why: a code of [`rasoat_casework::EditError`], or `other_id` where the bytes are an edit of another number.
    pub code: &'static str,
}

/// A batch's bytes as made, and the signature over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBatch {
    /// The bytes of the batch. Never re-made: what is verified, hashed, stored and passed on are these.
    pub bytes: Vec<u8>,
    /// The device's signature over `bytes`.
    pub signature: Signature,
    /// The device that signed, so that its key can be found.
    pub device: DeviceId,
}

/// A batch cannot be made or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// No edit at all.
    #[error("empty batch")]
    Empty,
    /// More than [`MAX_EDITS`].
    #[error("too many edits")]
    TooManyEdits,
    /// More than [`MAX_BATCH_BYTES`].
    #[error("batch too large")]
    TooLarge,
    /// Not this device's signature over these bytes.
    #[error("bad signature")]
    BadSignature,
    /// Signed, but for another device than the one named beside it.
    #[error("another device")]
    OtherDevice,
    /// Signed, but not a batch.
    #[error("unreadable batch")]
    Unreadable,
    /// Signed, of a newer format.
    #[error("newer format")]
    NewerFormat,
    /// Signed, packed with a dictionary that is not known here.
    #[error("unknown dictionary")]
    UnknownDictionary,
}

impl BatchError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooManyEdits => "too_many_edits",
            Self::TooLarge => "too_large",
            Self::BadSignature => "bad_signature",
            Self::OtherDevice => "other_device",
            Self::Unreadable => "unreadable",
            Self::NewerFormat => "newer_format",
            Self::UnknownDictionary => "unknown_dictionary",
        }
    }
}

impl Batch {
    /// Puts edits together, in any order, repeated or not. Refuses none and more than a batch may hold.
    pub fn build(edits: &[Edit], device: DeviceId) -> Result<Self, BatchError> {
        let mut edits = edits.to_vec();
        edits.sort_by_key(|edit| edit.id);
        edits.dedup();
        let batch = Self { device, edits, unreadable: Vec::new() };
        match batch.edits.len() {
            0 => Err(BatchError::Empty),
            1..=MAX_EDITS if batch.to_bytes(None).len() <= MAX_BATCH_BYTES - FOR_NAMES => Ok(batch),
            1..=MAX_EDITS => Err(BatchError::TooLarge),
            _ => Err(BatchError::TooManyEdits),
        }
    }

    /// The instruments of its edits, each once.
    pub fn instruments(&self) -> BTreeSet<InstrumentHash> {
        self.edits.iter().filter_map(|edit| edit.instrument).collect()
    }

    fn to_bytes(&self, dictionary: Option<&Dictionary>) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(ITEMS).uint(FORMAT).bytes(self.device.0.as_bytes());
        parcel::write(&self.edits, dictionary, &mut out);
        out.into_bytes()
    }

    /// Reads a batch whose signature was verified when it was kept.
    pub fn of_kept(bytes: &[u8]) -> Result<Self, BatchError> {
        LooseBatch::read(bytes).map(Self::from)
    }
}

impl From<LooseBatch> for Batch {
    fn from(loose: LooseBatch) -> Self {
        let edits = loose.edits.into_iter().map(|(edit, _)| edit.into_edit()).collect();
        Self { device: loose.device, edits, unreadable: loose.unreadable }
    }
}

impl From<Batch> for LooseBatch {
    fn from(batch: Batch) -> Self {
        let edits = batch.edits.into_iter().map(|edit| {
            let hash = edit.hash();
            (edit.into(), hash)
        });
        Self { device: batch.device, edits: edits.collect(), unreadable: batch.unreadable }
    }
}

impl LooseBatch {
    fn read(bytes: &[u8]) -> Result<Self, BatchError> {
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, ITEMS)? {
            return Err(BatchError::NewerFormat);
        }
        let device = wire::read_device(&mut input)?;
        let Parcel { edits, unreadable } = parcel::read(&mut input, MAX_EDITS)?;
        input.end()?;
        match edits.len() + unreadable.len() {
            0 => Err(BatchError::Empty),
            _ => Ok(Self { device, edits, unreadable }),
        }
    }
}

/// What the names of a form's places and choices may take in a batch.
const FOR_NAMES: usize = 256 * 1024;

// One edit of any allowed size must fit a batch with room for the header.
const _: () = assert!(2 * MAX_EDIT_BYTES + 256 < MAX_BATCH_BYTES - FOR_NAMES);

impl SignedBatch {
    /// Signs a batch: its bytes are made here, once. With a dictionary that the reader knows
    /// they are few.
    pub fn sign(batch: &Batch, key: &SigningKey, dictionary: Option<&Dictionary>) -> Self {
        let bytes = batch.to_bytes(dictionary);
        let signature = key.sign(Label::Batch, &[&bytes]);
        Self { bytes, signature, device: batch.device }
    }

    /// Verifies the bytes as they came and reads them. Nothing of the content is looked at before the signature holds.
    pub fn open(&self, key: &VerifyKey) -> Result<Batch, BatchError> {
        self.open_loose(key).map(Batch::from)
    }

    /// As [`SignedBatch::open`], for who looks at each of the edits but once.
    pub fn open_loose(&self, key: &VerifyKey) -> Result<LooseBatch, BatchError> {
        if self.bytes.len() > MAX_BATCH_BYTES {
            return Err(BatchError::TooLarge);
        }
        if !key.verify(Label::Batch, &[&self.bytes], &self.signature) {
            return Err(BatchError::BadSignature);
        }
        let batch = LooseBatch::read(&self.bytes)?;
        if batch.device != self.device {
            return Err(BatchError::OtherDevice);
        }
        Ok(batch)
    }

    /// [`SignedBatch::open`] by the first of these keys that signed it: a device may have had others before.
    pub fn open_by_any<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifyKey>,
    ) -> Result<Batch, BatchError> {
        self.open_loose_by_any(keys).map(Batch::from)
    }

    /// [`SignedBatch::open_loose`] by the first of these keys that signed it.
    pub fn open_loose_by_any<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifyKey>,
    ) -> Result<LooseBatch, BatchError> {
        let mut opened = Err(BatchError::BadSignature);
        for key in keys {
            opened = self.open_loose(key);
            if !matches!(opened, Err(BatchError::BadSignature)) {
                break;
            }
        }
        opened
    }

    /// Names the batch in its receipt.
    pub fn batch_hash(&self) -> BatchHash {
        BatchHash(*blake3::hash(&self.bytes).as_bytes())
    }

    /// A batch as it came, of the device that it names itself; `None` where it names none: it is no batch of a format that
    /// is known here.
    pub fn claimed(bytes: Vec<u8>, signature: Signature) -> Option<Self> {
        let mut input = Reader::new(&bytes);
        wire::read_format(&mut input, FORMAT, ITEMS).ok()?;
        let device = wire::read_device(&mut input).ok()?;
        Some(Self { bytes, signature, device })
    }

    /// The bytes in two parts, end to end: what compresses, and what does not. What is no batch is one part.
    pub fn parts(&self) -> (&[u8], &[u8]) {
        let mut input = Reader::new(&self.bytes);
        let left = wire::read_format(&mut input, FORMAT, ITEMS)
            .and_then(|_| wire::read_device(&mut input))
            .and_then(|_| parcel::seam(&mut input, MAX_EDITS));
        self.bytes.split_at(self.bytes.len() - left.unwrap_or_default())
    }

    /// How many edits the header names, unverified; `None` for what is no batch of this format.
    pub(crate) fn declared_edits(&self) -> Option<u64> {
        let mut input = Reader::new(&self.bytes);
        if !wire::read_format(&mut input, FORMAT, ITEMS).ok()? {
            return None;
        }
        wire::read_device(&mut input).ok()?;
        parcel::read_ids(&mut input, MAX_EDITS).ok().map(|ids| ids.len() as u64)
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.bytes(&self.bytes).bytes(&self.signature.to_bytes()).bytes(self.device.0.as_bytes());
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self {
            bytes: input.bytes(MAX_BATCH_BYTES)?.to_vec(),
            signature: wire::read_signature(input)?,
            device: wire::read_device(input)?,
        })
    }
}

impl From<CborError> for BatchError {
    fn from(error: CborError) -> Self {
        match error {
            CborError::Truncated | CborError::Malformed => Self::Unreadable,
            CborError::TooLarge => Self::TooLarge,
        }
    }
}

impl From<UnpackError> for BatchError {
    fn from(error: UnpackError) -> Self {
        match error {
            UnpackError::Newer => Self::NewerFormat,
            UnpackError::UnknownDictionary => Self::UnknownDictionary,
            UnpackError::Bytes(error) => error.into(),
        }
    }
}
