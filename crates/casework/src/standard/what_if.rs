//! What another standard would make of interviews that are there already.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use rasoat_instrument::Session;
use serde::Serialize;

use super::score::Score;
use super::{Band, IndicatorState, ReadyStandard};
use crate::units::AreaType;

/// What changes for interviews when another standard counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhatIf<K> {
    /// From class to class, those that stay included; in the order of the keys.
    pub flows: Vec<Flow>,
    /// Those whose class changes, in the order of the interviews.
    pub changed: Vec<Changed<K>>,
}

/// How many households come from one class to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct Flow {
    /// Key of the class before; `None` where open answers decide.
    pub before: Option<String>,
    /// Key of the class after; `None` where open answers decide.
    pub after: Option<String>,
    /// How many.
    pub households: u32,
}

/// A household whose class changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed<K> {
    /// The caller's own key of the interview.
    pub key: K,
    /// Key of the class before; `None` where open answers decide.
    pub before: Option<String>,
    /// Key of the class after; `None` where open answers decide.
    pub after: Option<String>,
    /// The indicators that come out otherwise, where that matters for the class.
    pub indicators: Vec<IndicatorChange>,
    /// Whether income comes to lie elsewhere (low, average or above) or is no longer known, where that matters for the class.
    pub income: bool,
}

/// An indicator that comes out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct IndicatorChange {
    /// Its key.
    pub key: String,
    /// Before; `None` if the standard before does not have it.
    pub before: Option<IndicatorState>,
    /// After; `None` if the standard after does not have it.
    pub after: Option<IndicatorState>,
}

/// Scores interviews under two standards. They are taken one by one, so that any number of them may come.
pub fn what_if<K, S: Borrow<Session>>(
    before: &ReadyStandard,
    after: &ReadyStandard,
    interviews: impl IntoIterator<Item = (K, S, AreaType)>,
) -> WhatIf<K> {
    let mut flows: BTreeMap<(Option<String>, Option<String>), u32> = BTreeMap::new();
    let mut changed = Vec::new();
    for (key, session, area) in interviews {
        let old = before.score(session.borrow(), area);
        let new = after.score(session.borrow(), area);
        let class = |standard: &ReadyStandard, score| standard.class(score).map(|class| class.key.clone());
        let classes = (class(before, &old), class(after, &new));
        if classes.0 != classes.1 {
            let indicators = differences(before, &old, after, &new);
            let income = old.band != new.band;
            let (by_indicators, by_income) = deciding(after, &old, &new, !indicators.is_empty(), income);
            changed.push(Changed {
                key,
                before: classes.0.clone(),
                after: classes.1.clone(),
                indicators: if by_indicators { indicators } else { Vec::new() },
                income: by_income,
            });
        }
        *flows.entry(classes).or_default() += 1;
    }
    let flows = flows.into_iter().map(|((before, after), households)| Flow { before, after, households });
    WhatIf { flows: flows.collect(), changed }
}

/// Whether the indicators, and whether income, make the difference: taken back alone to what it was before, another class would
/// follow. Where neither does alone, all that differs counts.
fn deciding(after: &ReadyStandard, old: &Score, new: &Score, indicators: bool, income: bool) -> (bool, bool) {
    let given = after.outcome(new.band, new);
    let by_indicators = indicators && after.outcome(new.band, old) != given;
    let by_income = income && after.outcome(old.band, new) != given;
    if by_indicators || by_income { (by_indicators, by_income) } else { (indicators, income) }
}

impl ReadyStandard {
    /// The classes that a band and a score's indicators leave possible.
    fn outcome(&self, band: Option<Band>, of: &Score) -> super::rule::ClassSet {
        let bands = band.map_or_else(|| super::rule::Bands::of(self.standard()), super::rule::Bands::only);
        let deprived = of.deprived.count();
        let waiting = of.open.union(of.undefined).count();
        self.classes().possible(bands, deprived..=deprived.saturating_add(waiting))
    }

    fn states(&self, score: &Score) -> BTreeMap<&str, IndicatorState> {
        let state = |number| {
            if score.deprived.contains(number) {
                IndicatorState::Deprived
            } else if score.open.contains(number) {
                IndicatorState::Open
            } else if score.undefined.contains(number) {
                IndicatorState::Undefined
            } else {
                IndicatorState::Met
            }
        };
        let indicators = self.standard().indicators.iter();
        indicators.map(|indicator| (indicator.key.as_str(), state(indicator.number))).collect()
    }
}

/// The indicators that come out otherwise, by key.
fn differences(
    before: &ReadyStandard,
    old: &Score,
    after: &ReadyStandard,
    new: &Score,
) -> Vec<IndicatorChange> {
    let (old, new) = (before.states(old), after.states(new));
    let order = before.standard().indicators.iter().chain(&after.standard().indicators);
    let mut changes: Vec<IndicatorChange> = Vec::new();
    for indicator in order {
        let key = indicator.key.as_str();
        let (before, after) = (old.get(key).copied(), new.get(key).copied());
        if before != after && !changes.iter().any(|known| known.key == key) {
            changes.push(IndicatorChange { key: key.to_owned(), before, after });
        }
    }
    changes
}
