//! Texts that mean harm.

use rasoat_instrument::expression::Expr;

use crate::expressions::{form_of_cases, outcome};
use crate::support::*;

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
