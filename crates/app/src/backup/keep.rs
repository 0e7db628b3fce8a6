//! Which backups stay, and when the next one is due. Pure.

use std::collections::BTreeSet;

/// The latest ones stay, so many.
const LATEST: usize = 5;
/// Of each of so many days before, the last one stays.
const DAYS: usize = 7;
/// And of each of so many weeks.
const WEEKS: usize = 5;
/// What was changed is backed up after so long.
const EVERY_MILLIS: i64 = 30 * 60 * 1000;
/// Vietnam has one time zone, without summer time.
const AHEAD_MILLIS: i64 = 7 * 60 * 60 * 1000;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// A backup in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Counts up in its place.
    pub(crate) number: u32,
    pub(crate) made_at_millis: i64,
    pub(crate) bytes: u64,
}

/// The backup made last, and how far the database was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Last {
    pub(crate) made_at_millis: i64,
    pub(crate) commits: u64,
}

/// Whether a database that has committed so much is to be backed up now: at once on the first change of a day, and half an hour
/// after the last one.
pub(crate) fn is_due(now_millis: i64, last: Option<Last>, commits: u64) -> bool {
    let Some(last) = last else { return true };
    // A clock that was set back has nothing to say of how long ago that was.
    let is_recent = (0..EVERY_MILLIS).contains(&now_millis.saturating_sub(last.made_at_millis));
    last.commits != commits && !(is_recent && day(last.made_at_millis) == day(now_millis))
}

/// The numbers of those that may go: neither among the latest, nor the last of one of the latest days or weeks that have any.
pub(crate) fn to_drop(all: &[Kept]) -> Vec<u32> {
    let mut latest_first = all.to_vec();
    latest_first.sort_by_key(|kept| std::cmp::Reverse(kept.number));
    let (mut days, mut weeks) = (BTreeSet::new(), BTreeSet::new());
    let mut dropped = Vec::new();
    for (place, kept) in latest_first.iter().enumerate() {
        let of_day = days.len() < DAYS && days.insert(day(kept.made_at_millis));
        let of_week = weeks.len() < WEEKS && weeks.insert(week(kept.made_at_millis));
        if place >= LATEST && !of_day && !of_week {
            dropped.push(kept.number);
        }
    }
    dropped
}

/// The numbers of those that must go so that so many bytes more fit: the oldest first, and never the one named. `None`: not even
/// all of them are enough, and none goes for nothing.
pub(crate) fn to_make_room(all: &[Kept], never: Option<u32>, lacking: u64) -> Option<Vec<u32>> {
    let mut oldest_first = all.to_vec();
    oldest_first.sort_by_key(|kept| kept.number);
    let mut freed = 0_u64;
    let mut dropped = Vec::new();
    for kept in oldest_first {
        if freed >= lacking {
            break;
        }
        if Some(kept.number) != never {
            freed = freed.saturating_add(kept.bytes);
            dropped.push(kept.number);
        }
    }
    (freed >= lacking).then_some(dropped)
}

fn day(millis: i64) -> i64 {
    millis.saturating_add(AHEAD_MILLIS).div_euclid(DAY_MILLIS)
}

/// Weeks begin on Mondays; 1 January 1970 was a Thursday.
fn week(millis: i64) -> i64 {
    (day(millis) + 3).div_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 23 November 2026, 08:00 in Vietnam.
    const MONDAY: i64 = 1_795_395_600_000;
    const HOUR: i64 = 60 * 60 * 1000;

    fn kept(number: u32, made_at_millis: i64) -> Kept {
        Kept { number, made_at_millis, bytes: 10 }
    }

    #[test]
    fn a_season_of_backups_leaves_the_latest_five_a_day_for_a_week_and_a_week_for_five() {
        // Ten a day for sixty days, each dropped as they are made.
        let mut all: Vec<Kept> = Vec::new();
        for number in 0..600_u32 {
            let made = MONDAY + i64::from(number / 10) * DAY_MILLIS + i64::from(number % 10) * HOUR;
            all.push(kept(number, made));
            let dropped = to_drop(&all);
            all.retain(|kept| !dropped.contains(&kept.number));
            assert!(all.len() <= LATEST + DAYS + WEEKS, "{number}: {}", all.len());
            assert_eq!(all.last().map(|kept| kept.number), Some(number));
        }
        let numbers: Vec<u32> = all.iter().map(|kept| kept.number).collect();
        // The last of each of the five latest weeks, of each of the seven latest days, and five.
        assert_eq!(
            numbers,
            [349, 419, 489, 539, 549, 559, 569, 579, 589, 595, 596, 597, 598, 599],
            "day 59 is a Thursday"
        );
    }

    #[test]
    fn a_clock_that_was_set_back_or_ahead_drops_none_of_the_latest() {
        let years = 365 * DAY_MILLIS;
        let clocks = [0, 30 * years, -30 * years, 1, 2, 0, 0];
        let all: Vec<Kept> = (0_u32..).zip(clocks).map(|(number, off)| kept(number, MONDAY + off)).collect();
        let dropped = to_drop(&all);
        assert!(dropped.iter().all(|number| *number < 2), "{dropped:?}");
        assert!(is_due(MONDAY, Some(Last { made_at_millis: MONDAY + years, commits: 1 }), 2));
        assert!(to_drop(&[kept(1, i64::MAX), kept(2, i64::MIN)]).is_empty());
    }

    #[test]
    fn room_is_made_from_the_oldest_on_and_never_from_the_one_that_is_known_to_be_good() {
        let all = [kept(3, MONDAY), kept(1, MONDAY), kept(2, MONDAY)];
        assert_eq!(to_make_room(&all, Some(3), 0), Some(vec![]));
        assert_eq!(to_make_room(&all, Some(3), 15), Some(vec![1, 2]));
        assert_eq!(to_make_room(&all, Some(1), 15), Some(vec![2, 3]));
        assert_eq!(to_make_room(&all, Some(3), 21), None);
        assert_eq!(to_make_room(&all, None, 30), Some(vec![1, 2, 3]));
    }

    #[test]
    fn a_backup_is_due_for_the_first_change_of_a_day_and_half_an_hour_after_the_last() {
        let last = Some(Last { made_at_millis: MONDAY, commits: 7 });
        assert!(is_due(MONDAY, None, 0));
        assert!(!is_due(MONDAY + 5 * HOUR, last, 7), "nothing changed");
        assert!(!is_due(MONDAY + HOUR / 2 - 1, last, 8));
        assert!(is_due(MONDAY + HOUR / 2, last, 8));
        // A minute to midnight in Vietnam, and a minute past.
        let late = Some(Last { made_at_millis: MONDAY + 16 * HOUR - 60_000, commits: 7 });
        assert!(is_due(MONDAY + 16 * HOUR + 60_000, late, 8));
    }
}
