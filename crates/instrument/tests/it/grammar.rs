//! Expressions made up by a grammar: each is refused or comes to something, whatever the form holds.

use proptest::prelude::*;
use rasoat_instrument::Session;
use rasoat_instrument::expression::Expr;

use crate::properties::{act, perform, tangled};
use crate::support::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn any_row_of_tokens_is_refused_or_comes_to_something(
        tokens in prop::collection::vec(prop::sample::select(TOKENS), 1..14),
    ) {
        let mut session = open(tangled());
        set(&mut session, "n", "3");
        add(&mut session, "members", "a");
        compute(&session, &tokens.join(" "));
    }

    #[test]
    fn whatever_the_grammar_allows_comes_to_something_in_any_state(
        acts in prop::collection::vec(act(), 0..20),
        sources in prop::collection::vec(expression(), 1..12),
    ) {
        let mut session = open(tangled());
        for act in &acts {
            perform(&mut session, act);
        }
        for source in &sources {
            compute(&session, source);
        }
    }
}

const TOKENS: &[&str] = &[
    "1",
    "'a'",
    "${n}",
    "${age}",
    "${members}",
    "/data/n",
    "age",
    ".",
    "..",
    "[",
    "]",
    "(",
    ")",
    "and",
    "or",
    "div",
    "mod",
    "=",
    "!=",
    "<",
    "+",
    "-",
    "*",
    "/",
    "|",
    ",",
    "count(",
    "sum(",
    "if(",
    "not(",
    "max(",
    "concat(",
    "substr(",
    "round(",
    "date(",
    "coalesce(",
    "position(",
    "current()",
    "selected(",
    "join(",
    "today()",
    "now()",
    "true()",
    "random()",
    "uuid()",
    "last()",
    "instance('communes')/root/item",
    "regex('a',",
    "randomize(",
    "format-date-time(",
    "decimal-time(",
];

fn compute(session: &Session, source: &str) {
    let Ok(expr) = Expr::parse(source) else { return };
    let _ = session.plan().check(&expr);
    for at in [None, Some(path("members.a")), Some(path("members.a.jobs.b"))] {
        let _ = session.evaluate(&expr, at.as_ref());
        let _ = session.missing(&expr, at.as_ref());
    }
}

/// An expression that may be read: values, paths and calls within one another.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(
        &[
            "1",
            "0",
            "-1",
            "2.5",
            "99999999999999999999",
            "''",
            "'a b'",
            "'7'",
            "'2020-02-30'",
            "'2020-02-29'",
            "'10:30'",
            "'2020-02-29T10:00:00.000+07:00'",
            "'%Y %H'",
            "'[a-z]+'",
            "${n}",
            "${province}",
            "${kind}",
            "${area}",
            "${age}",
            "${insured}",
            "${pay}",
            "${taxed}",
            "${total}",
            "${flag}",
            "${last}",
            "${commune}",
            "/data/n",
            "/data/place/kind",
            "/data/members/age",
            "..",
            ".",
            "../n",
            "current()/../age",
            "today()",
            "now()",
            "true()",
            "false()",
            "random()",
            "uuid()",
            "pi()",
            "username()",
            "version()",
            "position()",
            "last()",
            "position(..)",
            "1 div 0",
            "number('')",
            "province",
            "name",
            "age",
            "pay",
        ][..],
    );
    leaf.prop_map(str::to_owned).prop_recursive(5, 60, 4, |inner| {
        let one = prop::sample::select(ONE);
        let two = prop::sample::select(TWO);
        let set = prop::sample::select(
            &[
                "${members}",
                "${jobs}",
                "/data/deep/members",
                "../members",
                "instance('communes')/root/item",
                "${members}/jobs",
                "..",
            ][..],
        );
        let field =
            prop::sample::select(&["/age", "/insured", "/jobs/pay", "/pay", "/province", "/name", ""][..]);
        let operator = prop::sample::select(
            &["+", "-", "*", " div ", " mod ", "=", "!=", "<", "<=", ">", ">=", " and ", " or ", "|"][..],
        );
        prop_oneof![
            (inner.clone(), operator, inner.clone())
                .prop_map(|(left, sign, right)| format!("({left} {sign} {right})")),
            inner.clone().prop_map(|inner| format!("-{inner}")),
            (one, inner.clone()).prop_map(|(name, inner)| format!("{name}({inner})")),
            (two, inner.clone(), inner.clone()).prop_map(|(name, one, two)| format!("{name}({one}, {two})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("if({a}, {b}, {c})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("substr({a}, {b}, {c})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("translate({a}, {b}, {c})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("checklist({a}, {b}, {c})")),
            inner.clone().prop_map(|key| format!("pulldata('communes', 'kind', 'name', {key})")),
            inner.clone().prop_map(|name| format!("jr:choice-name({name}, '${{commune}}')")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("indexed-repeat(${{pay}}, ${{members}}, {a}, ${{jobs}}, {b})")),
            (set.clone(), inner.clone(), field.clone())
                .prop_map(|(set, filter, field)| format!("{set}[{filter}]{field}")),
            (set, inner.clone(), inner, field)
                .prop_map(|(set, one, two, field)| format!("sum({set}[{one}][{two}]{field})")),
        ]
    })
}

const ONE: &[&str] = &[
    "not",
    "boolean",
    "boolean-from-string",
    "count",
    "count-non-empty",
    "sum",
    "max",
    "min",
    "concat",
    "randomize",
    "position",
    "name",
    "count-selected",
    "string",
    "string-length",
    "normalize-space",
    "number",
    "int",
    "round",
    "floor",
    "ceiling",
    "abs",
    "sqrt",
    "exp",
    "exp10",
    "log",
    "log10",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "date",
    "time",
    "date-time",
    "decimal-date-time",
    "decimal-time",
    "uuid",
    "property",
    "jr:itext",
];

const TWO: &[&str] = &[
    "coalesce",
    "sum",
    "max",
    "min",
    "concat",
    "join",
    "randomize",
    "selected",
    "selected-at",
    "substr",
    "substring-before",
    "substring-after",
    "contains",
    "starts-with",
    "ends-with",
    "regex",
    "round",
    "pow",
    "atan2",
    "format-date",
    "format-date-time",
];
