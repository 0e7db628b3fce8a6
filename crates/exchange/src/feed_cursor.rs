//! What a server's [`Cursor`] says: for each commune, up to which number of its feed a laptop has the edits.
//!
//! The server makes cursors. A laptop keeps them as they are, but for one thing: whoever took in a commune's snapshot is as
//! far as the snapshot was ([`FeedCursor::after_snapshot`]).

use std::collections::BTreeMap;

use rasoat_casework::CommuneCode;

use crate::keys::ServerId;
use crate::sync_message::Cursor;

/// The longest cursor, in bytes.
pub const MAX_CURSOR_BYTES: usize = 64;

/// The positions themselves.
const POSITIONS: u8 = 1;
/// The hash of positions that the server keeps, because they are too many for a cursor.
const KEPT: u8 = 2;
const TAG_BYTES: usize = 4;
const HASH_BYTES: usize = 16;

/// How far a laptop has one commune's feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// The edits up to this number were given.
    pub number: u64,
    /// Up to this number the laptop gets everything, what it signed itself included: it asked from the beginning.
    pub whole: u64,
}

/// How far a laptop has the feeds of a server's communes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Positions(pub BTreeMap<CommuneCode, Reached>);

/// A cursor that was made by the server it is shown to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedCursor {
    /// The positions.
    Positions(Positions),
    /// The server keeps them under this hash.
    Kept([u8; HASH_BYTES]),
}

impl Positions {
    /// Bytes that [`Self::from_bytes`] reads, the same for the same positions.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut before = 0;
        for (commune, reached) in &self.0 {
            let code = code_number(commune);
            write_number(&mut out, code - before);
            write_number(&mut out, reached.number);
            write_number(&mut out, reached.whole.saturating_sub(reached.number));
            before = code;
        }
        out
    }

    /// `None` for what [`Self::to_bytes`] would not write.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut positions = Self::default();
        let mut code = 0_u64;
        while !bytes.is_empty() {
            code = code.checked_add(read_number(&mut bytes)?)?;
            let number = read_number(&mut bytes)?;
            let ahead = read_number(&mut bytes)?;
            let whole = if ahead == 0 { 0 } else { number.checked_add(ahead)? };
            let commune = format!("{code:05}").parse().ok()?;
            if positions.0.insert(commune, Reached { number, whole }).is_some() {
                return None;
            }
        }
        Some(positions)
    }

    /// Under which hash a server keeps them.
    pub fn hash(&self) -> [u8; HASH_BYTES] {
        let mut short = [0; HASH_BYTES];
        short.copy_from_slice(&blake3::hash(&self.to_bytes()).as_bytes()[..HASH_BYTES]);
        short
    }

    /// The cursor that holds them; `None` when they are too many, and the server has to keep them.
    pub fn cursor(&self, server: ServerId) -> Option<Cursor> {
        let mut bytes = begin(POSITIONS, server);
        bytes.extend(self.to_bytes());
        (bytes.len() <= MAX_CURSOR_BYTES).then_some(Cursor(bytes))
    }

    /// The cursor that names them, for a server that keeps them.
    pub fn kept_cursor(&self, server: ServerId) -> Cursor {
        let mut bytes = begin(KEPT, server);
        bytes.extend(self.hash());
        Cursor(bytes)
    }
}

impl FeedCursor {
    /// Reads a cursor; `None` for an empty one, one of another server, or anything else.
    pub fn read(cursor: &Cursor, server: ServerId) -> Option<Self> {
        let (kind, rest) = cursor.0.split_first()?;
        let (tag, rest) = rest.split_at_checked(TAG_BYTES)?;
        if tag != &server.0.as_bytes()[..TAG_BYTES] {
            return None;
        }
        match *kind {
            POSITIONS => Positions::from_bytes(rest).map(Self::Positions),
            KEPT => rest.try_into().ok().map(Self::Kept),
            _ => None,
        }
    }

    /// Whether a cursor that was answered lies before the one that was asked from: the server has lost what it had.
    pub fn went_back(asked: &Cursor, answered: &Cursor, server: ServerId) -> bool {
        match (Self::read(asked, server), Self::read(answered, server)) {
            (Some(Self::Positions(asked)), Some(Self::Positions(answered))) => {
                let lower = |(commune, reached): (&CommuneCode, &Reached)| {
                    answered.0.get(commune).is_some_and(|now| now.number < reached.number)
                };
                asked.0.iter().any(lower)
            }
            _ => false,
        }
    }

    /// The cursor of a laptop that has taken in a commune's snapshot up to `number`. Unchanged where the laptop is further
    /// already, or where that cannot be said in a cursor: the server then gives again what is known.
    pub fn after_snapshot(cursor: &Cursor, server: ServerId, commune: &CommuneCode, number: u64) -> Cursor {
        let mut positions = match Self::read(cursor, server) {
            Some(Self::Positions(positions)) => positions,
            Some(Self::Kept(_)) => return cursor.clone(),
            None => Positions::default(),
        };
        let reached = positions.0.entry(commune.clone()).or_default();
        if reached.number >= number {
            return cursor.clone();
        }
        reached.number = number;
        if reached.whole <= number {
            reached.whole = 0;
        }
        positions.cursor(server).unwrap_or_else(|| cursor.clone())
    }
}

fn begin(kind: u8, server: ServerId) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend_from_slice(&server.0.as_bytes()[..TAG_BYTES]);
    bytes
}

/// A commune's code is five digits.
fn code_number(commune: &CommuneCode) -> u64 {
    commune.as_str().bytes().fold(0, |number, digit| number * 10 + u64::from(digit.wrapping_sub(b'0')))
}

/// Seven bits in a byte, the lowest first; the highest bit says that more follow.
fn write_number(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = number.to_le_bytes()[0] & 0x7f;
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..u64::BITS).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        let low = u64::from(first & 0x7f);
        number |= low.checked_shl(shift).filter(|shifted| shifted >> shift == low)?;
        if first & 0x80 == 0 {
            return (*first != 0 || shift == 0).then_some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const SERVER: ServerId = ServerId(Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10));

    fn positions(communes: impl IntoIterator<Item = (u64, u64, u64)>) -> Positions {
        let of = |(code, number, whole)| (format!("{code:05}").parse().unwrap(), Reached { number, whole });
        Positions(communes.into_iter().map(of).collect())
    }

    #[test]
    fn positions_come_back_as_they_were_and_their_bytes_in_one_form_only() {
        for told in [
            positions([]),
            positions([(1, 0, 0)]),
            positions([(5977, 3, 90_000), (5983, u64::MAX - 1, u64::MAX), (99_999, 127, 128)]),
        ] {
            assert_eq!(Positions::from_bytes(&told.to_bytes()), Some(told));
        }
        for garbage in [&[0x80][..], &[1], &[1, 2], &[0x80, 0, 1, 1], &[0xff; 11], &[1, 1, 0, 0, 2, 0]] {
            assert_eq!(Positions::from_bytes(garbage), None, "{garbage:?}");
        }
    }

    #[test]
    fn a_cursor_is_of_its_server_and_holds_the_communes_of_a_laptop() {
        let told = positions((0..9).map(|at| (5977 + at * 6, 9_000, 0)));
        let cursor = told.cursor(SERVER).unwrap();
        assert!(cursor.0.len() <= MAX_CURSOR_BYTES);
        assert_eq!(FeedCursor::read(&cursor, SERVER), Some(FeedCursor::Positions(told)));
        assert_eq!(FeedCursor::read(&cursor, ServerId(Uuid::from_u128(9))), None);
        assert_eq!(FeedCursor::read(&Cursor(vec![7; 64]), SERVER), None);
        let many = positions((0..40).map(|at| (5977 + at * 6, 9_000, 0)));
        assert_eq!(many.cursor(SERVER), None);
        let kept = many.kept_cursor(SERVER);
        assert_eq!(FeedCursor::read(&kept, SERVER), Some(FeedCursor::Kept(many.hash())));
    }

    #[test]
    fn a_snapshot_moves_its_commune_forward_and_never_back() {
        let commune: CommuneCode = "05977".parse().unwrap();
        let first = FeedCursor::after_snapshot(&Cursor::default(), SERVER, &commune, 40);
        assert_eq!(first, positions([(5977, 40, 0)]).cursor(SERVER).unwrap());
        assert_eq!(FeedCursor::after_snapshot(&first, SERVER, &commune, 30), first);
        let within = positions([(5977, 10, 90), (5983, 5, 0)]).cursor(SERVER).unwrap();
        let after = FeedCursor::after_snapshot(&within, SERVER, &commune, 40);
        assert_eq!(after, positions([(5977, 40, 90), (5983, 5, 0)]).cursor(SERVER).unwrap());
    }
}
