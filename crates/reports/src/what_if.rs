//! What another line, another set of indicators or another number of deprivations would make of households: from cases, without
//! opening an interview again. It reads and changes nothing: what is recognised stays.

use std::collections::BTreeMap;

use rasoat_casework::AreaType;
use rasoat_casework::standard::{ClassIncome, IncomeBasis, Outline};

use crate::case::{Case, Class, Outcome, Progress};

/// Income lines per area, inclusive, in the unit of their basis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lines {
    /// In rural areas.
    pub rural: f64,
    /// In urban areas.
    pub urban: f64,
}

impl Lines {
    fn of(self, area: AreaType) -> f64 {
        match area {
            AreaType::Rural => self.rural,
            AreaType::Urban => self.urban,
        }
    }
}

/// An income test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// At or below: low income.
    pub low: Lines,
    /// Up to where income above that is average, where that is defined.
    pub average: Option<Lines>,
}

/// A class and when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    class: Class,
    income: ClassIncome,
    at_least: u32,
    below: u32,
}

/// A rule that classes follow from, made of a standard and changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheme {
    /// Whose indicators and incomes: 0 the standard in force, 1 the coming one.
    pub slot: usize,
    /// In đồng per person and month; none: a household judged by that stays as it is not known.
    pub worksheet: Option<Test>,
    /// In points.
    pub points: Option<Test>,
    /// The indicators that are counted.
    pub counted: u16,
    rules: Vec<Rule>,
}

impl Scheme {
    /// A standard as it is.
    pub fn of(outline: &Outline, slot: usize) -> Self {
        let test = |basis: IncomeBasis| {
            let test = outline.income.iter().find(|test| test.basis == basis)?;
            let average =
                test.average_rural.zip(test.average_urban).map(|(rural, urban)| Lines { rural, urban });
            Some(Test { low: Lines { rural: test.rural, urban: test.urban }, average })
        };
        let rules = outline.classes.iter().filter_map(|rule| {
            Some(Rule {
                class: Class::of(&rule.key)?,
                income: rule.income,
                at_least: u32::from(rule.deprived_at_least),
                below: rule.deprived_below.map_or(u32::MAX, u32::from),
            })
        });
        Self {
            slot,
            worksheet: test(IncomeBasis::Worksheet),
            points: test(IncomeBasis::Points),
            counted: outline.indicators.iter().fold(0, |set, indicator| set | bit(indicator.number)),
            rules: rules.collect(),
        }
    }

    /// The number of deprivations from which a household with low income is poor; none where no such number divides the classes.
    pub fn deprivations(&self) -> Option<u32> {
        let low = self.rules.iter().filter(|rule| rule.income == ClassIncome::Low);
        low.map(|rule| rule.at_least).find(|at_least| *at_least > 0)
    }

    /// Puts another number in place of that.
    pub fn set_deprivations(&mut self, number: u32) {
        let Some(before) = self.deprivations() else { return };
        for rule in self.rules.iter_mut().filter(|rule| rule.income == ClassIncome::Low) {
            if rule.at_least == before {
                rule.at_least = number;
            }
            if rule.below == before {
                rule.below = number;
            }
        }
    }

    /// Takes an indicator, by its number, in or out of the count.
    pub fn count(&mut self, number: u8, is_counted: bool) {
        if is_counted {
            self.counted |= bit(number);
        } else {
            self.counted &= !bit(number);
        }
    }

    /// The class of a household; `None` while open answers decide, or before it was signed.
    pub fn class(&self, case: &Case) -> Option<Class> {
        if case.progress != Progress::Signed {
            return None;
        }
        let outcome = case.outcomes.get(self.slot)?.as_ref()?;
        let sure = (outcome.deprived & self.counted).count_ones();
        let waiting = ((outcome.open | outcome.undefined) & self.counted & !outcome.deprived).count_ones();
        let income = self.income(outcome, case.area);
        let mut possible =
            self.bands(outcome).into_iter().filter(|band| income.is_none_or(|known| known == *band));
        let first = possible.next()?;
        let class = self.class_of(first, sure)?;
        let rest = std::iter::once(first).chain(possible);
        let mut all =
            rest.flat_map(|band| (sure..=sure + waiting).map(move |number| self.class_of(band, number)));
        all.all(|other| other == Some(class)).then_some(class)
    }

    fn test(&self, outcome: &Outcome) -> Option<Test> {
        match outcome.basis? {
            IncomeBasis::Worksheet => self.worksheet,
            IncomeBasis::Points => self.points,
        }
    }

    fn income(&self, outcome: &Outcome, area: AreaType) -> Option<ClassIncome> {
        let (test, income) = (self.test(outcome)?, outcome.income?);
        Some(match test.average {
            _ if income <= test.low.of(area) => ClassIncome::Low,
            Some(upper) if income <= upper.of(area) => ClassIncome::Average,
            Some(_) | None => ClassIncome::Above,
        })
    }

    /// Where income may lie while it is not known: a test that tells no average apart leaves two.
    fn bands(&self, outcome: &Outcome) -> Vec<ClassIncome> {
        let known = self.test(outcome).filter(|_| outcome.basis.is_some());
        let has_average = match known {
            Some(test) => test.average.is_some(),
            None => [self.worksheet, self.points].into_iter().flatten().any(|test| test.average.is_some()),
        };
        let average = has_average.then_some(ClassIncome::Average);
        [Some(ClassIncome::Low), average, Some(ClassIncome::Above)].into_iter().flatten().collect()
    }

    fn class_of(&self, income: ClassIncome, deprived: u32) -> Option<Class> {
        let fits = |rule: &&Rule| rule.income == income && (rule.at_least..rule.below).contains(&deprived);
        self.rules.iter().find(fits).map(|rule| rule.class)
    }
}

fn bit(number: u8) -> u16 {
    number.checked_sub(1).and_then(|place| 1_u16.checked_shl(u32::from(place))).unwrap_or(0)
}

/// From which class to which.
pub type Move = (Option<Class>, Option<Class>);

/// What comes of another rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flows {
    /// Households, and their members, by where they come from and where they go; those that stay included.
    pub moves: BTreeMap<Move, (u64, u64)>,
}

impl Flows {
    /// Counts a household; where it moves, if it does.
    pub fn add(&mut self, before: &Scheme, after: &Scheme, case: &Case) -> Option<Move> {
        if case.gone.is_some() || case.progress != Progress::Signed {
            return None;
        }
        let way = (before.class(case), after.class(case));
        let (households, members) = self.moves.entry(way).or_default();
        *households += 1;
        *members += u64::from(case.members);
        (way.0 != way.1).then_some(way)
    }

    /// Households of a class before and after.
    pub fn of(&self, class: Option<Class>) -> [u64; 2] {
        let mut counts = [0; 2];
        for ((before, after), (households, _)) in &self.moves {
            let [of_before, of_after] = &mut counts;
            *of_before += households * u64::from(*before == class);
            *of_after += households * u64::from(*after == class);
        }
        counts
    }

    /// Households whose class changes.
    pub fn changed(&self) -> u64 {
        self.moves
            .iter()
            .filter(|((before, after), _)| before != after)
            .map(|(_, (households, _))| households)
            .sum()
    }
}
