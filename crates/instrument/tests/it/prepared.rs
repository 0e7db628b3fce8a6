//! Expressions resolved once come to what they come to when resolved each time.

use proptest::prelude::*;
use rasoat_instrument::expression::{Expr, Outcome};
use rasoat_instrument::{Path, Session, Standpoint, Wanted};

use crate::properties::{act, perform, tangled};
use crate::support::*;

/// Seen from the form, or from a member; every shape that is asked straight of the cells, and some that are not.
const EXPRESSIONS: &[&str] = &[
    "${n} > 3",
    "${n} <= 5 and ${kind} = 'town'",
    "${kind} != ''",
    "${kind} = '' or ${n} = '3'",
    "'town' = ${kind}",
    "not(selected('none town', ${kind})) and ${area} >= 12",
    "selected(${last}, 'red') or selected(${last}, ' blue ')",
    "selected('c1 c3', ${commune})",
    "${flag} = 'true'",
    "${flag} != 'false' or ${total} < 4",
    "${total}",
    "${province}",
    "coalesce(${area}, ${n})",
    "if(${n} > 3, ${area}, ${kind})",
    "count(${members}[age > 5]) > 1",
    "max(${members}[age > 5]/jobs[pay > 2]/taxed) > 10",
    "${best} = 60",
    "sum(${pay}) > ${n}",
    "${age} < 16",
    "${age} >= 6 and not(${insured} = 'yes')",
    "${insured} != 'yes'",
    "${insured} = 'yes' and ${n} > 1 and ${kind} = 'none'",
    "${older} = 0 or ${share} > 2",
    "${income} > ${total}",
    "position(..) = 2",
    "1",
    "''",
    "${nothing_of_that_name} = 1",
];

fn truth(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Boolean(truth) => *truth,
        Outcome::Number(number) => *number != 0.0 && !number.is_nan(),
        Outcome::Text(text) => !text.is_empty(),
    }
}

/// What differs between both ways of asking.
fn differences(session: &Session) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |source: &str, repeat: Option<&str>, standpoint: Standpoint<'_>| {
        let expr = expr(source);
        let at: Option<Path> = standpoint.path();
        let evaluated = session.evaluate(&expr, at.as_ref());
        let missing = session.missing(&expr, at.as_ref());
        let Ok(prepared) = session.plan().prepare(&expr, repeat) else {
            if (&evaluated, missing.len()) != (&Outcome::Text(String::new()), 0) {
                differences.push(format!("{source} at {at:?} is refused only when prepared"));
            }
            return;
        };
        let asked = format!("{evaluated:?} {missing:?} {}", truth(&evaluated));
        let found = format!(
            "{:?} {:?} {}",
            standpoint.evaluate(&prepared),
            standpoint.missing(&prepared),
            standpoint.holds(&prepared)
        );
        if asked != found {
            differences.push(format!("{source} at {at:?}: {asked}, prepared {found}"));
        }
        let settled = (standpoint.settled(&prepared), standpoint.settle(&prepared).is_some());
        if settled != (missing.is_empty().then_some(truth(&evaluated)), missing.is_empty()) {
            differences.push(format!("{source} at {at:?}: settled {settled:?}, missing {missing:?}"));
        }
        if session.lacks_none(&Wanted::of([&prepared])) && !missing.is_empty() {
            differences.push(format!("{source} at {at:?}: said to lack nothing, lacks {missing:?}"));
        }
    };
    for source in EXPRESSIONS {
        compare(source, None, session.outside());
        for member in session.inside("members") {
            compare(source, Some("members"), member);
        }
    }
    differences
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn a_prepared_expression_comes_to_the_same_and_misses_the_same(acts in prop::collection::vec(act(), 1..40)) {
        let mut session = open(tangled());
        for act in &acts {
            perform(&mut session, act);
        }
        prop_assert_eq!(differences(&session), Vec::<String>::new());
    }
}

#[test]
fn a_form_with_every_question_answered_lacks_nothing() {
    let mut session = open(form(vec![
        plain("n", "integer"),
        asked("why", "text", |q| q.relevant = Some(expr("${n} > 3"))),
        repeat("members", None, vec![plain("age", "integer")]),
    ]));
    let prepared = |source: &str, repeat| session.plan().prepare(&expr(source), repeat).expect("resolved");
    let all = [prepared("${why} = 'x'", None), prepared("${age} > 3", Some("members"))];
    let wanted = Wanted::of(&all);
    add(&mut session, "members", "a");
    assert!(!session.lacks_none(&wanted));
    set(&mut session, "n", "2");
    set(&mut session, "members.a.age", "7");
    assert!(session.lacks_none(&wanted), "what is not asked is not lacking");
    set(&mut session, "n", "4");
    assert!(!session.lacks_none(&wanted));
    set(&mut session, "why", "x");
    assert!(session.lacks_none(&wanted));
}

#[test]
fn an_expression_prepared_for_another_form_comes_to_nothing() {
    let session = open(form(vec![plain("n", "integer")]));
    let other = open(form(vec![plain("x", "text"), plain("n", "integer")]));
    let prepared = other.plan().prepare(&expr("${n} = ''"), None).expect("resolved");
    assert!(other.outside().holds(&prepared));
    assert!(!session.outside().holds(&prepared));
    assert_eq!(session.outside().evaluate(&prepared), Outcome::Text(String::new()));
    assert_eq!(session.outside().missing(&prepared), []);
    assert!(!session.lacks_none(&Wanted::of([&prepared])));
}

#[test]
fn a_chain_too_long_to_follow_is_open_when_prepared_too() {
    let mut nodes = vec![plain("n", "integer")];
    nodes.extend((0..300).map(|index| {
        let from = if index == 0 { "n".to_owned() } else { format!("c{}", index - 1) };
        calculated(&format!("c{index}"), &format!("${{{from}}} + 1"))
    }));
    let mut session = open(form(nodes));
    set(&mut session, "n", "1");
    let expr = expr("${c299} > 0");
    let prepared = session.plan().prepare(&expr, None).expect("resolved");
    assert!(!session.missing(&expr, None).is_empty());
    assert_eq!(session.outside().missing(&prepared), session.missing(&expr, None));
    assert_eq!(session.outside().settled(&prepared), None);
    assert!(!session.lacks_none(&Wanted::of([&prepared])));
}

#[test]
fn an_expression_cannot_be_prepared_for_a_repeat_that_is_not_there() {
    let session = open(form(vec![plain("n", "integer")]));
    let error = session.plan().prepare(&Expr::literal("x"), Some("cows")).expect_err("no such repeat");
    assert_eq!((error.code.as_str(), error.word.as_str()), ("unknown_name", "cows"));
    assert_eq!(session.inside("cows").count(), 0);
}
