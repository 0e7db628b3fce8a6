//! Values while an expression is computed, and XPath's conversions between them.

use std::borrow::Cow;

use jiff::civil::{Date, Time};

use crate::expression::Outcome;
use crate::moment::{Moment, written_time};
use crate::session::Held;
use crate::value::Value;

/// A value on its way through an expression; no answer is an empty text.
#[derive(Debug, Clone)]
pub(crate) enum Val<'a> {
    Text(Cow<'a, str>),
    /// Chosen names; as a text they are joined by spaces.
    Names(&'a [String]),
    Number(f64),
    Boolean(bool),
    Date(Date),
    Time(Time),
    Moment(Moment),
}

pub(crate) const EMPTY: Val<'static> = Val::Text(Cow::Borrowed(""));

impl<'a> Val<'a> {
    pub(crate) fn of(held: &'a Held) -> Self {
        match held {
            Held::Nothing => EMPTY,
            Held::Truth(truth) => Val::Boolean(*truth),
            Held::Value(value) => match value {
                Value::Text(text) | Value::Choice(text) => Val::Text(Cow::Borrowed(text)),
                Value::Integer(number) => Val::Number(*number as f64),
                Value::Decimal(number) => Val::Number(number.get()),
                Value::Date(date) => Val::Date(*date),
                Value::Time(time) => Val::Time(*time),
                Value::DateTime(moment) => Val::Moment(*moment),
                Value::Point(point) => Val::Text(Cow::Owned(point.to_string())),
                Value::File(name) => Val::Text(Cow::Borrowed(name.as_str())),
                Value::Choices(names) => Val::Names(names),
            },
        }
    }

    pub(crate) fn number(&self) -> f64 {
        match self {
            Val::Number(number) => *number,
            Val::Boolean(truth) => f64::from(u8::from(*truth)),
            Val::Date(date) => days(*date),
            Val::Time(time) => day_part(*time),
            Val::Moment(moment) => moment.days(),
            Val::Text(text) => number_of(text),
            Val::Names(names) => match names {
                [] => f64::NAN,
                [only] => number_of(only),
                _ => f64::NAN,
            },
        }
    }

    pub(crate) fn truth(&self) -> bool {
        match self {
            Val::Number(number) => *number != 0.0 && !number.is_nan(),
            Val::Boolean(truth) => *truth,
            Val::Date(_) | Val::Time(_) | Val::Moment(_) => true,
            Val::Text(text) => !text.is_empty(),
            Val::Names(names) => !names.is_empty(),
        }
    }

    pub(crate) fn text(&self) -> Cow<'a, str> {
        match self {
            Val::Number(number) => Cow::Owned(written(*number)),
            Val::Boolean(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
            Val::Date(date) => Cow::Owned(date.to_string()),
            Val::Time(time) => Cow::Owned(written_time(*time)),
            Val::Moment(moment) => Cow::Owned(moment.to_string()),
            Val::Text(text) => text.clone(),
            Val::Names([only]) => Cow::Borrowed(only),
            Val::Names(names) => Cow::Owned(names.join(" ")),
        }
    }

    /// The names that this is a list of.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let (chosen, text): (&[String], &str) = match self {
            Val::Names(names) => (names, ""),
            Val::Text(text) => (&[], text),
            Val::Number(_) | Val::Boolean(_) | Val::Date(_) | Val::Time(_) | Val::Moment(_) => (&[], ""),
        };
        chosen.iter().map(String::as_str).chain(text.split_whitespace())
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Val::Text(text) => text.is_empty(),
            Val::Names(names) => names.is_empty(),
            Val::Number(number) => number.is_nan(),
            Val::Boolean(_) | Val::Date(_) | Val::Time(_) | Val::Moment(_) => false,
        }
    }

    /// The day that this stands for: a date, a text written like one, or a number of days since 1970-01-01.
    pub(crate) fn date(&self) -> Option<Date> {
        match self {
            Val::Date(date) => Some(*date),
            Val::Number(number) => date_of(*number),
            Val::Text(text) => iso_date(text).or_else(|| date_of(number_of(text))),
            Val::Moment(moment) => Some(moment.date()),
            Val::Boolean(_) | Val::Names(_) | Val::Time(_) => None,
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Val::Number(number) => Outcome::Number(*number),
            Val::Boolean(truth) => Outcome::Boolean(*truth),
            Val::Date(_) | Val::Time(_) | Val::Moment(_) | Val::Text(_) | Val::Names(_) => {
                Outcome::Text(self.text().into_owned())
            }
        }
    }
}

/// XPath's equality: truths if either is one, else numbers if either is one, else texts. A truth against the words `true` or
/// `false` compares as words, since that is how ODK stores a computed truth.
pub(crate) fn equal(left: &Val<'_>, right: &Val<'_>) -> bool {
    match (left, right) {
        (Val::Boolean(truth), Val::Text(text)) | (Val::Text(text), Val::Boolean(truth))
            if text == "true" || text == "false" =>
        {
            (text == "true") == *truth
        }
        (Val::Boolean(_), _) | (_, Val::Boolean(_)) => left.truth() == right.truth(),
        (Val::Number(_), _) | (_, Val::Number(_)) => left.number() == right.number(),
        (Val::Date(one), Val::Date(other)) => one == other,
        // Two clocks may show the same moment.
        (Val::Moment(one), Val::Moment(other)) => one.days() == other.days(),
        (Val::Text(one), Val::Text(other)) => one == other,
        _ => left.text() == right.text(),
    }
}

/// Days since 1970-01-01.
pub(crate) fn days(date: Date) -> f64 {
    f64::from((date - Date::constant(1970, 1, 1)).get_days())
}

/// The share of a day that has passed.
pub(crate) fn day_part(time: Time) -> f64 {
    const MILLIS_A_DAY: f64 = 86_400_000.0;
    let seconds =
        (f64::from(time.hour()) * 60.0 + f64::from(time.minute())) * 60.0 + f64::from(time.second());
    (seconds * 1000.0 + f64::from(time.millisecond())) / MILLIS_A_DAY
}

fn date_of(days: f64) -> Option<Date> {
    // Far outside of what a calendar date can be, but safe to convert.
    let whole = days.floor();
    if !(-5_000_000.0..5_000_000.0).contains(&whole) {
        return None;
    }
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(whole as i64).ok()?).ok()
}

/// `YYYY-MM-DD`, or the day of `YYYY-MM-DDThh:mm…`.
fn iso_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = text.get(..10)?;
    let rest = text.get(10..)?;
    let shaped = day.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (shaped && (rest.is_empty() || rest.starts_with('T'))).then(|| day.parse().ok()).flatten()
}

/// A decimal number without exponent or plus sign, or a date's days; else NaN.
pub(crate) fn number_of(text: &str) -> f64 {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return text.parse().unwrap_or(f64::NAN);
    }
    iso_date(text).map_or(f64::NAN, days)
}

/// A number as XPath writes it: no exponent, no `.0`, no sign on zero.
pub(crate) fn written(number: f64) -> String {
    if number == 0.0 {
        "0".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else {
        number.to_string()
    }
}
