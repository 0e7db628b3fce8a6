//! One indicator over one interview: deprived, met or open, and why.

use rasoat_instrument::{Path, Session, Standpoint};

use super::ready::{Ready, ReadyIndicator, ReadyTests, holds};
use super::{Cause, Indicator, IndicatorResult, IndicatorState, Judged, Quantity, Reason, Tests};

/// A test's result where answers may be missing.
enum Verdict<'s> {
    /// Holds, for these reasons.
    Fails(Vec<&'s Reason>),
    Passes,
    /// Waits for these places.
    Waits(Vec<Path>),
}

/// Members counted by how they came out.
#[derive(Debug)]
pub(super) struct Tally {
    quantity: Quantity,
    members: usize,
    failing: usize,
    passing: usize,
    waiting: usize,
}

impl Tally {
    pub(super) fn new(quantity: Quantity, members: usize) -> Self {
        Self { quantity, members, failing: 0, passing: 0, waiting: 0 }
    }

    /// Counts a member whom the indicator is about: whether it fails, `None` while that is open.
    pub(super) fn add(&mut self, fails: Option<bool>) {
        match fails {
            Some(true) => self.failing += 1,
            Some(false) => self.passing += 1,
            None => self.waiting += 1,
        }
    }

    /// Whether further members cannot change the state.
    pub(super) fn is_decided(&self) -> bool {
        match self.quantity {
            Quantity::Any => self.failing > 0,
            Quantity::Every => self.passing > 0,
            Quantity::ShareAbove(_) => false,
        }
    }

    pub(super) fn state(&self) -> IndicatorState {
        let Self { failing, passing, waiting, .. } = *self;
        let (deprived, may_be) = match self.quantity {
            Quantity::Any => (failing > 0, waiting > 0),
            Quantity::Every => (passing + waiting == 0 && failing > 0, passing == 0 && waiting > 0),
            Quantity::ShareAbove(share) => {
                let line = share * self.members as f64;
                (failing as f64 > line, (failing + waiting) as f64 > line)
            }
        };
        match (deprived, may_be) {
            (true, _) => IndicatorState::Deprived,
            (false, true) => IndicatorState::Open,
            (false, false) => IndicatorState::Met,
        }
    }
}

/// Judges an indicator. `members` are the household's members, at least one.
pub(super) fn judge(
    indicator: &Indicator,
    ready: &ReadyIndicator,
    session: &Session,
    members: &[Standpoint<'_>],
) -> IndicatorResult {
    let (state, causes, missing) = match (&indicator.judged, ready) {
        (Judged::Household(tests), ReadyIndicator::Household(ready)) => {
            match verdict(tests, ready, session.outside(), None) {
                Verdict::Fails(reasons) => {
                    (IndicatorState::Deprived, causes(&reasons, session, None), Vec::new())
                }
                Verdict::Passes => (IndicatorState::Met, Vec::new(), Vec::new()),
                Verdict::Waits(places) => (IndicatorState::Open, Vec::new(), places),
            }
        }
        (Judged::Members { tests, quantity, .. }, ReadyIndicator::Members { applies, tests: ready }) => {
            among_members(applies.as_ref(), tests, ready, *quantity, session, members)
        }
        (Judged::Undefined | Judged::Household(_) | Judged::Members { .. }, _) => {
            (IndicatorState::Undefined, Vec::new(), Vec::new())
        }
    };
    result(indicator, state, causes, &missing)
}

/// An indicator about which nothing can be said until there is an answer at `missing`.
pub(super) fn unjudged(indicator: &Indicator, missing: &Path) -> IndicatorResult {
    match indicator.judged {
        Judged::Undefined => result(indicator, IndicatorState::Undefined, Vec::new(), &[]),
        Judged::Household(_) | Judged::Members { .. } => {
            result(indicator, IndicatorState::Open, Vec::new(), std::slice::from_ref(missing))
        }
    }
}

fn result(
    indicator: &Indicator,
    state: IndicatorState,
    causes: Vec<Cause>,
    missing: &[Path],
) -> IndicatorResult {
    IndicatorResult {
        key: indicator.key.clone(),
        number: indicator.number,
        label: indicator.label.clone(),
        rule: indicator.rule.clone(),
        state,
        causes,
        missing: names(missing),
        provenance: indicator.provenance.clone(),
    }
}

/// Places as text, each once, in their order.
pub(super) fn names(places: &[Path]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for place in places {
        let name = place.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn among_members(
    applies: Option<&Ready>,
    tests: &Tests,
    ready: &ReadyTests,
    quantity: Quantity,
    session: &Session,
    members: &[Standpoint<'_>],
) -> (IndicatorState, Vec<Cause>, Vec<Path>) {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    let mut tally = Tally::new(quantity, members.len());
    for member in members {
        let about = applies.map_or(Some(true), |applies| holds(applies, *member, false));
        match (about, applies.and_then(Option::as_ref)) {
            (Some(false), _) => {}
            (None, applies) => {
                tally.add(None);
                missing.extend(applies.into_iter().flat_map(|applies| member.missing(applies)));
            }
            (Some(true), _) => {
                let path = member.path();
                match verdict(tests, ready, *member, path.as_ref()) {
                    Verdict::Fails(reasons) => {
                        tally.add(Some(true));
                        found.extend(causes(&reasons, session, path.as_ref()));
                    }
                    Verdict::Passes => tally.add(Some(false)),
                    Verdict::Waits(places) => {
                        tally.add(None);
                        missing.extend(places);
                    }
                }
            }
        }
    }
    match tally.state() {
        IndicatorState::Deprived => {
            if let (Quantity::Every, Some(reason)) = (quantity, tests.deprived.first()) {
                found = vec![about_all(reason, session, members)];
            }
            (IndicatorState::Deprived, found, Vec::new())
        }
        IndicatorState::Open => (IndicatorState::Open, Vec::new(), missing),
        IndicatorState::Met | IndicatorState::Undefined => (IndicatorState::Met, Vec::new(), Vec::new()),
    }
}

fn verdict<'s>(tests: &'s Tests, ready: &ReadyTests, at: Standpoint<'_>, path: Option<&Path>) -> Verdict<'s> {
    let mut waits = false;
    let mut missing = Vec::new();
    let mut failing = Vec::new();
    for (reason, ready) in tests.deprived.iter().zip(&ready.deprived) {
        match holds(ready, at, false) {
            Some(true) => failing.push(reason),
            Some(false) => {}
            None => {
                waits = true;
                missing.extend(ready.iter().flat_map(|when| at.missing(when)));
            }
        }
    }
    if !failing.is_empty() {
        return Verdict::Fails(failing);
    }
    for (doubt, ready) in tests.open.iter().zip(&ready.open) {
        match holds(ready, at, false) {
            Some(true) => missing.extend(place(&doubt.question, path)),
            Some(false) => continue,
            None => missing.extend(ready.iter().flat_map(|when| at.missing(when))),
        }
        waits = true;
    }
    if waits { Verdict::Waits(missing) } else { Verdict::Passes }
}

fn causes(reasons: &[&Reason], session: &Session, at: Option<&Path>) -> Vec<Cause> {
    let cause = |reason: &&Reason| Cause {
        member: at.map(Path::to_string),
        path: place(&reason.question, at).map_or_else(String::new, |path| path.to_string()),
        text: session.fill(&reason.cause, at),
    };
    reasons.iter().map(cause).collect()
}

/// The cause that is every member's: said once, and the first member's question to look at.
fn about_all(reason: &Reason, session: &Session, members: &[Standpoint<'_>]) -> Cause {
    let first = members.first().and_then(Standpoint::path);
    let path = place(&reason.question, first.as_ref()).map_or_else(String::new, |path| path.to_string());
    Cause { member: None, path, text: session.fill(&reason.cause, None) }
}

pub(super) fn place(question: &str, at: Option<&Path>) -> Option<Path> {
    match at {
        Some(member) => member.child(question).ok(),
        None => Path::field(question).ok(),
    }
}
