//! What comes out of a round: tables and targets. Words of tables and columns are the page's, but for those that are data.

use std::collections::BTreeMap;

use rasoat_instrument::{Confidence, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::CommuneRefView;

/// What tables can be asked for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportsView {
    /// The rounds, the open one first.
    pub rounds: Vec<ReportRoundView>,
    /// The standard in force, then the coming one.
    pub standards: Vec<ReportStandardView>,
    /// Names of the tables, in the order of the report.
    pub tables: Vec<String>,
    /// Former districts, by code.
    pub districts: Vec<DistrictView>,
}

/// A round of which there are reports.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportRoundView {
    /// Its year.
    pub round: u16,
    /// Whether it is the open one, which is counted as it stands where no lock is asked for.
    pub open: bool,
    /// Its locks, the last first.
    pub locks: Vec<ReportLockView>,
}

/// A lock, by which a round is counted as it stood.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportLockView {
    /// Its number.
    pub number: u64,
    /// When (RFC 3339).
    pub at: String,
}

/// A standard that tables are counted under.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportStandardView {
    /// 0: in force; 1: the coming one.
    pub slot: u8,
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// How sure the least sure of it is.
    pub confidence: Confidence,
}

/// A former district.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DistrictView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The communes that are counted as of it.
    pub communes: Vec<String>,
}

/// Which table.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// `official`, which it is where nothing is said, `movement_poor`, …
    #[serde(default = "first_table")]
    pub table: String,
    /// The round's year; the open one where it is left out.
    pub round: Option<u16>,
    /// The lock's number; of an earlier round the last where it is left out, of the open one what stands.
    pub lock: Option<u64>,
    /// 0: by the standard in force; 1: by the coming one.
    pub standard: Option<u8>,
    /// `province`, `district.181`, `commune.06001` or `village.06001.thon-1`; the province where it is left out.
    pub place: Option<String>,
    /// Rows by `districts`, `communes` or `villages`; of a village it is the one row.
    pub rows: Option<String>,
    /// Only classes that were recognised.
    pub recognised: Option<bool>,
}

fn first_table() -> String {
    "official".to_owned()
}

/// Which figure of a table.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ReportCellForm {
    /// The table.
    pub report: ReportQuery,
    /// The row's key; of all rows where it is left out.
    pub row: Option<String>,
    /// The column's key.
    pub column: String,
    /// Those behind this one.
    pub after: Option<super::HouseholdKeyForm>,
}

/// A table is wanted as a file, in the words of whoever asks for it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ReportFileForm {
    /// Which table.
    pub report: ReportQuery,
    /// A workbook; else CSV.
    #[serde(default)]
    pub xlsx: bool,
    /// What stands above it in a workbook: the title, then lines of what it is of.
    pub above: Vec<String>,
    /// What stands below it in a workbook.
    #[serde(default)]
    pub below: Vec<String>,
    /// Over the names of the rows.
    pub first: String,
    /// Over the columns, in their order; of a movement the two columns of differences stand last.
    pub columns: Vec<ReportHeadingForm>,
    /// In place of a share of nobody.
    pub nobody: String,
    /// Names of rows by their keys, where the page names them.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
}

/// What stands over a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub struct ReportHeadingForm {
    /// Over columns beside each other with the same words; empty for none.
    #[serde(default)]
    pub group: String,
    /// Over the column.
    pub name: String,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportTableView {
    /// Its name.
    pub id: String,
    /// What it is of.
    pub of: ReportOfView,
    /// Its columns.
    pub columns: Vec<ReportColumnView>,
    /// Its rows, by name.
    pub rows: Vec<ReportRowView>,
    /// All rows together.
    pub total: ReportRowView,
    /// What is to be known of the figures.
    pub doubts: ReportDoubtsView,
}

/// What a report is of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportOfView {
    /// The round's year.
    pub round: u16,
    /// The lock, where it is counted as it stood.
    pub lock: Option<u64>,
    /// When it was counted (RFC 3339).
    pub counted_at: String,
    /// The standard.
    pub standard: ReportStandardView,
    /// Where.
    pub place: ReportPlaceView,
    /// `districts`, `communes` or `villages`.
    pub rows_by: String,
    /// Whether only classes that were recognised count.
    pub recognised: bool,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportPlaceView {
    /// `province`, `district.181`, `commune.06001`, `village.06001.thon-1`.
    pub key: String,
    /// Its name; empty for the province.
    pub name: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportColumnView {
    /// Its key: `poor.households`.
    pub key: String,
    /// Columns beside each other with the same group stand under one head.
    pub group: Option<String>,
    /// `households`, `persons` or `percent`.
    pub unit: String,
    /// Its words where they are data.
    pub label: Option<Text>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportRowView {
    /// `commune.06001`, `village.06001.thon-1`, `district.181`, `ethnic.07`; `total`.
    pub key: String,
    /// Its name; empty where it is not known, and of all together.
    pub name: String,
    /// Its figures in the order of the columns.
    pub cells: Vec<ReportCellView>,
    /// Of a movement: closing less what opening, exits and entries come to, for households and persons; 0 where they agree.
    pub differences: Option<Vec<i64>>,
}

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ReportCellView {
    /// The count; of a share its numerator.
    pub count: u64,
    /// Of a share, of how many; 0: nobody is concerned.
    pub of: Option<u64>,
}

/// What is to be known of a table's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct ReportDoubtsView {
    /// Households with a class that is not final.
    pub provisional: u32,
    /// Signed households whose class open answers decide.
    pub open: u32,
    /// Households that are not signed.
    pub unreviewed: u32,
    /// Villages of which it is not known how many households live there.
    pub unknown_villages: u32,
}

/// Which targets.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TargetsQuery {
    /// The round's year; the open one where it is left out.
    pub round: Option<u16>,
    /// The lock's number.
    pub lock: Option<u64>,
    /// `province`, `district.181`, `commune.06001` or `village.06001.thon-1`; the province where it is left out.
    pub place: Option<String>,
    /// Only classes that were recognised.
    pub recognised: Option<bool>,
}

/// Targets are wanted as a file, in the words of whoever asks for it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct TargetsFileForm {
    /// Which.
    pub of: TargetsQuery,
    /// A workbook; else CSV.
    #[serde(default)]
    pub xlsx: bool,
    /// The language of names: `vi`.
    pub language: String,
    /// What stands above each sheet of a workbook: the title, then lines of what it is of.
    pub above: Vec<String>,
    /// What stands below the first sheet.
    #[serde(default)]
    pub below: Vec<String>,
    /// Words for headings and codes; one without words stands as it is.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

/// Which households of a target.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct TargetHouseholdsForm {
    /// The targets.
    pub of: TargetsQuery,
    /// Which of them: `R5a`.
    pub target: String,
    /// `reached`, `missing` or `concerned`.
    pub which: String,
    /// Those behind this one.
    pub after: Option<super::HouseholdKeyForm>,
}

/// A resolution's targets, counted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TargetsView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// The texts it is taken from.
    pub sources: Vec<String>,
    /// How sure the whole is.
    pub confidence: Confidence,
    /// What they are counted of.
    pub of: ReportOfView,
    /// The targets in their order.
    pub targets: Vec<TargetView>,
    /// Of every commune the shares that lists of poor districts and communes are made by.
    pub shares: Vec<SharesView>,
    /// What is to be known of the figures.
    pub doubts: ReportDoubtsView,
}

/// A target, counted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TargetView {
    /// Its id: `R5a`.
    pub id: String,
    /// What is to be reached.
    pub label: Text,
    /// What is counted.
    pub numerator: Option<Text>,
    /// Of what.
    pub denominator: Option<Text>,
    /// `percent`, `percentage_points_per_year` or `count_of_districts`.
    pub unit: String,
    /// `at_least` or `above`.
    pub comparison: String,
    /// What is to be known beside.
    pub note: Option<String>,
    /// How sure it is.
    pub confidence: Confidence,
    /// Who says so.
    pub source: String,
    /// Whether it is counted from households.
    pub counted: bool,
    /// The figure.
    pub figure: FigureView,
    /// What is to be reached; none where no year up to the round has a figure.
    pub target: Option<f64>,
    /// Of which year that is.
    pub target_year: Option<u16>,
    /// Whether it is reached; `None` where nobody is concerned, or there is no target.
    pub met: Option<bool>,
    /// Counts beside it.
    pub parts: Vec<TargetPartView>,
    /// By round, the earliest first, this one last.
    pub trend: Vec<TrendView>,
    /// By commune.
    pub communes: Vec<CommuneFigureView>,
}

/// A share as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, ToSchema)]
pub struct FigureView {
    /// Those of whom it holds.
    pub numerator: u64,
    /// Of how many; 0: nobody is concerned.
    pub denominator: u64,
    /// In the target's unit; `None` of nobody, or without a round before.
    pub value: Option<f64>,
}

/// A count beside a target's own.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TargetPartView {
    /// Its key.
    pub key: String,
    /// In words.
    pub label: Text,
    /// The figure.
    pub figure: FigureView,
}

/// A target in a round.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrendView {
    /// The round's year.
    pub round: u16,
    /// The figure.
    pub figure: FigureView,
    /// What was to be reached.
    pub target: Option<f64>,
    /// Whether it was.
    pub met: Option<bool>,
}

/// A target in a commune.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommuneFigureView {
    /// Which.
    pub commune: CommuneRefView,
    /// The figure.
    pub figure: FigureView,
    /// Whether it is reached there.
    pub met: Option<bool>,
}

/// A commune's shares of households.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SharesView {
    /// Which.
    pub commune: CommuneRefView,
    /// Poor.
    pub poor: FigureView,
    /// Near-poor.
    pub near_poor: FigureView,
    /// Both.
    pub both: FigureView,
}
