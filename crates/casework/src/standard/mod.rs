//! What classifies a household: income lines, indicators and the rule of classes, as data; and what came of one interview.
//!
//! No figure of the law stands here: `instruments/README.md` describes the file that [`Standard::from_toml`] reads.

mod check;
mod classify;
mod indicator;
mod read;
mod rule;
mod table;

use jiff::civil::Date;
use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Confidence, Definition, Provenance, Session, Text};
use serde::Serialize;

use crate::units::AreaType;

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
    /// The figure to compare: đồng per person and month, or points.
    value: Expr,
    lines: Lines,
    /// The point table behind the figure is not the official one.
    dummy: bool,
    /// Up to where income above the line makes an average living standard.
    average: Option<Lines>,
    /// The least sure confidence of `average`.
    average_provenance: Option<Provenance>,
    provenance: Provenance,
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

/// What one standard makes of one interview, with every reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct Classification {
    /// The standard's id.
    pub standard: String,
    /// The standard's name.
    pub title: Text,
    /// The class that follows from what is known, whatever the open answers turn out to be; `None` while they decide.
    pub class: Option<ClassResult>,
    /// The classes that are still possible (one when `class` is known).
    pub possible: Vec<ClassResult>,
    /// Why the class is not final, though known: unverified thresholds, a dummy point table.
    pub provisional: Vec<Provisional>,
    /// The income test.
    pub income: IncomeResult,
    /// Every indicator, in the standard's order.
    pub indicators: Vec<IndicatorResult>,
    /// Number of indicators deprived.
    pub deprived: u8,
    /// Number of indicators still open.
    pub open: u8,
    /// Smallest changes that would give another class.
    pub turning_points: Vec<TurningPoint>,
}

/// A class with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct ClassResult {
    /// Key: `poor`, `near_poor`, `average`, `not_poor`.
    pub key: String,
    /// Its name: Hộ nghèo, …
    pub label: Text,
}

/// Why a class is shown as provisional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Provisional {
    /// A threshold that decided here is not verified against the official text.
    UnverifiedThreshold,
    /// The class rule or income line is not verified.
    UnverifiedRule,
    /// B1 came from a dummy point table.
    DummyPoints,
}

/// How the income test came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct IncomeResult {
    /// Whether income is at or below the line; `None` while not known.
    pub low: Option<bool>,
    /// What the test was made on; `None` while neither is known.
    pub basis: Option<IncomeBasis>,
    /// The measured figure: đồng per person and month, or points. Whole numbers up to 2^53.
    pub value: Option<f64>,
    /// The line it is compared with, same unit; inclusive.
    pub line: Option<f64>,
    /// The area type used.
    pub area: AreaType,
    /// Questions to answer before the test can be made.
    pub missing: Vec<String>,
    /// Source of the line.
    pub provenance: Option<Provenance>,
}

/// What the income test is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncomeBasis {
    /// Income per person and month, from the twelve-month worksheet.
    Worksheet,
    /// The B1 total of points.
    Points,
}

/// How one indicator came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IndicatorState {
    /// Deprived.
    Deprived,
    /// Not deprived.
    Met,
    /// Answers are missing that could decide.
    Open,
    /// The standard's threshold is not known: the indicator is listed but cannot be judged.
    Undefined,
}

/// One indicator with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct IndicatorResult {
    /// Key: `health_insurance`.
    pub key: String,
    /// Number in the standard's list, from 1.
    pub number: u8,
    /// Name.
    pub label: Text,
    /// The rule in words.
    pub rule: Text,
    /// How it came out.
    pub state: IndicatorState,
    /// Who or what causes the deprivation.
    pub causes: Vec<Cause>,
    /// Paths of the questions that are open.
    pub missing: Vec<String>,
    /// Source and confidence of the threshold.
    pub provenance: Provenance,
}

/// One cause of a deprivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct Cause {
    /// Path of the member it is about, if one.
    pub member: Option<String>,
    /// The question to look at.
    pub path: String,
    /// In words: "Nông Thị Lan, 10 tuổi: không có thẻ".
    pub text: Text,
}

/// The nearest change of class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct TurningPoint {
    /// Change in the number of indicators deprived: −1 = one fewer, 2 = two more; 0 when only income must change.
    pub indicators: i8,
    /// Whether income would have to cross the line.
    pub income: bool,
    /// The class it would give.
    pub class: ClassResult,
}

impl Standard {
    /// Reads a standard's file.
    ///
    /// # Errors
    /// Everything wrong with it, each with its place. Codes: `unreadable` (not TOML), `missing`, `unknown_key`, `wrong_type`,
    /// `bad_value`, `bad_expression`, `duplicate_key`, `bad_number`, `class_gap` (an outcome without class), `unreachable_class`.
    pub fn from_toml(text: &str) -> Result<Self, Vec<StandardProblem>> {
        read::standard(text)
    }

    /// Whether every expression of the standard can be evaluated on this form.
    ///
    /// # Errors
    /// Everything that cannot. Codes: `bad_expression`, `unknown_question`, `unknown_repeat`, `unknown_name` (in a cause).
    pub fn check(&self, definition: &Definition) -> Result<(), Vec<StandardProblem>> {
        check::check(self, definition)
    }

    /// Scores one interview. Never fails: what cannot be known is `Open` or `Undefined`. A household without members is open
    /// in every indicator.
    pub fn classify(&self, session: &Session, area: AreaType) -> Classification {
        classify::classify(self, session, area)
    }

    /// The least sure confidence among the indicators, lines and classes of this standard.
    pub fn confidence(&self) -> Confidence {
        let indicators = self.indicators.iter().map(|indicator| &indicator.provenance);
        let classes = self.classes.iter().map(|rule| &rule.provenance);
        let income = self
            .income
            .iter()
            .flat_map(|test| std::iter::once(&test.provenance).chain(&test.average_provenance));
        let all = indicators.chain(classes).chain(income);
        all.map(|provenance| provenance.confidence).max().unwrap_or(Confidence::Unverified)
    }
}

/// Scores one interview under several standards.
pub fn classify_all(standards: &[Standard], session: &Session, area: AreaType) -> Vec<Classification> {
    standards.iter().map(|standard| standard.classify(session, area)).collect()
}
