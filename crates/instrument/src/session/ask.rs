//! What others ask a form: values, expressions of standards, wordings filled in.

use std::collections::BTreeMap;

use super::{FORM, Held, InstanceKey, Session};
use crate::definition::Definition;
use crate::evaluate::{Frame, Val};
use crate::expression::{Expr, ExprError, Outcome};
use crate::path::Path;
use crate::plan::{Code, NodeId, NodeKind, Plan, references};
use crate::text::Text;
use crate::value::Value;

impl Session {
    /// A value by path: answers and computed fields, only where relevant.
    pub fn value(&self, path: &Path) -> Option<Value> {
        let (instance, node) = self.find_node(path)?;
        if path.facet().is_some() {
            return self.kept.get(path).cloned();
        }
        let cell = self.state.cell(instance, self.plan.node(node).slot)?;
        if cell.relevant { shown(&cell.held) } else { None }
    }

    /// Evaluates an expression of a standard, seen from the instance `at` (or from outside any). An expression that
    /// [`Session::check`] refuses comes to an empty text.
    pub fn evaluate(&self, expr: &Expr, at: Option<&Path>) -> Outcome {
        let (instance, code) = self.seen_from(expr, at);
        match code {
            Ok(code) => self.evaluator().eval(&code, &Frame::at(instance)).outcome(),
            Err(_) => Outcome::Text(String::new()),
        }
    }

    /// The asked, relevant, unanswered questions that an expression depends on, seen from `at`, in the order of the form; computed
    /// fields are followed down to theirs. Members' fields are read for every instance when `at` is outside.
    ///
    /// Of a field that is not asked only because an answer above it is missing, that answer is missing.
    ///
    /// What cannot change the outcome any more is not missing: the other side of a decided `and` or `or`, the branch of an `if`
    /// that is not taken, further members once a filter excludes them. In `coalesce` an optional question that has a stand-in is
    /// not missing either; a required one is.
    pub fn missing(&self, expr: &Expr, at: Option<&Path>) -> Vec<Path> {
        let (instance, code) = self.seen_from(expr, at);
        let Ok(code) = code else { return Vec::new() };
        let gaps = self.evaluator().gaps(&code, &Frame::at(instance));
        gaps.into_iter().filter_map(|(node, instance)| self.state.path(&self.plan, instance, node)).collect()
    }

    /// Whether an expression may be evaluated on this form: unknown names and wrong calls are reported with their place.
    /// An expression that makes sense only from inside an instance is accepted. [`Plan::check`] does the same without making
    /// the form ready each time.
    ///
    /// # Errors
    /// What is wrong, seen from the form itself.
    pub fn check(definition: &Definition, expr: &Expr) -> Result<(), ExprError> {
        Plan::new(std::sync::Arc::new(definition.clone())).check(expr)
    }

    /// What names this filled form, as the form's settings say; `None` where they say nothing.
    pub fn instance_name(&self) -> Option<String> {
        let code = self.plan.instance_name()?;
        Some(self.evaluator().eval(code, &Frame::at(FORM)).text().into_owned())
    }

    /// A label or message with its `${name}` references filled in, seen from `at`: choices by their labels, no answer as nothing.
    /// References that the form does not know stay as they are.
    pub fn fill(&self, text: &Text, at: Option<&Path>) -> Text {
        let instance = self.instance_at(at);
        let filled = text
            .0
            .iter()
            .map(|(language, wording)| (language.clone(), self.fill_wording(wording, language, instance)));
        Text(filled.collect::<BTreeMap<_, _>>())
    }

    fn fill_wording(&self, wording: &str, language: &str, instance: InstanceKey) -> String {
        let mut filled = String::new();
        let mut from = 0;
        for reference in references(wording) {
            // What the form does not know stays in the text as it is.
            let Some(value) = self.referred(reference.name, language, instance) else { continue };
            filled.push_str(wording.get(from..reference.span.start).unwrap_or_default());
            filled.push_str(&value);
            from = reference.span.end;
        }
        filled.push_str(wording.get(from..).unwrap_or_default());
        filled
    }

    /// What a reference stands for in a wording.
    fn referred(&self, name: &str, language: &str, instance: InstanceKey) -> Option<String> {
        let expr = Expr::parse(&format!("${{{name}}}")).ok()?;
        let scope = self.state.instance(instance)?.scope;
        let code = self.plan.resolve(&expr, scope).ok()?;
        let Code::Field { node, .. } = &code else { return None };
        let node = *node;
        let value = self.evaluator().eval(&code, &Frame::at(instance));
        Some(self.worded(node, &value, language))
    }

    fn worded(&self, node: NodeId, value: &Val<'_>, language: &str) -> String {
        let text = value.text();
        let NodeKind::Asked(_, Some(list)) = self.plan.node(node).kind else { return text.into_owned() };
        let list = self.plan.list(list);
        let labels =
            text.split_whitespace().map(|name| list.find(name).map_or(name, |item| item.label_in(language)));
        labels.collect::<Vec<_>>().join(", ")
    }

    fn seen_from(&self, expr: &Expr, at: Option<&Path>) -> (InstanceKey, Result<Code, ExprError>) {
        let instance = self.instance_at(at);
        let scope = self.state.instance(instance).map_or(crate::plan::ROOT, |instance| instance.scope);
        (instance, self.plan.resolve(expr, scope))
    }
}

/// What a place holds as it is shown outside.
pub(super) fn shown(held: &Held) -> Option<Value> {
    match held {
        Held::Nothing => None,
        Held::Value(value) => Some(value.clone()),
        Held::Truth(truth) => Some(Value::Text(truth.to_string())),
    }
}
