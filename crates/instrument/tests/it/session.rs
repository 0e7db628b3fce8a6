//! What a session does with answers, seen from outside.

use crate::support::*;
use std::collections::BTreeMap;

use rasoat_instrument::expression::Expr;
use std::sync::Arc;

use rasoat_instrument::{ChoiceItem, ChoiceList, FindingKind, InstanceId, Path, SetError, Value, ValueKind};

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

fn paths(found: Vec<Path>) -> Vec<String> {
    found.iter().map(Path::to_string).collect()
}

#[test]
fn a_group_passes_on_whether_it_is_asked_and_answers_below_are_kept_but_do_not_count() {
    let mut session = open(form(vec![
        plain("has_land", "one yes_no"),
        group(
            "land",
            Some("${has_land} = 'yes'"),
            vec![
                group("fields", None, vec![asked("area", "decimal", |q| q.required = Some(expr("true()")))]),
                repeat("plots", Some("${area} > 10"), vec![plain("size", "integer")]),
            ],
        ),
        calculated("total", "coalesce(${area}, 0) + sum(${size})"),
    ]));
    assert!(session.findings().is_empty());
    set(&mut session, "has_land", "yes");
    assert_eq!(paths(session.findings().into_iter().map(|f| f.path).collect()), ["area"]);
    set(&mut session, "area", "20");
    add(&mut session, "plots", "p1");
    set(&mut session, "plots.p1.size", "5");
    set(&mut session, "plots.p1.size#note", "measured by eye");
    assert_eq!(shown(&session, "total"), "25");
    let kept = session.kept().clone();

    let changes = set(&mut session, "has_land", "no");
    assert_eq!(shown(&session, "total"), "0");
    assert_eq!(session.value(&path("area")), None);
    let answers: Vec<String> = session.answers().keys().map(Path::to_string).collect();
    assert_eq!(answers, ["has_land"]);
    assert_eq!(session.kept().len(), kept.len());
    let changed: Vec<String> = changes.nodes.iter().map(|node| node.path.to_string()).collect();
    assert_eq!(changed, ["has_land", "land", "fields", "area", "plots", "plots.p1.size", "total"]);
    let area = session.node(&path("area")).expect("a node");
    assert!(!area.relevant && area.value.is_some());

    set(&mut session, "has_land", "yes");
    assert_eq!(shown(&session, "total"), "25");
    assert_eq!(session.kept(), &kept);
}

#[test]
fn changes_name_what_changed_and_nothing_else() {
    let mut session = with_members(&["m1", "m2"]);
    set(&mut session, "members.m1.age", "40");
    let changes = set(&mut session, "members.m2.age", "41");
    let changed: Vec<String> = changes.nodes.iter().map(|node| node.path.to_string()).collect();
    assert_eq!(changed, ["members.m2.age", "members.m2.insured", "uninsured", "oldest"]);
    let kept: Vec<String> = changes.kept.keys().map(Path::to_string).collect();
    assert_eq!(kept, ["members.m2.age"]);
    let again = set(&mut session, "members.m2.age", "41");
    assert_eq!(again.nodes.len(), 1, "only the place acted on");
    assert!(again.kept.is_empty());
}

#[test]
fn a_constraint_is_an_error_and_a_warning_waits_for_a_reason() {
    let mut session = open(form(vec![asked("floor", "decimal", |q| {
        q.constraint = Some(expr(". > 0"));
        q.constraint_message = text("Phải lớn hơn 0, không phải ${floor}");
        q.warning = Some(expr(". < 500"));
        q.warning_message = text("Rất rộng");
    })]));
    assert!(session.findings().is_empty(), "nothing is wrong with no answer");
    set(&mut session, "floor", "-3.5");
    let finding = session.findings().remove(0);
    assert_eq!(finding.kind, FindingKind::Error);
    assert_eq!(finding.message.get("vi"), "Phải lớn hơn 0, không phải -3.5");
    set(&mut session, "floor", "600");
    let finding = session.findings().remove(0);
    assert!(finding.kind == FindingKind::Warning && finding.blocks());
    set(&mut session, "floor#reason", " Nhà dài của cả dòng họ ");
    let finding = session.findings().remove(0);
    assert_eq!(finding.reason.as_deref(), Some("Nhà dài của cả dòng họ"));
    assert!(!finding.blocks());
    set(&mut session, "floor", "60");
    assert!(session.findings().is_empty());
    assert!(session.answers().contains_key(&path("floor#reason")), "the reason is not thrown away");
}

#[test]
fn a_note_carries_a_check_between_questions() {
    let mut session = open(form(vec![
        repeat("members", None, vec![plain("is_head", "one yes_no")]),
        asked("one_head", "note", |q| q.constraint = Some(expr("count(${members}[is_head = 'yes']) = 1"))),
    ]));
    let kinds = |session: &rasoat_instrument::Session| session.findings().len();
    assert_eq!(kinds(&session), 1);
    add(&mut session, "members", "m1");
    set(&mut session, "members.m1.is_head", "yes");
    assert_eq!(kinds(&session), 0);
    add(&mut session, "members", "m2");
    set(&mut session, "members.m2.is_head", "yes");
    assert_eq!(kinds(&session), 1);
}

#[test]
fn required_follows_its_condition_and_what_nobody_can_answer_does_not_block() {
    let mut session = open(form(vec![
        plain("kind", "text"),
        asked("detail", "text", |q| q.required = Some(expr("${kind} = 'other'"))),
        asked("locked", "text", |q| {
            q.required = Some(expr("true()"));
            q.read_only = Some(expr("${kind} != 'open'"));
        }),
        asked("agreed", "ack", |q| q.required = Some(expr("true()"))),
    ]));
    let open_at = |session: &rasoat_instrument::Session| {
        paths(session.findings().into_iter().map(|finding| finding.path).collect())
    };
    assert_eq!(open_at(&session), ["agreed"]);
    set(&mut session, "agreed", "OK");
    set(&mut session, "kind", "other");
    assert_eq!(open_at(&session), ["detail"]);
    assert_eq!(session.set_text(&path("locked"), "x"), Err(SetError::ReadOnly));
    set(&mut session, "kind", "open");
    assert_eq!(open_at(&session), ["locked"]);
    set(&mut session, "locked", "x");
}

#[test]
fn a_default_is_given_once_and_a_cleared_one_does_not_come_back() {
    let definition = form(vec![
        asked("country", "text", |q| q.default = Some(Expr::literal("VN"))),
        asked("visited", "date", |q| q.default = Some(expr("today()"))),
        asked("copy", "text", |q| q.default = Some(expr("concat(${country}, '-', ${visited})"))),
        repeat("members", None, vec![asked("ethnic", "text", |q| q.default = Some(expr("${country}")))]),
    ]);
    let mut session = open(definition.clone());
    assert_eq!(shown(&session, "country"), "VN");
    assert_eq!(shown(&session, "copy"), "VN-2026-11-23");
    set(&mut session, "country", "");
    let changes = add(&mut session, "members", "m1");
    assert_eq!(changes.added, [path("members.m1")]);
    assert_eq!(shown(&session, "members.m1.ethnic"), "");
    set(&mut session, "country", "LA");
    assert_eq!(shown(&session, "members.m1.ethnic"), "", "its moment has passed");
    add(&mut session, "members", "m2");
    assert_eq!(shown(&session, "members.m2.ethnic"), "LA");
    set(&mut session, "visited", "");

    let reopened = reopen(&definition, session.kept());
    assert_eq!(reopened.kept(), session.kept());
    assert_eq!(shown(&reopened, "visited"), "");
    assert_eq!(shown(&reopened, "members.m1.ethnic"), "");
    let sealed = reopen(&definition, &session.answers());
    assert_eq!(sealed.nodes(), session.nodes(), "the answers alone say it all");
}

#[test]
fn a_value_of_once_stays_and_travels_with_the_answers() {
    let definition = form(vec![plain("name", "text"), calculated("first", "once(${name})")]);
    let mut session = open(definition.clone());
    assert_eq!(shown(&session, "first"), "");
    let changes = set(&mut session, "name", "An");
    assert_eq!(changes.kept.len(), 2);
    set(&mut session, "name", "Bình");
    assert_eq!(shown(&session, "first"), "An");
    let reopened = reopen(&definition, &session.answers());
    assert_eq!(shown(&reopened, "first"), "An");
}

#[test]
fn instances_keep_their_order_through_reopening_and_two_machines_adding_at_once() {
    let definition = household();
    let mut session = with_members(&["zz", "m1", "aa"]);
    session.remove_instance(&path("members.m1")).expect("removed");
    add(&mut session, "members", "b0");
    assert_eq!(paths(session.instances("members")), ["members.zz", "members.aa", "members.b0"]);
    let mut one = reopen(&definition, session.kept());
    let mut other = reopen(&definition, session.kept());
    add(&mut one, "members", "x2");
    add(&mut other, "members", "x1");
    let mut merged = one.kept().clone();
    merged.extend(other.kept().clone());
    let merged = reopen(&definition, &merged);
    assert_eq!(
        paths(merged.instances("members")),
        ["members.zz", "members.aa", "members.b0", "members.x1", "members.x2"]
    );
}

#[test]
fn instances_without_an_order_come_first_by_id() {
    let answers = BTreeMap::from([
        (path("members.b.age"), Value::Integer(3)),
        (path("members.a.age"), Value::Integer(4)),
    ]);
    let mut session = reopen(&household(), &answers);
    add(&mut session, "members", "0");
    assert_eq!(paths(session.instances("members")), ["members.a", "members.b", "members.0"]);
    assert_eq!(shown(&session, "members.b.place"), "2");
}

#[test]
fn answers_that_the_form_does_not_know_are_kept_and_listed() {
    let answers = BTreeMap::from([
        (path("floor"), Value::Text("thirty".to_owned())),
        (path("gone"), Value::Integer(3)),
        (path("pigs.p1.weight"), Value::Integer(4)),
        (path("members.m1.age"), Value::Integer(40)),
        (path("members.m1.gone"), Value::Integer(5)),
        (path("size"), Value::Integer(9)),
    ]);
    let mut session = reopen(&household(), &answers);
    assert_eq!(session.kept(), &answers);
    assert_eq!(paths(session.unplaced()), ["floor", "gone", "size", "members.m1.gone", "pigs.p1.weight"]);
    assert_eq!(session.value(&path("floor")), None);
    assert_eq!(shown(&session, "size"), "1");
    assert_eq!(session.answers().len(), 1);
    set(&mut session, "floor", "30");
    assert_eq!(shown(&session, "floor"), "30");
    assert_eq!(paths(session.unplaced()), ["gone", "size", "members.m1.gone", "pigs.p1.weight"]);
}

#[test]
fn a_choice_filter_narrows_what_is_offered_and_a_stale_choice_is_an_error() {
    let mut definition = form(vec![
        plain("province", "text"),
        asked("commune", "one communes", |q| q.choice_filter = Some(expr("province = ${province}"))),
    ]);
    let item = |name: &str, province: &str| ChoiceItem {
        name: name.to_owned(),
        label: text(name),
        extra: BTreeMap::from([("province".to_owned(), province.to_owned())]),
    };
    let items = vec![item("c1", "20"), item("c2", "22"), item("c3", "20")];
    definition.lists.insert("communes".to_owned(), Arc::new(ChoiceList::new(&items)));
    let mut session = open(definition);
    let offered = |session: &rasoat_instrument::Session| {
        session.node(&path("commune")).and_then(|node| node.offered).expect("filtered")
    };
    assert!(offered(&session).is_empty());
    let changes = set(&mut session, "province", "20");
    assert_eq!(changes.nodes.len(), 2);
    assert_eq!(offered(&session), ["c1", "c3"]);
    set(&mut session, "commune", "c3");
    assert!(session.findings().is_empty());
    set(&mut session, "province", "22");
    assert_eq!(shown(&session, "commune"), "c3", "kept");
    assert_eq!(session.findings().first().map(|f| f.kind), Some(FindingKind::Error));
    assert_eq!(session.set_text(&path("commune"), "c9"), Err(SetError::UnknownChoice));
}

#[test]
fn answers_of_the_wrong_kind_are_refused_and_nothing_changes() {
    let mut session = with_members(&["m1"]);
    set(&mut session, "members.m1.age", "40");
    let before = session.nodes();
    let refused = [
        ("floor", "wide", SetError::WrongKind { expected: ValueKind::Decimal }),
        ("members.m1.age", "3.5", SetError::WrongKind { expected: ValueKind::Integer }),
        ("town", "maybe", SetError::UnknownChoice),
        ("size", "3", SetError::ReadOnly),
        ("a", "3", SetError::UnknownPath),
        ("members", "3", SetError::UnknownPath),
        ("members.m1", "3", SetError::UnknownPath),
        ("members.m1.position_", "3", SetError::UnknownPath),
        ("members.m1.floor", "3", SetError::UnknownPath),
        ("age", "3", SetError::UnknownPath),
        ("nowhere", "3", SetError::UnknownPath),
    ];
    for (at, value, error) in refused {
        assert_eq!(session.set_text(&path(at), value), Err(error), "{at}");
    }
    let wrong = session.set(&path("floor#note"), Some(Value::Integer(3)));
    assert_eq!(wrong, Err(SetError::WrongKind { expected: ValueKind::Text }));
    assert_eq!(session.nodes(), before);
}

#[test]
fn instances_are_refused_twice_unknown_or_without_end() {
    let mut session = with_members(&["m1"]);
    let id = |text: &str| -> InstanceId { text.parse().expect("an id") };
    assert_eq!(session.add_instance("members", &id("m1")), Err(SetError::InstanceExists));
    assert_eq!(session.add_instance("pigs", &id("m1")), Err(SetError::UnknownPath));
    assert_eq!(session.add_instance("a", &id("m1")), Err(SetError::UnknownPath));
    assert_eq!(session.add_instance("not a name", &id("m1")), Err(SetError::UnknownPath));
    assert_eq!(session.remove_instance(&path("members.m9")), Err(SetError::UnknownPath));
    assert_eq!(session.remove_instance(&path("floor")), Err(SetError::UnknownPath));
}

#[test]
fn there_is_a_limit_to_instances_and_answers_beyond_it_are_kept_without_a_place() {
    let definition = form(vec![repeat("pigs", None, vec![plain("weight", "integer")])]);
    let weight = |number: usize| (path(&format!("pigs.p{number:04}.weight")), Value::Integer(80));
    let answers: BTreeMap<Path, Value> = (0..1_003).map(weight).collect();
    let mut session = reopen(&definition, &answers);
    assert_eq!(session.instances("pigs").len(), 1_000);
    assert_eq!(session.unplaced().len(), 3);
    assert_eq!(session.kept(), &answers);
    let id: InstanceId = "one-more".parse().expect("an id");
    assert_eq!(session.add_instance("pigs", &id), Err(SetError::TooMany));
}

#[test]
fn repeats_stand_in_repeats() {
    let mut session = open(form(vec![
        repeat(
            "members",
            None,
            vec![
                repeat("jobs", None, vec![plain("pay", "integer"), calculated("nth", "position(..)")]),
                calculated("income", "sum(${pay})"),
            ],
        ),
        calculated("total", "sum(${income})"),
        calculated("all_jobs", "count(${jobs})"),
    ]));
    add(&mut session, "members", "m1");
    add(&mut session, "members", "m2");
    add(&mut session, "members.m1.jobs", "a");
    add(&mut session, "members.m1.jobs", "b");
    add(&mut session, "members.m2.jobs", "a");
    for (at, pay) in [("m1.jobs.a", "10"), ("m1.jobs.b", "20"), ("m2.jobs.a", "5")] {
        set(&mut session, &format!("members.{at}.pay"), pay);
    }
    assert_eq!(shown(&session, "members.m1.income"), "30");
    assert_eq!(shown(&session, "total"), "35");
    assert_eq!(shown(&session, "all_jobs"), "3");
    assert_eq!(shown(&session, "members.m1.jobs.b.nth"), "2");
    session.remove_instance(&path("members.m1.jobs.a")).expect("removed");
    assert_eq!(shown(&session, "members.m1.jobs.b.nth"), "1");
    assert_eq!(shown(&session, "total"), "25");
    session.remove_instance(&path("members.m1")).expect("removed");
    assert_eq!((shown(&session, "total"), shown(&session, "all_jobs")), ("5".to_owned(), "1".to_owned()));
    assert!(session.kept().keys().all(|path| !path.to_string().starts_with("members.m1")));
}

#[test]
fn progress_counts_asked_questions_of_each_section() {
    let mut session = with_members(&["m1"]);
    set(&mut session, "town", "yes");
    set(&mut session, "members.m1.age", "40");
    let progress = session.progress();
    let counts: Vec<_> = progress
        .iter()
        .map(|section| (section.name.as_str(), section.questions, section.answered, section.unanswered))
        .collect();
    assert_eq!(counts, [("a", 2, 1, 0), ("members", 2, 1, 1)]);
}

#[test]
fn wordings_are_filled_in_each_language_with_labels_of_choices() {
    let mut session = with_members(&["m1"]);
    set(&mut session, "town", "yes");
    set(&mut session, "members.m1.age", "40");
    let mut wording = text("${age} tuổi, thị trấn: ${town}; ${ floor } ${nobody} ${");
    wording.0.insert("en".to_owned(), "aged ${age}".to_owned());
    let filled = session.fill(&wording, Some(&path("members.m1.insured")));
    assert_eq!(filled.get("vi"), "40 tuổi, thị trấn: Có;  ${nobody} ${");
    assert_eq!(filled.get("en"), "aged 40");
}

#[test]
fn an_answer_cannot_inject_a_reference_into_a_wording() {
    let mut session = open(form(vec![plain("one", "text"), plain("two", "text")]));
    set(&mut session, "one", "${two}");
    set(&mut session, "two", "secret");
    assert_eq!(session.fill(&text("${one}!${two}"), None).get("vi"), "${two}!secret");
}

#[test]
fn what_is_missing_stops_at_what_is_decided() {
    let mut session = with_members(&["m1", "m2"]);
    set(&mut session, "members.m1.age", "40");
    let missing =
        |session: &rasoat_instrument::Session, source: &str| paths(session.missing(&expr(source), None));
    assert_eq!(missing(&session, "${per_head} < 8"), ["floor"]);
    assert_eq!(missing(&session, "${uninsured} > 0"), ["members.m2.age", "members.m1.insured"]);
    assert_eq!(missing(&session, "max(${age}) > 5"), ["members.m2.age"]);
    assert_eq!(missing(&session, "${town} = 'yes' and ${floor} > 3"), ["floor", "town"]);
    assert_eq!(missing(&session, "if(${town} = 'yes', ${floor}, 1)"), ["town"]);
    assert_eq!(missing(&session, "coalesce(${floor}, 0) > 3"), Vec::<String>::new());
    set(&mut session, "town", "no");
    assert_eq!(missing(&session, "${town} = 'yes' and ${floor} > 3"), Vec::<String>::new());
    assert_eq!(missing(&session, "${floor} > 3 or ${town} = 'no'"), Vec::<String>::new());
    assert_eq!(missing(&session, "if(${town} = 'yes', ${floor}, 1)"), Vec::<String>::new());
    assert_eq!(missing(&session, "${nobody}"), Vec::<String>::new());
}

#[test]
fn a_long_chain_of_conditions_is_followed_once_each() {
    let mut nodes = vec![plain("q0", "text")];
    for number in 1..60 {
        let before = number - 1;
        let relevant = format!("${{q{before}}} = 'a' or ${{q{before}}} = 'b'");
        nodes.push(asked(&format!("q{number}"), "text", |q| q.relevant = Some(expr(&relevant))));
        nodes.push(calculated(&format!("c{number}"), &format!("${{q{number}}} = ${{q{before}}}")));
    }
    let session = open(form(nodes));
    assert_eq!(paths(session.missing(&expr("${c59}"), None)), ["q0"]);
}

#[test]
fn a_form_with_broken_expressions_still_opens() {
    let mut session = open(form(vec![
        asked("a", "integer", |q| q.relevant = Some(expr("${nobody} > 3"))),
        calculated("b", "${c} + 1"),
        calculated("c", "${b} + 1"),
        calculated("d", "${a} + 1"),
        plain("a", "text"),
    ]));
    let codes: Vec<String> = session
        .plan()
        .problems()
        .iter()
        .map(|problem| format!("{} {} {}", problem.node, problem.column, problem.error.code))
        .collect();
    assert_eq!(
        codes,
        ["a name duplicate_name", "a relevant unknown_name", "b calculation cycle", "c calculation cycle"]
    );
    set(&mut session, "a", "3");
    assert_eq!(shown(&session, "d"), "4");
    assert_eq!(shown(&session, "b"), "");
}

#[test]
fn a_very_long_chain_of_computations_is_computed_and_its_gaps_are_not_taken_for_settled() {
    let mut nodes = vec![plain("c0", "integer")];
    nodes.extend(
        (1..5_000).map(|number| calculated(&format!("c{number}"), &format!("${{c{}}} + 1", number - 1))),
    );
    let mut session = open(form(nodes));
    assert_eq!(paths(session.missing(&expr("${c100}"), None)), ["c0"]);
    assert!(!session.missing(&expr("${c4999}"), None).is_empty());
    set(&mut session, "c0", "1");
    assert_eq!(shown(&session, "c4999"), "5000");
}
