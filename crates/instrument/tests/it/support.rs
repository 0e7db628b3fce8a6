//! Builders of small forms, so that a test shows only what it is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{
    ChoiceItem, ChoiceList, Context, Definition, Group, Moment, Node, Path, Question, QuestionKind, Repeat,
    Session, Text, Value, ValueKind,
};

pub(crate) fn text(wording: &str) -> Text {
    Text(BTreeMap::from([("vi".to_owned(), wording.to_owned())]))
}

pub(crate) fn expr(source: &str) -> Expr {
    Expr::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"))
}

pub(crate) fn path(text: &str) -> Path {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn moment(text: &str) -> Moment {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn question(name: &str, kind: QuestionKind) -> Question {
    Question { label: text(name), ..Question::new(name, kind) }
}

/// `kind` is text, integer, decimal, date, time, moment, point, file, hidden, `one LIST`, `many LIST`, note or ack.
pub(crate) fn asked(name: &str, kind: &str, more: impl FnOnce(&mut Question)) -> Node {
    let asked = |kind, list: Option<&str>| QuestionKind::Asked { kind, list: list.map(str::to_owned) };
    let kind = match kind.split_once(' ') {
        Some(("one", list)) => asked(ValueKind::Choice, Some(list)),
        Some((_, list)) => asked(ValueKind::Choices, Some(list)),
        None => match kind {
            "text" => asked(ValueKind::Text, None),
            "integer" => asked(ValueKind::Integer, None),
            "decimal" => asked(ValueKind::Decimal, None),
            "date" => asked(ValueKind::Date, None),
            "time" => asked(ValueKind::Time, None),
            "moment" => asked(ValueKind::DateTime, None),
            "point" => asked(ValueKind::Point, None),
            "file" => asked(ValueKind::File, None),
            "hidden" => QuestionKind::Hidden,
            "note" => QuestionKind::Note,
            "ack" => QuestionKind::Acknowledge,
            other => panic!("no kind {other}"),
        },
    };
    let mut question = question(name, kind);
    more(&mut question);
    Node::Question(Box::new(question))
}

pub(crate) fn plain(name: &str, kind: &str) -> Node {
    asked(name, kind, |_| {})
}

pub(crate) fn calculated(name: &str, source: &str) -> Node {
    let mut question = question(name, QuestionKind::Calculated);
    question.calculation = Some(expr(source));
    Node::Question(Box::new(question))
}

pub(crate) fn group(name: &str, relevant: Option<&str>, nodes: Vec<Node>) -> Node {
    let relevant = relevant.map(expr);
    Node::Group(Group { name: name.to_owned(), label: text(name), relevant, appearance: Vec::new(), nodes })
}

pub(crate) fn repeat(name: &str, relevant: Option<&str>, nodes: Vec<Node>) -> Node {
    let relevant = relevant.map(expr);
    Node::Repeat(Repeat {
        name: name.to_owned(),
        label: text(name),
        relevant,
        appearance: Vec::new(),
        count: None,
        renamed_from: Vec::new(),
        nodes,
    })
}

/// A repeat whose instances the form counts.
pub(crate) fn counted(name: &str, count: &str, nodes: Vec<Node>) -> Node {
    Node::Repeat(Repeat {
        name: name.to_owned(),
        label: text(name),
        relevant: None,
        appearance: Vec::new(),
        count: Some(expr(count)),
        renamed_from: Vec::new(),
        nodes,
    })
}

pub(crate) fn list(name: &str, items: &[(&str, &str)]) -> (String, Arc<ChoiceList>) {
    let item = |(name, label): &(&str, &str)| ChoiceItem {
        name: (*name).to_owned(),
        label: text(label),
        extra: BTreeMap::new(),
    };
    let items: Vec<ChoiceItem> = items.iter().map(item).collect();
    (name.to_owned(), Arc::new(ChoiceList::new(&items)))
}

pub(crate) fn form(nodes: Vec<Node>) -> Definition {
    let lists = [
        list("yes_no", &[("yes", "Có"), ("no", "Không")]),
        list("colours", &[("red", "Đỏ"), ("green", "Xanh lá"), ("blue", "Xanh dương")]),
    ];
    Definition {
        id: "test".to_owned(),
        version: "1".to_owned(),
        title: text("Phiếu thử"),
        default_language: "vi".to_owned(),
        languages: vec!["vi".to_owned()],
        instance_name: None,
        style: Vec::new(),
        nodes,
        lists: BTreeMap::from(lists),
    }
}

pub(crate) fn context() -> Context {
    Context {
        now: moment("2026-11-23T09:30:15.250+07:00"),
        username: "surveyor".to_owned(),
        device: "laptop-1".to_owned(),
        seed: 20_261_123,
    }
}

pub(crate) fn open(definition: Definition) -> Session {
    Session::open(Arc::new(definition), BTreeMap::new(), context())
}

pub(crate) fn reopen(definition: &Definition, answers: &BTreeMap<Path, Value>) -> Session {
    Session::open(Arc::new(definition.clone()), answers.clone(), context())
}

/// The value at a path as text; empty for none.
pub(crate) fn shown(session: &Session, at: &str) -> String {
    session.value(&path(at)).map(|value| value.to_string()).unwrap_or_default()
}

pub(crate) fn set(session: &mut Session, at: &str, text: &str) -> rasoat_instrument::Changes {
    session.set_text(&path(at), text).unwrap_or_else(|error| panic!("{at}: {error}"))
}

pub(crate) fn add(session: &mut Session, repeat: &str, id: &str) -> rasoat_instrument::Changes {
    let id = id.parse().unwrap_or_else(|error| panic!("{id}: {error}"));
    session.add_instance(repeat, &id).unwrap_or_else(|error| panic!("{repeat}: {error}"))
}
