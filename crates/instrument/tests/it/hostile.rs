//! Texts that mean harm: as long as may be, nested as deep as may be, or growing as they are computed.

use rasoat_instrument::Session;
use rasoat_instrument::expression::Expr;

use crate::expressions::{form_of_cases, outcome};
use crate::support::*;

/// As long as an expression may be.
const LONGEST: usize = 32 * 1024;

/// A part over and over, as long as an expression may be.
fn filled(part: &str) -> String {
    part.repeat(LONGEST / part.len())
}

#[test]
fn hostile_texts_are_refused_and_do_not_overflow_the_stack() {
    let hostile = [
        "(".repeat(100_000),
        filled("("),
        format!("{}1{}", "(".repeat(30_000), ")".repeat(2_000)),
        filled("not("),
        filled("${a}["),
        filled("["),
        filled("]"),
        filled("and "),
        filled("or and "),
        filled("1 and "),
        filled("1 or 1 and 1 = 1 < 1 + 1 * ("),
        filled("-"),
        filled("if(1,"),
        filled("'"),
        filled("''"),
        filled("\""),
        filled("/.."),
        filled("/"),
        filled("|"),
        filled("${n}|"),
        filled("${"),
        filled("${n}"),
        filled("$"),
        filled("."),
        filled(","),
        filled("concat("),
        filled("instance('villages')/root/item["),
        filled("/data/members["),
        filled("a:"),
        filled("a::"),
        filled("1."),
        filled("\u{a0}"),
        filled("👪"),
        "1".repeat(LONGEST + 1),
    ];
    for text in hostile {
        let start: String = text.chars().take(20).collect();
        let error = Expr::parse(&text).map(|_| start).expect_err("refused");
        assert!(!error.code.is_empty() && error.at <= text.chars().count());
    }
}

fn full_form() -> Session {
    let mut session = open(form_of_cases());
    for id in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        add(&mut session, "members", id);
        set(&mut session, &format!("members.{id}.age"), "7");
    }
    set(&mut session, "t", "abc");
    set(&mut session, "n", "3");
    session
}

#[test]
fn long_expressions_come_to_what_short_ones_do() {
    let session = full_form();
    let sum = vec!["1"; 8_000].join(" + ");
    let ones = |operator: &str| vec!["1"; 30_000 / (operator.len() + 1)].join(operator);
    let arguments = |what: &str| vec![what; 30_000 / (what.len() + 2)].join(", ");
    for (source, expected) in [
        (sum, "8000"),
        (format!("{}1", "-".repeat(30_001)), "-1"),
        (ones(" and "), "true"),
        (ones(" or "), "true"),
        (format!("{} = 1", ones(" = ")), "true"),
        (format!("count({})", vec!["${n}"; 5_000].join("|")), "1"),
        (format!("count(${{members}}{})", "[1]".repeat(10_000)), "1"),
        (format!("count(${{members}}{})", "[age]".repeat(6_000)), "8"),
        (format!("string-length(concat({}))", arguments("'ab'")), "10000"),
        (format!("max({})", arguments("2")), "2"),
        (format!("coalesce({}, 5)", arguments("''")), "5"),
        (format!("/data{}/n", "/section/..".repeat(2_500)), "3"),
        (format!("/data{}/n", "/.".repeat(16_000)), "3"),
        ("9".repeat(LONGEST), "Infinity"),
        (format!("string-length('{}')", "a".repeat(32_000)), "32000"),
        (format!("regex('a', '{}')", "a?".repeat(15_000)), "!bad_pattern@11"),
        (format!("format-date(today(), '{}') = ''", "%d".repeat(16_000)), "false"),
        (format!("translate('abc', '{}', '')", "abc".repeat(10_000)), "''"),
        (format!("checklist(1, 1, 'yes', {})", arguments("'no'")), "true"),
    ] {
        let found = outcome(&session, &source, None);
        let start: String = source.chars().take(40).collect();
        assert!(found.starts_with(expected), "{start}… {}", found.chars().take(200).collect::<String>());
    }
}

#[test]
fn deep_expressions_come_to_what_flat_ones_do() {
    let session = full_form();
    let nested = |before: &str, inside: &str, behind: &str| {
        format!("{}{inside}{}", before.repeat(60), behind.repeat(60))
    };
    for (source, expected) in [
        (nested("(", "1", ")"), "1"),
        (nested("-(", "1", ")"), "1"),
        (nested("1 or 0 and 1 = 1 < 1 + 1 * (", "1", ")"), "true"),
        (nested("concat('a', ", "'b'", ")"), &format!("'{}b'", "a".repeat(60))),
        (nested("if(1, ", "2", ", 3)"), "2"),
        (nested("coalesce('', ", "7", ")"), "7"),
        (nested("instance('villages')/root/item[name = ", "'v1'", "]/name"), "'v1'"),
        (nested("pulldata('villages', 'near', 'name', ", "'v1'", ")"), "'v1'"),
    ] {
        assert_eq!(outcome(&session, &source, None), expected, "{source}");
    }
}

#[test]
fn filters_within_filters_end_in_any_case() {
    let session = full_form();
    for filter in [
        "count(${members}[count(${members}[",
        "sum(${members}[true()]/age) = sum(${members}[position() = sum(${members}[",
        "count(instance('villages')/root/item[people > 0 and count(instance('villages')/root/item[people < 999 and ",
    ] {
        let opened = filter.matches('[').count() - filter.matches(']').count();
        let depth = 60 / (2 * opened);
        let source = format!("{}true(){}", filter.repeat(depth), "]) > 0".repeat(depth * opened));
        let expr = Expr::parse(&source).unwrap_or_else(|error| panic!("{source}: {error}"));
        let _ = session.evaluate(&expr, None);
        let _ = session.missing(&expr, None);
    }
}

#[test]
fn texts_that_are_joined_from_one_another_stop_growing() {
    let mut nodes = vec![plain("t0", "text")];
    for step in 1..40 {
        nodes.push(calculated(&format!("t{step}"), &format!("concat(${{t{0}}}, ${{t{0}}})", step - 1)));
    }
    let mut session = open(form(nodes));
    set(&mut session, "t0", "Cao Bằng");
    assert_eq!(outcome(&session, "string-length(${t3})", None), "64");
    let expr = expr("string-length(${t39}) > 100000 and string-length(${t39}) < 300000");
    assert_eq!(outcome(&session, expr.source(), None), "true");
}

#[test]
fn a_pattern_of_evil_shape_is_matched_in_linear_time() {
    let mut session = open(form_of_cases());
    set(&mut session, "t", &"a".repeat(20_000));
    assert_eq!(outcome(&session, "regex(${t}, '(a+)+b')", None), "false");
    // Beyond what is matched at all.
    set(&mut session, "t", &"a".repeat(70_000));
    assert_eq!(outcome(&session, "regex(${t}, 'a+')", None), "false");
}

#[test]
fn equal_texts_parse_to_equal_expressions() {
    assert_eq!(expr("1 + ${n}"), expr("1 + ${n}"));
    assert_ne!(expr("1 + ${n}"), expr("${n} + 1"));
    assert_eq!(Expr::literal("it's").source(), "it's");
}
