//! What came of one interview under one standard, with every reason.

use rasoat_instrument::{Provenance, Text};
use serde::Serialize;

use super::points::PointsResult;
use crate::units::AreaType;

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
    /// Smallest changes that would give another class, the nearest first: one for each class that can be reached.
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
    /// How the points came together, where a point table gave them.
    pub points: Option<PointsResult>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

/// The nearest change that would give one other class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct TurningPoint {
    /// Change in the number of indicators deprived: −1 = one fewer, 2 = two more; 0 when only income must change.
    pub indicators: i8,
    /// Whether income would have to cross the line, or the upper end of the average living standard.
    pub income: bool,
    /// The class it would give.
    pub class: ClassResult,
    /// The indicators of which `indicators` many would have to change: those deprived where fewer are needed, those met or
    /// open where more are. Empty where no indicator has to change.
    pub candidates: Vec<CandidateIndicator>,
    /// What income would have to do; `None` where it may stay.
    pub step: Option<IncomeStep>,
    /// Why this would not be certain although the change came about.
    pub provisional: Vec<Provisional>,
}

/// An indicator whose change would count towards another class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct CandidateIndicator {
    /// The indicator's key.
    pub key: String,
    /// Its number in the standard's list, from 1.
    pub number: u8,
    /// How it stands.
    pub state: IndicatorState,
    /// What causes the deprivation, where it is deprived: all of it would have to go.
    pub causes: Vec<Cause>,
    /// What is still to be asked, where it is open.
    pub missing: Vec<String>,
    /// Whether its threshold is not verified against the official text.
    pub unverified: bool,
}

/// What income would have to do for another class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct IncomeStep {
    /// The unit of every figure here: đồng per person and month for the worksheet, points for points.
    pub basis: IncomeBasis,
    /// Which way.
    pub direction: IncomeDirection,
    /// The figure as it is.
    pub value: f64,
    /// The line in the way.
    pub line: f64,
    /// How far the figure is from the line, never below 0. Lines are inclusive: going down by exactly this much is enough, going up by
    /// exactly this much is not.
    pub distance: f64,
    /// The far end of the band that income would come into, where it ends: downwards the figure must stay above it, upwards it may
    /// reach it.
    pub far_end: Option<f64>,
}

/// Which way income would have to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncomeDirection {
    /// Down to the line or below it.
    DownTo,
    /// Above the line.
    Above,
}
