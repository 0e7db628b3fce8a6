//! `show`: a form's questions, what each depends on, its lists and languages.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use rasoat_instrument::{Node, Plan, Question, QuestionKind, Text};
use serde::Serialize;
use serde_json::json;

use crate::messages::{Language, Say};
use crate::{Ended, files};

/// One line of the form.
#[derive(Serialize)]
struct Line {
    name: String,
    kind: String,
    #[serde(skip)]
    depth: usize,
    label: Text,
    /// Column by column, the names that it reads.
    depends_on: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<String>,
}

pub(crate) fn show(file: &Path, say: &Say) -> Result<Ended> {
    let Some(plan) = files::form(file, say)? else { return Ok(Ended::WithProblems) };
    let definition = plan.definition();
    let mut lines = Vec::new();
    collect(&plan, &definition.nodes, 0, &mut lines);
    if say.json {
        let lists: BTreeMap<&str, usize> =
            definition.lists.iter().map(|(name, list)| (name.as_str(), list.len())).collect();
        say.json(&json!({
            "form": definition.id, "version": definition.version, "title": definition.title,
            "languages": definition.languages, "lists": lists, "lines": lines,
        }));
        return Ok(Ended::Well);
    }
    let language = match say.language {
        Language::Vi => "vi",
        Language::En => "en",
    };
    say.line(format_args!("{} · {} {}", definition.title.get(language), definition.id, definition.version));
    say.line(format_args!("{}", say.about("languages", &definition.languages.join(", "))));
    for line in &lines {
        let indent = "  ".repeat(line.depth);
        say.line(format_args!("{indent}{} ({}) {}", line.name, line.kind, line.label.get(language)));
        for (column, names) in line.depends_on.iter().filter(|(_, names)| !names.is_empty()) {
            say.line(format_args!("{indent}    {column} ← {}", names.join(", ")));
        }
    }
    for (name, list) in &definition.lists {
        say.line(format_args!("{}", say.about("list", &format!("{name}: {}", list.len()))));
    }
    Ok(Ended::Well)
}

fn collect(plan: &Plan, nodes: &[Node], depth: usize, lines: &mut Vec<Line>) {
    for node in nodes {
        let (name, label, kind, list) = match node {
            Node::Group(group) => (&group.name, &group.label, "group".to_owned(), None),
            Node::Repeat(repeat) => (&repeat.name, &repeat.label, "repeat".to_owned(), None),
            Node::Question(question) => (&question.name, &question.label, kind(question), list(question)),
        };
        let depends_on =
            plan.dependencies(name).into_iter().map(|(column, names)| (column.to_owned(), names)).collect();
        lines.push(Line { name: name.clone(), kind, depth, label: label.clone(), depends_on, list });
        match node {
            Node::Group(group) => collect(plan, &group.nodes, depth + 1, lines),
            Node::Repeat(repeat) => collect(plan, &repeat.nodes, depth + 1, lines),
            Node::Question(_) => {}
        }
    }
}

fn kind(question: &Question) -> String {
    match &question.kind {
        QuestionKind::Asked { .. } if question.ranked => "rank".to_owned(),
        QuestionKind::Asked { .. } if question.range.is_some() => "range".to_owned(),
        QuestionKind::Asked { kind, .. } => format!("{kind:?}").to_lowercase(),
        QuestionKind::Calculated => "calculate".to_owned(),
        QuestionKind::Hidden => "hidden".to_owned(),
        QuestionKind::Finished => "end".to_owned(),
        QuestionKind::Note => "note".to_owned(),
        QuestionKind::Acknowledge => "acknowledge".to_owned(),
    }
}

fn list(question: &Question) -> Option<String> {
    if let QuestionKind::Asked { list, .. } = &question.kind { list.clone() } else { None }
}
