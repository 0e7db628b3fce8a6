//! A moment as the clock of the place showed it.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::value::{ValueError, ValueKind};

/// Day and time on the clock of the place, to the millisecond, and how far that clock is ahead of UTC.
///
/// The text is ODK's: `2026-11-25T14:30:00.000+07:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    local: DateTime,
    ahead_minutes: i16,
}

/// Distances from UTC in use on earth, in minutes.
const FURTHEST: i16 = 14 * 60;

impl Moment {
    /// `None` where the clock is further from UTC than any on earth. Less than a millisecond is dropped.
    pub fn new(local: DateTime, ahead_minutes: i16) -> Option<Self> {
        let whole = local.time().with().microsecond(0).nanosecond(0).build().ok()?;
        (-FURTHEST..=FURTHEST)
            .contains(&ahead_minutes)
            .then_some(Self { local: local.date().to_datetime(whole), ahead_minutes })
    }

    /// The start of a day on a clock.
    pub fn midnight(date: Date, ahead_minutes: i16) -> Self {
        let ahead_minutes = ahead_minutes.clamp(-FURTHEST, FURTHEST);
        Self { local: date.to_datetime(Time::midnight()), ahead_minutes }
    }

    /// The day on the clock of the place.
    pub fn date(self) -> Date {
        self.local.date()
    }

    /// The time on the clock of the place.
    pub fn time(self) -> Time {
        self.local.time()
    }

    /// Day and time on the clock of the place.
    pub(crate) fn local(self) -> DateTime {
        self.local
    }

    /// How far the clock is ahead of UTC, in minutes.
    pub fn ahead_minutes(self) -> i16 {
        self.ahead_minutes
    }

    /// Days since 1970-01-01T00:00 UTC, with their fraction.
    pub fn days(self) -> f64 {
        const MILLIS_A_DAY: f64 = 86_400_000.0;
        let since = self.local.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
        let ahead = SignedDuration::from_mins(i64::from(self.ahead_minutes));
        (since - ahead).as_millis() as f64 / MILLIS_A_DAY
    }

    /// Days since 1970-01-01T00:00 on the clock of the place, with their fraction: what dates are compared by.
    pub(crate) fn local_days(self) -> f64 {
        const MILLIS_A_DAY: f64 = 86_400_000.0;
        let since = self.local.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
        since.as_millis() as f64 / MILLIS_A_DAY
    }

    /// The moment so many days after 1970-01-01T00:00 UTC, on a clock that far ahead; `None` outside the years −9999 to 9999.
    pub fn of_days(days: f64, ahead_minutes: i16) -> Option<Self> {
        const MILLIS_A_DAY: f64 = 86_400_000.0;
        let millis = (days * MILLIS_A_DAY).round();
        if !millis.is_finite() || millis.abs() > 4e14 {
            return None;
        }
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        let past = SignedDuration::from_millis(millis as i64);
        let local = epoch.checked_add(past + SignedDuration::from_mins(i64::from(ahead_minutes))).ok()?;
        Self::new(local, ahead_minutes)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, ahead) =
            if self.ahead_minutes < 0 { ('-', -self.ahead_minutes) } else { ('+', self.ahead_minutes) };
        let time = written_time(self.local.time());
        write!(f, "{}T{time}{sign}{:02}:{:02}", self.local.date(), ahead / 60, ahead % 60)
    }
}

impl FromStr for Moment {
    type Err = ValueError;

    /// `2026-11-25T14:30:00.000+07:00`; seconds, their fraction and the distance may be missing (then UTC), `Z` is UTC.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        written_moment(text, Some(0)).ok_or(ValueError { expected: ValueKind::DateTime })
    }
}

impl TryFrom<String> for Moment {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

/// A moment's text; one that does not say how far its clock is ahead of UTC is on a clock that far `ahead`, or refused.
pub(crate) fn written_moment(text: &str, ahead: Option<i16>) -> Option<Moment> {
    let (date, rest) = text.split_once('T')?;
    let date: Date = date.parse().ok()?;
    let (time, own) = split_zone(rest)?;
    Moment::new(date.to_datetime(plain_time(time)?), own.or(ahead)?)
}

/// `14:30`, `14:30:00`, `14:30:00.000`; a distance from UTC behind it is dropped: it is the clock of the place that counts.
pub(crate) fn parse_time(text: &str) -> Option<Time> {
    plain_time(split_zone(text)?.0)
}

/// `14:30:00.000`
pub(crate) fn written_time(time: Time) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", time.hour(), time.minute(), time.second(), time.millisecond())
}

fn plain_time(text: &str) -> Option<Time> {
    let shaped = text.len() >= 5 && text.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.');
    let time: Time = shaped.then(|| text.parse().ok())??;
    time.with().microsecond(0).nanosecond(0).build().ok()
}

/// The time, and how far its clock is ahead of UTC in minutes where the text says so.
fn split_zone(text: &str) -> Option<(&str, Option<i16>)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, Some(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let (time, zone) = text.split_at(at);
    let digits: String = zone.get(1..)?.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i16>().ok()?, 0),
        4 => (digits.get(..2)?.parse::<i16>().ok()?, digits.get(2..)?.parse::<i16>().ok()?),
        _ => return None,
    };
    let ahead = hours * 60 + minutes;
    Some((time, Some(if zone.starts_with('-') { -ahead } else { ahead })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_moment_is_read_back() {
        for (written, canonical) in [
            ("2026-11-25T14:30:00.000+07:00", "2026-11-25T14:30:00.000+07:00"),
            ("2026-11-25T14:30Z", "2026-11-25T14:30:00.000+00:00"),
            ("2026-11-25T14:30:05", "2026-11-25T14:30:05.000+00:00"),
            ("2026-11-25T14:30:05.1234-0330", "2026-11-25T14:30:05.123-03:30"),
            ("2026-11-25T14:30:05+07", "2026-11-25T14:30:05.000+07:00"),
        ] {
            let moment: Moment = written.parse().unwrap();
            assert_eq!(moment.to_string(), canonical);
            assert_eq!(canonical.parse::<Moment>().unwrap(), moment);
        }
        for refused in [
            "2026-11-25",
            "2026-11-25T",
            "T14:30",
            "2026-02-30T10:00Z",
            "2026-11-25T25:00Z",
            "2026-11-25T10:00+25:00",
        ] {
            assert!(refused.parse::<Moment>().is_err(), "{refused}");
        }
    }

    #[test]
    fn days_are_counted_from_1970_in_utc() {
        let moment: Moment = "1970-01-02T07:00:00.000+07:00".parse().unwrap();
        assert_eq!(moment.days(), 1.0);
        assert_eq!(Moment::of_days(1.0, 420), Some(moment));
        assert_eq!(Moment::of_days(f64::NAN, 0), None);
        assert_eq!(Moment::of_days(1e12, 0), None);
    }
}
