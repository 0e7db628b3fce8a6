//! What a version changes against the one in force.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::Units;
use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Definition, Node, Question, QuestionKind, Text};
use toml::Value;

use crate::view::LibraryChangeView;

type Changes = Vec<LibraryChangeView>;

fn change(code: &str, name: &str, before: &str, after: &str) -> LibraryChangeView {
    let [code, name, before, after] = [code, name, before, after].map(str::to_owned);
    LibraryChangeView { code, name, before, after }
}

/// Questions by name, with how they stand in the form.
pub(crate) fn questions(definition: &Definition) -> BTreeMap<&str, &Question> {
    fn collect<'d>(nodes: &'d [Node], found: &mut BTreeMap<&'d str, &'d Question>) {
        for node in nodes {
            match node {
                Node::Group(group) => collect(&group.nodes, found),
                Node::Repeat(repeat) => collect(&repeat.nodes, found),
                Node::Question(question) => drop(found.insert(question.name.as_str(), question)),
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(&definition.nodes, &mut found);
    found
}

/// What another version of a form does to the questions of the one before; names go by what the new one says they were.
pub(crate) fn forms(before: &Definition, after: &Definition) -> Changes {
    let (old, new) = (questions(before), questions(after));
    let mut changes = Changes::new();
    let mut met = BTreeSet::new();
    for (name, was) in &old {
        let renamed = || new.values().find(|question| question.renamed_from.iter().any(|from| from == name));
        let Some(now) = new.get(name).or_else(renamed) else {
            changes.push(change("question_gone", name, was.label.get("vi"), ""));
            continue;
        };
        met.insert(now.name.as_str());
        if now.name != **name {
            changes.push(change("question_renamed", &now.name, name, &now.name));
        }
        compare(&mut changes, (before, was), (after, now));
    }
    for (name, question) in new.iter().filter(|(name, _)| !met.contains(*name)) {
        changes.push(change("question_added", name, "", question.label.get("vi")));
    }
    changes
}

fn compare(
    changes: &mut Changes,
    (old, was): (&Definition, &Question),
    (new, now): (&Definition, &Question),
) {
    let name = now.name.as_str();
    let (kind_was, kind_now) = (kind_of(was), kind_of(now));
    if kind_was != kind_now {
        changes.push(change("kind_changed", name, &kind_was, &kind_now));
    }
    let (had, has) = (choices(old, was), choices(new, now));
    for (code, more, than) in [("choices_gone", &had, &has), ("choices_added", &has, &had)] {
        let other: Vec<&str> = more.difference(than).copied().collect();
        if !other.is_empty() {
            let listed = other.join(", ");
            let (before, after) =
                if code == "choices_gone" { (listed.as_str(), "") } else { ("", listed.as_str()) };
            changes.push(change(code, name, before, after));
        }
    }
    let words = |question: &Question| -> Vec<Text> {
        vec![question.label.clone(), question.hint.clone(), question.guidance.clone()]
    };
    if words(was) != words(now) {
        changes.push(change("words_changed", name, was.label.get("vi"), now.label.get("vi")));
    }
    let (before, after) = (conditions(was), conditions(now));
    if before != after {
        changes.push(change("conditions_changed", name, &before, &after));
    }
}

fn choices<'d>(definition: &'d Definition, question: &'d Question) -> BTreeSet<&'d str> {
    let QuestionKind::Asked { list: Some(list), .. } = &question.kind else { return BTreeSet::new() };
    let list = definition.lists.get(list);
    list.into_iter().flat_map(|list| list.items()).map(|choice| choice.name()).collect()
}

/// The kind of a question as a word.
pub(crate) fn kind_of(question: &Question) -> String {
    match &question.kind {
        QuestionKind::Asked { .. } if question.ranked => "rank".to_owned(),
        QuestionKind::Asked { .. } if question.range.is_some() => "range".to_owned(),
        QuestionKind::Asked { kind, .. } => format!("{kind:?}").to_lowercase(),
        QuestionKind::Calculated => "calculated".to_owned(),
        QuestionKind::Hidden => "hidden".to_owned(),
        QuestionKind::Finished => "finished".to_owned(),
        QuestionKind::Note => "note".to_owned(),
        QuestionKind::Acknowledge => "acknowledge".to_owned(),
    }
}

/// The source of an expression.
pub(crate) fn source(expression: Option<&Expr>) -> Option<String> {
    expression.map(|expression| expression.source().to_owned())
}

fn conditions(question: &Question) -> String {
    let all = [
        ("relevant", &question.relevant),
        ("required", &question.required),
        ("constraint", &question.constraint),
        ("warning", &question.warning),
        ("calculation", &question.calculation),
        ("read_only", &question.read_only),
        ("choice_filter", &question.choice_filter),
    ];
    let all = all.iter().filter_map(|(name, expression)| {
        expression.as_ref().map(|expression| format!("{name}: {}", expression.source()))
    });
    all.collect::<Vec<_>>().join("\n")
}

/// What another file of keys says otherwise, key by key.
pub(crate) fn texts(before: &str, after: &str) -> Changes {
    let flat = |text: &str| {
        let mut values = BTreeMap::new();
        flatten("", &Value::Table(text.parse().unwrap_or_default()), &mut values);
        values
    };
    let (old, new) = (flat(before), flat(after));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changes = keys.into_iter().filter_map(|key| match (old.get(key), new.get(key)) {
        (Some(was), Some(now)) if was == now => None,
        (Some(was), Some(now)) => Some(change("value_changed", key, was, now)),
        (Some(was), None) => Some(change("value_gone", key, was, "")),
        (None, Some(now)) => Some(change("value_added", key, "", now)),
        (None, None) => None,
    });
    changes.collect()
}

/// Entries of arrays go by what names them, so that one that was put between others changes nothing else.
fn flatten(place: &str, value: &Value, values: &mut BTreeMap<String, String>) {
    let below = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    match value {
        Value::Table(table) => table.iter().for_each(|(key, value)| flatten(&below(key), value, values)),
        Value::Array(items) => {
            for (number, item) in (1..).zip(items) {
                let named = ["key", "id", "kind"].iter().find_map(|key| item.get(*key)?.as_str());
                flatten(&below(&named.map_or_else(|| number.to_string(), str::to_owned)), item, values);
            }
        }
        Value::String(text) => drop(values.insert(place.to_owned(), text.clone())),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            values.insert(place.to_owned(), value.to_string());
        }
    }
}

/// Which communes are new, gone or renamed.
pub(crate) fn units(before: &Units, after: &Units) -> Changes {
    let full = |units: &Units, code| {
        units.communes.get(code).map(|commune| format!("{} {}", commune.kind, commune.name))
    };
    let codes: BTreeSet<_> = before.communes.keys().chain(after.communes.keys()).collect();
    let changes = codes.into_iter().filter_map(|code| match (full(before, code), full(after, code)) {
        (Some(was), Some(now)) if was == now => None,
        (Some(was), Some(now)) => Some(change("commune_renamed", code.as_str(), &was, &now)),
        (Some(was), None) => Some(change("commune_gone", code.as_str(), &was, "")),
        (None, Some(now)) => Some(change("commune_added", code.as_str(), "", &now)),
        (None, None) => None,
    });
    changes.collect()
}
