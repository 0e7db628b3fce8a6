//! What both sides know beforehand: a form's places, how often each answer is given, and common texts.
//!
//! A dictionary has a number and is never changed once it was given out. A new form gets a new one; whoever lacks it is sent
//! packings that need none.

use std::sync::{Arc, OnceLock};

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{Edit, InstrumentHash};
use rasoat_instrument::Definition;

use super::model::Model;
use super::range::{Encoder, Odds};
use super::read::Places;
use super::schema::{CellKind, Column, Layout, Table, tables_of};
use super::write::{Rows, encode, missing};
use super::{LONGEST_NAME, LONGEST_SHARED};
use crate::compress::{deflate, inflate};

const FORMAT: u64 = 1;
const ITEMS: usize = 5;
const LONGEST: usize = 1024 * 1024;
const MOST_TABLES: usize = 64;
const MOST_COLUMNS: usize = 4096;

/// The dictionaries of this program, the first with number 1.
const KNOWN: [&[u8]; 1] = [include_bytes!("../../dictionaries/1.dictionary")];

/// A dictionary.
#[derive(Debug)]
pub struct Dictionary {
    pub(super) number: u64,
    pub(super) layout: Layout,
    pub(super) odds: Vec<Odds>,
    texts: Vec<u8>,
    /// By table, once somebody has read with it.
    places: OnceLock<Vec<Option<Places>>>,
}

/// The bytes are no dictionary of this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a dictionary")]
pub struct DictionaryError;

impl Dictionary {
    /// The newest that this program knows.
    pub const NEWEST: u64 = KNOWN.len() as u64;

    /// The dictionary of a number; `None` for 0 and for what this program does not know.
    pub fn of(number: u64) -> Option<&'static Self> {
        static READ: OnceLock<Vec<Option<Dictionary>>> = OnceLock::new();
        let read = READ.get_or_init(|| KNOWN.iter().map(|bytes| Self::from_bytes(bytes).ok()).collect());
        read.get(usize::try_from(number.checked_sub(1)?).ok()?)?.as_ref()
    }

    /// The newest that both sides know, where the other side's newest is `theirs`.
    pub fn shared(theirs: u64) -> Option<&'static Self> {
        Self::of(theirs.min(Self::NEWEST))
    }

    /// Its number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Common texts, as a dictionary of zstd's.
    pub fn texts(&self) -> &[u8] {
        &self.texts
    }

    /// The places that the columns of a table of its own layout are.
    pub(super) fn places(&self, table: usize) -> Option<&Places> {
        let of_tables = || self.layout.tables.iter().map(|(table, _)| Places::of(table).ok()).collect();
        self.places.get_or_init(of_tables).get(table)?.as_ref()
    }

    /// Learns from samples of edits that travel together. `texts`: a dictionary of zstd's.
    pub fn train(number: u64, definition: &Definition, samples: &[Vec<Edit>], texts: Vec<u8>) -> Self {
        let known = tables_of(definition);
        let mut layout = Layout::of(known.clone());
        let all: Vec<Edit> = samples.iter().flatten().cloned().collect();
        for (at, mut table) in missing(&Rows::of(&all), &layout) {
            // A list's line offers what the form offers.
            for column in &mut table.columns {
                let same = known.iter().filter(|known| known.repeats == table.repeats);
                let same = same.flat_map(|known| &known.columns).find(|known| known.name == column.name);
                if let Some(same) = same.filter(|same| same.kind == column.kind) {
                    *column = Arc::clone(same);
                }
            }
            layout.extend(at, table);
        }
        let mut tables: Vec<Table> = layout.tables.into_iter().map(|(table, _)| table).collect();
        let rows = Rows::of(&all);
        for table in &mut tables {
            rows.note_common(table);
        }
        // Each table's columns together, as a reader of the file finds them.
        let layout = Layout::of(tables);
        let mut model = Model::new(&[], layout.size);
        for _ in 0..2 {
            for sample in samples {
                let mut instruments: Vec<InstrumentHash> =
                    sample.iter().filter_map(|edit| edit.instrument).collect();
                instruments.dedup();
                let mut coder = Encoder::in_training();
                encode(&mut coder, &mut model, sample, &instruments, &layout);
            }
        }
        let mut odds = model.into_odds();
        odds.truncate(layout.size);
        // As a reader of the file has them.
        let odds = odds.into_iter().map(|odds| Odds::of_byte(odds.to_byte())).collect();
        Self { number, layout, odds, texts, places: OnceLock::new() }
    }

    /// The file's bytes. Fails only without memory for the compressor.
    pub fn to_bytes(&self) -> Result<Vec<u8>, DictionaryError> {
        let mut out = Writer::new();
        out.array(ITEMS).uint(FORMAT).uint(self.number).array(self.layout.tables.len() * 3);
        for (table, _) in &self.layout.tables {
            out.uint(u64::from(table.kind)).array(table.repeats.len());
            for repeat in &table.repeats {
                out.text(repeat);
            }
            out.array(table.columns.len() * 3);
            for column in &table.columns {
                out.text(&column.name).uint(u64::from(column.kind.code())).array(column.names.len());
                for name in column.names.iter() {
                    out.text(name);
                }
            }
        }
        let odds: Vec<u8> = self.odds.iter().map(|odds| odds.to_byte()).collect();
        out.bytes(&odds).bytes(&self.texts);
        deflate(&out.into_bytes()).ok_or(DictionaryError)
    }

    /// Reads a file.
    pub fn from_bytes(file: &[u8]) -> Result<Self, DictionaryError> {
        let bytes = inflate(file, LONGEST).map_err(|_| DictionaryError)?;
        Self::read(&bytes).map_err(|_| DictionaryError)
    }

    fn read(bytes: &[u8]) -> Result<Self, CborError> {
        let mut input = Reader::new(bytes);
        input.array_of(ITEMS)?;
        if input.uint()? != FORMAT {
            return Err(CborError::Malformed);
        }
        let number = input.uint()?;
        let mut tables = Vec::new();
        for _ in 0..input.array(MOST_TABLES * 3)? / 3 {
            let kind = u8::try_from(input.uint()?).map_err(|_| CborError::Malformed)?;
            let repeats = (0..input.array(8)?)
                .map(|_| input.text(LONGEST_NAME).map(str::to_owned))
                .collect::<Result<_, _>>()?;
            let mut columns = Vec::new();
            for _ in 0..input.array(MOST_COLUMNS * 3)? / 3 {
                let name = input.text(LONGEST_NAME)?;
                let kind = u8::try_from(input.uint()?).ok().and_then(CellKind::of);
                let mut column = Column::new(name, kind.ok_or(CborError::Malformed)?);
                let names = (0..input.array(MOST_COLUMNS)?)
                    .map(|_| input.text(LONGEST_SHARED).map(str::to_owned))
                    .collect::<Result<_, _>>()?;
                column.names = Arc::new(names);
                columns.push(Arc::new(column));
            }
            tables.push(Table { kind, repeats, columns });
        }
        let layout = Layout::of(tables);
        let odds: Vec<Odds> = input.bytes(LONGEST)?.iter().map(|byte| Odds::of_byte(*byte)).collect();
        if odds.len() != layout.size {
            return Err(CborError::Malformed);
        }
        let texts = input.bytes(LONGEST)?.to_vec();
        input.end()?;
        Ok(Self { number, layout, odds, texts, places: OnceLock::new() })
    }
}
