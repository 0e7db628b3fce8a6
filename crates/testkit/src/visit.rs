//! A whole interview through the use-cases a screen calls, answered as [`interviewer`](crate::interviewer) answers.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use rasoat_app::App;
use rasoat_app::view::{AnswerForm, FormView, InputKind, ItemView, NodeView, QuestionView};
use rasoat_instrument::FindingKind;

use crate::interviewer::{Asked, Preferences, REASON, choose};

/// Answers everything that blocks sign-off; returns what was given, in order.
///
/// # Errors
/// When an answer is refused, or a question stays open whatever is answered.
pub fn fill(app: &App, household: &str, preferences: &Preferences) -> Result<Vec<(String, String)>> {
    let form = app.form()?;
    let questions = questions(&form);
    let opened = app.open_interview(household)?;
    let mut offered: BTreeMap<String, Vec<String>> = BTreeMap::new();
    note_offers(&mut offered, opened.nodes);
    let mut findings = opened.summary.findings;
    let mut given = Vec::new();
    while let Some(finding) = findings.iter().find(|finding| finding.blocks) {
        let (path, value) = match finding.kind {
            FindingKind::Warning => (format!("{}#reason", finding.path), REASON.to_owned()),
            FindingKind::Unanswered | FindingKind::Error => {
                let name = finding.path.rsplit('.').next().unwrap_or_default();
                let question = questions.get(name).with_context(|| format!("{name} is not in the form"))?;
                let listed = question.list.as_ref().and_then(|list| form.lists.get(list));
                let listed = listed.into_iter().flatten().map(|choice| choice.name.clone());
                let choices = offered.get(&finding.path).cloned().unwrap_or_else(|| listed.collect());
                let acknowledge = question.input == InputKind::Acknowledge;
                let asked = Asked { name, kind: question.kind, acknowledge, choices };
                (finding.path.clone(), choose(&asked, preferences))
            }
        };
        ensure!(
            !given.contains(&(path.clone(), value.clone())),
            "{path} still blocks after an answer: {:?} {:?}",
            finding.kind,
            finding.message
        );
        given.push((path.clone(), value.clone()));
        let change = app
            .answer(AnswerForm { household: household.to_owned(), path: path.clone(), value })
            .with_context(|| path)?;
        note_offers(&mut offered, change.nodes);
        findings = change.summary.findings.unwrap_or(findings);
    }
    Ok(given)
}

/// Fills and signs off.
///
/// # Errors
/// As [`fill`], and when sign-off is refused.
pub fn complete(app: &App, household: &str, preferences: &Preferences) -> Result<Vec<(String, String)>> {
    let given = fill(app, household, preferences)?;
    let signed = app.sign_off(household)?;
    ensure!(signed.signed, "not signed off: {:?}", signed.blocking);
    Ok(given)
}

fn questions(form: &FormView) -> BTreeMap<&str, &QuestionView> {
    let items = form.sections.iter().flat_map(|section| &section.items);
    let questions = items.flat_map(|item| match item {
        ItemView::Question(question) => std::slice::from_ref(question),
        ItemView::Roster { columns, .. } => columns,
        ItemView::Heading { .. } => &[],
    });
    questions.map(|question| (question.name.as_str(), question)).collect()
}

fn note_offers(offered: &mut BTreeMap<String, Vec<String>>, nodes: Vec<NodeView>) {
    for node in nodes {
        if let Some(names) = node.offered {
            offered.insert(node.path, names);
        }
    }
}
