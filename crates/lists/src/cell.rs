//! One cell, and the values that are read from it.

use jiff::civil::Date;
use rasoat_casework::{CitizenId, nfc_name};
use unicode_normalization::UnicodeNormalization;

use crate::problem::ProblemCode;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing, or blanks only.
    Empty,
    /// Text in NFC, single-spaced, never empty.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Date(Date),
    /// A formula's error, or something that has no meaning here.
    Error,
}

/// A value with what had to be said about it. `None` where nothing could be read.
pub(crate) type Read<T> = (Option<T>, Option<(ProblemCode, Option<String>)>);

/// Nobody alive, and no decision, is older.
const EARLIEST_YEAR: i16 = 1890;
/// No list is from later: a birth or decision beyond is a slip of the keys.
const LATEST_YEAR: i16 = 2100;

impl Cell {
    pub(crate) fn text(text: &str) -> Self {
        let text = nfc_name(text);
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// Text in NFC without blanks around it; those inside stay.
    pub(crate) fn as_written(text: &str) -> Self {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    pub(crate) fn date(year: u16, month: u8, day: u8) -> Self {
        let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
        match parts {
            (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_or(Self::Error, Self::Date),
            _ => Self::Error,
        }
    }

    /// The cell as words: numbers without decimals where they are whole, days as `2026-11-23`.
    pub(crate) fn words(&self) -> Option<String> {
        match self {
            Self::Empty | Self::Error => None,
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Date(date) => Some(date.to_string()),
        }
    }

    /// The text of a cell that holds text.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Empty | Self::Number(_) | Self::Date(_) | Self::Error => None,
        }
    }

    /// A day or a year: `1984-03-12`, `1987`.
    pub(crate) fn read_date(&self) -> Read<String> {
        match self {
            Self::Empty => (None, None),
            Self::Error => (None, Some((ProblemCode::FormulaError, None))),
            Self::Date(date) => possible(*date, None),
            Self::Number(number) => date_of_number(*number),
            Self::Text(text) => date_of_text(text),
        }
    }

    /// Twelve digits.
    pub(crate) fn read_citizen_id(&self) -> Read<CitizenId> {
        let (digits, as_number) = match self {
            Self::Empty => return (None, None),
            Self::Error => return (None, Some((ProblemCode::FormulaError, None))),
            Self::Date(_) => return (None, Some((ProblemCode::BadCitizenId, None))),
            Self::Number(number) => (number.to_string(), true),
            Self::Text(text) => {
                (text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '\'' | '\u{a0}')).collect(), false)
            }
        };
        let only_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.len() {
            12 if only_digits => (digits.parse().ok(), None),
            // Codes of birth provinces begin with one or two zeros, which a numeric cell cannot hold.
            10 | 11 if only_digits && as_number => {
                (format!("{digits:0>12}").parse().ok(), Some((ProblemCode::LeadingZeroRestored, None)))
            }
            9 if only_digits => (None, Some((ProblemCode::OldIdentityCard, None))),
            length => (None, Some((ProblemCode::BadCitizenId, Some(length.to_string())))),
        }
    }

    /// A number, decimals with point or comma.
    pub(crate) fn read_number(&self) -> Read<f64> {
        match self {
            Self::Empty => (None, None),
            Self::Error => (None, Some((ProblemCode::FormulaError, None))),
            Self::Number(number) => (Some(*number), None),
            Self::Date(_) => (None, Some((ProblemCode::NotANumber, None))),
            Self::Text(text) => match text.replace(',', ".").parse::<f64>() {
                Ok(number) if number.is_finite() => (Some(number), Some((ProblemCode::NumberAsText, None))),
                Ok(_) | Err(_) => (None, Some((ProblemCode::NotANumber, None))),
            },
        }
    }

    /// Whether a box is ticked: any mark but a plain no.
    pub(crate) fn ticked(&self) -> bool {
        match self {
            Self::Empty | Self::Error => false,
            Self::Number(number) => *number != 0.0,
            Self::Date(_) => true,
            Self::Text(text) => {
                !matches!(rasoat_casework::fold_name(text).as_str(), "khong" | "0" | "k" | "-" | "no")
            }
        }
    }
}

fn possible(date: Date, note: Option<(ProblemCode, Option<String>)>) -> Read<String> {
    if (EARLIEST_YEAR..LATEST_YEAR).contains(&date.year()) {
        (Some(date.to_string()), note)
    } else {
        (None, Some((ProblemCode::ImpossibleDate, None)))
    }
}

fn possible_year(year: i16, note: Option<(ProblemCode, Option<String>)>) -> Read<String> {
    if (EARLIEST_YEAR..LATEST_YEAR).contains(&year) {
        (Some(year.to_string()), note)
    } else {
        (None, Some((ProblemCode::ImpossibleDate, None)))
    }
}

/// A year, or days of Excel's calendar (1900 system; whole days since 30 December 1899 from March 1900 on).
fn date_of_number(number: f64) -> Read<String> {
    let whole = number.trunc();
    if whole == number && (f64::from(EARLIEST_YEAR)..f64::from(LATEST_YEAR)).contains(&whole) {
        return (Some(whole.to_string()), None);
    }
    let day = (61.0..80_000.0)
        .contains(&whole)
        .then(|| calamine::ExcelDateTime::new(whole, calamine::ExcelDateTimeType::DateTime, false));
    match day.map(|day| day.to_ymd_hms_milli()).map(|(year, month, day, ..)| Cell::date(year, month, day)) {
        Some(Cell::Date(date)) => possible(date, Some((ProblemCode::DateAsNumber, None))),
        Some(Cell::Empty | Cell::Text(_) | Cell::Number(_) | Cell::Error) | None => {
            (None, Some((ProblemCode::UnreadableDate, None)))
        }
    }
}

/// Which of the first two numbers of a date can only be the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The first is above 12.
    DayFirst,
    /// The second is above 12.
    MonthFirst,
    /// Neither is, and they differ.
    Unknown,
}

/// The order of a date of three numbers that ends with its year; `None` where the text is no such date, or says the same in
/// both orders.
pub(crate) fn order_of(text: &str) -> Option<Order> {
    let numbers: Option<Vec<u16>> =
        text.split(['/', '-', '.']).map(|part| part.trim().parse().ok()).collect();
    match numbers?.as_slice() {
        [13..=31, 1..=12, 1000..=9999] => Some(Order::DayFirst),
        [1..=12, 13..=31, 1000..=9999] => Some(Order::MonthFirst),
        [one @ 1..=12, other @ 1..=12, 1000..=9999] if one != other => Some(Order::Unknown),
        _ => None,
    }
}

/// The year at the end of a date.
pub(crate) fn year_of(text: &str) -> Option<String> {
    let last: i16 = text.rsplit(['/', '-', '.']).next()?.trim().parse().ok()?;
    possible_year(last, None).0
}

/// `dd/mm/yyyy` as the form asks; also `d-m-yy`, `yyyy-mm-dd`, `mm/yyyy`, `yyyy`.
fn date_of_text(text: &str) -> Read<String> {
    let unreadable = (None, Some((ProblemCode::UnreadableDate, None)));
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let Some(numbers) = parts.iter().map(|part| part.parse::<i16>().ok()).collect::<Option<Vec<i16>>>()
    else {
        return unreadable;
    };
    let day_of = |year: i16, month: i16, day: i16| {
        let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return None };
        Date::new(year, month, day).ok()
    };
    match (parts.as_slice(), numbers.as_slice()) {
        ([year], [number]) if year.len() == 4 => possible_year(*number, None),
        ([_, year], [month @ 1..=12, number]) if year.len() == 4 && *month <= 12 => {
            possible_year(*number, Some((ProblemCode::DateWithoutDay, Some(number.to_string()))))
        }
        ([first, _, _], [year, month, day]) if first.len() == 4 => day_of(*year, *month, *day)
            .map_or(unreadable, |date| {
                possible(date, Some((ProblemCode::DateAsText, Some("yyyy-mm-dd".to_owned()))))
            }),
        ([_, _, last], [day, month, year]) if last.len() == 4 => {
            day_of(*year, *month, *day).map_or(unreadable, |date| possible(date, None))
        }
        ([_, _, last], [day, month, year]) if last.len() == 2 => {
            // Lists are of the 2020s: a later year of two digits belongs to the century before.
            let full = if *year <= 29 { 2000 + year } else { 1900 + year };
            day_of(full, *month, *day).map_or(unreadable, |date| {
                possible(date, Some((ProblemCode::TwoDigitYear, Some(full.to_string()))))
            })
        }
        _ => unreadable,
    }
}
