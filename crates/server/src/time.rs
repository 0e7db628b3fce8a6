//! The server's clock, handed in so that tests set it, and times as text.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

/// Milliseconds since 1970 UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The machine's clock.
pub fn system_clock() -> Clock {
    Arc::new(|| Timestamp::now().as_millisecond())
}

/// RFC 3339 in UTC, seconds; the first moment of 1970 for times beyond what a calendar holds.
pub fn rfc3339(millis: i64) -> String {
    let time = Timestamp::from_second(millis.div_euclid(1000)).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_string()
}

/// The day in Việt Nam (UTC+7 all year).
pub(crate) fn day_in_vietnam(millis: i64) -> Date {
    let time = Timestamp::from_second(millis.div_euclid(1000)).unwrap_or(Timestamp::UNIX_EPOCH);
    TimeZone::fixed(Offset::constant(7)).to_datetime(time).date()
}

/// When the day so many days after one (`2026-10-01`) begins in Việt Nam.
pub(crate) fn day_begins(day: &str, after: i64) -> Option<i64> {
    let day: Date = day.parse().ok()?;
    let day = day.checked_add(jiff::Span::new().try_days(after).ok()?).ok()?;
    let begins = TimeZone::fixed(Offset::constant(7)).to_timestamp(day.at(0, 0, 0, 0)).ok()?;
    Some(begins.as_millisecond())
}
