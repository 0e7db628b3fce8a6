//! What classifies a household: income lines, indicators and the rule of classes, as data; and what came of one interview.

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
}

/// One thing wrong in a standard's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {code}")]
pub struct StandardProblem {
    /// Where in the file: `indicator.water.deprived`.
    pub place: String,
    /// Stable code.
    pub code: String,
    /// The word or character offset it is about, if any.
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
    pub fn from_toml(_text: &str) -> Result<Self, Vec<StandardProblem>> {
        todo!()
    }

    /// Whether every expression of the standard can be evaluated on this form.
    pub fn check(&self, _definition: &Definition) -> Result<(), Vec<StandardProblem>> {
        todo!()
    }

    /// Scores one interview. Never fails: what cannot be known is `Open` or `Undefined`.
    pub fn classify(&self, _session: &Session, _area: AreaType) -> Classification {
        todo!()
    }

    /// The least sure confidence among the indicators and lines of this standard.
    pub fn confidence(&self) -> Confidence {
        todo!()
    }
}
