//! What would have to change for another class.

use super::ready::Parts;
use super::rule::{BANDS, Bands};
use super::score::{Income, Score, reservations};
use super::{
    Band, CandidateIndicator, IncomeDirection, IncomeStep, IncomeTest, IndicatorResult, IndicatorState,
    Standard, TurningPoint,
};
use crate::units::AreaType;
use rasoat_instrument::Confidence;

/// The smallest change towards each other class that income or indicators can give. Indicators that are open count as met; those whose
/// threshold is not known cannot be changed.
pub(super) fn turning_points(
    standard: &Standard,
    parts: &Parts,
    score: &Score,
    income: &Income,
    indicators: &[IndicatorResult],
    area: AreaType,
) -> Vec<TurningPoint> {
    let test = income.test.and_then(|index| standard.income.get(index));
    let (Some(now), Some(test), Some(band), Some(value)) =
        (score.possible.only(), test, income.band, income.value)
    else {
        return Vec::new();
    };
    let standing = Standing { standard, parts, score, indicators, test, band, value, area };
    let mut points: Vec<(u8, TurningPoint)> = (0..standard.classes.len())
        .filter(|class| *class != now)
        .filter_map(|class| standing.nearest(class))
        .collect();
    points.sort_by_key(|(moves, point)| (*moves, point.indicators.unsigned_abs()));
    points.into_iter().map(|(_, point)| point).collect()
}

/// A household whose class is known.
struct Standing<'a> {
    standard: &'a Standard,
    parts: &'a Parts,
    score: &'a Score,
    indicators: &'a [IndicatorResult],
    test: &'a IncomeTest,
    band: Band,
    value: f64,
    area: AreaType,
}

impl Standing<'_> {
    /// The nearest way to a class, with how far income moves for it.
    fn nearest(&self, class: usize) -> Option<(u8, TurningPoint)> {
        let deprived = i16::from(self.score.deprived.count());
        let may_gain = self.indicators.iter().filter(|result| is_candidate(result, 1)).count();
        let most = i16::try_from(may_gain).unwrap_or(i16::MAX).saturating_add(deprived);
        let bands = BANDS.into_iter().filter(|band| *band != Band::Average || self.test.average.is_some());
        let ways = bands.flat_map(|band| {
            (0..=self.parts.classes.most()).filter_map(move |count| {
                let reached =
                    self.parts.classes.class(band, count) == Some(class) && i16::from(count) <= most;
                reached.then(|| (self.moves(band), i16::from(count) - deprived, band))
            })
        });
        let (moves, change, band) = ways.min_by_key(|(moves, change, _)| (*moves, change.abs()))?;
        Some((moves, self.point(class, band, change)?))
    }

    /// How far income moves: 0 not at all, 1 across the line, 2 across the upper end of the average as well or instead.
    fn moves(&self, to: Band) -> u8 {
        let out = if self.test.average.is_some() { Band::Average } else { Band::Above };
        let across = if self.band == Band::Low { out } else { Band::Low };
        match to {
            to if to == self.band => 0,
            to if to == across => 1,
            Band::Low | Band::Average | Band::Above => 2,
        }
    }

    fn point(&self, class: usize, band: Band, change: i16) -> Option<TurningPoint> {
        let candidates = self.indicators.iter().filter(|result| is_candidate(result, change));
        Some(TurningPoint {
            indicators: i8::try_from(change).unwrap_or(if change < 0 { i8::MIN } else { i8::MAX }),
            income: band != self.band,
            class: self.standard.class(class)?.clone(),
            candidates: candidates.map(candidate).collect(),
            step: (band != self.band).then(|| self.step(band)),
            provisional: reservations(self.reservations(class, band, change)).collect(),
        })
    }

    fn step(&self, to: Band) -> IncomeStep {
        let line = self.test.lines.of(self.area);
        let upper = self.test.average.map(|lines| lines.of(self.area));
        let (direction, line, far_end) = match (to, self.band) {
            (Band::Low, _) => (IncomeDirection::DownTo, line, None),
            (Band::Average, Band::Above) => (IncomeDirection::DownTo, upper.unwrap_or(line), Some(line)),
            (Band::Average, Band::Low | Band::Average) => (IncomeDirection::Above, line, upper),
            (Band::Above, _) => (IncomeDirection::Above, upper.unwrap_or(line), None),
        };
        let distance = (self.value - line).abs();
        IncomeStep { basis: self.test.basis, direction, value: self.value, line, distance, far_end }
    }

    /// Why the class would not be certain: every threshold that is not verified may in truth be otherwise.
    fn reservations(&self, class: usize, band: Band, change: i16) -> [bool; 3] {
        let score = self.score;
        let unsure = self.parts.unverified.union(score.open).union(score.undefined);
        let unsure_deprived = i16::from(score.deprived.count() - score.deprived.without(unsure).count());
        let unsure_else = i16::from(unsure.count()) - unsure_deprived;
        // Those that change may be among the unsure ones: then they may in truth come out as before.
        let unsure_candidates = self
            .indicators
            .iter()
            .filter(|result| is_candidate(result, change) && unsure.contains(result.number));
        let changing = change.abs().min(i16::try_from(unsure_candidates.count()).unwrap_or(i16::MAX));
        let target = i16::from(score.deprived.count()) + change;
        let most = i16::from(self.parts.classes.most());
        let count = |number: i16| u8::try_from(number.clamp(0, most)).unwrap_or(0);
        let lowest = target - unsure_deprived - if change > 0 { changing } else { 0 };
        let highest = target + unsure_else + if change < 0 { changing } else { 0 };
        let range = count(lowest)..=count(highest);
        let reached = self.parts.classes.possible(Bands::only(band), range);
        let rule = self.standard.classes.get(class).map(|rule| rule.provenance.confidence);
        let uses_average =
            band != self.band && (band == Band::Average || self.band == Band::Average || band == Band::Above);
        let average = self.test.average_provenance.as_ref().filter(|_| uses_average);
        [
            reached.only().is_none(),
            rule == Some(Confidence::Unverified)
                || self.test.is_unverified()
                || average.is_some_and(|provenance| provenance.confidence == Confidence::Unverified),
            self.test.is_dummy(),
        ]
    }
}

/// Whether a change of an indicator would count towards a change of their number.
fn is_candidate(result: &IndicatorResult, change: i16) -> bool {
    match result.state {
        IndicatorState::Deprived => change < 0,
        IndicatorState::Met | IndicatorState::Open => change > 0,
        IndicatorState::Undefined => false,
    }
}

fn candidate(result: &IndicatorResult) -> CandidateIndicator {
    CandidateIndicator {
        key: result.key.clone(),
        number: result.number,
        state: result.state,
        causes: result.causes.clone(),
        missing: result.missing.clone(),
        unverified: result.provenance.confidence == Confidence::Unverified,
    }
}
