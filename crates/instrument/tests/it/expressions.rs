//! Expressions as data: `tests/expressions.toml` holds the cases, this file the form that they see.

use std::collections::BTreeMap;

use rasoat_instrument::expression::{Expr, ExprError, Outcome};
use rasoat_instrument::{Definition, Session};
use serde::Deserialize;

use crate::support::*;

#[derive(Deserialize)]
struct Cases {
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    /// The instance that the expressions are seen from.
    at: Option<String>,
    #[serde(default)]
    members: Vec<String>,
    /// `repeat:id`
    #[serde(default)]
    jobs: Vec<String>,
    #[serde(default)]
    answers: BTreeMap<String, String>,
    cases: Vec<(String, String)>,
}

fn form_of_cases() -> Definition {
    form(vec![
        plain("t", "text"),
        plain("u", "text"),
        plain("blank", "text"),
        plain("n", "integer"),
        plain("m", "integer"),
        plain("d", "decimal"),
        plain("day", "date"),
        plain("other_day", "date"),
        plain("one", "one yes_no"),
        plain("many", "many colours"),
        asked("secret", "text", |q| q.relevant = Some(expr("${n} = 99"))),
        plain("words", "note"),
        calculated("sum_nm", "${n} + ${m}"),
        calculated("is_big", "${n} > 10"),
        group("section", None, vec![plain("inside", "text")]),
        repeat(
            "members",
            None,
            vec![
                plain("who", "text"),
                plain("age", "integer"),
                plain("insured", "one yes_no"),
                calculated("adult", "${age} >= 16"),
                repeat("jobs", None, vec![plain("pay", "integer")]),
            ],
        ),
    ])
}

#[test]
fn every_expression_comes_to_what_odk_says() {
    let cases: Cases = toml::from_str(include_str!("../expressions.toml")).expect("cases");
    let definition = form_of_cases();
    let mut wrong = Vec::new();
    let mut count = 0;
    for group in &cases.group {
        let mut session = open(definition.clone());
        for member in &group.members {
            add(&mut session, "members", member);
        }
        for job in &group.jobs {
            let (repeat, id) = job.split_once(':').expect("repeat:id");
            add(&mut session, repeat, id);
        }
        for (at, answer) in &group.answers {
            set(&mut session, at, answer);
        }
        for (source, expected) in &group.cases {
            count += 1;
            let found = outcome(&session, source, group.at.as_deref());
            if found != *expected {
                wrong
                    .push(format!("{}: {source}\n    expected {expected}\n    found    {found}", group.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 300, "only {count} cases");
}

fn outcome(session: &Session, source: &str, at: Option<&str>) -> String {
    let refused =
        |error: ExprError| format!("!{}@{} {}", error.code, error.at, error.word).trim_end().to_owned();
    let expr = match Expr::parse(source) {
        Ok(expr) => expr,
        Err(error) => return refused(error),
    };
    if at.is_none()
        && let Err(error) = session.plan().check(&expr)
    {
        return refused(error);
    }
    match session.evaluate(&expr, at.map(path).as_ref()) {
        Outcome::Text(text) => format!("'{text}'"),
        Outcome::Number(number) if number.is_infinite() => {
            format!("{}Infinity", if number < 0.0 { "-" } else { "" })
        }
        Outcome::Number(number) => format!("{}", if number == 0.0 { 0.0 } else { number }),
        Outcome::Boolean(truth) => truth.to_string(),
    }
}

#[test]
fn hostile_texts_are_refused_and_do_not_overflow_the_stack() {
    let hostile = [
        "(".repeat(100_000),
        "(".repeat(30_000),
        format!("{}1{}", "(".repeat(30_000), ")".repeat(2_000)),
        "not(".repeat(8_000),
        "${a}[".repeat(6_000),
        "1 or 1 and 1 = 1 < 1 + 1 * (".repeat(1_000),
        "-".repeat(32_000),
        "if(1,".repeat(6_000),
        "'".repeat(32_001),
        "/..".repeat(10_000),
    ];
    for text in hostile {
        let error = Expr::parse(&text).expect_err("refused");
        assert!(!error.code.is_empty());
    }
}

#[test]
fn long_sums_and_many_signs_are_fine() {
    let sum = vec!["1"; 5_000].join(" + ");
    let session = open(form_of_cases());
    assert_eq!(outcome(&session, &sum, None), "5000");
    assert_eq!(outcome(&session, &format!("{}1", "-".repeat(20_001)), None), "-1");
    let nested = format!("{}1{}", "(".repeat(60), ")".repeat(60));
    assert_eq!(outcome(&session, &nested, None), "1");
    let mixed = "1 or 0 and 1 = 1 < 1 + 1 * (".repeat(60) + "1" + &")".repeat(60);
    assert_eq!(outcome(&session, &mixed, None), "true");
}

#[test]
fn a_pattern_of_evil_shape_is_matched_in_linear_time() {
    let mut session = open(form_of_cases());
    set(&mut session, "t", &"a".repeat(20_000));
    assert_eq!(outcome(&session, "regex(${t}, '(a+)+b')", None), "false");
}

#[test]
fn equal_texts_parse_to_equal_expressions() {
    assert_eq!(expr("1 + ${n}"), expr("1 + ${n}"));
    assert_ne!(expr("1 + ${n}"), expr("${n} + 1"));
    assert_eq!(Expr::literal("it's").source(), "it's");
}
