//! An edit's bytes as storages keep them: compressed where that is shorter.
//!
//! An edit names every place by its path, so most of one is in any other. The dictionary of such beginnings was trained (`zstd --train
//! --maxdict=16384 -1`) on interviews that nobody gave. What is stored needs it for ever: a better one gets another file and number
//! beside it.

use std::cell::RefCell;
use std::sync::LazyLock;

use rasoat_casework::MAX_EDIT_BYTES;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use super::StorageError;

const DICTIONARY: &[u8] = include_bytes!("edits-1.dict");
/// The fastest: most of what can be saved are the paths.
const LEVEL: i32 = 1;
/// How a zstd frame begins; an edit's bytes begin with the head of an array.
const FRAME: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

static PACKING: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static UNPACKING: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    /// Setting one up costs more than packing an edit.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> =
        RefCell::new(Compressor::with_prepared_dictionary(&PACKING).ok());
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> =
        RefCell::new(Decompressor::with_prepared_dictionary(&UNPACKING).ok());
}

/// Packs an edit's bytes.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    let packed = COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut()?.compress(bytes).ok());
    packed.filter(|packed| packed.len() < bytes.len()).unwrap_or_else(|| bytes.to_vec())
}

/// An edit's bytes from what [`pack`] made, or from themselves.
///
/// # Errors
/// When it is neither.
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>, StorageError> {
    if !packed.starts_with(&FRAME) {
        return Ok(packed.to_vec());
    }
    let bytes = DECOMPRESSOR
        .with_borrow_mut(|decompressor| decompressor.as_mut()?.decompress(packed, MAX_EDIT_BYTES).ok());
    bytes.ok_or(StorageError::Damaged("edit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_unpacked_as_it_was_and_damage_is_an_error() {
        let long: Vec<u8> = (0..4_000_u32).flat_map(|at| (at / 100).to_be_bytes()).collect();
        for bytes in [&long[..], b"", b"\x8d\x01short"] {
            assert_eq!(unpack(&pack(bytes)).as_deref(), Ok(bytes));
        }
        let mut packed = pack(&long);
        assert!(packed.len() < long.len() / 4);
        packed.truncate(packed.len() / 2);
        assert_eq!(unpack(&packed), Err(StorageError::Damaged("edit")));
    }
}
