//! Rows on their way from one storage into another, as neither of them keeps them.

use std::collections::BTreeMap;

use super::StorageError;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// None.
    Null,
    /// A number, a moment, or yes (1) and no (0).
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes, and ids by theirs.
    Bytes(Vec<u8>),
}

/// Rows of one table, in the order in which they are to be written.
#[derive(Debug)]
pub(crate) struct Rows {
    /// Which.
    pub(crate) table: &'static str,
    /// Its rows.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// What a table holds, whatever order it is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Digest {
    rows: u64,
    /// The sum of the rows' hashes, each taken as four numbers.
    sum: [u64; 4],
}

/// What each table holds.
pub(crate) type Digests = BTreeMap<&'static str, Digest>;

impl Digest {
    /// Adds a row.
    pub(crate) fn add(&mut self, row: &[Cell]) {
        let mut hasher = blake3::Hasher::new();
        for cell in row {
            let (kind, bytes): (u8, &[u8]) = match cell {
                Cell::Null => (0, &[]),
                Cell::Int(number) => {
                    hasher.update(&[1]).update(&number.to_be_bytes());
                    continue;
                }
                Cell::Text(text) => (2, text.as_bytes()),
                Cell::Bytes(bytes) => (3, bytes),
            };
            hasher.update(&[kind]).update(&(bytes.len() as u64).to_be_bytes()).update(bytes);
        }
        let hash = hasher.finalize();
        self.rows += 1;
        for (sum, part) in self.sum.iter_mut().zip(hash.as_bytes().as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*part));
        }
    }

    /// How many rows.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }
}

/// Takes rows; an error ends the move.
pub(crate) type Sink<'s> = dyn FnMut(Rows) -> Result<(), StorageError> + Send + 's;
