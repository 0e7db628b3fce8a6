//! `run`: answers in, final state and findings out. `migrate`: answers to another version.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use anyhow::{Context as _, Result};
use rasoat_instrument::{Context, NodeState, Path, Session, Value};
use serde_json::{Value as Json, json};

use crate::answers::{self, Refused};
use crate::messages::Say;
use crate::{Ended, Visit, files};

pub(crate) fn run(file: &FilePath, answers: &FilePath, visit: &Visit, say: &Say) -> Result<Ended> {
    let Some(plan) = files::form(file, say)? else { return Ok(Ended::WithProblems) };
    let given = answers::read(answers)?;
    let (session, refused) = answers::give(&plan, &given, answers::context(visit)?);
    if say.json {
        say.json(&state(&session, &refused));
    } else {
        for node in session.nodes().iter().filter(|node| node.relevant && node.value.is_some()) {
            say.line(format_args!("{} = {}", node.path, text(node.value.as_ref())));
        }
        for finding in session.findings() {
            let words =
                finding.message.get(if say.language == crate::messages::Language::Vi { "vi" } else { "en" });
            say.line(format_args!("{} {}: {words}", say.sentence(kind_code(&finding)), finding.path));
        }
        for refusal in &refused {
            say.line(format_args!("{}: {} [{}]", refusal.path, say.sentence(&refusal.code), refusal.code));
        }
    }
    Ok(if refused.is_empty() { Ended::Well } else { Ended::WithProblems })
}

/// The whole state of a filled form.
fn state(session: &Session, refused: &[Refused]) -> Json {
    let nodes: Vec<Json> = session.nodes().iter().map(node).collect();
    let findings: Vec<Json> = session
        .findings()
        .iter()
        .map(|finding| {
            json!({ "kind": finding.kind, "path": finding.path, "message": finding.message,
                "reason": finding.reason, "completion": finding.completion })
        })
        .collect();
    json!({
        "form": session.definition().id, "version": session.definition().version,
        "instance_name": session.instance_name(),
        "nodes": nodes, "findings": findings, "answers": texts(&session.answers()), "refused": refused,
    })
}

fn node(node: &NodeState) -> Json {
    json!({
        "path": node.path, "relevant": node.relevant, "required": node.required, "read_only": node.read_only,
        "value": node.value.as_ref().map(ToString::to_string), "offered": node.offered,
    })
}

pub(crate) fn migrate(
    file: &FilePath,
    answers: &FilePath,
    from: Option<&FilePath>,
    carry_over: bool,
    say: &Say,
) -> Result<Ended> {
    let Some(plan) = files::form(file, say)? else { return Ok(Ended::WithProblems) };
    // Typed as they were written: a choice of the old version is a choice.
    let given: BTreeMap<Path, Value> = match from {
        None => serde_json::from_str(&files::text(answers)?)
            .with_context(|| format!("{}: give --from, the form of these answers", answers.display()))?,
        Some(from) => {
            let Some(old) = files::form(from, say)? else { return Ok(Ended::WithProblems) };
            let day = Context::of_day(jiff::civil::date(2026, 1, 1));
            answers::give(&old, &answers::read(answers)?, day).0.kept().clone()
        }
    };
    let moved = if carry_over {
        rasoat_instrument::carry_over(&given, &plan)
    } else {
        rasoat_instrument::migrate(&given, &plan)
    };
    let renamed: BTreeMap<String, String> =
        moved.renamed.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
    let left: BTreeMap<String, &str> =
        moved.left.iter().map(|left| (left.path.to_string(), left.why.code())).collect();
    if say.json {
        say.json(&json!({ "answers": moved.answers, "renamed": renamed, "left": left }));
    } else {
        say.line(format_args!(
            "{}",
            say.about("moved", &(moved.answers.len() - left.len().min(moved.answers.len())).to_string())
        ));
        for (from, to) in &renamed {
            say.line(format_args!("{from} → {to}"));
        }
        for (path, why) in &left {
            say.line(format_args!("{path}: {} [{why}]", say.sentence(why)));
        }
    }
    Ok(Ended::Well)
}

fn texts(answers: &BTreeMap<Path, Value>) -> BTreeMap<String, String> {
    answers.iter().map(|(path, value)| (path.to_string(), value.to_string())).collect()
}

fn text(value: Option<&Value>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn kind_code(finding: &rasoat_instrument::Finding) -> &'static str {
    match finding.kind {
        rasoat_instrument::FindingKind::Error => "finding_error",
        rasoat_instrument::FindingKind::Warning => "finding_warning",
        rasoat_instrument::FindingKind::Unanswered => "finding_unanswered",
    }
}
