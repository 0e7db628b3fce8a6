//! One interview under one standard.

use rasoat_instrument::expression::Outcome;
use rasoat_instrument::{Confidence, Path, Session};

use super::indicator::{judge, names, truth, unjudged};
use super::rule::{bands, possible, turning_points};
use super::{
    Band, Classification, IncomeResult, IncomeTest, IndicatorResult, IndicatorState, Provisional, Standard,
};
use crate::units::AreaType;

pub(super) fn classify(standard: &Standard, session: &Session, area: AreaType) -> Classification {
    let members = session.instances(&standard.members);
    let indicators = judge_all(standard, session, &members);
    let income = income_of(standard, session, area, members.is_empty());
    let deprived = count(&indicators, |result| result.state == IndicatorState::Deprived);
    let open = count(&indicators, is_open);
    let known = match (income.band, income.test) {
        (Some(band), _) => vec![band],
        // This test's figure tells no average living standard apart.
        (None, Some(test)) if test.average.is_none() => vec![Band::Low, Band::Above],
        (None, _) => bands(standard),
    };
    let reached = possible(standard, &known, deprived..=deprived.saturating_add(open));
    let class = match reached.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let mut provisional = Vec::new();
    if let Some(rule) = class {
        let unsure = |result: &IndicatorResult| {
            result.provenance.confidence == Confidence::Unverified || is_open(result)
        };
        let sure = count(&indicators, |result| result.state == IndicatorState::Deprived && !unsure(result));
        let most = sure.saturating_add(count(&indicators, unsure));
        if possible(standard, &known, sure..=most).len() > 1 {
            provisional.push(Provisional::UnverifiedThreshold);
        }
        let line = income.test.map(|test| test.provenance.confidence);
        if rule.provenance.confidence == Confidence::Unverified || line == Some(Confidence::Unverified) {
            provisional.push(Provisional::UnverifiedRule);
        }
        if income.test.is_some_and(|test| test.dummy) {
            provisional.push(Provisional::DummyPoints);
        }
    }
    let turning_points = match (class, income.band, income.test) {
        (Some(_), Some(band), Some(test)) => {
            let out = if test.average.is_some() { Band::Average } else { Band::Above };
            turning_points(standard, band, out, deprived)
        }
        _ => Vec::new(),
    };
    Classification {
        standard: standard.id.clone(),
        title: standard.title.clone(),
        class: class.map(|rule| rule.class.clone()),
        possible: reached.into_iter().map(|rule| rule.class.clone()).collect(),
        provisional,
        income: income.result,
        indicators,
        deprived,
        open,
        turning_points,
    }
}

fn judge_all(standard: &Standard, session: &Session, members: &[Path]) -> Vec<IndicatorResult> {
    match (members, Path::field(&standard.members)) {
        ([], Ok(roster)) => {
            standard.indicators.iter().map(|indicator| unjudged(indicator, &roster)).collect()
        }
        _ => standard.indicators.iter().map(|indicator| judge(indicator, session, members)).collect(),
    }
}

fn count(indicators: &[IndicatorResult], wanted: impl Fn(&IndicatorResult) -> bool) -> u8 {
    u8::try_from(indicators.iter().filter(|result| wanted(result)).count()).unwrap_or(u8::MAX)
}

fn is_open(result: &IndicatorResult) -> bool {
    match result.state {
        IndicatorState::Open | IndicatorState::Undefined => true,
        IndicatorState::Deprived | IndicatorState::Met => false,
    }
}

struct Income<'s> {
    result: IncomeResult,
    band: Option<Band>,
    test: Option<&'s IncomeTest>,
}

fn income_of<'s>(standard: &'s Standard, session: &Session, area: AreaType, empty: bool) -> Income<'s> {
    let result = |missing: &[Path]| IncomeResult {
        low: None,
        basis: None,
        value: None,
        line: None,
        area,
        missing: names(missing),
        provenance: None,
    };
    if empty {
        let roster: Vec<Path> = Path::field(&standard.members).into_iter().collect();
        return Income { result: result(&roster), band: None, test: None };
    }
    let question: Vec<Path> = Path::field(&standard.income_question).into_iter().collect();
    let Some(test) = standard.income.iter().find(|test| truth(&session.evaluate(&test.when, None))) else {
        let mut missing: Vec<Path> =
            standard.income.iter().flat_map(|test| session.missing(&test.when, None)).collect();
        if missing.is_empty() {
            missing = question;
        }
        return Income { result: result(&missing), band: None, test: None };
    };
    let line = test.lines.of(area);
    let mut result = IncomeResult {
        basis: Some(test.basis),
        line: Some(line),
        provenance: Some(test.provenance.clone()),
        ..result(&[])
    };
    let missing = session.missing(&test.value, None);
    if !missing.is_empty() {
        result.missing = names(&missing);
        return Income { result, band: None, test: Some(test) };
    }
    let Some(value) = number(&session.evaluate(&test.value, None)) else {
        result.missing = names(&question);
        return Income { result, band: None, test: Some(test) };
    };
    let band = match test.average {
        _ if value <= line => Band::Low,
        Some(upper) if value <= upper.of(area) => Band::Average,
        Some(_) | None => Band::Above,
    };
    result.low = Some(band == Band::Low);
    result.value = Some(value);
    Income { result, band: Some(band), test: Some(test) }
}

fn number(outcome: &Outcome) -> Option<f64> {
    let number = match outcome {
        Outcome::Number(number) => *number,
        Outcome::Text(text) => text.trim().parse().ok()?,
        Outcome::Boolean(_) => return None,
    };
    number.is_finite().then_some(number)
}
