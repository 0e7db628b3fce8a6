//! What a standard says, for people to read: lines, classes, indicators, each with its source.

use rasoat_instrument::{Provenance, Text};
use serde::Serialize;

use super::{Band, IncomeBasis, Judged, Standard};

/// A standard as people read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Outline {
    /// First day whose status it decides, `2027-01-01`.
    pub valid_from: String,
    /// Last day whose status it decides.
    pub valid_to: String,
    /// The legal texts it is taken from.
    pub sources: Vec<String>,
    /// Ways to tell whether income is low; the first that an interview allows counts.
    pub income: Vec<IncomeOutline>,
    /// Classes; the first whose conditions hold.
    pub classes: Vec<ClassOutline>,
    /// Indicators in their order.
    pub indicators: Vec<IndicatorOutline>,
}

/// One way to tell whether income is low.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct IncomeOutline {
    /// What is compared with the lines.
    pub basis: IncomeBasis,
    /// The line in rural areas, inclusive: đồng per person and month, or points.
    pub rural: f64,
    /// The line in urban areas.
    pub urban: f64,
    /// Up to where income is average in rural areas, where that is defined.
    pub average_rural: Option<f64>,
    /// The same in urban areas.
    pub average_urban: Option<f64>,
    /// The point table that is summed, if one is.
    pub table: Option<String>,
    /// The points are not the official ones.
    pub dummy: bool,
    /// Whose lines these are.
    pub provenance: Provenance,
}

/// One class and when it holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClassOutline {
    /// Its key.
    pub key: String,
    /// Its name.
    pub label: Text,
    /// Where income lies; `Average` is above the line and not above the average.
    pub income: ClassIncome,
    /// Deprived in at least so many indicators.
    pub deprived_at_least: u8,
    /// Deprived in fewer than so many indicators; none: any number.
    pub deprived_below: Option<u8>,
    /// Who says so.
    pub provenance: Provenance,
}

/// Where the income of a class lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClassIncome {
    /// At or below the line.
    Low,
    /// Above the line, at or below the average living standard.
    Average,
    /// Above that.
    Above,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct IndicatorOutline {
    /// Its key.
    pub key: String,
    /// Its number.
    pub number: u8,
    /// The dimension that it belongs to.
    pub dimension: Text,
    /// Its name.
    pub label: Text,
    /// When a household is deprived, in words.
    pub rule: Text,
    /// Its threshold is not known: it is listed and not judged.
    pub undefined: bool,
    /// The conditions of being deprived, as they are judged.
    pub conditions: Vec<String>,
    /// Who says so.
    pub provenance: Provenance,
}

pub(super) fn outline(standard: &Standard) -> Outline {
    let income = standard.income.iter().map(|test| IncomeOutline {
        basis: test.basis,
        rural: test.lines.rural,
        urban: test.lines.urban,
        average_rural: test.average.map(|lines| lines.rural),
        average_urban: test.average.map(|lines| lines.urban),
        table: test.figure.table_use().map(|used| used.id.clone()),
        dummy: test.dummy || test.figure.table().is_some_and(|table| table.dummy),
        provenance: test.provenance.clone(),
    });
    let classes = standard.classes.iter().map(|rule| ClassOutline {
        key: rule.class.key.clone(),
        label: rule.class.label.clone(),
        income: match rule.band {
            Band::Low => ClassIncome::Low,
            Band::Average => ClassIncome::Average,
            Band::Above => ClassIncome::Above,
        },
        deprived_at_least: rule.deprived_at_least,
        deprived_below: Some(rule.deprived_below).filter(|below| *below < u8::MAX),
        provenance: rule.provenance.clone(),
    });
    let indicators = standard.indicators.iter().map(|indicator| IndicatorOutline {
        key: indicator.key.clone(),
        number: indicator.number,
        dimension: indicator.dimension.clone(),
        label: indicator.label.clone(),
        rule: indicator.rule.clone(),
        undefined: matches!(indicator.judged, Judged::Undefined),
        conditions: conditions(&indicator.judged),
        provenance: indicator.provenance.clone(),
    });
    Outline {
        valid_from: standard.valid_from.to_string(),
        valid_to: standard.valid_to.to_string(),
        sources: standard.sources.clone(),
        income: income.collect(),
        classes: classes.collect(),
        indicators: indicators.collect(),
    }
}

fn conditions(judged: &Judged) -> Vec<String> {
    let tests = match judged {
        Judged::Undefined => return Vec::new(),
        Judged::Household(tests) | Judged::Members { tests, .. } => tests,
    };
    tests.deprived.iter().map(|reason| reason.when.source().to_owned()).collect()
}
