//! What a session does with answers, seen from outside.

use crate::support::*;
use rasoat_instrument::{Path, SetError};

fn household() -> rasoat_instrument::Definition {
    form(vec![
        group("a", None, vec![plain("floor", "decimal"), plain("town", "one yes_no")]),
        repeat(
            "members",
            None,
            vec![
                plain("age", "integer"),
                asked("insured", "one yes_no", |q| {
                    q.relevant = Some(expr("${age} >= 6"));
                    q.required = Some(expr("true()"));
                }),
                calculated("place", "position(..)"),
                calculated("share", "${floor} div count(${members})"),
            ],
        ),
        calculated("size", "count(${members})"),
        calculated("per_head", "${floor} div ${size}"),
        calculated("uninsured", "count(${members}[${age} >= 6 and ${insured} != 'yes'])"),
        calculated("oldest", "max(${age})"),
    ])
}

fn with_members(ids: &[&str]) -> rasoat_instrument::Session {
    let mut session = open(household());
    for id in ids {
        add(&mut session, "members", id);
    }
    session
}

#[test]
fn an_answer_in_an_instance_reaches_computed_fields_outside_and_inside() {
    let mut session = with_members(&["m1", "m2"]);
    set(&mut session, "floor", "30");
    set(&mut session, "members.m1.age", "40");
    set(&mut session, "members.m2.age", "5");
    assert_eq!(shown(&session, "size"), "2");
    assert_eq!(shown(&session, "per_head"), "15");
    assert_eq!(shown(&session, "members.m2.share"), "15");
    assert_eq!(shown(&session, "oldest"), "40");
    assert_eq!(shown(&session, "uninsured"), "1");
    set(&mut session, "members.m1.insured", "yes");
    assert_eq!(shown(&session, "uninsured"), "0");
    assert_eq!(shown(&session, "members.m2.place"), "2");
    session.remove_instance(&path("members.m1")).expect("removed");
    assert_eq!(shown(&session, "size"), "1");
    assert_eq!(shown(&session, "per_head"), "30");
    assert_eq!(shown(&session, "members.m2.place"), "1");
    let instances: Vec<String> = session.instances("members").iter().map(Path::to_string).collect();
    assert_eq!(instances, ["members.m2"]);
}

#[test]
fn an_unknown_place_is_refused() {
    let mut session = with_members(&[]);
    assert_eq!(session.set_text(&path("members.m9.age"), "3"), Err(SetError::UnknownPath));
}

fn missing(session: &rasoat_instrument::Session, source: &str) -> Vec<String> {
    session.missing(&expr(source), Some(&path("members.m1"))).iter().map(Path::to_string).collect()
}

#[test]
fn a_question_that_waits_for_an_answer_to_be_asked_leaves_that_answer_missing() {
    let mut session = with_members(&["m1"]);
    assert_eq!(missing(&session, "${insured} = 'no'"), ["members.m1.age"]);
    set(&mut session, "members.m1.age", "40");
    assert_eq!(missing(&session, "${insured} = 'no'"), ["members.m1.insured"]);
    set(&mut session, "members.m1.age", "5");
    assert_eq!(missing(&session, "${insured} = 'no'"), Vec::<String>::new());
}
