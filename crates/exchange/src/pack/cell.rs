//! One place of one edit: what a column holds in one row, mostly a bit or two.

use jiff::Timestamp;
use jiff::civil::Date;
use rasoat_casework::Change;
use rasoat_casework::cbor::CborError;
use rasoat_instrument::{Number, Value, ValueKind};
use uuid::Uuid;

use super::bytes::{In, fold_sign, unfold_sign};
use super::model::{After, DIGITS, Model, Region, below, below_any};
use super::range::Coder;
use super::schema::{CellKind, Column};

/// The edit does not speak of the place.
const ABSENT: u64 = 0;
/// The edit removes what is there.
const REMOVED: u64 = 1;
/// A value that the column is not made for, or has no name for.
const OTHER: u64 = 2;
/// The first of what the column is made for.
const FIRST: u64 = 3;

/// What texts may be.
const UUID: u64 = FIRST;
const RECENT_UUID: u64 = FIRST + 1;
const DAY: u64 = FIRST + 2;
const NUMERAL: u64 = FIRST + 3;
const MOMENT: u64 = FIRST + 4;
const PLAIN: u64 = FIRST + 5;
/// The edit's author.
const AUTHOR: u64 = FIRST + 6;
/// The edit's moment.
const NOW: u64 = FIRST + 7;
/// The first of the texts that a dictionary has for the column.
const COMMON_TEXT: u64 = FIRST + 8;

/// Numbers of more bits travel as other values.
const MOST_BITS: u64 = 44;
/// The first of the numbers that a dictionary has for the column.
const COMMON_NUMBER: u64 = FIRST + MOST_BITS + 1;
/// As many values as a column may have in common, so that they fit its symbols.
pub(super) const MOST_COMMON: usize = 16;
/// No written value is longer, in bytes.
const LONGEST_WRITTEN: usize = 160;
const MOST_CHOSEN: u64 = 1024;

/// What cells of a row may refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// The edit's time, in milliseconds since 1970.
    pub(super) millis: i64,
    /// The edit's author.
    pub(super) author: &'a str,
    /// The new ids of subjects up to this edit, the latest last.
    pub(super) ids: &'a [Uuid],
}

/// Writes cells.
pub(super) struct Writing<'a, C> {
    pub(super) coder: &'a mut C,
    pub(super) model: &'a mut Model,
    /// Texts, end to end.
    pub(super) texts: &'a mut Vec<u8>,
}

/// Reads cells.
pub(super) struct Reading<'a, 'b, C> {
    pub(super) coder: &'a mut C,
    pub(super) model: &'a mut Model,
    pub(super) texts: &'a mut In<'b>,
}

type At<'c> = (&'c Column, Region);

impl<C: Coder> Writing<'_, C> {
    pub(super) fn cell(&mut self, at: At<'_>, change: Option<&Change>, after: After, row: Row<'_>) {
        let value = match change {
            None => return self.symbol(at, after, ABSENT),
            Some(Change::Removed) => return self.symbol(at, after, REMOVED),
            Some(Change::Set(value)) => value,
        };
        let written = match (at.0.kind, value) {
            (CellKind::Text, Value::Text(text)) => {
                self.text(at, after, text, row);
                true
            }
            (CellKind::Integer, Value::Integer(number)) => self.number(at, after, *number),
            (CellKind::Decimal, Value::Decimal(number)) => {
                hundredths(number.get()).is_some_and(|number| self.number(at, after, number))
            }
            (CellKind::Date, Value::Date(date)) => match parts_of(*date) {
                Some(parts) => {
                    self.symbol(at, after, FIRST);
                    self.model.day(self.coder, at, parts);
                    true
                }
                None => false,
            },
            (CellKind::Choice, Value::Choice(name)) => match at.0.place_of(name) {
                Some(place) => {
                    self.symbol(at, after, FIRST + place as u64);
                    true
                }
                None => false,
            },
            (CellKind::Choices, Value::Choices(names)) => self.chosen(at, after, names),
            (
                CellKind::Text
                | CellKind::Integer
                | CellKind::Decimal
                | CellKind::Date
                | CellKind::Choice
                | CellKind::Choices
                | CellKind::Any,
                _,
            ) => false,
        };
        if !written {
            self.symbol(at, after, OTHER);
            self.other(value);
        }
    }

    fn symbol(&mut self, at: At<'_>, after: After, symbol: u64) {
        self.model.symbol(self.coder, at, after, symbol);
    }

    fn number(&mut self, at: At<'_>, after: After, number: i64) -> bool {
        if let Some(place) = at.0.place_of_number(number) {
            self.symbol(at, after, COMMON_NUMBER + place as u64);
            return true;
        }
        let zeros = zeros_of(number);
        let size = (number / ZEROS[zeros]).unsigned_abs();
        let bits = u64::from(u64::BITS - size.leading_zeros());
        if bits > MOST_BITS {
            return false;
        }
        self.symbol(at, after, FIRST + bits);
        let sign = u64::from(number < 0);
        self.model.number_kind(self.coder, at, sign << 2 | zeros as u64);
        below(self.coder, bits as u32, size);
        true
    }

    /// Names in the order of the list, each once; others are written out.
    fn chosen(&mut self, at: At<'_>, after: After, names: &[String]) -> bool {
        let places: Option<Vec<usize>> = names.iter().map(|name| at.0.place_of(name)).collect();
        let Some(places) = places.filter(|places| !places.is_empty() && places.is_sorted_by(|a, b| a < b))
        else {
            return false;
        };
        self.symbol(at, after, FIRST);
        for place in 0..at.0.names.len() {
            self.model.is_chosen(self.coder, at, place, places.contains(&place));
        }
        true
    }

    fn text(&mut self, at: At<'_>, after: After, text: &str, row: Row<'_>) {
        let now = || as_moment(text, row.millis);
        if text == row.author {
            self.symbol(at, after, AUTHOR);
        } else if let Some(place) = at.0.place_of(text) {
            self.symbol(at, after, COMMON_TEXT + place as u64);
        } else if now() == Some(0) {
            self.symbol(at, after, NOW);
        } else if let Some(uuid) = as_uuid(text) {
            // The distance from the latest: a household's interview mostly follows the household.
            if let Some(back) = row.ids.iter().rev().position(|id| *id == uuid) {
                self.symbol(at, after, RECENT_UUID);
                below_any(self.coder, back as u64);
            } else {
                self.symbol(at, after, UUID);
                whole_uuid(self.coder, uuid);
            }
        } else if let Some(parts) = as_day(text) {
            self.symbol(at, after, DAY);
            self.model.day(self.coder, at, parts);
        } else if is_numeral(text) {
            self.symbol(at, after, NUMERAL);
            self.model.digits_count(self.coder, at, text.len() as u64);
            for (place, digit) in text.bytes().enumerate() {
                self.model.digit(self.coder, at, place, u64::from(digit - b'0'));
            }
        } else if let Some(ahead) = now() {
            self.symbol(at, after, MOMENT);
            below_any(self.coder, fold_sign(ahead));
        } else {
            self.symbol(at, after, PLAIN);
            self.model.length(self.coder, at, text.len() as u64);
            self.texts.extend_from_slice(text.as_bytes());
        }
    }

    fn other(&mut self, value: &Value) {
        self.coder.even(other_code(value), 4);
        match value {
            Value::Integer(number) => {
                below_any(self.coder, fold_sign(*number));
            }
            Value::Decimal(number) => {
                self.coder.even(number.get().to_bits(), 64);
            }
            Value::Choices(names) => {
                below_any(self.coder, names.len() as u64);
                names.iter().for_each(|name| self.spelt(name));
            }
            Value::Text(text) | Value::Choice(text) => self.spelt(text),
            Value::Date(_) | Value::Time(_) | Value::DateTime(_) | Value::Point(_) | Value::File(_) => {
                self.spelt(&value.to_string());
            }
        }
    }

    fn spelt(&mut self, text: &str) {
        below_any(self.coder, text.len() as u64);
        self.texts.extend_from_slice(text.as_bytes());
    }
}

impl<C: Coder> Reading<'_, '_, C> {
    pub(super) fn cell(
        &mut self,
        at: At<'_>,
        after: After,
        row: Row<'_>,
    ) -> Result<Option<Change>, CborError> {
        let symbol = self.model.symbol(self.coder, at, after, 0);
        let value = match symbol {
            ABSENT => return Ok(None),
            REMOVED => return Ok(Some(Change::Removed)),
            OTHER => self.other()?,
            first => match at.0.kind {
                CellKind::Text => Value::Text(self.text(at, first, row)?),
                CellKind::Integer => Value::Integer(self.number(at, first - FIRST)?),
                CellKind::Decimal => {
                    let number = self.number(at, first - FIRST)? as f64 / 100.0;
                    Value::Decimal(Number::new(number).ok_or(CborError::Malformed)?)
                }
                CellKind::Date => Value::Date(self.day(at)?),
                CellKind::Choice => {
                    let place = usize::try_from(first - FIRST).map_err(|_| CborError::Malformed)?;
                    Value::Choice(at.0.names.get(place).cloned().ok_or(CborError::Malformed)?)
                }
                CellKind::Choices => Value::Choices(self.chosen(at)?),
                CellKind::Any => return Err(CborError::Malformed),
            },
        };
        Ok(Some(Change::Set(value)))
    }

    fn number(&mut self, at: At<'_>, bits: u64) -> Result<i64, CborError> {
        if let Some(place) = (FIRST + bits).checked_sub(COMMON_NUMBER) {
            let common = at.0.names.get(place as usize).ok_or(CborError::Malformed)?;
            return common.parse().map_err(|_| CborError::Malformed);
        }
        let kind = self.model.number_kind(self.coder, at, 0);
        let size = below(self.coder, bits as u32, 0).cast_signed();
        let size = if kind & 4 == 0 { size } else { -size };
        size.checked_mul(ZEROS[(kind & 3) as usize]).ok_or(CborError::Malformed)
    }

    fn day(&mut self, at: At<'_>) -> Result<Date, CborError> {
        let (year, month, day) = self.model.day(self.coder, at, (0, 0, 0));
        Date::new(FIRST_YEAR + year as i16, month as i8, day as i8).map_err(|_| CborError::Malformed)
    }

    fn chosen(&mut self, at: At<'_>) -> Result<Vec<String>, CborError> {
        let mut names = Vec::new();
        for (place, name) in at.0.names.iter().enumerate() {
            if self.model.is_chosen(self.coder, at, place, false) {
                names.push(name.clone());
            }
        }
        if names.is_empty() { Err(CborError::Malformed) } else { Ok(names) }
    }

    fn text(&mut self, at: At<'_>, kind: u64, row: Row<'_>) -> Result<String, CborError> {
        Ok(match kind {
            UUID => whole_uuid(self.coder, Uuid::nil()).to_string(),
            RECENT_UUID => {
                let back = self.size()?;
                row.ids.iter().rev().nth(back).ok_or(CborError::Malformed)?.to_string()
            }
            DAY => self.day(at)?.to_string(),
            NUMERAL => {
                let count = self.model.digits_count(self.coder, at, 0) as usize;
                if count > DIGITS {
                    return Err(CborError::Malformed);
                }
                let mut digits = String::new();
                for place in 0..count {
                    let digit = self.model.digit(self.coder, at, place, 0);
                    digits.push(char::from_digit(digit as u32, 10).ok_or(CborError::Malformed)?);
                }
                digits
            }
            MOMENT => {
                let ahead = unfold_sign(below_any(self.coder, 0));
                let millis = row.millis.checked_add(ahead).ok_or(CborError::Malformed)?;
                Timestamp::from_millisecond(millis).map_err(|_| CborError::Malformed)?.to_string()
            }
            PLAIN => {
                let length = self.model.length(self.coder, at, 0);
                let length = usize::try_from(length).map_err(|_| CborError::TooLarge)?;
                self.texts.plain(length)?.to_owned()
            }
            AUTHOR => row.author.to_owned(),
            NOW => Timestamp::from_millisecond(row.millis).map_err(|_| CborError::Malformed)?.to_string(),
            common => {
                let place = usize::try_from(common - COMMON_TEXT).map_err(|_| CborError::Malformed)?;
                at.0.names.get(place).cloned().ok_or(CborError::Malformed)?
            }
        })
    }

    fn other(&mut self) -> Result<Value, CborError> {
        let kind = match self.coder.even(0, 4) {
            0 => return self.spelt().map(Value::Text),
            1 => return Ok(Value::Integer(unfold_sign(below_any(self.coder, 0)))),
            2 => {
                let number = f64::from_bits(self.coder.even(0, 64));
                return Number::new(number).map(Value::Decimal).ok_or(CborError::Malformed);
            }
            3 => return self.spelt().map(Value::Choice),
            4 => {
                let count = below_any(self.coder, 0);
                if count > MOST_CHOSEN {
                    return Err(CborError::TooLarge);
                }
                return (0..count).map(|_| self.spelt()).collect::<Result<_, _>>().map(Value::Choices);
            }
            5 => ValueKind::Date,
            6 => ValueKind::Time,
            7 => ValueKind::DateTime,
            8 => ValueKind::Point,
            9 => ValueKind::File,
            _ => return Err(CborError::Malformed),
        };
        let text = self.spelt()?;
        if text.len() > LONGEST_WRITTEN {
            return Err(CborError::TooLarge);
        }
        Value::parse(kind, &text).ok().flatten().ok_or(CborError::Malformed)
    }

    fn spelt(&mut self) -> Result<String, CborError> {
        let length = self.size()?;
        self.texts.plain(length).map(str::to_owned)
    }

    fn size(&mut self) -> Result<usize, CborError> {
        usize::try_from(below_any(self.coder, 0)).map_err(|_| CborError::TooLarge)
    }
}

fn other_code(value: &Value) -> u64 {
    match value {
        Value::Text(_) => 0,
        Value::Integer(_) => 1,
        Value::Decimal(_) => 2,
        Value::Choice(_) => 3,
        Value::Choices(_) => 4,
        Value::Date(_) => 5,
        Value::Time(_) => 6,
        Value::DateTime(_) => 7,
        Value::Point(_) => 8,
        Value::File(_) => 9,
    }
}

/// Writes and returns an id, or reads one.
pub(super) fn whole_uuid(coder: &mut impl Coder, uuid: Uuid) -> Uuid {
    let (high, low) = uuid.as_u64_pair();
    let high = coder.even(high, 64);
    Uuid::from_u64_pair(high, coder.even(low, 64))
}

/// Amounts of money end in zeros: which of these a number is a multiple of.
const ZEROS: [i64; 4] = [1, 1_000, 100_000, 1_000_000];

fn zeros_of(number: i64) -> usize {
    let fits = |zeros: &i64| number != 0 && number % zeros == 0;
    ZEROS.iter().rposition(fits).unwrap_or(0)
}

/// Measures have two decimals at most: the number in hundredths, where that is exact.
fn hundredths(number: f64) -> Option<i64> {
    const MOST: f64 = 1e12;
    let whole = (number * 100.0).round();
    (whole.abs() < MOST && whole / 100.0 == number).then_some(whole as i64)
}

fn as_uuid(text: &str) -> Option<Uuid> {
    let uuid: Uuid = (text.len() == 36).then(|| text.parse().ok())??;
    (uuid.to_string() == text).then_some(uuid)
}

const FIRST_YEAR: i16 = 1900;

fn parts_of(date: Date) -> Option<(u64, u64, u64)> {
    let year = u64::try_from(date.year().checked_sub(FIRST_YEAR)?).ok().filter(|year| *year < 256)?;
    Some((year, date.month().unsigned_abs().into(), date.day().unsigned_abs().into()))
}

fn as_day(text: &str) -> Option<(u64, u64, u64)> {
    let date: Date = (text.len() == 10).then(|| text.parse().ok())??;
    (date.to_string() == text).then(|| parts_of(date))?
}

fn is_numeral(text: &str) -> bool {
    (1..=DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn as_moment(text: &str, millis: i64) -> Option<i64> {
    let ends = text.ends_with('Z') && (20..=30).contains(&text.len());
    let moment: Timestamp = ends.then(|| text.parse().ok())??;
    let whole = Timestamp::from_millisecond(moment.as_millisecond()).ok()?;
    (whole.to_string() == text).then(|| moment.as_millisecond().checked_sub(millis))?
}
