//! What classifies a household: income lines, indicators and the rule of classes, as data; and what came of one interview.
//!
//! No figure of the law stands here: `instruments/README.md` describes the file that [`Standard::from_toml`] reads.

mod check;
mod classify;
mod indicator;
mod outline;
mod points;
mod read;
mod ready;
mod result;
mod rule;
mod score;
pub(crate) mod table;
mod turning;
mod what_if;

pub use outline::{ClassIncome, ClassOutline, IncomeOutline, IndicatorOutline, Outline};
pub(crate) use points::confidence_word;
pub use points::{EachMember, MOST_POINT_ROWS, POINT_COLUMNS, PointLine, PointRow, PointTable, PointsResult};
pub(crate) use read::parse;
pub use ready::{MemberTests, ReadyStandard};
pub use result::{
    CandidateIndicator, Cause, ClassResult, Classification, IncomeBasis, IncomeDirection, IncomeResult,
    IncomeStep, IndicatorResult, IndicatorState, Provisional, TurningPoint,
};
pub use rule::IndicatorSet;
pub use score::Score;
pub use what_if::{Changed, Flow, IndicatorChange, WhatIf, what_if};

use jiff::civil::Date;
use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Confidence, Definition, Plan, Provenance, Session, Text};

use crate::units::AreaType;
use points::TableUse;
use ready::Parts;

/// A standard as its authors wrote it (`instruments/standards/*.toml`).
#[derive(Debug, Clone)]
pub struct Standard {
    /// Its id: `vn-2022-2026`.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// First day whose status it decides.
    pub valid_from: Date,
    /// Last day whose status it decides.
    pub valid_to: Date,
    /// The legal texts it is taken from.
    pub sources: Vec<String>,
    /// The repeat of the form that holds the household's members.
    members: String,
    /// The question that says how income is determined.
    income_question: String,
    /// Income tests, the first that an interview allows counts.
    income: Vec<IncomeTest>,
    /// Classes; the first whose conditions hold.
    classes: Vec<ClassRule>,
    indicators: Vec<Indicator>,
}

/// One way to tell whether income is low.
#[derive(Debug, Clone)]
struct IncomeTest {
    basis: IncomeBasis,
    /// Whether the interview determines income this way.
    when: Expr,
    /// What is compared with the lines.
    figure: Figure,
    lines: Lines,
    /// The point table behind the figure is not the official one.
    dummy: bool,
    /// Up to where income above the line makes an average living standard.
    average: Option<Lines>,
    /// The least sure confidence of `average`.
    average_provenance: Option<Provenance>,
    provenance: Provenance,
}

/// Where the figure of an income test comes from: đồng per person and month, or points.
#[derive(Debug, Clone)]
enum Figure {
    Value(Expr),
    /// The sum of a point table's rows.
    Table(TableUse),
}

impl Figure {
    fn table_use(&self) -> Option<&TableUse> {
        match self {
            Self::Value(_) => None,
            Self::Table(used) => Some(used),
        }
    }

    fn table(&self) -> Option<&PointTable> {
        self.table_use()?.table.as_deref()
    }
}

/// A line per area type, inclusive, in the unit of its test.
#[derive(Debug, Clone, Copy)]
struct Lines {
    rural: f64,
    urban: f64,
}

impl Lines {
    fn of(self, area: AreaType) -> f64 {
        match area {
            AreaType::Rural => self.rural,
            AreaType::Urban => self.urban,
        }
    }
}

/// Where income lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Band {
    /// At or below the line.
    Low,
    /// Above the line, at or below the upper end of the average living standard.
    Average,
    /// Above that, or above the line where no average living standard is defined.
    Above,
}

/// One class and when it holds.
#[derive(Debug, Clone)]
struct ClassRule {
    class: ClassResult,
    band: Band,
    deprived_at_least: u8,
    deprived_below: u8,
    provenance: Provenance,
}

#[derive(Debug, Clone)]
struct Indicator {
    key: String,
    number: u8,
    /// Groups indicators in reports.
    dimension: Text,
    label: Text,
    rule: Text,
    provenance: Provenance,
    judged: Judged,
}

/// How an indicator is judged.
#[derive(Debug, Clone)]
enum Judged {
    /// Its threshold is not known.
    Undefined,
    /// Seen from the household.
    Household(Tests),
    /// Seen from each member, then counted.
    Members {
        /// Members it is about; all when absent.
        applies: Option<Expr>,
        tests: Tests,
        quantity: Quantity,
    },
}

/// How many members must fail for the household to be deprived.
#[derive(Debug, Clone, Copy)]
enum Quantity {
    Any,
    /// Every member that the indicator is about.
    Every,
    /// More than this share of all members.
    ShareAbove(f64),
}

#[derive(Debug, Clone)]
struct Tests {
    /// Deprived when any of these holds.
    deprived: Vec<Reason>,
    /// Not to be decided when any of these holds and none of the above does.
    open: Vec<Doubt>,
}

#[derive(Debug, Clone)]
struct Reason {
    when: Expr,
    question: String,
    cause: Text,
}

#[derive(Debug, Clone)]
struct Doubt {
    when: Expr,
    question: String,
}

/// One thing wrong in a standard's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {code}")]
pub struct StandardProblem {
    /// Where in the file: `indicator.water.deprived`.
    pub place: String,
    /// Stable code; listed with the call that reports it.
    pub code: String,
    /// The word, or the parser's code and character offset, that it is about, if any.
    pub detail: String,
}

impl Standard {
    /// Reads a standard's file.
    ///
    /// # Errors
    /// Everything wrong with it, each with its place. Codes: `unreadable` (not TOML), `missing`, `unknown_key`, `wrong_type`,
    /// `bad_value`, `bad_expression`, `duplicate_key`, `bad_number`, `too_many` (indicators or classes), `class_gap` (an outcome
    /// without class), `unreachable_class`.
    pub fn from_toml(text: &str) -> Result<Self, Vec<StandardProblem>> {
        read::standard(text)
    }

    /// The standard with the point tables that its income tests name. Until it has them, income by points from a table is open.
    ///
    /// # Errors
    /// What does not fit, each with its place. Codes: `unknown_table`, `unknown_column`, `bad_value` (a row counted for each of
    /// something else than this standard's members).
    pub fn with_tables(mut self, tables: &[PointTable]) -> Result<Self, Vec<StandardProblem>> {
        let mut problems = Vec::new();
        for (index, test) in self.income.iter_mut().enumerate() {
            if let Figure::Table(used) = &mut test.figure {
                problems.extend(used.link(&format!("income.{}", index + 1), &self.members, tables));
            }
        }
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }

    /// Ids of the point tables that its income tests name.
    pub fn table_ids(&self) -> Vec<String> {
        let used = |test: &IncomeTest| test.figure.table_use().map(|used| used.id.clone());
        self.income.iter().filter_map(used).collect()
    }

    /// Whether every expression of the standard can be evaluated on this form.
    ///
    /// # Errors
    /// Everything that cannot. Codes: `bad_expression`, `unknown_question`, `unknown_repeat`, `unknown_name` (in a cause),
    /// `unlinked_table` (see [`Standard::with_tables`]).
    pub fn check(&self, definition: &Definition) -> Result<(), Vec<StandardProblem>> {
        check::check(self, definition)
    }

    /// What it says, for people to read.
    pub fn outline(&self) -> Outline {
        outline::outline(self)
    }

    /// Makes the standard ready for one form. Worth it wherever more than one interview is scored. An expression that
    /// [`Standard::check`] refuses never holds.
    pub fn ready(&self, plan: &Plan) -> ReadyStandard {
        ReadyStandard::new(self, plan)
    }

    /// Scores one interview. Never fails: what cannot be known is `Open` or `Undefined`. A household without members is open
    /// in every indicator. Resolves every expression anew: see [`Standard::ready`].
    pub fn classify(&self, session: &Session, area: AreaType) -> Classification {
        classify::classify(self, &Parts::new(self, session.plan()), session, area)
    }

    /// Its classes, each once, in the order of the law.
    pub fn class_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = Vec::new();
        for ClassRule { class, .. } in &self.classes {
            if !keys.contains(&class.key.as_str()) {
                keys.push(&class.key);
            }
        }
        keys
    }

    fn class(&self, index: usize) -> Option<&ClassResult> {
        self.classes.get(index).map(|rule| &rule.class)
    }

    /// The least sure confidence among the indicators, lines and classes of this standard.
    pub fn confidence(&self) -> Confidence {
        let indicators = self.indicators.iter().map(|indicator| &indicator.provenance);
        let classes = self.classes.iter().map(|rule| &rule.provenance);
        let income = self.income.iter().flat_map(|test| {
            let table = test.figure.table().map(|table| &table.provenance);
            std::iter::once(&test.provenance).chain(&test.average_provenance).chain(table)
        });
        let all = indicators.chain(classes).chain(income);
        all.map(|provenance| provenance.confidence).max().unwrap_or(Confidence::Unverified)
    }
}

/// Scores one interview under several standards.
pub fn classify_all(standards: &[Standard], session: &Session, area: AreaType) -> Vec<Classification> {
    standards.iter().map(|standard| standard.classify(session, area)).collect()
}

/// Which of several standards decides in a year: the first that holds then, else the first there is.
pub fn decides_in<'s>(standards: impl IntoIterator<Item = &'s Standard>, year: u16) -> Option<usize> {
    let year = i16::try_from(year).unwrap_or(i16::MAX);
    let mut standards = standards.into_iter().peekable();
    standards.peek()?;
    let holds = |known: &Standard| (known.valid_from.year()..=known.valid_to.year()).contains(&year);
    Some(standards.position(holds).unwrap_or(0))
}
