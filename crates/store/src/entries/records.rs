//! What filters and some orders ask for of each household, as records of eight bytes: all of them are looked through in a
//! millisecond, and an answer writes one page.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::households::{Custody, HouseholdState};

const BYTES: usize = 8;
/// Records in a piece: it stays on one page of the database.
const IN_PIECE: u32 = 480;

/// What is kept of one household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) state: HouseholdState,
    pub(crate) custody: Custody,
    /// Findings block the sign-off.
    pub(crate) blocked: bool,
    /// There are warnings without a reason.
    pub(crate) warned: bool,
    pub(crate) in_conflict: bool,
    /// Another household stands for it, or the list that brought it was undone: lists leave it out.
    pub(crate) hidden: bool,
    /// The share of questions answered, in hundredths.
    pub(crate) share: u8,
    /// Code of the class in this round; 0: none.
    pub(crate) class: u8,
    /// Code of the class in the list before; 0: none.
    pub(crate) previous: u8,
    /// Code of the village; never 0.
    pub(crate) village: u32,
}

const STATES: [HouseholdState; 4] =
    [HouseholdState::Listed, HouseholdState::Started, HouseholdState::Signed, HouseholdState::Listed];
const CUSTODIES: [Custody; 4] = [Custody::Nothing, Custody::OnlyHere, Custody::Confirmed, Custody::Refused];

impl Record {
    fn to_bytes(self) -> [u8; BYTES] {
        let state = match self.state {
            HouseholdState::Listed => 0,
            HouseholdState::Started => 1,
            HouseholdState::Signed => 2,
        };
        let custody = match self.custody {
            Custody::Nothing => 0,
            Custody::OnlyHere => 1,
            Custody::Confirmed => 2,
            Custody::Refused => 3,
        };
        let flags = [self.blocked, self.warned, self.in_conflict, self.hidden];
        let flags = flags.into_iter().zip(4..).map(|(flag, bit)| u8::from(flag) << bit).sum::<u8>();
        let [a, b, c, d] = self.village.to_le_bytes();
        [state | custody << 2 | flags, self.share, self.class, self.previous, a, b, c, d]
    }

    /// `None`: no household has this number.
    fn from_bytes([first, share, class, previous, a, b, c, d]: [u8; BYTES]) -> Option<Self> {
        let village = u32::from_le_bytes([a, b, c, d]);
        (village != 0).then(|| Self {
            state: STATES[usize::from(first & 3)],
            custody: CUSTODIES[usize::from(first >> 2 & 3)],
            blocked: first & 1 << 4 != 0,
            warned: first & 1 << 5 != 0,
            in_conflict: first & 1 << 6 != 0,
            hidden: first & 1 << 7 != 0,
            share,
            class,
            previous,
            village,
        })
    }
}

/// Every household's record with its number, of one piece.
pub(crate) fn records_of(piece: u32, bytes: &[u8]) -> impl Iterator<Item = (u32, Record)> {
    let (records, _) = bytes.as_chunks::<BYTES>();
    let numbers = piece.saturating_mul(IN_PIECE)..;
    numbers.zip(records).filter_map(|(number, bytes)| Some((number, Record::from_bytes(*bytes)?)))
}

/// Records being written: pieces are read when first needed, and written together.
pub(super) struct Records<'c> {
    connection: &'c Connection,
    pieces: BTreeMap<u32, Vec<u8>>,
    values: HashMap<(&'static str, String), u32>,
}

impl<'c> Records<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, pieces: BTreeMap::new(), values: HashMap::new() }
    }

    /// Keeps a household's record. Nothing is written where it is the same.
    pub(super) fn set(&mut self, number: u32, record: Record) -> Result<(), StoreError> {
        let (piece, at) = (number / IN_PIECE, (number % IN_PIECE) as usize * BYTES);
        let bytes = record.to_bytes();
        if let Some(kept) = self.pieces.get_mut(&piece) {
            put_at(kept, at, bytes);
            return Ok(());
        }
        let kept: Option<Vec<u8>> = self
            .connection
            .prepare_cached(include_str!("records.sql"))?
            .query_row(params![piece], |row| row.get(0))
            .optional()?;
        let mut kept = kept.unwrap_or_default();
        if kept.get(at..at + BYTES) != Some(bytes.as_slice()) {
            put_at(&mut kept, at, bytes);
            self.pieces.insert(piece, kept);
        }
        Ok(())
    }

    /// The code of a class; 0 for none.
    pub(super) fn class(&mut self, class: Option<String>) -> Result<u8, StoreError> {
        let code =
            class.filter(|class| !class.is_empty()).map_or(Ok(0), |class| self.code("class", class))?;
        u8::try_from(code).map_err(|_| StoreError::TooLarge)
    }

    /// The code of a village.
    pub(super) fn village(&mut self, commune: &str, village: &str) -> Result<u32, StoreError> {
        self.code("village", village_text(commune, village))
    }

    pub(super) fn write(self) -> Result<(), StoreError> {
        let mut put = self.connection.prepare_cached(include_str!("put_records.sql"))?;
        for (piece, bytes) in self.pieces {
            put.execute(params![piece, bytes])?;
        }
        Ok(())
    }

    fn code(&mut self, kind: &'static str, text: String) -> Result<u32, StoreError> {
        let key = (kind, text);
        if let Some(code) = self.values.get(&key) {
            return Ok(*code);
        }
        let known: Option<u32> = self
            .connection
            .prepare_cached(include_str!("value.sql"))?
            .query_row(params![key.0, key.1], |row| row.get(0))
            .optional()?;
        let code = match known {
            Some(code) => code,
            None => {
                let mut put = self.connection.prepare_cached(include_str!("put_value.sql"))?;
                put.query_row(params![key.0, key.1], |row| row.get(0))?
            }
        };
        self.values.insert(key, code);
        Ok(code)
    }
}

/// How a village stands among the values.
pub(crate) fn village_text(commune: &str, village: &str) -> String {
    format!("{commune}/{village}")
}

fn put_at(kept: &mut Vec<u8>, at: usize, bytes: [u8; BYTES]) {
    if kept.len() < at + BYTES {
        kept.resize(at + BYTES, 0);
    }
    if let Some(place) = kept.get_mut(at..at + BYTES) {
        place.copy_from_slice(&bytes);
    }
}
