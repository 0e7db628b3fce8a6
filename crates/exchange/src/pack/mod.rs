//! Edits packed to travel: a table for each kind of document and each repeat, a column for each place, a row for each edit or
//! instance. What is likely in a column takes little room: a dictionary knows it beforehand, the rest is learnt on the way.
//! Names of places and choices that no dictionary has are in the packing itself: it can be read without any form.
//!
//! What was packed comes back as it was, byte for byte of [`rasoat_casework::Edit::to_bytes`]: hashes hold.

mod bytes;
mod cell;
mod dictionary;
mod model;
mod range;
mod read;
mod schema;
mod write;

use rasoat_casework::SubjectKind;

pub use dictionary::{Dictionary, DictionaryError};
pub(crate) use read::unpack;
pub(crate) use write::{is_packable, pack};

/// A packing in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Packing {
    /// The number of the dictionary it was made with; 0 for none.
    pub(crate) dictionary: u64,
    /// The version of the packing, then names that the dictionary has not.
    pub(crate) schema: Vec<u8>,
    /// Texts, end to end.
    pub(crate) texts: Vec<u8>,
    /// Everything else, from the range coder: nothing compresses it further.
    pub(crate) codes: Vec<u8>,
}

/// Why a packing cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnpackError {
    /// Made by a newer program.
    Newer,
    /// Made with a dictionary that is not here.
    UnknownDictionary,
    /// Not a packing.
    Bytes(rasoat_casework::cbor::CborError),
}

impl From<rasoat_casework::cbor::CborError> for UnpackError {
    fn from(error: rasoat_casework::cbor::CborError) -> Self {
        Self::Bytes(error)
    }
}

/// The version of the packing, the first byte of its schema.
const FORMAT: u8 = 1;
/// No text that stands for several edits (who, which commune, a choice) is longer, in bytes; an edit that has one travels unpacked.
const LONGEST_SHARED: usize = 256;
/// No name of a place is longer, in bytes.
const LONGEST_NAME: usize = 400;
/// What a packing may come to, in bytes of its edits: little can stand for much.
const MOST_UNPACKED: usize = 16 * 1024 * 1024;

const KINDS: [SubjectKind; 4] =
    [SubjectKind::Household, SubjectKind::Interview, SubjectKind::Case, SubjectKind::Remark];

/// How the hash of the edit before travels.
const PREV_NONE: u64 = 0;
/// Of the edit before in the same packing.
const PREV_CHAINED: u64 = 1;
const PREV_GIVEN: u64 = 2;

/// How a subject's id travels; larger numbers count back among the new ones, 2 being the latest.
const ID_NEW: u64 = 0;
/// The interview of the household and round that the edit names.
const ID_INTERVIEW: u64 = 1;
const ID_RECENT: u64 = 2;

/// How an instance's id travels.
const INSTANCE_SHORT: u64 = 0;
const INSTANCE_TEXT: u64 = 1;
/// The edit's own: an even number from here counts the instances added in it.
const INSTANCE_OWN: u64 = 2;
/// An odd number from here counts the instances of the edit before, in the same repeat.
const INSTANCE_AGAIN: u64 = 3;

/// The letters of short instance ids: eight of them, five bits each.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SHORT_LETTERS: usize = 8;
const SHORT_BITS: u32 = 40;

/// Where an interview says whose it is.
const HOUSEHOLD: &str = "meta_household";
const ROUND: &str = "meta_round";

fn kind_code(kind: SubjectKind) -> u8 {
    match kind {
        SubjectKind::Household => 0,
        SubjectKind::Interview => 1,
        SubjectKind::Case => 2,
        SubjectKind::Remark => 3,
    }
}
