//! A standard made ready for one form: every expression resolved once.

use std::sync::Arc;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Confidence, Definition, Plan, Prepared, Session, Standpoint, Wanted};

use super::rule::{ClassTable, IndicatorSet};
use super::score::{self, Score};
use super::{
    ClassResult, Classification, Figure, IncomeTest, Indicator, Judged, PointTable, Standard, Tests, classify,
};
use crate::units::AreaType;

/// A standard made ready for one form, for scoring many interviews: made by [`Standard::ready`].
///
/// Interviews on another form are scored right as well, only as slowly as by [`Standard::classify`].
#[derive(Debug, Clone)]
pub struct ReadyStandard {
    standard: Arc<Standard>,
    definition: Arc<Definition>,
    parts: Arc<Parts>,
}

/// The resolved expressions of a standard, in its order.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) income: Vec<ReadyTest>,
    pub(super) indicators: Vec<ReadyIndicator>,
    pub(super) classes: ClassTable,
    /// Indicators whose threshold is not verified.
    pub(super) unverified: IndicatorSet,
    /// Every question that anything here depends on.
    pub(super) wanted: Wanted,
}

/// A condition or figure; absent where the form cannot resolve it: such a one never holds and comes to nothing.
pub(super) type Ready = Option<Prepared>;

#[derive(Debug)]
pub(super) struct ReadyTest {
    pub(super) when: Ready,
    pub(super) figure: ReadyFigure,
}

#[derive(Debug)]
pub(super) enum ReadyFigure {
    Value(Ready),
    /// The rows' conditions, in the order of the table.
    Table(Vec<Ready>),
}

#[derive(Debug)]
pub(super) enum ReadyIndicator {
    Undefined,
    Household(ReadyTests),
    Members {
        /// Absent where the indicator is about every member.
        applies: Option<Ready>,
        tests: ReadyTests,
    },
}

#[derive(Debug)]
pub(super) struct ReadyTests {
    pub(super) deprived: Vec<Ready>,
    pub(super) open: Vec<Ready>,
}

impl ReadyStandard {
    pub(super) fn new(standard: &Standard, plan: &Plan) -> Self {
        let parts = Arc::new(Parts::new(standard, plan));
        Self { standard: Arc::new(standard.clone()), definition: Arc::clone(plan.definition()), parts }
    }

    /// The standard.
    pub fn standard(&self) -> &Standard {
        &self.standard
    }

    /// Scores one interview, with every reason. As [`Standard::classify`].
    pub fn classify(&self, session: &Session, area: AreaType) -> Classification {
        if Arc::ptr_eq(&self.definition, session.definition()) {
            classify::classify(&self.standard, &self.parts, session, area)
        } else {
            self.standard.classify(session, area)
        }
    }

    /// Scores one interview without words: the same class, indicators and income as [`ReadyStandard::classify`], many times
    /// faster.
    pub fn score(&self, session: &Session, area: AreaType) -> Score {
        if Arc::ptr_eq(&self.definition, session.definition()) {
            score::score(&self.standard, &self.parts, session, area)
        } else {
            score::score(&self.standard, &Parts::new(&self.standard, session.plan()), session, area)
        }
    }

    /// The class of a score of this standard; `None` while open answers decide.
    pub fn class(&self, score: &Score) -> Option<&ClassResult> {
        score.possible.only().and_then(|index| self.standard.class(index))
    }

    /// The classes that a score of this standard leaves possible.
    pub fn possible(&self, score: &Score) -> impl Iterator<Item = &ClassResult> {
        score.possible.iter().filter_map(|index| self.standard.class(index))
    }

    /// Every expression of it that this form resolves.
    pub fn prepared(&self) -> impl Iterator<Item = &Prepared> {
        let of_income = self.parts.income.iter().flat_map(ReadyTest::all);
        of_income.chain(self.parts.indicators.iter().flat_map(ReadyIndicator::all)).flatten()
    }

    /// How the indicator of that key judges each member; `None` where it does not, or is not known.
    pub fn member_tests(&self, key: &str) -> Option<MemberTests> {
        let place = self.standard.indicators.iter().position(|indicator| indicator.key == key)?;
        let parts = Arc::clone(&self.parts);
        matches!(parts.indicators.get(place)?, ReadyIndicator::Members { .. })
            .then_some(MemberTests { parts, place })
    }

    pub(super) fn classes(&self) -> &ClassTable {
        &self.parts.classes
    }

    /// Keys of the indicators in a set, in the standard's order.
    pub fn keys(&self, set: IndicatorSet) -> impl Iterator<Item = &str> {
        let indicators = self.standard.indicators.iter();
        indicators
            .filter(move |indicator| set.contains(indicator.number))
            .map(|indicator| indicator.key.as_str())
    }
}

/// How one indicator judges each member: made by [`ReadyStandard::member_tests`].
#[derive(Debug)]
pub struct MemberTests {
    parts: Arc<Parts>,
    place: usize,
}

impl MemberTests {
    /// What it makes of a member: `None` where it is not about them, else whether they are deprived, as far as that is known.
    pub fn judge(&self, member: Standpoint<'_>) -> Option<Option<bool>> {
        let Some(ReadyIndicator::Members { applies, tests }) = self.parts.indicators.get(self.place) else {
            return None;
        };
        match applies.as_ref().map_or(Some(true), |applies| holds(applies, member, false)) {
            Some(true) => Some(score::verdict(tests, member, false)),
            Some(false) => None,
            None => Some(None),
        }
    }
}

impl Parts {
    pub(super) fn new(standard: &Standard, plan: &Plan) -> Self {
        let maker = Maker { plan, members: &standard.members };
        let income: Vec<ReadyTest> = standard.income.iter().map(|test| maker.income(test)).collect();
        let indicators: Vec<ReadyIndicator> =
            standard.indicators.iter().map(|indicator| maker.indicator(indicator)).collect();
        let of_income = income.iter().flat_map(ReadyTest::all);
        let all = of_income.chain(indicators.iter().flat_map(ReadyIndicator::all));
        let wanted = Wanted::of(all.flatten());
        let unverified = standard
            .indicators
            .iter()
            .filter(|indicator| indicator.provenance.confidence == Confidence::Unverified)
            .map(|indicator| indicator.number)
            .collect();
        Self { income, indicators, classes: ClassTable::of(standard), unverified, wanted }
    }
}

struct Maker<'a> {
    plan: &'a Plan,
    members: &'a str,
}

impl Maker<'_> {
    fn form(&self, expr: &Expr) -> Ready {
        self.plan.prepare(expr, None).ok()
    }

    fn member(&self, expr: &Expr) -> Ready {
        self.plan.prepare(expr, Some(self.members)).ok()
    }

    fn income(&self, test: &IncomeTest) -> ReadyTest {
        let figure = match &test.figure {
            Figure::Value(expr) => ReadyFigure::Value(self.form(expr)),
            Figure::Table(used) => {
                ReadyFigure::Table(used.table.as_deref().map_or_else(Vec::new, |table| self.rows(table)))
            }
        };
        ReadyTest { when: self.form(&test.when), figure }
    }

    fn rows(&self, table: &PointTable) -> Vec<Ready> {
        let row = |row: &super::PointRow| match row.each {
            Some(_) => self.member(&row.when),
            None => self.form(&row.when),
        };
        table.rows.iter().map(row).collect()
    }

    fn indicator(&self, indicator: &Indicator) -> ReadyIndicator {
        match &indicator.judged {
            Judged::Undefined => ReadyIndicator::Undefined,
            Judged::Household(tests) => ReadyIndicator::Household(tests_of(tests, |expr| self.form(expr))),
            Judged::Members { applies, tests, .. } => ReadyIndicator::Members {
                applies: applies.as_ref().map(|expr| self.member(expr)),
                tests: tests_of(tests, |expr| self.member(expr)),
            },
        }
    }
}

fn tests_of(tests: &Tests, ready: impl Fn(&Expr) -> Ready) -> ReadyTests {
    ReadyTests {
        deprived: tests.deprived.iter().map(|reason| ready(&reason.when)).collect(),
        open: tests.open.iter().map(|doubt| ready(&doubt.when)).collect(),
    }
}

impl ReadyTest {
    fn all(&self) -> impl Iterator<Item = &Ready> {
        let figure = match &self.figure {
            ReadyFigure::Value(value) => std::slice::from_ref(value),
            ReadyFigure::Table(rows) => rows,
        };
        std::iter::once(&self.when).chain(figure)
    }
}

impl ReadyIndicator {
    fn all(&self) -> impl Iterator<Item = &Ready> {
        let (applies, tests) = match self {
            Self::Undefined => (None, None),
            Self::Household(tests) => (None, Some(tests)),
            Self::Members { applies, tests } => (applies.as_ref(), Some(tests)),
        };
        let tests = tests.into_iter().flat_map(|tests| tests.deprived.iter().chain(&tests.open));
        applies.into_iter().chain(tests)
    }
}

/// Whether a condition holds; `None` while an answer is missing that could change it. `whole` says that nothing is missing
/// anywhere, which saves the search.
pub(super) fn holds(condition: &Ready, at: Standpoint<'_>, whole: bool) -> Option<bool> {
    let Some(condition) = condition else { return Some(false) };
    if whole { Some(at.holds(condition)) } else { at.settled(condition) }
}
