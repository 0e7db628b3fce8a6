//! The rule of classes over an income band and a number of deprived indicators.

use std::ops::RangeInclusive;

use super::{Band, ClassRule, Standard};

pub(super) const BANDS: [Band; 3] = [Band::Low, Band::Average, Band::Above];

/// More indicators or classes than these are refused when a standard is read.
pub(super) const MOST: usize = 64;

/// Indicators by their numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct IndicatorSet(u64);

impl IndicatorSet {
    /// How many.
    pub fn count(self) -> u8 {
        // At most 64.
        self.0.count_ones() as u8
    }

    /// Whether an indicator is in it, by its number in the standard's list, from 1.
    pub fn contains(self, number: u8) -> bool {
        self.0 & bit(number) != 0
    }

    pub(super) fn insert(&mut self, number: u8) {
        self.0 |= bit(number);
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl FromIterator<u8> for IndicatorSet {
    fn from_iter<T: IntoIterator<Item = u8>>(numbers: T) -> Self {
        let mut set = Self::default();
        numbers.into_iter().for_each(|number| set.insert(number));
        set
    }
}

fn bit(number: u8) -> u64 {
    number.checked_sub(1).and_then(|place| 1_u64.checked_shl(u32::from(place))).unwrap_or(0)
}

/// Classes by their places in a standard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ClassSet(u64);

impl ClassSet {
    /// The class, if there is just one.
    pub(super) fn only(self) -> Option<usize> {
        (self.0.count_ones() == 1).then(|| self.0.trailing_zeros() as usize)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        (0..MOST).filter(move |index| self.0 >> index & 1 == 1)
    }
}

/// The bands that income may lie in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bands(pub(super) [bool; 3]);

impl Bands {
    pub(super) fn only(band: Band) -> Self {
        Self(BANDS.map(|other| other == band))
    }

    /// Every band that income may lie in under this standard.
    pub(super) fn of(standard: &Standard) -> Self {
        let has_average = standard.income.iter().any(|test| test.average.is_some());
        Self([true, has_average, true])
    }

    /// At or below the line, or above it without an average living standard.
    pub(super) fn without_average() -> Self {
        Self([true, false, true])
    }

    fn iter(self) -> impl Iterator<Item = Band> {
        BANDS.into_iter().zip(self.0).filter_map(|(band, may)| may.then_some(band))
    }
}

/// The class of every outcome of a standard.
#[derive(Debug)]
pub(super) struct ClassTable {
    /// By the number of indicators deprived, then by band.
    rows: Vec<[Option<u8>; 3]>,
}

impl ClassTable {
    pub(super) fn of(standard: &Standard) -> Self {
        let most = u8::try_from(standard.indicators.len().min(MOST)).unwrap_or(u8::MAX);
        let class = |band, count| {
            let fits = |rule: &ClassRule| {
                rule.band == band && (rule.deprived_at_least..rule.deprived_below).contains(&count)
            };
            standard.classes.iter().position(fits).and_then(|index| u8::try_from(index).ok())
        };
        Self { rows: (0..=most).map(|count| BANDS.map(|band| class(band, count))).collect() }
    }

    /// The class of a known outcome.
    pub(super) fn class(&self, band: Band, deprived: u8) -> Option<usize> {
        self.rows.get(usize::from(deprived))?[band as usize].map(usize::from)
    }

    /// The largest number of indicators that can be deprived.
    pub(super) fn most(&self) -> u8 {
        u8::try_from(self.rows.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }

    /// The classes that any of the bands and numbers gives.
    pub(super) fn possible(&self, bands: Bands, deprived: RangeInclusive<u8>) -> ClassSet {
        let mut set = 0_u64;
        for row in
            self.rows.iter().take(usize::from(*deprived.end()) + 1).skip(usize::from(*deprived.start()))
        {
            for (class, may) in row.iter().zip(bands.0) {
                if let (Some(class), true) = (class, may) {
                    set |= 1_u64.checked_shl(u32::from(*class)).unwrap_or(0);
                }
            }
        }
        ClassSet(set)
    }
}

/// Outcomes without a class and classes that no outcome gives, as (place, code, detail).
pub(super) fn gaps(standard: &Standard) -> Vec<(String, &'static str, String)> {
    let table = ClassTable::of(standard);
    let bands = Bands::of(standard);
    let mut found = Vec::new();
    for (what, count) in [("indicator", standard.indicators.len()), ("class", standard.classes.len())] {
        if count > MOST {
            found.push((what.to_owned(), "too_many", count.to_string()));
        }
    }
    for band in bands.iter() {
        if let Some(count) = (0..=table.most()).find(|count| table.class(band, *count).is_none()) {
            found.push(("class".to_owned(), "class_gap", format!("{band:?}, {count}").to_lowercase()));
        }
    }
    let reached = table.possible(bands, 0..=table.most());
    for (index, rule) in standard.classes.iter().enumerate() {
        if !reached.iter().any(|other| other == index) {
            found.push((format!("class.{}", rule.class.key), "unreachable_class", String::new()));
        }
    }
    found
}
