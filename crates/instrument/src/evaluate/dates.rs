//! Days, times and moments: reading them from what stands for one.

use jiff::civil::{Date, DateTime, Time};

use super::Evaluator;
use super::convert::{Val, days, moment_of, number_of, written_date};
use crate::date_format;
use crate::moment::{Moment, parse_time};

impl Evaluator<'_> {
    /// The day that a value stands for: a day, a moment's day on its own clock, a text written like either, or a number of days
    /// since 1970-01-01.
    pub(super) fn date(&self, value: &Val<'_>) -> Option<Date> {
        match value {
            Val::Date(date) => Some(*date),
            Val::Moment(moment) => Some(moment.date()),
            Val::Number(number) => date_of(*number),
            Val::Text(text) => {
                let text = text.trim();
                self.moment_in(text).map(Moment::date).or_else(|| loose_date(text)).or_else(|| {
                    // A number of days; what is written like a date and is none stays none.
                    let number = number_of(text);
                    date_of(number)
                })
            }
            Val::Boolean(_) | Val::Names(_) | Val::Time(_) => None,
        }
    }

    /// The moment that a value stands for: a day's first, a text written like a moment or day, or days since 1970-01-01T00:00 UTC.
    pub(super) fn moment(&self, value: &Val<'_>) -> Option<Moment> {
        match value {
            Val::Moment(moment) => Some(*moment),
            Val::Date(date) => Some(Moment::midnight(*date, self.ahead())),
            Val::Number(number) => Moment::of_days(*number, self.ahead()),
            Val::Text(text) => {
                let text = text.trim();
                let day = || loose_date(text).map(|date| Moment::midnight(date, self.ahead()));
                let number = || Moment::of_days(number_of(text), self.ahead());
                self.moment_in(text).or_else(day).or_else(number)
            }
            Val::Boolean(_) | Val::Names(_) | Val::Time(_) => None,
        }
    }

    /// The time of day that a value stands for, on its own clock where it has one.
    pub(super) fn time(&self, value: &Val<'_>) -> Option<Time> {
        match value {
            Val::Time(time) => Some(*time),
            Val::Number(number) => time_of(*number),
            Val::Text(text) => {
                let written = parse_time(text.trim());
                written.or_else(|| self.moment(value).map(Moment::time))
            }
            Val::Date(_) | Val::Moment(_) => self.moment(value).map(Moment::time),
            Val::Boolean(_) | Val::Names(_) => None,
        }
    }

    /// Days since 1970-01-01T00:00 UTC; a day without a time is a whole number of them.
    pub(super) fn decimal_days(&self, value: &Val<'_>) -> f64 {
        match value {
            Val::Number(number) if number.is_finite() => *number,
            Val::Date(date) => days(*date),
            Val::Moment(moment) => moment.days(),
            Val::Text(text) => {
                let text = text.trim();
                let day = || loose_date(text).map(days);
                self.moment_in(text).map(Moment::days).or_else(day).unwrap_or_else(|| number_of(text))
            }
            Val::Number(_) | Val::Boolean(_) | Val::Names(_) | Val::Time(_) => f64::NAN,
        }
    }

    /// `format-date` and `format-date-time`; nothing for what stands for no day and time. A time without a day is of today.
    pub(super) fn formatted(&self, value: &Val<'_>, format: &str) -> String {
        let at_time = |time: Time| self.today().to_datetime(time);
        let moment: Option<DateTime> = match value {
            Val::Time(time) => Some(at_time(*time)),
            Val::Text(text) => match self.moment(value) {
                Some(moment) => Some(moment.local()),
                None => parse_time(text.trim()).map(at_time),
            },
            Val::Number(number) => Moment::of_days(*number, 0).map(Moment::local),
            Val::Date(_) | Val::Moment(_) => self.moment(value).map(Moment::local),
            Val::Boolean(_) | Val::Names(_) => None,
        };
        moment.map_or_else(String::new, |moment| date_format::written(moment, format))
    }

    fn moment_in(&self, text: &str) -> Option<Moment> {
        moment_of(text, Some(self.ahead()))
    }

    /// How far the form's clock is ahead of UTC.
    fn ahead(&self) -> i16 {
        self.context.now.ahead_minutes()
    }
}

/// A date, also with months and days of one digit.
fn loose_date(text: &str) -> Option<Date> {
    if let Some(date) = written_date(text) {
        return Some(date);
    }
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.next().is_some() || year.len() != 4 || !is_digits(year, 4) {
        return None;
    }
    if !is_digits(month, 2) || !is_digits(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn date_of(days: f64) -> Option<Date> {
    // Far outside of what a calendar date can be, but safe to convert.
    let whole = days.floor();
    if !(-5_000_000.0..5_000_000.0).contains(&whole) {
        return None;
    }
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(whole as i64).ok()?).ok()
}

/// The time at a share of a day; whole days before it do not count.
fn time_of(days: f64) -> Option<Time> {
    Moment::of_days(days.rem_euclid(1.0), 0).map(Moment::time)
}
