//! Comparing and subtracting: numbers, texts, truths, days and moments against one another.

use super::convert::{NOISE, Val, day_part, moment_of};
use crate::moment::{Moment, parse_time};

/// XPath's equality: truths if either is one, else numbers if either is one, else texts. A truth against the words `true` or
/// `false` compares as words, since that is how ODK stores a computed truth. Days, times and moments compare as such.
pub(super) fn equal(left: &Val<'_>, right: &Val<'_>) -> bool {
    match (left, right) {
        (Val::Boolean(truth), Val::Text(text)) | (Val::Text(text), Val::Boolean(truth))
            if text == "true" || text == "false" =>
        {
            (text == "true") == *truth
        }
        (Val::Boolean(_), _) | (_, Val::Boolean(_)) => left.truth() == right.truth(),
        (Val::Number(_) | Val::Moment(_) | Val::Time(_), _)
        | (_, Val::Number(_) | Val::Moment(_) | Val::Time(_)) => {
            let (one, other) = numbers(left, right);
            // Both may be infinite.
            one == other || (one - other).abs() < NOISE
        }
        (Val::Date(one), Val::Date(other)) => one == other,
        (Val::Text(one), Val::Text(other)) => one == other,
        _ => left.text() == right.text(),
    }
}

/// What two values are compared by. Two moments whose clocks are known are so many days in UTC; otherwise days and moments count
/// on the clock of the place, so that any moment of a day is that day's.
pub(super) fn numbers(left: &Val<'_>, right: &Val<'_>) -> (f64, f64) {
    if let (Some(one), Some(other)) = (moment(left), moment(right)) {
        return (one.days(), other.days());
    }
    match (left, right) {
        (Val::Time(_), Val::Text(text)) => (left.number(), time(text).unwrap_or_else(|| right.number())),
        (Val::Text(text), Val::Time(_)) => (time(text).unwrap_or_else(|| left.number()), right.number()),
        _ => (left.number(), right.number()),
    }
}

fn moment(value: &Val<'_>) -> Option<Moment> {
    match value {
        Val::Moment(moment) => Some(*moment),
        Val::Text(text) => moment_of(text.trim(), None),
        Val::Names(_) | Val::Number(_) | Val::Boolean(_) | Val::Date(_) | Val::Time(_) => None,
    }
}

fn time(text: &str) -> Option<f64> {
    parse_time(text.trim()).map(day_part)
}
