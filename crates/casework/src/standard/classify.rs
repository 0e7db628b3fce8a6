//! One interview under one standard, with every reason.

use rasoat_instrument::{Path, Session, Standpoint};

use super::indicator::{judge, names, unjudged};
use super::ready::{Parts, ReadyFigure};
use super::score::{Found, Income, measure, reservations, weigh};
use super::{Classification, Figure, IncomeResult, IndicatorResult, Standard, points, turning};
use crate::units::AreaType;

pub(super) fn classify(
    standard: &Standard,
    parts: &Parts,
    session: &Session,
    area: AreaType,
) -> Classification {
    let members: Vec<Standpoint<'_>> = session.inside(&standard.members).collect();
    let indicators = judge_all(standard, parts, session, &members);
    let mut found = Found::default();
    indicators.iter().for_each(|result| found.add(result.number, result.state));
    let income =
        if members.is_empty() { Income::default() } else { measure(standard, parts, session, area, false) };
    let score = weigh(standard, parts, &found, &income);
    let class = |index: usize| standard.class(index).cloned();
    Classification {
        standard: standard.id.clone(),
        title: standard.title.clone(),
        class: score.possible.only().and_then(class),
        possible: score.possible.iter().filter_map(class).collect(),
        provisional: reservations(score.provisional).collect(),
        income: income_result(standard, parts, session, area, &income, members.is_empty()),
        turning_points: turning::turning_points(standard, parts, &score, &income, &indicators, area),
        deprived: found.deprived.count(),
        open: found.open.union(found.undefined).count(),
        indicators,
    }
}

fn judge_all(
    standard: &Standard,
    parts: &Parts,
    session: &Session,
    members: &[Standpoint<'_>],
) -> Vec<IndicatorResult> {
    match (members, Path::field(&standard.members)) {
        ([], Ok(roster)) => {
            standard.indicators.iter().map(|indicator| unjudged(indicator, &roster)).collect()
        }
        _ => standard
            .indicators
            .iter()
            .zip(&parts.indicators)
            .map(|(indicator, ready)| judge(indicator, ready, session, members))
            .collect(),
    }
}

/// The income test with its line, and what is missing to it.
fn income_result(
    standard: &Standard,
    parts: &Parts,
    session: &Session,
    area: AreaType,
    income: &Income,
    empty: bool,
) -> IncomeResult {
    let here = session.outside();
    let question = || Path::field(&standard.income_question).into_iter().collect::<Vec<_>>();
    let test = income.test.and_then(|index| standard.income.get(index).zip(parts.income.get(index)));
    let mut result = IncomeResult {
        low: income.band.map(|band| band == super::Band::Low),
        basis: test.map(|(test, _)| test.basis),
        value: income.value,
        line: test.map(|(test, _)| test.lines.of(area)),
        area,
        missing: Vec::new(),
        provenance: test.map(|(test, _)| test.provenance.clone()),
        points: None,
    };
    let mut missing = Vec::new();
    match test {
        _ if empty => missing.extend(Path::field(&standard.members)),
        None => {
            let conditions = parts.income.iter().filter_map(|ready| ready.when.as_ref());
            missing.extend(conditions.flat_map(|when| here.missing(when)));
            if missing.is_empty() {
                missing = question();
            }
        }
        Some((test, ready)) => {
            match (&ready.figure, &test.figure) {
                (ReadyFigure::Value(value), _) => {
                    missing.extend(value.iter().flat_map(|value| here.missing(value)));
                }
                (ReadyFigure::Table(rows), Figure::Table(used)) => {
                    result.points = points::explain(used, rows, session, area, &mut missing);
                }
                (ReadyFigure::Table(_), Figure::Value(_)) => {}
            }
            if missing.is_empty() && income.value.is_none() {
                missing = question();
            }
        }
    }
    result.missing = names(&missing);
    result
}
