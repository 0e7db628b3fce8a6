//! One indicator over one interview: deprived, met or open, and why.

use rasoat_instrument::expression::{Expr, Outcome};
use rasoat_instrument::{Path, Session};

use super::{Cause, Indicator, IndicatorResult, IndicatorState, Judged, Quantity, Reason, Tests};

/// A test's result where answers may be missing.
enum Verdict<'s> {
    /// Holds, for these reasons.
    Fails(Vec<&'s Reason>),
    Passes,
    /// Waits for these places.
    Waits(Vec<Path>),
}

/// Judges an indicator. `members` are the household's members, at least one.
pub(super) fn judge(indicator: &Indicator, session: &Session, members: &[Path]) -> IndicatorResult {
    let (state, causes, missing) = match &indicator.judged {
        Judged::Undefined => (IndicatorState::Undefined, Vec::new(), Vec::new()),
        Judged::Household(tests) => match verdict(tests, session, None) {
            Verdict::Fails(reasons) => {
                (IndicatorState::Deprived, causes(&reasons, session, None), Vec::new())
            }
            Verdict::Passes => (IndicatorState::Met, Vec::new(), Vec::new()),
            Verdict::Waits(places) => (IndicatorState::Open, Vec::new(), places),
        },
        Judged::Members { applies, tests, quantity } => {
            among_members(applies.as_ref(), tests, *quantity, session, members)
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
    applies: Option<&Expr>,
    tests: &Tests,
    quantity: Quantity,
    session: &Session,
    members: &[Path],
) -> (IndicatorState, Vec<Cause>, Vec<Path>) {
    let mut found = Vec::new();
    let mut waiting = 0_usize;
    let mut failing = 0_usize;
    let mut passing = 0_usize;
    let mut missing = Vec::new();
    for member in members {
        match applying(applies, session, member) {
            Verdict::Passes => continue,
            Verdict::Waits(places) => {
                waiting += 1;
                missing.extend(places);
                continue;
            }
            Verdict::Fails(_) => {}
        }
        match verdict(tests, session, Some(member)) {
            Verdict::Fails(reasons) => {
                failing += 1;
                found.extend(causes(&reasons, session, Some(member)));
            }
            Verdict::Passes => passing += 1,
            Verdict::Waits(places) => {
                waiting += 1;
                missing.extend(places);
            }
        }
    }
    let (deprived, may_be) = match quantity {
        Quantity::Any => (failing > 0, waiting > 0),
        Quantity::Every => (passing + waiting == 0 && failing > 0, passing == 0 && waiting > 0),
        Quantity::ShareAbove(share) => {
            let line = share * members.len() as f64;
            (failing as f64 > line, (failing + waiting) as f64 > line)
        }
    };
    if deprived {
        if let (Quantity::Every, Some(reason)) = (quantity, tests.deprived.first()) {
            found = vec![about_all(reason, session, members)];
        }
        (IndicatorState::Deprived, found, Vec::new())
    } else if may_be {
        (IndicatorState::Open, Vec::new(), missing)
    } else {
        (IndicatorState::Met, Vec::new(), Vec::new())
    }
}

/// Whether an indicator is about a member: `Fails` means it is.
fn applying<'s>(applies: Option<&Expr>, session: &Session, member: &Path) -> Verdict<'s> {
    let Some(expr) = applies else { return Verdict::Fails(Vec::new()) };
    let missing = session.missing(expr, Some(member));
    if !missing.is_empty() {
        Verdict::Waits(missing)
    } else if truth(&session.evaluate(expr, Some(member))) {
        Verdict::Fails(Vec::new())
    } else {
        Verdict::Passes
    }
}

fn verdict<'s>(tests: &'s Tests, session: &Session, at: Option<&Path>) -> Verdict<'s> {
    let mut missing = Vec::new();
    let mut failing = Vec::new();
    for reason in &tests.deprived {
        let places = session.missing(&reason.when, at);
        if places.is_empty() && truth(&session.evaluate(&reason.when, at)) {
            failing.push(reason);
        }
        missing.extend(places);
    }
    if !failing.is_empty() {
        return Verdict::Fails(failing);
    }
    for doubt in &tests.open {
        let places = session.missing(&doubt.when, at);
        if places.is_empty() && truth(&session.evaluate(&doubt.when, at)) {
            missing.extend(place(&doubt.question, at));
        }
        missing.extend(places);
    }
    if missing.is_empty() { Verdict::Passes } else { Verdict::Waits(missing) }
}

/// ODK's truth: not zero, not NaN, not empty.
pub(super) fn truth(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Boolean(truth) => *truth,
        Outcome::Number(number) => *number != 0.0 && !number.is_nan(),
        Outcome::Text(text) => !text.is_empty(),
    }
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
fn about_all(reason: &Reason, session: &Session, members: &[Path]) -> Cause {
    let path = place(&reason.question, members.first()).map_or_else(String::new, |path| path.to_string());
    Cause { member: None, path, text: session.fill(&reason.cause, None) }
}

fn place(question: &str, at: Option<&Path>) -> Option<Path> {
    match at {
        Some(member) => member.child(question).ok(),
        None => Path::field(question).ok(),
    }
}
