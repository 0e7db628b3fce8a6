//! One interview under one standard, without words: what the class needs and no more.

use rasoat_instrument::expression::Outcome;
use rasoat_instrument::{Confidence, Session, Standpoint};

use super::indicator::Tally;
use super::ready::{Parts, ReadyFigure, ReadyIndicator, ReadyTests, holds};
use super::rule::{Bands, ClassSet, IndicatorSet};
use super::{Band, Figure, IncomeBasis, IncomeTest, IndicatorState, Judged, Provisional, Standard, points};
use crate::units::AreaType;

/// What a standard makes of an interview, without words. [`super::ReadyStandard::class`] names the class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The classes still possible.
    pub(super) possible: ClassSet,
    /// Where income lies, as far as that is known.
    pub(super) band: Option<Band>,
    /// Indicators deprived.
    pub deprived: IndicatorSet,
    /// Indicators that wait for answers.
    pub open: IndicatorSet,
    /// Indicators whose threshold is not known.
    pub undefined: IndicatorSet,
    /// Whether income is at or below the line; `None` while not known.
    pub low: Option<bool>,
    /// What the income test is made on; `None` while not known.
    pub basis: Option<IncomeBasis>,
    /// Đồng per person and month, or points; `None` while not known.
    pub income: Option<f64>,
    pub(super) provisional: [bool; 3],
}

impl Score {
    /// Whether open answers still decide the class.
    pub fn is_open(&self) -> bool {
        self.possible.only().is_none()
    }

    /// Why the class is not final, though known.
    pub fn provisional(&self) -> impl Iterator<Item = Provisional> {
        reservations(self.provisional)
    }
}

/// Reservations in their order.
pub(super) fn reservations(flags: [bool; 3]) -> impl Iterator<Item = Provisional> {
    let all = [Provisional::UnverifiedThreshold, Provisional::UnverifiedRule, Provisional::DummyPoints];
    all.into_iter().zip(flags).filter_map(|(why, holds)| holds.then_some(why))
}

pub(super) fn score(standard: &Standard, parts: &Parts, session: &Session, area: AreaType) -> Score {
    let whole = session.lacks_none(&parts.wanted);
    let here = session.outside();
    let mut found = Found::default();
    let members = session.inside(&standard.members);
    let count = members.clone().count();
    for (indicator, ready) in standard.indicators.iter().zip(&parts.indicators) {
        let state = match ready {
            ReadyIndicator::Undefined => IndicatorState::Undefined,
            ReadyIndicator::Household(_) | ReadyIndicator::Members { .. } if count == 0 => {
                IndicatorState::Open
            }
            ReadyIndicator::Household(tests) => match verdict(tests, here, whole) {
                Some(true) => IndicatorState::Deprived,
                Some(false) => IndicatorState::Met,
                None => IndicatorState::Open,
            },
            ReadyIndicator::Members { applies, tests } => {
                let Judged::Members { quantity, .. } = indicator.judged else { continue };
                let mut tally = Tally::new(quantity, count);
                for member in members.clone() {
                    match applies.as_ref().map_or(Some(true), |applies| holds(applies, member, whole)) {
                        Some(true) => tally.add(verdict(tests, member, whole)),
                        Some(false) => {}
                        None => tally.add(None),
                    }
                    if tally.is_decided() {
                        break;
                    }
                }
                tally.state()
            }
        };
        found.add(indicator.number, state);
    }
    let income = if count == 0 { Income::default() } else { measure(standard, parts, session, area, whole) };
    weigh(standard, parts, &found, &income)
}

/// Whether tests come out as deprived; `None` while that is open.
pub(super) fn verdict(tests: &ReadyTests, at: Standpoint<'_>, whole: bool) -> Option<bool> {
    let mut waits = false;
    for reason in &tests.deprived {
        match holds(reason, at, whole) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => waits = true,
        }
    }
    let doubted = || tests.open.iter().any(|doubt| holds(doubt, at, whole) != Some(false));
    (!waits && !doubted()).then_some(false)
}

/// How the indicators came out.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) deprived: IndicatorSet,
    pub(super) open: IndicatorSet,
    pub(super) undefined: IndicatorSet,
}

impl Found {
    pub(super) fn add(&mut self, number: u8, state: IndicatorState) {
        match state {
            IndicatorState::Deprived => self.deprived.insert(number),
            IndicatorState::Open => self.open.insert(number),
            IndicatorState::Undefined => self.undefined.insert(number),
            IndicatorState::Met => {}
        }
    }
}

/// The income test of an interview.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Income {
    /// Which of the standard's tests.
    pub(super) test: Option<usize>,
    pub(super) value: Option<f64>,
    pub(super) band: Option<Band>,
}

/// Makes the first income test whose condition holds.
pub(super) fn measure(
    standard: &Standard,
    parts: &Parts,
    session: &Session,
    area: AreaType,
    whole: bool,
) -> Income {
    let here = session.outside();
    let applies = |ready: &super::ready::ReadyTest| ready.when.as_ref().is_some_and(|when| here.holds(when));
    let Some(index) = parts.income.iter().position(applies) else { return Income::default() };
    let (Some(test), Some(ready)) = (standard.income.get(index), parts.income.get(index)) else {
        return Income::default();
    };
    let value = match (&ready.figure, &test.figure) {
        (ReadyFigure::Value(Some(value)), _) => {
            let outcome = if whole { Some(here.evaluate(value)) } else { here.settle(value) };
            outcome.as_ref().and_then(number)
        }
        (ReadyFigure::Table(rows), Figure::Table(used)) => points::total(used, rows, session, area, whole),
        (ReadyFigure::Value(None) | ReadyFigure::Table(_), _) => None,
    };
    Income { test: Some(index), value, band: value.map(|value| test.band(value, area)) }
}

impl IncomeTest {
    /// Where a figure lies.
    pub(super) fn band(&self, value: f64, area: AreaType) -> Band {
        match self.average {
            _ if value <= self.lines.of(area) => Band::Low,
            Some(upper) if value <= upper.of(area) => Band::Average,
            Some(_) | None => Band::Above,
        }
    }

    /// Whether its points are not the official ones.
    pub(super) fn is_dummy(&self) -> bool {
        self.dummy || self.figure.table().is_some_and(|table| table.dummy)
    }

    /// Whether its line, or the table behind its figure, is not verified.
    pub(super) fn is_unverified(&self) -> bool {
        let all = std::iter::once(&self.provenance).chain(self.figure.table().map(|table| &table.provenance));
        all.into_iter().any(|provenance| provenance.confidence == Confidence::Unverified)
    }
}

fn number(outcome: &Outcome) -> Option<f64> {
    let number = match outcome {
        Outcome::Number(number) => *number,
        Outcome::Text(text) => text.trim().parse().ok()?,
        Outcome::Boolean(_) => return None,
    };
    number.is_finite().then_some(number)
}

/// What follows for the class from what was found, and how sure it is.
pub(super) fn weigh(standard: &Standard, parts: &Parts, found: &Found, income: &Income) -> Score {
    let test = income.test.and_then(|index| standard.income.get(index));
    let bands = match (income.band, test) {
        (Some(band), _) => Bands::only(band),
        // This test's figure tells no average living standard apart.
        (None, Some(test)) if test.average.is_none() => Bands::without_average(),
        (None, _) => Bands::of(standard),
    };
    let waiting = found.open.union(found.undefined);
    let deprived = found.deprived.count();
    let possible = parts.classes.possible(bands, deprived..=deprived.saturating_add(waiting.count()));
    let mut provisional = [false; 3];
    if let Some(rule) = possible.only().and_then(|index| standard.classes.get(index)) {
        let unsure = parts.unverified.union(waiting);
        let sure = found.deprived.without(unsure).count();
        let reached = parts.classes.possible(bands, sure..=sure.saturating_add(unsure.count()));
        provisional = [
            reached.only().is_none(),
            rule.provenance.confidence == Confidence::Unverified
                || test.is_some_and(IncomeTest::is_unverified),
            test.is_some_and(IncomeTest::is_dummy),
        ];
    }
    Score {
        possible,
        band: income.band,
        deprived: found.deprived,
        open: found.open,
        undefined: found.undefined,
        low: income.band.map(|band| band == Band::Low),
        basis: test.map(|test| test.basis),
        income: income.value,
        provisional,
    }
}
