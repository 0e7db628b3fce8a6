//! What is counted of an interview beside its class and indicators.

use std::collections::BTreeMap;

use rasoat_casework::Facts;
use rasoat_casework::standard::ReadyStandard;
use rasoat_instrument::{Context, Session};

use crate::household::{STANDARDS, plan, read, standard};

fn shipped() -> Facts {
    Facts::from_toml(&read("instruments/facts/household-2026.toml"))
        .unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn ready() -> Vec<ReadyStandard> {
    STANDARDS.map(|id| standard(id).ready(&plan())).into()
}

#[test]
fn the_shipped_form_and_standard_tell_every_fact_in_both_languages() {
    let facts = shipped();
    let untold: Vec<&str> =
        facts.ready(&plan(), &ready()).untold().map(|place| facts.facts[place].key.as_str()).collect();
    assert!(untold.is_empty(), "{untold:?}");
    for fact in &facts.facts {
        assert!(
            !fact.label.get("vi").is_empty() && fact.label.get("vi") != fact.label.get("en"),
            "{}",
            fact.key
        );
    }
}

#[test]
fn facts_of_members_count_of_how_many_they_hold_and_what_is_not_answered_does_not() {
    let facts = shipped();
    let mut session =
        Session::open_plan(plan(), BTreeMap::new(), Context::of_day("2026-11-01".parse().unwrap()));
    for (member, birth, studying) in [
        ("a", "2015-03-01", "yes"),
        ("b", "2014-03-01", "no"),
        ("c", "2016-01-01", ""),
        ("d", "2021-02-01", ""),
    ] {
        session.add_instance("members", &member.parse().unwrap()).unwrap();
        let set = |session: &mut Session, name: &str, text: &str| {
            session.set_text(&format!("members.{member}.{name}").parse().unwrap(), text).ok();
        };
        session.set_text(&"interview_date".parse().unwrap(), "2026-11-01").ok();
        set(&mut session, "birth", birth);
        set(&mut session, "studying", studying);
        if studying == "yes" {
            set(&mut session, "study_level", "primary");
        }
    }
    session.set_text(&"poverty_causes".parse().unwrap(), "land other").ok();
    let counts = facts.ready(&plan(), &ready()).count(&session);
    let of = |key: &str| counts[facts.place(key).unwrap_or_else(|| panic!("no fact {key}"))];
    assert_eq!((of("child"), of("school_age"), of("at_school"), of("child_out_of_school")), (4, 4, 1, 1));
    assert_eq!((of("cause_land"), of("cause_other"), of("cause_tools")), (1, 1, 0));
    assert_eq!((of("ill"), of("young_adult"), of("merit")), (0, 0, 0));
}

#[test]
fn what_is_wrong_with_a_file_is_told_by_its_place() {
    let file =
        |fact: &str| format!("id = \"x\"\nmembers = \"members\"\nstandard = \"vn-2022\"\n[[fact]]\n{fact}\n");
    let label = "label = { vi = \"A\", en = \"B\" }";
    let cases = [
        (format!("key = \"a\"\n{label}\nof = \"village\"\nwhen = \"1\""), "fact.a.of", "bad_value"),
        (format!("key = \"a\"\n{label}\nof = \"household\""), "fact.a.when", "missing"),
        (
            format!("key = \"a\"\n{label}\nof = \"household\"\nwhen = \"${{\""),
            "fact.a.when",
            "bad_expression",
        ),
        (
            format!("key = \"a\"\n{label}\nof = \"members\"\nindicator = \"water\"\nverdict = \"wet\""),
            "fact.a.verdict",
            "bad_value",
        ),
        (
            format!("key = \"a\"\n{label}\nof = \"household\"\nwhen = \"1\"\nmore = 2"),
            "fact.a.more",
            "unknown_key",
        ),
    ];
    for (fact, place, code) in cases {
        let problems = Facts::from_toml(&file(&fact)).expect_err("a problem");
        let found = problems.iter().any(|problem| problem.place == place && problem.code == code);
        assert!(found, "{place} {code}: {problems:#?}");
    }
}
