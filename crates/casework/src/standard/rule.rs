//! The rule of classes over an income band and a number of deprived indicators.

use std::ops::RangeInclusive;

use super::{Band, ClassResult, ClassRule, Standard, TurningPoint};

const BANDS: [Band; 3] = [Band::Low, Band::Average, Band::Above];

/// The class of a known outcome.
pub(super) fn class_of(standard: &Standard, band: Band, deprived: u8) -> Option<&ClassRule> {
    standard
        .classes
        .iter()
        .find(|rule| rule.band == band && (rule.deprived_at_least..rule.deprived_below).contains(&deprived))
}

/// Whether the standard tells an average living standard apart.
fn has_average(standard: &Standard) -> bool {
    standard.income.iter().any(|test| test.average.is_some())
}

/// Every band that income may lie in.
pub(super) fn bands(standard: &Standard) -> Vec<Band> {
    BANDS.into_iter().filter(|band| *band != Band::Average || has_average(standard)).collect()
}

/// The classes that any of the bands and numbers gives, in the standard's order.
pub(super) fn possible<'s>(
    standard: &'s Standard,
    bands: &[Band],
    deprived: RangeInclusive<u8>,
) -> Vec<&'s ClassRule> {
    let reached = |rule: &&ClassRule| {
        bands.iter().any(|band| {
            deprived
                .clone()
                .any(|count| class_of(standard, *band, count).is_some_and(|found| std::ptr::eq(found, *rule)))
        })
    };
    standard.classes.iter().filter(reached).collect()
}

/// Outcomes without a class and classes that no outcome gives, as (place, code, detail).
pub(super) fn gaps(standard: &Standard) -> Vec<(String, &'static str, String)> {
    let most = u8::try_from(standard.indicators.len()).unwrap_or(u8::MAX);
    let bands = bands(standard);
    let mut found = Vec::new();
    for band in &bands {
        if let Some(count) = (0..=most).find(|count| class_of(standard, *band, *count).is_none()) {
            found.push(("class".to_owned(), "class_gap", format!("{band:?}, {count}").to_lowercase()));
        }
    }
    let reached = possible(standard, &bands, 0..=most);
    for rule in &standard.classes {
        if !reached.iter().any(|other| std::ptr::eq(*other, rule)) {
            found.push((format!("class.{}", rule.class.key), "unreachable_class", String::new()));
        }
    }
    found
}

/// The smallest change towards each other class that one step of income (across the line) or of indicators gives.
///
/// `out` is the band that income reaches when it rises above the line; indicators that are open count as met.
pub(super) fn turning_points(standard: &Standard, band: Band, out: Band, deprived: u8) -> Vec<TurningPoint> {
    let most = u8::try_from(standard.indicators.len()).unwrap_or(u8::MAX);
    let across = if band == Band::Low { out } else { Band::Low };
    let Some(now) = class_of(standard, band, deprived).map(|rule| &rule.class) else { return Vec::new() };
    let mut points: Vec<TurningPoint> = Vec::new();
    for class in standard.classes.iter().map(|rule| &rule.class).filter(|class| *class != now) {
        let steps = [(band, false), (across, true)].into_iter().flat_map(|(band, income)| {
            (0..=most).filter_map(move |count| {
                let reached = class_of(standard, band, count).is_some_and(|rule| rule.class == *class);
                reached.then(|| (income, i16::from(count) - i16::from(deprived)))
            })
        });
        let nearest = steps.min_by_key(|(income, change)| (*income, change.abs()));
        if let Some((income, change)) = nearest {
            points.push(turning_point(income, change, class));
        }
    }
    points.sort_by_key(|point| (point.income, point.indicators.unsigned_abs()));
    points
}

fn turning_point(income: bool, change: i16, class: &ClassResult) -> TurningPoint {
    let indicators = i8::try_from(change).unwrap_or(if change < 0 { i8::MIN } else { i8::MAX });
    TurningPoint { indicators, income, class: class.clone() }
}
