//! All households in an order, as pieces of sorted numbers: any part of a list is read without looking at the households
//! themselves, and a household moves by two small pieces being written again.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;

/// Numbers in a piece, at most: a piece stays on one page of the database.
const MOST: usize = 800;
/// Numbers in each part of a piece that grew beyond.
const PART: usize = 400;

/// An order that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// By commune, village and the head's name.
    Place,
    /// By the head's name.
    Name,
    /// By code.
    Code,
    /// The one changed first first.
    Change,
}

impl Order {
    pub(crate) const ALL: [Self; 4] = [Self::Place, Self::Name, Self::Code, Self::Change];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Name => "name",
            Self::Code => "code",
            Self::Change => "change",
        }
    }

    fn key_sql(self) -> &'static str {
        match self {
            Self::Place => include_str!("by_place.sql"),
            Self::Name => include_str!("by_name.sql"),
            Self::Code => include_str!("by_code.sql"),
            Self::Change => include_str!("by_change.sql"),
        }
    }
}

/// A household that takes another place, or comes or goes. The number decides between equal keys.
pub(crate) struct Moved {
    number: u32,
    from: Option<Vec<u8>>,
    to: Option<Vec<u8>>,
}

impl Moved {
    pub(crate) fn new(number: i64, from: Option<&[u8]>, to: Option<&[u8]>) -> Result<Self, StoreError> {
        let number = self::number(number)?;
        let whole = |key: Option<&[u8]>| key.map(|key| whole_key(key, number));
        Ok(Self { number, from: whole(from), to: whole(to) })
    }
}

/// A household with its new key, to be put in.
struct Coming {
    key: Vec<u8>,
    number: u32,
}

/// Pieces hold numbers of 32 bits.
pub(crate) fn number(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::TooLarge)
}

/// The numbers of a piece.
pub(crate) fn read_piece(bytes: &[u8]) -> Vec<u32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|number| u32::from_le_bytes(*number)).collect()
}

fn write_piece(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn whole_key(key: &[u8], number: u32) -> Vec<u8> {
    [key, &number.to_be_bytes()].concat()
}

/// Moves households. Their new keys must be in the entries already.
pub(crate) fn apply(connection: &Connection, order: Order, moved: Vec<Moved>) -> Result<(), StoreError> {
    for moved in &moved {
        if let Some(from) = &moved.from {
            take_out(connection, order, from, moved.number)?;
        }
    }
    let coming = moved.into_iter().filter_map(|moved| Some(Coming { key: moved.to?, number: moved.number }));
    let mut coming: Vec<Coming> = coming.collect();
    coming.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let mut rest = coming.as_slice();
    while let Some(first) = rest.first() {
        let next_low: Option<Vec<u8>> = connection
            .prepare_cached(include_str!("next_low.sql"))?
            .query_row(params![order.as_str(), first.key], |row| row.get(0))
            .optional()?;
        let here = next_low.map_or(rest.len(), |low| rest.partition_point(|coming| coming.key < low));
        let (group, others) = rest.split_at(here);
        put_in(connection, order, group)?;
        rest = others;
    }
    Ok(())
}

fn piece_of(
    connection: &Connection,
    order: Order,
    key: &[u8],
) -> Result<Option<(i64, Vec<u32>)>, StoreError> {
    let mut statement = connection.prepare_cached(include_str!("piece_of.sql"))?;
    let found = statement.query_row(params![order.as_str(), key], |row| {
        Ok((row.get(0)?, read_piece(&row.get::<_, Vec<u8>>(1)?)))
    });
    Ok(found.optional()?)
}

fn take_out(connection: &Connection, order: Order, key: &[u8], number: u32) -> Result<(), StoreError> {
    let (piece, mut numbers) = piece_of(connection, order, key)?.ok_or(StoreError::Damaged)?;
    let at = numbers.iter().position(|here| *here == number).ok_or(StoreError::Damaged)?;
    numbers.remove(at);
    if numbers.is_empty() {
        connection.prepare_cached(include_str!("forget_piece.sql"))?.execute(params![piece])?;
        Ok(())
    } else {
        set_piece(connection, piece, &numbers)
    }
}

fn set_piece(connection: &Connection, piece: i64, numbers: &[u32]) -> Result<(), StoreError> {
    connection
        .prepare_cached(include_str!("set_piece.sql"))?
        .execute(params![piece, write_piece(numbers)])?;
    Ok(())
}

/// Puts households, in their order, into the piece that all of them belong to.
fn put_in(connection: &Connection, order: Order, group: &[Coming]) -> Result<(), StoreError> {
    let Some(first) = group.first() else { return Ok(()) };
    let mut keys = Keys { connection, order, known: HashMap::new() };
    let (piece, before) = piece_of(connection, order, &first.key)?.unzip();
    let before: Vec<u32> = before.unwrap_or_default();
    let mut numbers = Vec::with_capacity(before.len() + group.len());
    let mut rest = before.as_slice();
    for coming in group {
        let (ahead, behind) = rest.split_at(keys.first_above(rest, &coming.key)?);
        numbers.extend_from_slice(ahead);
        numbers.push(coming.number);
        keys.known.insert(coming.number, coming.key.clone());
        rest = behind;
    }
    numbers.extend_from_slice(rest);
    let part = if numbers.len() > MOST { PART } else { MOST };
    let mut parts = numbers.chunks(part);
    // The first part keeps the piece's lower end.
    match (piece, parts.next()) {
        (Some(piece), Some(part)) => set_piece(connection, piece, part)?,
        (None, Some(part)) => put_piece(connection, order, &[], part)?,
        (_, None) => {}
    }
    for part in parts {
        if let Some(first) = part.first() {
            put_piece(connection, order, &keys.of(*first)?, part)?;
        }
    }
    Ok(())
}

fn put_piece(connection: &Connection, order: Order, low: &[u8], numbers: &[u32]) -> Result<(), StoreError> {
    connection.prepare_cached(include_str!("put_piece.sql"))?.execute(params![
        order.as_str(),
        low,
        write_piece(numbers)
    ])?;
    Ok(())
}

/// Keys of households, read when they are asked for.
struct Keys<'c> {
    connection: &'c Connection,
    order: Order,
    known: HashMap<u32, Vec<u8>>,
}

impl Keys<'_> {
    fn of(&mut self, number: u32) -> Result<Vec<u8>, StoreError> {
        if let Some(key) = self.known.get(&number) {
            return Ok(key.clone());
        }
        let mut statement = self.connection.prepare_cached(self.order.key_sql())?;
        let key: Vec<u8> = statement.query_row(params![number], |row| row.get(0))?;
        let key = whole_key(&key, number);
        self.known.insert(number, key.clone());
        Ok(key)
    }

    /// The place of the first of sorted `numbers` whose key is above.
    fn first_above(&mut self, numbers: &[u32], key: &[u8]) -> Result<usize, StoreError> {
        let (mut low, mut high) = (0, numbers.len());
        while low < high {
            let middle = low.midpoint(high);
            match numbers.get(middle) {
                Some(number) if self.of(*number)?.as_slice() < key => low = middle + 1,
                Some(_) | None => high = middle,
            }
        }
        Ok(low)
    }
}
