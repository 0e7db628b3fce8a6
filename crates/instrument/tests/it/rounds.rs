//! From one round to the next, from one version to the next, and put away in between.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{
    Definition, LeftWhy, Migrated, Node, Path, Plan, Saved, Session, Value, carry_over, migrate,
};

use crate::support::*;

fn plan(definition: Definition) -> Arc<Plan> {
    Arc::new(Plan::new(Arc::new(definition)))
}

fn renamed(node: Node, earlier: &str) -> Node {
    match node {
        Node::Question(mut question) => {
            question.renamed_from = vec![earlier.to_owned()];
            Node::Question(question)
        }
        Node::Repeat(mut repeat) => {
            repeat.renamed_from = vec![earlier.to_owned()];
            Node::Repeat(repeat)
        }
        group @ Node::Group(_) => group,
    }
}

fn filled() -> BTreeMap<Path, Value> {
    let mut session = open(form(vec![
        plain("name", "text"),
        plain("floor", "integer"),
        plain("water", "one yes_no"),
        plain("gone", "text"),
        repeat("people", None, vec![plain("born", "date"), plain("colour", "one colours")]),
    ]));
    add(&mut session, "people", "p1");
    for (at, value) in [
        ("name", "An"),
        ("floor", "38"),
        ("water", "yes"),
        ("gone", "cũ"),
        ("people.p1.born", "1990-01-02"),
        ("people.p1.colour", "red"),
    ] {
        set(&mut session, at, value);
    }
    session.set_text(&path("floor#reason"), "đã đo").unwrap();
    session.kept().clone()
}

fn left(migrated: &Migrated) -> Vec<(String, LeftWhy)> {
    migrated.left.iter().map(|left| (left.path.to_string(), left.why)).collect()
}

#[test]
fn answers_move_by_declared_renames_and_by_equal_name_and_kind() {
    let to = plan(form(vec![
        group("housing", None, vec![renamed(plain("floor_area", "decimal"), "floor")]),
        plain("name", "text"),
        plain("water", "many yes_no"),
        renamed(repeat("members", None, vec![plain("born", "date"), plain("colour", "text")]), "people"),
    ]));
    let answers = filled();
    let migrated = migrate(&answers, &to);
    let at = |text: &str| migrated.answers.get(&path(text)).map(ToString::to_string);
    assert_eq!(at("floor_area").as_deref(), Some("38"));
    assert_eq!(at("floor_area#reason").as_deref(), Some("đã đo"));
    assert_eq!(at("members.p1.born").as_deref(), Some("1990-01-02"));
    assert_eq!(at("members.p1.position_").as_deref(), Some("1"));
    assert_eq!(migrated.answers.get(&path("water")), Some(&Value::Choices(vec!["yes".to_owned()])));
    assert_eq!(
        left(&migrated),
        [("gone".to_owned(), LeftWhy::NotAsked), ("people.p1.colour".to_owned(), LeftWhy::OtherKind)]
    );
    // What did not move is where it was: nothing is lost.
    assert_eq!(at("gone").as_deref(), Some("cũ"));
    assert_eq!(migrated.answers.len(), answers.len());
    let session = Session::open_plan(to, migrated.answers.clone(), context());
    assert_eq!(session.unplaced(), [path("gone"), path("people.p1.colour")]);
    assert_eq!(session.kept(), &migrated.answers);
}

#[test]
fn a_choice_that_is_not_listed_any_more_is_reported_and_kept() {
    let mut definition = form(vec![plain("water", "one yes_no")]);
    let (name, list) = list("yes_no", &[("no", "Không")]);
    definition.lists.insert(name, list);
    let migrated =
        migrate(&BTreeMap::from([(path("water"), Value::Choice("yes".to_owned()))]), &plan(definition));
    assert_eq!(left(&migrated), [("water".to_owned(), LeftWhy::ChoiceGone)]);
    assert_eq!(migrated.answers.len(), 1);
}

#[test]
fn a_rename_onto_an_answer_that_is_there_takes_nothing_away() {
    let answers = BTreeMap::from([
        (path("old"), Value::Text("cũ".to_owned())),
        (path("new"), Value::Text("mới".to_owned())),
    ]);
    let migrated = migrate(&answers, &plan(form(vec![renamed(plain("new", "text"), "old")])));
    assert_eq!(migrated.answers, answers);
    assert_eq!(left(&migrated), [("old".to_owned(), LeftWhy::Taken)]);
}

#[test]
fn a_new_round_starts_with_what_belongs_to_the_household() {
    let definition = form(vec![
        plain("name", "text"),
        plain("consent", "ack"),
        asked("visited", "date", |q| q.default = Some(expr("today()"))),
        asked("absent", "one yes_no", |q| q.default = Some(Expr::literal("no"))),
        calculated("first", "once(${name})"),
        repeat("people", None, vec![plain("born", "date")]),
    ]);
    let mut session = open(definition.clone());
    add(&mut session, "people", "p1");
    set(&mut session, "name", "An");
    set(&mut session, "consent", "OK");
    set(&mut session, "people.p1.born", "1990-01-02");
    session.set_text(&path("name#note"), "ghi chú").unwrap();
    let carried = carry_over(session.kept(), session.plan());
    let kept: Vec<String> = carried.answers.keys().map(ToString::to_string).collect();
    assert_eq!(kept, ["absent", "name", "people.p1.born", "people.p1.position_"]);
    let anew: Vec<String> = carried.left.iter().map(|left| left.path.to_string()).collect();
    assert_eq!(anew, ["consent", "first", "name#note", "visited"]);
}

#[test]
fn what_changed_since_last_round_is_told_answer_by_answer() {
    let definition = form(vec![
        plain("name", "text"),
        plain("floor", "integer"),
        asked("why", "text", |q| {
            q.relevant = Some(expr("${floor} < 30"));
        }),
    ]);
    let mut last = open(definition.clone());
    set(&mut last, "name", "An");
    set(&mut last, "floor", "20");
    set(&mut last, "why", "nhỏ");
    let previous = last.answers();
    let mut session = reopen(&definition, &previous);
    assert_eq!(session.changed_since(&previous), []);
    set(&mut session, "floor", "40");
    let told: Vec<(String, Option<String>, Option<String>)> = session
        .changed_since(&previous)
        .into_iter()
        .map(|d| (d.path.to_string(), d.before.map(|v| v.to_string()), d.now.map(|v| v.to_string())))
        .collect();
    let told: Vec<(&str, Option<&str>, Option<&str>)> =
        told.iter().map(|(p, b, n)| (p.as_str(), b.as_deref(), n.as_deref())).collect();
    assert_eq!(told, [("floor", Some("20"), Some("40")), ("why", Some("nhỏ"), None)]);
}

#[test]
fn a_form_put_away_and_taken_up_again_is_as_it_was() {
    let definition = form(vec![plain("name", "text"), calculated("shout", "concat(${name}, '!')")]);
    let mut session = open(definition.clone());
    set(&mut session, "name", "An");
    let saved = session.save();
    let again = Session::resume(plan(definition), saved.clone()).unwrap();
    assert_eq!(again.nodes(), session.nodes());
    assert_eq!(again.save(), saved);
    let mut other = form(vec![plain("name", "text")]);
    other.version = "2".to_owned();
    assert!(Session::resume(plan(other), saved).is_err());
}

#[test]
fn a_saved_form_is_data() {
    fn is_data<T: serde::Serialize + serde::de::DeserializeOwned>() {}
    is_data::<Saved>();
}

#[test]
fn of_two_questions_that_became_one_neither_answer_is_lost() {
    let mut node = plain("c", "integer");
    if let Node::Question(question) = &mut node {
        question.renamed_from = vec!["a".to_owned(), "b".to_owned()];
    }
    let answers = BTreeMap::from([(path("a"), Value::Integer(1)), (path("b"), Value::Integer(2))]);
    let migrated = migrate(&answers, &plan(form(vec![node])));
    assert_eq!(migrated.answers.get(&path("c")), Some(&Value::Integer(1)));
    assert_eq!(migrated.answers.get(&path("b")), Some(&Value::Integer(2)));
    assert_eq!(left(&migrated), [("b".to_owned(), LeftWhy::Taken)]);
}
