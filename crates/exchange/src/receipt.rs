//! Receipts: what the province says of a batch, under its own signature. Only a verified receipt turns a household green.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{EditId, WriterId};

use crate::batch::{BatchHash, MAX_EDITS};
use crate::keys::{Label, Signature, SigningKey, VerifyKey};
use crate::wire;

const FORMAT: u64 = 1;
const ITEMS: usize = 5;
const MAX_PARAMS: usize = 8;
const MAX_PARAM_BYTES: usize = 200;
const MAX_RECEIPT_BYTES: usize = 4 * 1024 * 1024;

/// Numbers of one writer that the province has, known before or not.
pub type AcceptedRange = (WriterId, RangeInclusive<u64>);

/// Which edits of a batch the province has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// All of them, so many.
    All(u64),
    /// These.
    Edits(Vec<AcceptedRange>),
}

/// What the province says of one batch. Posted again, the batch gets the same bytes again. The signature says which province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The batch.
    pub batch: BatchHash,
    /// The edits that are on the province's disk.
    pub accepted: Accepted,
    /// One for each edit there is something to say of.
    pub verdicts: Vec<Verdict>,
    /// The server's clock when the batch was first taken, in milliseconds since 1970.
    pub server_time_millis: i64,
}

/// What there is to say of one edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The edit.
    pub edit: EditId,
    /// What.
    pub code: VerdictCode,
    /// Details for the sentence; never personal.
    pub params: BTreeMap<String, String>,
}

/// The kinds of verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerdictCode {
    /// The subject's commune is not the device's. Not stored.
    OutOfScope,
    /// Stored, but without class: the server does not have the instrument it was made with.
    StoredUnscored,
    /// The edit before it is not there, or is another one. Not stored; send from the one before on.
    BrokenChain,
    /// The number is taken by another edit: the writer lives twice. Not stored; issue it anew from a new writer.
    ForkedSeq,
    /// The bytes are not an edit this server can read. Not stored as an edit.
    Unreadable,
}

const CODES: [(VerdictCode, &str); 5] = [
    (VerdictCode::OutOfScope, "out_of_scope"),
    (VerdictCode::StoredUnscored, "stored_unscored"),
    (VerdictCode::BrokenChain, "broken_chain"),
    (VerdictCode::ForkedSeq, "forked_seq"),
    (VerdictCode::Unreadable, "unreadable"),
];

impl VerdictCode {
    /// Stable code.
    pub fn as_str(self) -> &'static str {
        CODES.iter().find(|(code, _)| *code == self).map_or("", |(_, text)| text)
    }

    /// The verdict of a stable code.
    pub fn of(text: &str) -> Option<Self> {
        CODES.iter().find(|(_, known)| *known == text).map(|(code, _)| *code)
    }

    /// Whether the edit is on the province's disk all the same.
    pub fn is_stored(self) -> bool {
        match self {
            Self::StoredUnscored => true,
            Self::OutOfScope | Self::BrokenChain | Self::ForkedSeq | Self::Unreadable => false,
        }
    }
}

/// A receipt's bytes as made, and the server's signature over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedReceipt {
    /// The bytes of the receipt.
    pub bytes: Vec<u8>,
    /// The server's signature over `bytes`.
    pub signature: Signature,
}

/// A receipt cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not signed by the pinned server.
    #[error("bad signature")]
    BadSignature,
    /// Signed, but not a receipt.
    #[error("unreadable receipt")]
    Unreadable,
    /// Signed, of a newer format.
    #[error("newer format")]
    NewerFormat,
}

impl ReceiptError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadSignature => "bad_signature",
            Self::Unreadable => "unreadable",
            Self::NewerFormat => "newer_format",
        }
    }
}

impl Receipt {
    /// Whether the province has this edit of the batch.
    pub fn accepts(&self, edit: EditId) -> bool {
        match &self.accepted {
            Accepted::All(_) => true,
            Accepted::Edits(ranges) => {
                ranges.iter().any(|(writer, seqs)| *writer == edit.writer && seqs.contains(&edit.seq))
            }
        }
    }

    /// Ranges for [`Accepted::Edits`] from single edits, in any order.
    pub fn ranges(edits: impl IntoIterator<Item = EditId>) -> Vec<AcceptedRange> {
        let mut ids: Vec<EditId> = edits.into_iter().collect();
        ids.sort();
        ids.dedup();
        let mut ranges: Vec<AcceptedRange> = Vec::new();
        for id in ids {
            match ranges.last_mut() {
                Some((writer, seqs)) if *writer == id.writer && seqs.end().checked_add(1) == Some(id.seq) => {
                    *seqs = *seqs.start()..=id.seq;
                }
                Some(_) | None => ranges.push((id.writer, id.seq..=id.seq)),
            }
        }
        ranges
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(ITEMS).uint(FORMAT).bytes(&self.batch.0);
        match &self.accepted {
            Accepted::All(count) => {
                out.uint(*count);
            }
            Accepted::Edits(ranges) => {
                out.array(ranges.len() * 3);
                for (writer, seqs) in ranges {
                    out.bytes(writer.0.as_bytes()).uint(*seqs.start()).uint(*seqs.end());
                }
            }
        }
        out.array(self.verdicts.len());
        for verdict in &self.verdicts {
            out.array(3 + 1);
            wire::write_edit_id(&mut out, verdict.edit);
            out.text(verdict.code.as_str()).array(verdict.params.len() * 2);
            for (name, value) in &verdict.params {
                out.text(name).text(value);
            }
        }
        out.int(self.server_time_millis);
        out.into_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, ITEMS)? {
            return Err(ReceiptError::NewerFormat);
        }
        let receipt = Self {
            batch: BatchHash(input.bytes_of()?),
            accepted: read_accepted(&mut input)?,
            verdicts: {
                let verdicts = input.array(MAX_EDITS)?;
                (0..verdicts).map(|_| read_verdict(&mut input)).collect::<Result<_, _>>()?
            },
            server_time_millis: input.int()?,
        };
        input.end()?;
        Ok(receipt)
    }
}

fn read_accepted(input: &mut Reader<'_>) -> Result<Accepted, CborError> {
    let mut number = input.clone();
    if let Ok(count) = number.uint() {
        *input = number;
        return Ok(Accepted::All(count));
    }
    let items = input.array(MAX_EDITS * 3)?;
    if !items.is_multiple_of(3) {
        return Err(CborError::Malformed);
    }
    let mut accepted = Vec::new();
    for _ in 0..items / 3 {
        let (writer, first, last) = (wire::read_writer(input)?, input.uint()?, input.uint()?);
        if first == 0 || last < first {
            return Err(CborError::Malformed);
        }
        accepted.push((writer, first..=last));
    }
    Ok(Accepted::Edits(accepted))
}

fn read_verdict(input: &mut Reader<'_>) -> Result<Verdict, CborError> {
    input.array_of(3 + 1)?;
    let edit = wire::read_edit_id(input)?;
    let code = VerdictCode::of(input.text(MAX_PARAM_BYTES)?).ok_or(CborError::Malformed)?;
    let items = input.array(MAX_PARAMS * 2)?;
    if !items.is_multiple_of(2) {
        return Err(CborError::Malformed);
    }
    let params = (0..items / 2)
        .map(|_| Ok((input.text(MAX_PARAM_BYTES)?.to_owned(), input.text(MAX_PARAM_BYTES)?.to_owned())))
        .collect::<Result<_, CborError>>()?;
    Ok(Verdict { edit, code, params })
}

impl SignedReceipt {
    /// Signs a receipt: its bytes are made here, once.
    pub fn sign(receipt: &Receipt, key: &SigningKey) -> Self {
        let bytes = receipt.to_bytes();
        let signature = key.sign(Label::Receipt, &[&bytes]);
        Self { bytes, signature }
    }

    /// Verifies against the pinned server's key and reads.
    pub fn open(&self, server: &VerifyKey) -> Result<Receipt, ReceiptError> {
        if !server.verify(Label::Receipt, &[&self.bytes], &self.signature) {
            return Err(ReceiptError::BadSignature);
        }
        Receipt::from_bytes(&self.bytes)
    }

    /// The batch it is for and how many edits it accepts, unverified; `None` for what is no receipt of this format.
    pub(crate) fn declared(&self) -> Option<(BatchHash, u64)> {
        let receipt = Receipt::from_bytes(&self.bytes).ok()?;
        let count = |seqs: &RangeInclusive<u64>| (seqs.end() - seqs.start()).saturating_add(1);
        let edits = match &receipt.accepted {
            Accepted::All(edits) => *edits,
            Accepted::Edits(ranges) => {
                ranges.iter().fold(0, |sum: u64, (_, seqs)| sum.saturating_add(count(seqs)))
            }
        };
        Some((receipt.batch, edits))
    }

    /// The server's clock it names, unverified; 0 for what is no receipt of this format.
    pub(crate) fn declared_time(&self) -> i64 {
        Receipt::from_bytes(&self.bytes).map_or(0, |receipt| receipt.server_time_millis)
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.bytes(&self.bytes).bytes(&self.signature.to_bytes());
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self { bytes: input.bytes(MAX_RECEIPT_BYTES)?.to_vec(), signature: wire::read_signature(input)? })
    }
}

impl From<CborError> for ReceiptError {
    fn from(_: CborError) -> Self {
        Self::Unreadable
    }
}
