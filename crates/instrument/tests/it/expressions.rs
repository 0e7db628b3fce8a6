//! Expressions as data: `tests/expressions/*.toml` hold the cases, this file the form that they see.

use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::sync::Arc;

use rasoat_instrument::expression::{Expr, ExprError, Outcome};
use rasoat_instrument::{
    ChoiceList, Definition, FindingKind, Node, Number, Question, Range, Session, Shuffle, Value,
};
use serde::Deserialize;

use crate::support::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    /// Where the expected values come from.
    source: String,
    /// The instance that the expressions are seen from.
    at: Option<String>,
    /// A node that each expression is computed beside, as the calculation of a new question.
    beside: Option<String>,
    /// A question that each expression is the constraint of: `true` where its answer is allowed.
    constrains: Option<String>,
    /// A question that each expression is the choice filter of: the names of the choices offered.
    filters: Option<String>,
    /// `repeat:id`, in the order in which they are added.
    #[serde(default)]
    instances: Vec<String>,
    #[serde(default)]
    answers: BTreeMap<String, String>,
    cases: Vec<(String, String)>,
}

pub(crate) fn form_of_cases() -> Definition {
    let scale = Range { start: number(0.0), end: number(10.0), step: number(0.5) };
    let mut definition = form(vec![
        plain("t", "text"),
        plain("u", "text"),
        plain("blank", "text"),
        plain("n", "integer"),
        plain("m", "integer"),
        plain("d", "decimal"),
        plain("day", "date"),
        plain("other_day", "date"),
        plain("clock", "time"),
        plain("other_clock", "time"),
        plain("when", "moment"),
        plain("other_when", "moment"),
        plain("spot", "point"),
        plain("photo", "file"),
        plain("one", "one yes_no"),
        plain("many", "many colours"),
        plain("village", "one villages"),
        asked("order", "many colours", |q| q.ranked = true),
        asked("scale", "decimal", |q| q.range = Some(scale)),
        asked("mixed", "one colours", |q| q.shuffled = Some(Shuffle { seed: Some(expr("42")) })),
        asked("stored", "hidden", |q| q.default = Some(expr("concat('H', 7)"))),
        asked("agreed", "ack", |_| {}),
        asked("secret", "text", |q| q.relevant = Some(expr("${n} = 99"))),
        plain("words", "note"),
        calculated("sum_nm", "${n} + ${m}"),
        calculated("is_big", "${n} > 10"),
        group(
            "section",
            None,
            vec![plain("inside", "text"), group("deeper", None, vec![plain("innermost", "integer")])],
        ),
        repeat(
            "members",
            None,
            vec![
                plain("who", "text"),
                plain("age", "integer"),
                plain("insured", "one yes_no"),
                plain("home", "one villages"),
                calculated("adult", "${age} >= 16"),
                group("school", None, vec![plain("grade", "integer")]),
                repeat(
                    "jobs",
                    None,
                    vec![plain("pay", "integer"), repeat("tools", None, vec![plain("price", "integer")])],
                ),
            ],
        ),
        repeat("trips", None, vec![plain("stop", "text")]),
    ]);
    definition.lists.insert("villages".to_owned(), villages());
    definition
}

fn number(value: f64) -> Number {
    Number::new(value).unwrap_or_else(|| panic!("{value}"))
}

/// As read from a file: columns beside the stored value and the label.
fn villages() -> Arc<ChoiceList> {
    let columns = ["name", "label", "commune", "people", "near"].map(str::to_owned);
    let rows = [
        ["v1", "Nà Pàn", "b", "120", "v2"],
        ["v2", "Khuổi Slao", "a", "80", "v1"],
        ["v3", "Bản Chu", "b", "200", "v1"],
        ["04", "Kéo Coong", "c", "", "v3"],
    ];
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let list = ChoiceList::from_table(&columns, rows.iter().map(Vec::as_slice), "name", "label", "vi");
    Arc::new(list.unwrap_or_else(|column| panic!("no column {column}")))
}

#[test]
fn every_expression_comes_to_what_odk_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, cases) in files() {
        for group in &cases.group {
            let session = group.is_alone().then(|| group.open(form_of_cases()));
            for (source, expected) in &group.cases {
                count += 1;
                let found = match &session {
                    Some(session) => outcome(session, source, group.at.as_deref()),
                    None => group.placed(source),
                };
                if found != *expected {
                    wrong.push(format!(
                        "{file}: {} {}: {source}\n    expected {expected}\n    found    {found}",
                        group.name, group.source
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 800, "only {count} cases");
}

fn files() -> Vec<(String, Cases)> {
    let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("tests/expressions");
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{error}"));
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{error}"));
        let cases = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), cases)
    };
    paths.iter().map(read).collect()
}

impl Group {
    /// Whether its expressions stand outside the form.
    fn is_alone(&self) -> bool {
        self.beside.is_none() && self.constrains.is_none() && self.filters.is_none()
    }

    fn open(&self, definition: Definition) -> Session {
        let mut session = open(definition);
        for instance in &self.instances {
            let (repeat, id) = instance.split_once(':').unwrap_or_else(|| panic!("{instance}: repeat:id"));
            add(&mut session, repeat, id);
        }
        for (at, answer) in &self.answers {
            set(&mut session, at, answer);
        }
        session
    }

    /// What an expression comes to that stands in the form itself.
    fn placed(&self, source: &str) -> String {
        let expr = match Expr::parse(source) {
            Ok(expr) => expr,
            Err(error) => return refused(error),
        };
        let mut definition = form_of_cases();
        let name = match (&self.beside, &self.constrains, &self.filters) {
            (Some(beside), None, None) => {
                let mut question = question("answer", rasoat_instrument::QuestionKind::Calculated);
                question.calculation = Some(expr);
                insert(&mut definition.nodes, beside, Node::Question(Box::new(question)));
                "answer"
            }
            (None, Some(name), None) => {
                alter(&mut definition.nodes, name, |question| question.constraint = Some(expr));
                name
            }
            (None, None, Some(name)) => {
                alter(&mut definition.nodes, name, |question| question.choice_filter = Some(expr));
                name
            }
            _ => panic!("{}: one place for its expressions", self.name),
        };
        let session = self.open(definition);
        if let Some(problem) = session.plan().problems().first() {
            return refused(problem.error.clone());
        }
        let at = path(&self.at.as_deref().map_or_else(|| name.to_owned(), |at| format!("{at}.{name}")));
        let state = session.nodes().into_iter().find(|node| node.path == at);
        let state = state.unwrap_or_else(|| panic!("{at}: no such place"));
        if self.constrains.is_some() {
            return (!state.findings.contains(&FindingKind::Error)).to_string();
        }
        if self.filters.is_some() {
            return format!("'{}'", state.offered.unwrap_or_default().join(" "));
        }
        match state.value {
            Some(Value::Integer(_) | Value::Decimal(_)) => shown(&session, &at.to_string()),
            _ => format!("'{}'", shown(&session, &at.to_string())),
        }
    }
}

fn contents(node: &mut Node) -> Option<&mut Vec<Node>> {
    match node {
        Node::Group(group) => Some(&mut group.nodes),
        Node::Repeat(repeat) => Some(&mut repeat.nodes),
        Node::Question(_) => None,
    }
}

fn name_of(node: &Node) -> &str {
    match node {
        Node::Group(group) => &group.name,
        Node::Repeat(repeat) => &repeat.name,
        Node::Question(question) => &question.name,
    }
}

fn insert(nodes: &mut Vec<Node>, beside: &str, node: Node) {
    if let Some(at) = nodes.iter().position(|node| name_of(node) == beside) {
        nodes.insert(at + 1, node);
        return;
    }
    nodes.iter_mut().filter_map(contents).for_each(|inner| insert(inner, beside, node.clone()));
}

fn alter(nodes: &mut [Node], name: &str, change: impl FnOnce(&mut Question) + Clone) {
    for node in nodes {
        if let Node::Question(question) = node
            && question.name == name
        {
            return change(question);
        }
        if let Some(inner) = contents(node) {
            alter(inner, name, change.clone());
        }
    }
}

fn refused(error: ExprError) -> String {
    format!("!{}@{} {}", error.code, error.at, error.word).trim_end().to_owned()
}

pub(crate) fn outcome(session: &Session, source: &str, at: Option<&str>) -> String {
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
