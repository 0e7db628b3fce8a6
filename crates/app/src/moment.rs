//! Times: milliseconds since 1970 to what screens and forms take.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use rasoat_instrument::Moment;

/// RFC 3339 in UTC. Times no calendar holds are given as its nearest end.
pub(crate) fn rfc3339(millis: i64) -> String {
    stamp(millis).to_string()
}

/// The moment in Vietnam, which has one time zone (UTC+7) without summer time: the laptop's own zone may be set to anything.
pub(crate) fn moment(millis: i64) -> Moment {
    const AHEAD_MINUTES: i16 = 7 * 60;
    let local = Offset::constant(7).to_datetime(stamp(millis));
    Moment::new(local, AHEAD_MINUTES).unwrap_or_else(|| Moment::midnight(local.date(), AHEAD_MINUTES))
}

pub(crate) fn stamp(millis: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH.saturating_add(SignedDuration::from_millis(millis)).unwrap_or(if millis < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_in_vietnam_seven_hours_before_utc() {
        assert_eq!(moment(1_795_453_200_000 - 1).date().to_string(), "2026-11-23");
        assert_eq!(moment(1_795_453_200_000).date().to_string(), "2026-11-24");
    }

    #[test]
    fn times_beyond_every_calendar_do_no_harm() {
        assert!(rfc3339(i64::MAX).starts_with("9999"));
        assert!(rfc3339(i64::MIN).starts_with("-009999"));
    }
}
