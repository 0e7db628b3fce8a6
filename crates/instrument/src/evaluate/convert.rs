//! Values while an expression is computed, and XPath's conversions between them.

use std::borrow::Cow;

use jiff::civil::{Date, Time};

use crate::expression::Outcome;
use crate::moment::{Moment, written_moment, written_time};
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
            Val::Moment(moment) => moment.local_days(),
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
            Val::Number(number) => number.abs() > NOISE,
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

    /// Calls `found` with each name that this is a list of, until it says that it has enough.
    pub(crate) fn each_name(&self, found: &mut dyn FnMut(&str) -> bool) {
        match self {
            Val::Names(names) => {
                names.iter().all(|name| found(name));
            }
            Val::Text(_)
            | Val::Number(_)
            | Val::Boolean(_)
            | Val::Date(_)
            | Val::Time(_)
            | Val::Moment(_) => {
                self.text().split_whitespace().all(found);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Val::Text(text) => text.is_empty(),
            Val::Names(names) => names.is_empty(),
            Val::Number(number) => number.is_nan(),
            Val::Boolean(_) | Val::Date(_) | Val::Time(_) | Val::Moment(_) => false,
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

/// What computing with fractions leaves behind where nothing should be (JavaRosa's measure).
pub(super) const NOISE: f64 = 1e-12;

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

/// `YYYY-MM-DD`.
pub(super) fn written_date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    shaped.then(|| text.parse().ok()).flatten()
}

/// A moment's text (`YYYY-MM-DDThh:mm…`) on the clock that it names, else on one that far `ahead`.
pub(super) fn moment_of(text: &str, ahead: Option<i16>) -> Option<Moment> {
    // Most texts are not: see so from the one place that counts.
    (text.as_bytes().get(10) == Some(&b'T'))
        .then(|| {
            written_date(text.get(..10)?)?;
            written_moment(text, ahead)
        })
        .flatten()
}

/// A decimal number without exponent or plus sign, its comma taken for a point; or the days of a date or moment; else NaN.
pub(crate) fn number_of(text: &str) -> f64 {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = |byte: u8| byte.is_ascii_digit() || byte == b'.' || byte == b',';
    if !digits.is_empty() && digits.bytes().all(is_number) {
        return match digits.contains(',') {
            true => text.replace(',', ".").parse().unwrap_or(f64::NAN),
            false => text.parse().unwrap_or(f64::NAN),
        };
    }
    let date = || written_date(text).map(days);
    date().or_else(|| moment_of(text, Some(0)).map(Moment::local_days)).unwrap_or(f64::NAN)
}

/// A number as XPath writes it: no exponent, no `.0`, no sign on zero.
pub(crate) fn written(number: f64) -> String {
    let whole = number.round();
    if number.abs() < NOISE {
        "0".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else if (number - whole).abs() < NOISE {
        whole.to_string()
    } else {
        number.to_string()
    }
}
