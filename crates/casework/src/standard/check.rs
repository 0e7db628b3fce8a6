//! Whether a standard and a form fit together.

use std::collections::BTreeSet;
use std::sync::Arc;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Definition, Node, Plan, Text};

use super::{Figure, Judged, Standard, StandardProblem, Tests};

pub(super) fn check(standard: &Standard, definition: &Definition) -> Result<(), Vec<StandardProblem>> {
    let mut names = Names::default();
    names.add(&definition.nodes);
    let mut check = Check { plan: Plan::new(Arc::new(definition.clone())), names, problems: Vec::new() };
    if !check.names.repeats.contains(&standard.members) {
        check.report("members", "unknown_repeat", &standard.members);
    }
    check.question("income_question", &standard.income_question);
    for (index, test) in standard.income.iter().enumerate() {
        check.expression(&format!("income.{}.when", index + 1), &test.when);
        match &test.figure {
            Figure::Value(value) => check.expression(&format!("income.{}.value", index + 1), value),
            Figure::Table(used) => used.check(&format!("income.{}", index + 1), &mut check),
        }
    }
    for indicator in &standard.indicators {
        let place = format!("indicator.{}", indicator.key);
        match &indicator.judged {
            Judged::Undefined => {}
            Judged::Household(tests) => check.tests(&place, tests),
            Judged::Members { applies, tests, .. } => {
                if let Some(applies) = applies {
                    check.expression(&format!("{place}.applies"), applies);
                }
                check.tests(&place, tests);
            }
        }
    }
    if check.problems.is_empty() { Ok(()) } else { Err(check.problems) }
}

#[derive(Default)]
struct Names {
    questions: BTreeSet<String>,
    repeats: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Group(group) => self.add(&group.nodes),
                Node::Repeat(repeat) => {
                    self.repeats.insert(repeat.name.clone());
                    self.add(&repeat.nodes);
                }
                Node::Question(question) => {
                    self.questions.insert(question.name.clone());
                }
            }
        }
    }
}

pub(super) struct Check {
    pub(super) plan: Plan,
    names: Names,
    pub(super) problems: Vec<StandardProblem>,
}

impl Check {
    pub(super) fn report(&mut self, place: &str, code: &str, detail: &str) {
        let problem =
            StandardProblem { place: place.to_owned(), code: code.to_owned(), detail: detail.to_owned() };
        self.problems.push(problem);
    }

    fn tests(&mut self, place: &str, tests: &Tests) {
        for (index, reason) in tests.deprived.iter().enumerate() {
            let place = format!("{place}.deprived.{}", index + 1);
            self.expression(&format!("{place}.when"), &reason.when);
            self.question(&format!("{place}.question"), &reason.question);
            self.wording(&format!("{place}.cause"), &reason.cause);
        }
        for (index, doubt) in tests.open.iter().enumerate() {
            let place = format!("{place}.open.{}", index + 1);
            self.expression(&format!("{place}.when"), &doubt.when);
            self.question(&format!("{place}.question"), &doubt.question);
        }
    }

    fn expression(&mut self, place: &str, expr: &Expr) {
        if let Err(error) = self.plan.check(expr) {
            self.report(place, "bad_expression", &format!("{error} ({})", error.word));
        }
    }

    fn question(&mut self, place: &str, name: &str) {
        if !self.names.questions.contains(name) {
            self.report(place, "unknown_question", name);
        }
    }

    /// Every `${name}` of a cause is a question of the form.
    fn wording(&mut self, place: &str, text: &Text) {
        for (language, wording) in &text.0 {
            for part in wording.split("${").skip(1) {
                let name = part.split_once('}').map_or(part, |(name, _)| name);
                if !self.names.questions.contains(name) {
                    self.report(&format!("{place}.{language}"), "unknown_name", name);
                }
            }
        }
    }
}
