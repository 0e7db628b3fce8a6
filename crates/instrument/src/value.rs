//! Answers as typed values with one canonical text each.

use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::file_name::FileName;
use crate::geopoint::GeoPoint;
use crate::moment::{Moment, parse_time, written_time};

/// A finite number; −0 is stored as 0 so that equal numbers are equal bytes.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Number(f64);

impl Number {
    /// `None` for NaN and infinities.
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(if value == 0.0 { 0.0 } else { value }))
    }

    /// The number itself.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Eq for Number {}

impl TryFrom<f64> for Number {
    type Error = ValueError;

    fn try_from(value: f64) -> Result<Self, ValueError> {
        Self::new(value).ok_or(ValueError { expected: ValueKind::Decimal })
    }
}

impl From<Number> for f64 {
    fn from(number: Number) -> Self {
        number.0
    }
}

/// One answer. "No answer" is the absence of a value, never an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Free text in Unicode NFC, never empty.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Decimal(Number),
    /// A calendar day.
    Date(Date),
    /// A time of day on the clock of the place.
    Time(Time),
    /// A moment as the clock of the place showed it, with its distance from UTC.
    DateTime(Moment),
    /// A place on the earth.
    Point(GeoPoint),
    /// The name of a file (photo, drawing, document) that is kept beside the answers.
    File(FileName),
    /// The name of one choice.
    Choice(String),
    /// Names of the chosen choices, in the order they were chosen, without repeats, never empty.
    Choices(Vec<String>),
}

/// What kind of value a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// Free text.
    Text,
    /// A whole number.
    Integer,
    /// A number with decimals.
    Decimal,
    /// A calendar day.
    Date,
    /// A time of day.
    Time,
    /// A day and time.
    DateTime,
    /// A place on the earth.
    Point,
    /// A file.
    File,
    /// One of a list.
    Choice,
    /// Several of a list.
    Choices,
}

/// The text is not a value of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the text is not a value of kind {expected:?}")]
pub struct ValueError {
    /// The kind that was asked for.
    pub expected: ValueKind,
}

impl Value {
    /// Reads the canonical text of a value (the one [`fmt::Display`] writes): `2026-11-23`, `14:30:00.000`,
    /// `2026-11-23T14:30:00.000+07:00`, `21.85 106.76 250 5`, `38.5`, `yes`, `a b c`.
    /// Texts are trimmed and brought to NFC; an empty text is no value (`Ok(None)`).
    pub fn parse(kind: ValueKind, text: &str) -> Result<Option<Self>, ValueError> {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Ok(None);
        }
        let refused = ValueError { expected: kind };
        Ok(Some(match kind {
            ValueKind::Text => Self::Text(text),
            ValueKind::Integer => Self::Integer(text.parse().map_err(|_| refused)?),
            ValueKind::Decimal => Self::Decimal(text.parse().ok().and_then(Number::new).ok_or(refused)?),
            ValueKind::Date => Self::Date(text.parse().map_err(|_| refused)?),
            ValueKind::Time => Self::Time(parse_time(&text).ok_or(refused)?),
            ValueKind::DateTime => Self::DateTime(text.parse().map_err(|_| refused)?),
            ValueKind::Point => Self::Point(text.parse().map_err(|_| refused)?),
            ValueKind::File => Self::File(text.parse().map_err(|_| refused)?),
            ValueKind::Choice if text.contains(char::is_whitespace) => return Err(refused),
            ValueKind::Choice => Self::Choice(text),
            ValueKind::Choices => {
                let mut names: Vec<String> = Vec::new();
                for name in text.split_whitespace() {
                    if !names.iter().any(|known| known == name) {
                        names.push(name.to_owned());
                    }
                }
                Self::Choices(names)
            }
        }))
    }

    /// A word that stands for something: a choice, or a text that holds one.
    pub fn as_name(&self) -> Option<&str> {
        match self {
            Self::Choice(name) | Self::Text(name) => Some(name),
            Self::Integer(_)
            | Self::Decimal(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::DateTime(_)
            | Self::Point(_)
            | Self::File(_)
            | Self::Choices(_) => None,
        }
    }

    /// A whole number.
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    /// The kind of this value.
    pub fn kind(&self) -> ValueKind {
        match self {
            Self::Text(_) => ValueKind::Text,
            Self::Integer(_) => ValueKind::Integer,
            Self::Decimal(_) => ValueKind::Decimal,
            Self::Date(_) => ValueKind::Date,
            Self::Time(_) => ValueKind::Time,
            Self::DateTime(_) => ValueKind::DateTime,
            Self::Point(_) => ValueKind::Point,
            Self::File(_) => ValueKind::File,
            Self::Choice(_) => ValueKind::Choice,
            Self::Choices(_) => ValueKind::Choices,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Choice(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Decimal(number) => write!(f, "{}", number.get()),
            Self::Date(date) => write!(f, "{date}"),
            Self::Time(time) => f.write_str(&written_time(*time)),
            Self::DateTime(moment) => write!(f, "{moment}"),
            Self::Point(point) => write!(f, "{point}"),
            Self::File(name) => f.write_str(name.as_str()),
            Self::Choices(names) => f.write_str(&names.join(" ")),
        }
    }
}
