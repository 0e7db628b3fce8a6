//! Measures of poverty, and what another rule would make of households.

use std::collections::BTreeMap;

use rasoat_casework::AreaType;
use rasoat_instrument::{Provenance, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::CommuneRefView;

/// How indicators weigh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weighing {
    /// Every dimension alike, and within it every indicator.
    #[default]
    Nested,
    /// Every indicator alike.
    Equal,
}

/// Who is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountedBy {
    /// Each member.
    #[default]
    Persons,
    /// Each household.
    Households,
}

/// By what households are put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// Their commune.
    #[default]
    Commune,
    /// The former district of their commune.
    District,
    /// The ethnic group of the head.
    Ethnicity,
    /// Rural or urban.
    Area,
}

/// How poverty is measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PovertyForm {
    /// The round's year; the lock's, or the open one, where it is left out.
    pub round: Option<u16>,
    /// The lock's number; of an earlier round the last where it is left out, of the open one what stands.
    pub lock: Option<u64>,
    /// `province`, `district.181`, `commune.06001` or `village.06001.thon-1`; the province where it is left out.
    pub place: Option<String>,
    /// Under which standard indicators were judged: 0 in force, 1 the coming one.
    #[serde(default)]
    pub slot: u8,
    /// The cut-off in thousandths of all weights; 333 where it is left out.
    pub cutoff: Option<u32>,
    /// How indicators weigh.
    #[serde(default)]
    #[param(inline)]
    pub weights: Weighing,
    /// Who is counted.
    #[serde(default)]
    #[param(inline)]
    pub counted: CountedBy,
    /// By what households are put together.
    #[serde(default)]
    #[param(inline)]
    pub by: Grouping,
    /// Numbers of indicators that are left out, with commas between.
    #[serde(default)]
    pub without: String,
}

/// A share and what it was counted from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct RatioView {
    /// Counted.
    pub numerator: u64,
    /// Of so many.
    pub denominator: u64,
    /// The share; none where nobody is concerned.
    pub share: Option<f64>,
}

/// One indicator of some households.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorMeasureView {
    /// Its number.
    pub number: u8,
    /// Who is deprived in it.
    pub raw: RatioView,
    /// Who is deprived in it and poor.
    pub censored: RatioView,
    /// How much of M0 it makes.
    pub contribution: RatioView,
}

/// What was measured of some households.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MeasureView {
    /// Households looked at.
    pub households: u64,
    /// Left out, as an indicator waits for answers.
    pub left_out: u64,
    /// Left out, as they are not signed.
    pub unsigned: u64,
    /// H.
    pub headcount: RatioView,
    /// A.
    pub intensity: RatioView,
    /// M0.
    pub adjusted: RatioView,
    /// Each indicator.
    pub indicators: Vec<IndicatorMeasureView>,
}

/// Some of the households.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MeasuredGroupView {
    /// Code of the commune, district or ethnic group; `rural` or `urban`.
    pub key: String,
    /// In words, where the province has them.
    pub label: Text,
    /// What was measured.
    pub measure: MeasureView,
}

/// An indicator as it is weighed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WeighedIndicatorView {
    /// Its number.
    pub number: u8,
    /// Its key.
    pub key: String,
    /// Its name.
    pub label: Text,
    /// Its dimension.
    pub dimension: Text,
    /// How much it weighs; none where it is left out.
    pub weight: Option<RatioView>,
    /// Its threshold is not known: it is left out always.
    pub undefined: bool,
    /// Who says so.
    pub provenance: Provenance,
}

/// A standard by its name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SlotView {
    /// 0 in force, 1 the coming one.
    pub slot: u8,
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
}

/// The Alkire–Foster measures.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PovertyView {
    /// The round.
    pub round: u16,
    /// The lock, where it is measured as it stood.
    pub lock: Option<u64>,
    /// Where.
    pub place: super::ReportPlaceView,
    /// When it was counted.
    pub counted_at: String,
    /// The standard.
    pub standard: SlotView,
    /// The cut-off in thousandths of all weights.
    pub cutoff: u32,
    /// The indicators of the standard.
    pub indicators: Vec<WeighedIndicatorView>,
    /// All together.
    pub total: MeasureView,
    /// Put together as was asked.
    pub groups: Vec<MeasuredGroupView>,
}

/// A file is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PovertyExportForm {
    /// What is measured.
    pub form: PovertyForm,
    /// Whether a workbook, else CSV.
    #[serde(default)]
    pub xlsx: bool,
    /// The language of names: `vi`.
    pub language: String,
    /// Words for headings and codes; one without words stands as it is.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

/// Lines of income, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LinesView {
    /// In rural areas.
    pub rural: f64,
    /// In urban areas.
    pub urban: f64,
}

/// Another rule.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
pub struct WhatIfForm {
    /// The round's year; the lock's, or the open one, where it is left out.
    #[serde(default)]
    pub round: Option<u16>,
    /// The lock's number; of an earlier round the last where it is left out, of the open one what stands.
    #[serde(default)]
    pub lock: Option<u64>,
    /// `province`, `district.181`, `commune.06001` or `village.06001.thon-1`; the province where it is left out.
    #[serde(default)]
    pub place: Option<String>,
    /// The standard that is compared with, as it is: 0 in force, 1 the coming one.
    #[serde(default)]
    pub before: u8,
    /// The standard that is changed.
    #[serde(default)]
    pub after: u8,
    /// Other lines in đồng per person and month.
    #[serde(default)]
    pub worksheet: Option<LinesView>,
    /// Other lines in points.
    #[serde(default)]
    pub points: Option<LinesView>,
    /// Numbers of indicators that are not counted.
    #[serde(default)]
    pub without: Vec<u8>,
    /// Another number of deprivations from which a household with low income is poor.
    #[serde(default)]
    pub deprivations: Option<u32>,
    /// Changed households to skip.
    #[serde(default)]
    pub offset: u32,
}

/// A standard as it may be changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SchemeView {
    /// Which.
    pub standard: SlotView,
    /// Lines in đồng per person and month.
    pub worksheet: Option<LinesView>,
    /// Lines in points.
    pub points: Option<LinesView>,
    /// The number of deprivations from which a household with low income is poor.
    pub deprivations: Option<u32>,
    /// Its indicators.
    pub indicators: Vec<WeighedIndicatorView>,
}

/// What may be changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SchemesView {
    /// The standards as they are.
    pub schemes: Vec<SchemeView>,
}

/// From one class to another; a class is none while open answers decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowView {
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
    /// Households.
    pub households: u64,
    /// Their members.
    pub members: u64,
}

/// One commune before and after.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommuneTrialView {
    /// Which.
    pub commune: CommuneRefView,
    /// Poor before and after.
    pub poor: [u64; 2],
    /// Near-poor before and after.
    pub near_poor: [u64; 2],
    /// Households whose class changes.
    pub changed: u64,
}

/// A household whose class changes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChangedHouseholdView {
    /// Its commune.
    pub commune: CommuneRefView,
    /// Its id.
    pub id: String,
    /// Its code.
    pub code: Option<String>,
    /// The head's name; empty where it is processed no further.
    pub head_name: String,
    /// Its village.
    pub village_name: String,
    /// Which line applies.
    pub area: AreaType,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

/// What another rule makes of households.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WhatIfView {
    /// The round.
    pub round: u16,
    /// The lock, where it is tried as it stood.
    pub lock: Option<u64>,
    /// Where.
    pub place: super::ReportPlaceView,
    /// When it was counted.
    pub counted_at: String,
    /// From class to class.
    pub flows: Vec<FlowView>,
    /// Communes in which somebody's class changes.
    pub communes: Vec<CommuneTrialView>,
    /// How many households change.
    pub changed: u64,
    /// This page of them.
    pub households: Vec<ChangedHouseholdView>,
}

/// A file is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct WhatIfExportForm {
    /// The rule.
    pub form: WhatIfForm,
    /// Whether a workbook with all tables, else the changed households as CSV.
    #[serde(default)]
    pub xlsx: bool,
    /// Words for headings and codes; one without words stands as it is.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}
