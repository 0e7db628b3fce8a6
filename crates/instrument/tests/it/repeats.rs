//! Instances that the form counts, values that a change triggers, and questions with an order, a scale or a lot.

use std::collections::BTreeMap;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{
    FindingKind, Node, Number, QuestionKind, Range, Session, SetError, Shuffle, ValueKind,
};

use crate::support::*;

fn fields_form() -> rasoat_instrument::Definition {
    form(vec![
        plain("how_many", "integer"),
        counted(
            "fields",
            "${how_many}",
            vec![plain("area", "integer"), asked("crop", "text", |q| q.default = Some(Expr::literal("lúa")))],
        ),
        calculated("total", "sum(${area})"),
        calculated("count", "count(${fields})"),
    ])
}

#[test]
fn a_counted_repeat_has_as_many_instances_as_the_form_says() {
    let mut session = open(fields_form());
    assert_eq!(session.instances("fields").len(), 0);
    let changes = set(&mut session, "how_many", "2");
    assert_eq!(changes.added.len(), 2);
    assert_eq!(shown(&session, "count"), "2");
    assert_eq!(shown(&session, "fields.n1.crop"), "lúa");
    set(&mut session, "fields.n1.area", "3");
    set(&mut session, "fields.n2.area", "4");
    assert_eq!(shown(&session, "total"), "7");
}

#[test]
fn answers_beyond_a_smaller_count_are_kept_and_come_back_with_a_larger_one() {
    let mut session = open(fields_form());
    set(&mut session, "how_many", "2");
    set(&mut session, "fields.n1.area", "1");
    set(&mut session, "fields.n2.area", "4");
    set(&mut session, "how_many", "1");
    assert_eq!(shown(&session, "total"), "1");
    assert_eq!(session.instances("fields").len(), 1);
    assert!(session.kept().contains_key(&path("fields.n2.area")));
    assert!(!session.answers().contains_key(&path("fields.n2.area")));
    let again = reopen(&fields_form(), session.kept());
    assert_eq!(again.nodes(), session.nodes());
    set(&mut session, "how_many", "2");
    assert_eq!(shown(&session, "total"), "5");
}

#[test]
fn a_counted_repeat_takes_no_instances_by_hand() {
    let mut session = open(fields_form());
    set(&mut session, "how_many", "1");
    assert_eq!(session.add_instance("fields", &"x".parse().unwrap()), Err(SetError::Counted));
    assert_eq!(session.remove_instance(&path("fields.n1")), Err(SetError::Counted));
}

#[test]
fn a_count_of_a_billion_makes_what_a_form_may_have_and_is_an_error() {
    let mut session = open(fields_form());
    set(&mut session, "how_many", "1000000000");
    assert!(session.instances("fields").len() <= 1_000);
    let errors = session.findings();
    assert!(
        errors.iter().any(|finding| finding.kind == FindingKind::Error && finding.path == path("fields"))
    );
    set(&mut session, "how_many", "3");
    assert_eq!(session.instances("fields").len(), 3);
    assert!(session.findings().is_empty());
}

#[test]
fn counts_may_depend_on_counts_within() {
    let definition = form(vec![
        plain("houses", "integer"),
        counted(
            "house",
            "${houses}",
            vec![plain("rooms", "integer"), counted("room", "${rooms}", vec![plain("beds", "integer")])],
        ),
        calculated("beds_total", "sum(${beds})"),
    ]);
    let mut session = open(definition.clone());
    set(&mut session, "houses", "2");
    set(&mut session, "house.n1.rooms", "2");
    set(&mut session, "house.n2.rooms", "1");
    set(&mut session, "house.n1.room.n1.beds", "0");
    set(&mut session, "house.n1.room.n2.beds", "3");
    set(&mut session, "house.n2.room.n1.beds", "2");
    assert_eq!(shown(&session, "beds_total"), "5");
    set(&mut session, "houses", "1");
    assert_eq!(shown(&session, "beds_total"), "3");
    assert_eq!(reopen(&definition, session.kept()).nodes(), session.nodes());
}

#[test]
fn a_trigger_computes_when_its_question_changes_and_only_then() {
    let definition = form(vec![
        plain("area", "integer"),
        plain("price", "integer"),
        asked("value", "integer", |q| {
            q.calculation = Some(expr("${area} * ${price}"));
            q.triggers = vec!["area".to_owned()];
        }),
    ]);
    let mut session = open(definition.clone());
    set(&mut session, "price", "10");
    set(&mut session, "area", "2");
    assert_eq!(shown(&session, "value"), "20");
    set(&mut session, "price", "100");
    assert_eq!(shown(&session, "value"), "20");
    set(&mut session, "value", "35");
    assert_eq!(shown(&session, "value"), "35");
    set(&mut session, "area", "3");
    assert_eq!(shown(&session, "value"), "300");
    assert_eq!(reopen(&definition, session.kept()).nodes(), session.nodes());
}

#[test]
fn triggers_that_trigger_each_other_end() {
    let triggered = |name: &str, calculation: &str, trigger: &str| {
        asked(name, "integer", |q| {
            q.calculation = Some(expr(calculation));
            q.triggers = vec![trigger.to_owned()];
        })
    };
    let mut session = open(form(vec![triggered("a", "${b} + 1", "b"), triggered("b", "${a} + 1", "a")]));
    set(&mut session, "a", "1");
    assert_eq!(shown(&session, "b"), "2");
}

#[test]
fn an_unknown_trigger_is_reported_with_its_place() {
    let definition = form(vec![asked("a", "integer", |q| {
        q.calculation = Some(expr("1"));
        q.triggers = vec!["nobody".to_owned()];
    })]);
    let plan = rasoat_instrument::Plan::new(std::sync::Arc::new(definition));
    let problem = plan.problems().first().expect("a problem");
    assert_eq!(
        (problem.node.as_str(), problem.column, problem.error.code.as_str()),
        ("a", "trigger", "unknown_name")
    );
}

#[test]
fn a_hidden_value_is_not_answered_by_hand_and_counts() {
    let mut hidden = rasoat_instrument::Question::new("batch", QuestionKind::Hidden);
    hidden.default = Some(Expr::literal("A7"));
    let mut session =
        open(form(vec![Node::Question(Box::new(hidden)), calculated("copy", "concat(${batch}, '!')")]));
    assert_eq!(shown(&session, "copy"), "A7!");
    assert_eq!(session.set_text(&path("batch"), "B"), Err(SetError::ReadOnly));
    assert!(session.answers().contains_key(&path("batch")));
}

#[test]
fn the_moment_of_signing_off_is_written_where_the_form_wants_it() {
    let end = rasoat_instrument::Question::new("ended", QuestionKind::Finished);
    let mut session = open(form(vec![Node::Question(Box::new(end)), plain("a", "text")]));
    assert_eq!(shown(&session, "ended"), "");
    let changes = session.finish("2026-11-23T11:00:00.000+07:00".parse().unwrap());
    assert_eq!(changes.nodes.len(), 1);
    assert_eq!(shown(&session, "ended"), "2026-11-23T11:00:00.000+07:00");
}

#[test]
fn a_ranking_wants_every_choice() {
    let mut session = open(form(vec![asked("order", "many colours", |q| q.ranked = true)]));
    set(&mut session, "order", "blue red green");
    assert!(session.findings().is_empty());
    set(&mut session, "order", "blue red");
    assert_eq!(session.findings()[0].kind, FindingKind::Error);
}

#[test]
fn a_number_off_its_scale_is_an_error() {
    let range = Range {
        start: Number::new(0.0).unwrap(),
        end: Number::new(10.0).unwrap(),
        step: Number::new(0.5).unwrap(),
    };
    let mut session = open(form(vec![asked("level", "decimal", |q| q.range = Some(range))]));
    for (text, errors) in [("0", 0), ("10", 0), ("2.5", 0), ("2.4", 1), ("-0.5", 1), ("10.5", 1)] {
        set(&mut session, "level", text);
        assert_eq!(session.findings().len(), errors, "{text}");
    }
}

#[test]
fn choices_drawn_by_lot_keep_their_order_for_one_form_and_for_one_seed() {
    let shuffled = |seed: Option<&str>| {
        form(vec![
            plain("n", "integer"),
            asked("colour", "one colours", |q| {
                q.shuffled = Some(Shuffle { seed: seed.map(expr) });
            }),
        ])
    };
    let offered =
        |session: &Session| session.node(&path("colour")).and_then(|node| node.offered).expect("offered");
    let first = open(shuffled(None));
    assert_eq!(offered(&first), offered(&open(shuffled(None))));
    let mut all = offered(&first);
    all.sort();
    assert_eq!(all, ["blue", "green", "red"]);
    let mut seeded = open(shuffled(Some("${n}")));
    let mut orders = std::collections::BTreeSet::new();
    for n in 0..20 {
        set(&mut seeded, "n", &n.to_string());
        orders.insert(offered(&seeded));
    }
    assert!(orders.len() > 2, "{orders:?}");
    set(&mut seeded, "colour", "red");
    assert!(seeded.findings().is_empty());
}

#[test]
fn times_places_and_files_are_answers_with_one_text_each() {
    let kinds = [
        ("at", ValueKind::Time, "7:30", None),
        ("at", ValueKind::Time, "07:30", Some("07:30:00.000")),
        ("when", ValueKind::DateTime, "2026-11-23T07:30+07:00", Some("2026-11-23T07:30:00.000+07:00")),
        ("place", ValueKind::Point, "21.85 106.76", Some("21.85 106.76 0 0")),
        ("place", ValueKind::Point, "121.85 106.76", None),
        ("photo", ValueKind::File, "a1.jpg", Some("a1.jpg")),
        ("photo", ValueKind::File, "../a1.jpg", None),
    ];
    for (name, kind, written, stored) in kinds {
        let question = rasoat_instrument::Question::new(name, QuestionKind::Asked { kind, list: None });
        let mut session = open(form(vec![Node::Question(Box::new(question))]));
        let outcome = session.set_text(&path(name), written);
        match stored {
            None => assert_eq!(outcome, Err(SetError::WrongKind { expected: kind }), "{written}"),
            Some(stored) => assert_eq!(shown(&session, name), stored),
        }
    }
}

#[test]
fn what_the_form_says_names_the_filled_form() {
    let mut definition = form(vec![plain("who", "text")]);
    definition.instance_name = Some(expr("concat('Hộ ', ${who})"));
    let mut session = open(definition);
    set(&mut session, "who", "An");
    assert_eq!(session.instance_name().as_deref(), Some("Hộ An"));
    assert_eq!(open(form(vec![])).instance_name(), None);
}

#[test]
fn a_question_says_what_its_findings_do_to_signing_off() {
    use rasoat_instrument::Completion;
    let definition = form(vec![
        asked("must", "text", |q| q.required = Some(expr("true()"))),
        asked("soft", "text", |q| {
            q.required = Some(expr("true()"));
            q.completion = Some(Completion::Warn);
        }),
        asked("free", "integer", |q| {
            q.warning = Some(expr(". < 10"));
            q.completion = Some(Completion::Allow);
        }),
    ]);
    let mut session = open(definition);
    set(&mut session, "free", "20");
    let found: BTreeMap<String, (Completion, bool)> = session
        .findings()
        .iter()
        .map(|finding| (finding.path.to_string(), (finding.completion, finding.blocks())))
        .collect();
    assert_eq!(found["must"], (Completion::Block, true));
    assert_eq!(found["soft"], (Completion::Warn, false));
    assert_eq!(found["free"], (Completion::Allow, false));
}

#[test]
fn values_of_look_up_tables_are_found_by_any_column() {
    let item = |name: &str, commune: &str, people: &str| rasoat_instrument::ChoiceItem {
        name: name.to_owned(),
        label: text(&format!("Thôn {name}")),
        extra: BTreeMap::from([
            ("commune".to_owned(), commune.to_owned()),
            ("people".to_owned(), people.to_owned()),
        ]),
    };
    let items = [item("v1", "a", "10"), item("v2", "b", "20"), item("v3", "a", "30")];
    let mut definition = form(vec![
        plain("commune", "text"),
        plain("village", "text"),
        calculated("label", "instance('villages')/root/item[name = ${village}]/label"),
        calculated("pulled", "pulldata('villages', 'people', 'name', ${village})"),
        calculated("people", "sum(instance('villages')/root/item[commune = ${commune}]/people)"),
        calculated("second", "instance('villages')/root/item[commune = ${commune}][2]/name"),
        calculated("known", "count(instance('villages')/root/item[name = ${village}]) > 0"),
        asked("chosen", "one villages", |q| q.choice_filter = Some(expr("commune = ${commune}"))),
    ]);
    definition
        .lists
        .insert("villages".to_owned(), std::sync::Arc::new(rasoat_instrument::ChoiceList::new(&items)));
    let mut session = open(definition);
    set(&mut session, "commune", "a");
    set(&mut session, "village", "v3");
    for (field, value) in
        [("label", "Thôn v3"), ("pulled", "30"), ("people", "40"), ("second", "v3"), ("known", "true")]
    {
        assert_eq!(shown(&session, field), value, "{field}");
    }
    set(&mut session, "village", "v9");
    assert_eq!(shown(&session, "label"), "");
    assert_eq!(shown(&session, "known"), "false");
    assert_eq!(
        session.node(&path("chosen")).and_then(|node| node.offered),
        Some(vec!["v1".to_owned(), "v3".to_owned()])
    );
}

#[test]
fn the_same_answer_again_triggers_nothing() {
    let definition =
        form(vec![plain("a", "integer"), asked("b", "integer", |q| q.triggers = vec!["a".to_owned()])]);
    let mut session = open(definition);
    set(&mut session, "a", "3");
    set(&mut session, "b", "8");
    set(&mut session, "a", "3");
    assert_eq!(shown(&session, "b"), "8");
    set(&mut session, "a", "4");
    assert_eq!(shown(&session, "b"), "");
}

#[test]
fn a_computed_field_triggers_when_it_changes() {
    let mut session = open(form(vec![
        plain("a", "integer"),
        calculated("c", "${a} + 1"),
        asked("b", "integer", |q| {
            q.calculation = Some(expr("${c} * 10"));
            q.triggers = vec!["c".to_owned()];
        }),
    ]));
    set(&mut session, "a", "3");
    assert_eq!(shown(&session, "b"), "40");
}

#[test]
fn first_values_of_counted_instances_may_follow_from_the_forms_own() {
    let session = open(form(vec![
        asked("x", "integer", |q| q.default = Some(Expr::literal("5"))),
        counted("r", "2", vec![asked("inner", "integer", |q| q.default = Some(expr("${x}")))]),
    ]));
    assert_eq!(
        (shown(&session, "r.n1.inner"), shown(&session, "r.n2.inner")),
        ("5".to_owned(), "5".to_owned())
    );
}

#[test]
fn a_thousand_instances_with_first_values_are_there_at_once() {
    let mut session = open(form(vec![
        plain("n", "integer"),
        counted("r", "${n}", vec![asked("v", "integer", |q| q.default = Some(Expr::literal("1")))]),
        calculated("total", "sum(${v})"),
        calculated("most", "max(${v})"),
    ]));
    set(&mut session, "n", "1000");
    assert_eq!(shown(&session, "total"), "1000");
}

#[test]
fn instances_that_count_no_more_are_told_and_their_order_is_not_signed() {
    let mut session = open(fields_form());
    set(&mut session, "how_many", "3");
    let changes = set(&mut session, "how_many", "2");
    assert_eq!(changes.uncounted, [path("fields.n3")]);
    assert!(changes.removed.is_empty());
    assert!(!session.answers().contains_key(&path("fields.n3.position_")));
    let changes = set(&mut session, "how_many", "3");
    assert_eq!(changes.added, [path("fields.n3")]);
    assert!(changes.nodes.iter().any(|node| node.path == path("fields.n3.area")));
}

#[test]
fn what_hangs_on_an_open_count_relevance_or_look_up_is_missing() {
    let items = [rasoat_instrument::ChoiceItem { name: "v1".to_owned(), ..Default::default() }];
    let mut definition = form(vec![
        plain("n", "integer"),
        plain("has", "text"),
        plain("village", "text"),
        counted("fields", "${n}", vec![plain("area", "integer")]),
        repeat("animals", Some("${has} = 'yes'"), vec![plain("head", "integer")]),
    ]);
    let list = rasoat_instrument::ChoiceList::new(&items);
    definition.lists.insert("villages".to_owned(), std::sync::Arc::new(list));
    let session = open(definition);
    for (source, wanted) in [
        ("sum(${area}) > 5", "n"),
        ("count(${fields}) = 0", "n"),
        ("sum(${head}) > 5", "has"),
        ("pulldata('villages', 'name', 'name', ${village}) = ''", "village"),
    ] {
        let expression = expr(source);
        assert_eq!(session.missing(&expression, None), [path(wanted)], "{source}");
        let prepared = session.plan().prepare(&expression, None).unwrap();
        assert_eq!(session.outside().settled(&prepared), None, "{source}");
    }
}

#[test]
fn a_choice_whose_name_stands_twice_is_offered_where_any_of_them_is() {
    let item = |province: &str| rasoat_instrument::ChoiceItem {
        name: "centre".to_owned(),
        label: text("Trung tâm"),
        extra: BTreeMap::from([("province".to_owned(), province.to_owned())]),
    };
    let mut definition = form(vec![
        plain("province", "text"),
        asked("place", "one places", |q| q.choice_filter = Some(expr("province = ${province}"))),
    ]);
    let list = rasoat_instrument::ChoiceList::new(&[item("1"), item("2")]);
    definition.lists.insert("places".to_owned(), std::sync::Arc::new(list));
    let mut session = open(definition);
    set(&mut session, "province", "2");
    set(&mut session, "place", "centre");
    assert!(session.findings().is_empty());
}
