//! The Alkire–Foster measures of multidimensional poverty, from cases.
//!
//! Somebody is multidimensionally poor when the weights of the indicators in which their household is deprived reach the cut-off *k*. H is
//! the share of the poor, A the mean of their weighted deprivations, M0 = H · A.
//! (Alkire and Foster, *Counting and multidimensional poverty measurement*, Journal of Public Economics 95, 2011.)
//!
//! Everything is counted in whole parts of a common measure, so that sums do not depend on the order of households.

use std::collections::BTreeMap;

use crate::case::{Case, Outcome, Progress};

/// Indicators at most: more have no bit in an [`Outcome`].
pub const MOST_INDICATORS: usize = 16;

/// A share as what it was counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ratio {
    /// Counted.
    pub numerator: u64,
    /// Of so many.
    pub denominator: u64,
}

impl Ratio {
    /// The share; `None` where nobody is concerned.
    pub fn share(self) -> Option<f64> {
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }
}

/// How much each indicator weighs: whole parts of [`Weights::whole`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    /// By the indicator's number, with its parts.
    parts: Vec<(u8, u64)>,
    whole: u64,
}

impl Weights {
    /// Every indicator as much as any other.
    pub fn equal(numbers: &[u8]) -> Self {
        Self::of(numbers.iter().map(|number| (*number, 1)))
    }

    /// Every dimension as much as any other, and within it every indicator: number and place of its dimension.
    pub fn nested(indicators: &[(u8, usize)]) -> Self {
        let mut sizes: BTreeMap<usize, u64> = BTreeMap::new();
        for (_, dimension) in indicators {
            *sizes.entry(*dimension).or_default() += 1;
        }
        let common = sizes.values().fold(1, |common, size| least_common_multiple(common, *size));
        let size = |dimension: &usize| sizes.get(dimension).copied().unwrap_or(1);
        Self::of(indicators.iter().map(|(number, dimension)| (*number, common / size(dimension))))
    }

    fn of(parts: impl Iterator<Item = (u8, u64)>) -> Self {
        let known = parts.filter(|(number, _)| (1..=MOST_INDICATORS).contains(&usize::from(*number)));
        let parts: BTreeMap<u8, u64> = known.collect();
        Self { whole: parts.values().sum(), parts: parts.into_iter().collect() }
    }

    /// All indicators together.
    pub fn whole(&self) -> u64 {
        self.whole
    }

    /// Each indicator's number and share.
    pub fn shares(&self) -> impl Iterator<Item = (u8, Ratio)> {
        self.parts
            .iter()
            .map(|(number, parts)| (*number, Ratio { numerator: *parts, denominator: self.whole }))
    }

    /// The indicators as an [`Outcome`] has them.
    fn set(&self) -> u16 {
        self.parts.iter().fold(0, |set, (number, _)| set | bit(*number))
    }

    fn score(&self, deprived: u16) -> u64 {
        self.parts.iter().filter(|(number, _)| deprived & bit(*number) != 0).map(|(_, parts)| parts).sum()
    }
}

fn least_common_multiple(one: u64, other: u64) -> u64 {
    let (mut large, mut small) = (one, other);
    while small > 0 {
        (large, small) = (small, large % small);
    }
    one.checked_div(large).unwrap_or(1) * other
}

fn bit(number: u8) -> u16 {
    number.checked_sub(1).and_then(|place| 1_u16.checked_shl(u32::from(place))).unwrap_or(0)
}

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Each member of a household.
    Persons,
    /// Each household once.
    Households,
}

/// How poverty is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Design {
    /// Under which standard indicators were judged: 0 in force, 1 the coming one.
    pub slot: usize,
    /// How much each indicator weighs.
    pub weights: Weights,
    /// The cut-off, in thousandths of all weights: 0 is somebody with any deprivation, 1000 with all.
    pub cutoff: u32,
    /// Who is counted.
    pub counted: Counted,
}

/// What was measured of some households.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Households looked at.
    pub households: u64,
    /// Households left out, as an indicator waits for answers or has no known threshold.
    pub left_out: u64,
    /// Households left out as they have not been signed.
    pub unsigned: u64,
    /// Who is poor, of all who are counted.
    pub headcount: Ratio,
    /// The weighted deprivations of the poor, of all that they could have.
    pub intensity: Ratio,
    /// The weighted deprivations of the poor, of all that everybody could have.
    pub adjusted: Ratio,
    /// Each indicator, by number.
    pub indicators: Vec<IndicatorMeasure>,
}

/// What was measured of one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndicatorMeasure {
    /// Its number.
    pub number: u8,
    /// How much it weighs.
    pub weight: Ratio,
    /// Who is deprived in it.
    pub raw: Ratio,
    /// Who is deprived in it and poor.
    pub censored: Ratio,
    /// How much of M0 it makes.
    pub contribution: Ratio,
}

/// Counts of some households, to which others can be added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    households: u64,
    left_out: u64,
    unsigned: u64,
    counted: u64,
    poor: u64,
    depth: u64,
    raw: [u64; MOST_INDICATORS],
    censored: [u64; MOST_INDICATORS],
}

impl Design {
    /// Measures all cases together.
    pub fn measure<'c>(&self, cases: impl IntoIterator<Item = &'c Case>) -> Measure {
        let mut tally = Tally::default();
        cases.into_iter().for_each(|case| self.add(&mut tally, case));
        self.read(&tally)
    }

    /// Counts a case. Households that are gone are nobody's.
    pub fn add(&self, tally: &mut Tally, case: &Case) {
        if case.gone.is_some() {
            return;
        }
        tally.households += 1;
        let outcome = case.outcomes.get(self.slot).and_then(Option::as_ref);
        let Some(outcome) = outcome.filter(|_| case.progress == Progress::Signed) else {
            tally.unsigned += 1;
            return;
        };
        let set = self.weights.set();
        if (outcome.open | outcome.undefined) & set != 0 || set == 0 {
            tally.left_out += 1;
            return;
        }
        let deprived = outcome.deprived & set;
        let count = match self.counted {
            Counted::Persons => u64::from(case.members),
            Counted::Households => 1,
        };
        let is_poor = self.is_poor(outcome);
        let score = self.weights.score(deprived);
        tally.counted += count;
        if is_poor {
            tally.poor += count;
            tally.depth += count * score;
        }
        for (place, (raw, censored)) in tally.raw.iter_mut().zip(&mut tally.censored).enumerate() {
            if deprived >> place & 1 == 1 {
                *raw += count;
                *censored += count * u64::from(is_poor);
            }
        }
    }

    /// Whether deprivations reach the cut-off. Nobody is poor who lacks nothing.
    pub fn is_poor(&self, outcome: &Outcome) -> bool {
        let score = self.weights.score(outcome.deprived);
        score > 0 && score * 1000 >= u64::from(self.cutoff) * self.weights.whole
    }

    /// What counts come to.
    pub fn read(&self, tally: &Tally) -> Measure {
        let whole = self.weights.whole;
        let of = |numerator, denominator| Ratio { numerator, denominator };
        let indicator = |(number, parts): &(u8, u64)| {
            let place = usize::from(number.saturating_sub(1));
            let at = |counts: &[u64; MOST_INDICATORS]| counts.get(place).copied().unwrap_or(0);
            IndicatorMeasure {
                number: *number,
                weight: of(*parts, whole),
                raw: of(at(&tally.raw), tally.counted),
                censored: of(at(&tally.censored), tally.counted),
                contribution: of(parts * at(&tally.censored), tally.depth),
            }
        };
        Measure {
            households: tally.households,
            left_out: tally.left_out,
            unsigned: tally.unsigned,
            headcount: of(tally.poor, tally.counted),
            intensity: of(tally.depth, tally.poor * whole),
            adjusted: of(tally.depth, tally.counted * whole),
            indicators: self.weights.parts.iter().map(indicator).collect(),
        }
    }
}

impl Tally {
    /// Both together.
    pub fn join(&mut self, other: &Self) {
        self.households += other.households;
        self.left_out += other.left_out;
        self.unsigned += other.unsigned;
        self.counted += other.counted;
        self.poor += other.poor;
        self.depth += other.depth;
        for (mine, theirs) in [(&mut self.raw, &other.raw), (&mut self.censored, &other.censored)] {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }
}
