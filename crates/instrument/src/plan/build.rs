//! Making a definition ready to run.

use std::sync::Arc;

use super::code::{Code, Compiled, NodeId, Read, ScopeId};
use super::layout::{Layout, NodeKind};
use super::resolve::{Viewpoint, resolve};
use super::{Aspect, Dependent, FormProblem, Plan, Rule, RuleId, order, references};
use crate::definition::{ChoiceList, Definition, Node};
use crate::expression::{Expr, ExprError, Function, TermKind};
use crate::text::Text;

pub(super) fn build(definition: Arc<Definition>) -> Plan {
    let mut builder = Builder {
        layout: Layout::of(&definition.nodes),
        rules: Vec::new(),
        defaults: Vec::new(),
        problems: Vec::new(),
    };
    builder.add_duplicates();
    builder.add_nodes(&definition, &definition.nodes, &mut 0);
    builder.finish(definition)
}

struct Builder {
    layout: Layout,
    rules: Vec<Rule>,
    defaults: Vec<(NodeId, Code)>,
    problems: Vec<FormProblem>,
}

impl Builder {
    fn add_duplicates(&mut self) {
        for &node in &self.layout.duplicates {
            let name = self.layout.node(node).name.clone();
            let error = ExprError::new("duplicate_name", 0, name.as_str());
            self.problems.push(FormProblem { node: name, column: "name", language: None, error });
        }
    }

    /// `next` counts the nodes in the order in which the layout numbered them.
    fn add_nodes(&mut self, definition: &Definition, nodes: &[Node], next: &mut u32) {
        for node in nodes {
            let id = NodeId(*next);
            *next += 1;
            let (relevant, label) = match node {
                Node::Group(group) => (group.relevant.as_ref(), &group.label),
                Node::Repeat(repeat) => (repeat.relevant.as_ref(), &repeat.label),
                Node::Question(question) => (question.relevant.as_ref(), &question.label),
            };
            self.add_wording(id, "label", label);
            self.add_relevance(id, relevant);
            match node {
                Node::Group(group) => self.add_nodes(definition, &group.nodes, next),
                Node::Repeat(repeat) => self.add_nodes(definition, &repeat.nodes, next),
                Node::Question(question) => {
                    self.add_wording(id, "hint", &question.hint);
                    self.add_rule(id, Aspect::Required, "required", question.required.as_ref(), None);
                    self.add_wording(id, "required_message", &question.required_message);
                    self.add_rule(id, Aspect::Constraint, "constraint", question.constraint.as_ref(), None);
                    self.add_wording(id, "constraint_message", &question.constraint_message);
                    self.add_rule(id, Aspect::Warning, "warning", question.warning.as_ref(), None);
                    self.add_wording(id, "warning_message", &question.warning_message);
                    self.add_rule(id, Aspect::ReadOnly, "read_only", question.read_only.as_ref(), None);
                    self.add_calculation(id, question.calculation.as_ref());
                    self.add_default(id, question.default.as_ref());
                    let list = match &self.layout.node(id).kind {
                        NodeKind::Asked(_, Some(list)) => Some(list.clone()),
                        NodeKind::Asked(_, None)
                        | NodeKind::Group
                        | NodeKind::Repeat(_)
                        | NodeKind::Calculated
                        | NodeKind::Note => None,
                    };
                    let list = list.and_then(|list| definition.lists.get(&list));
                    let filter = question.choice_filter.as_ref();
                    self.add_rule(
                        id,
                        Aspect::Choices,
                        "choice_filter",
                        filter.filter(|_| list.is_some()),
                        list,
                    );
                }
            }
        }
    }

    fn add_relevance(&mut self, node: NodeId, expr: Option<&Expr>) {
        let compiled = expr.and_then(|expr| self.compile(node, "relevant", expr, None));
        let (code, reads) =
            compiled.map_or((None, Vec::new()), |compiled| (Some(compiled.code), compiled.reads));
        self.rules.push(Rule { node, aspect: Aspect::Relevance, code, once: false, reads });
    }

    fn add_rule(
        &mut self,
        node: NodeId,
        aspect: Aspect,
        column: &'static str,
        expr: Option<&Expr>,
        list: Option<&ChoiceList>,
    ) {
        let Some(expr) = expr else { return };
        let Some(compiled) = self.compile(node, column, expr, list) else { return };
        let mut reads = compiled.reads;
        if matches!(aspect, Aspect::Constraint | Aspect::Warning) {
            // An unanswered or irrelevant question violates nothing.
            reads.push(Read { node, common: self.layout.node(node).scope, at: 0 });
        }
        self.rules.push(Rule { node, aspect, code: Some(compiled.code), once: false, reads });
    }

    fn add_calculation(&mut self, node: NodeId, expr: Option<&Expr>) {
        if !matches!(self.layout.node(node).kind, NodeKind::Calculated) {
            return;
        }
        let Some(expr) = expr else { return };
        let (expr, once) = without_once(expr);
        if let Some(Compiled { code, reads }) = self.compile(node, "calculation", &expr, None) {
            self.rules.push(Rule { node, aspect: Aspect::Calculation, code: Some(code), once, reads });
        }
    }

    fn add_default(&mut self, node: NodeId, expr: Option<&Expr>) {
        let Some(expr) = expr.filter(|_| self.layout.node(node).has_default) else { return };
        // A first value is computed once as it is.
        let (expr, _) = without_once(expr);
        if let Some(compiled) = self.compile(node, "default", &expr, None) {
            self.defaults.push((node, compiled.code));
        }
    }

    fn compile(
        &mut self,
        node: NodeId,
        column: &'static str,
        expr: &Expr,
        list: Option<&ChoiceList>,
    ) -> Option<Compiled> {
        let plan = self.layout.node(node);
        let from = Viewpoint { scope: plan.scope, node: Some(node), list };
        match resolve(&self.layout, expr, from) {
            Ok(compiled) => Some(compiled),
            Err(error) => {
                let node = plan.name.clone();
                self.problems.push(FormProblem { node, column, language: None, error });
                None
            }
        }
    }

    fn add_wording(&mut self, node: NodeId, column: &'static str, text: &Text) {
        let plan = self.layout.node(node);
        // A repeat's own heading is read from around it.
        let from = Viewpoint { scope: plan.scope, node: Some(node), list: None };
        for (language, wording) in &text.0 {
            for reference in references(wording) {
                let found = Expr::parse(&format!("${{{}}}", reference.name))
                    .and_then(|expr| resolve(&self.layout, &expr, from).map(|_| ()));
                if let Err(mut error) = found {
                    error.at = wording.get(..reference.span.start).unwrap_or_default().chars().count();
                    let node = plan.name.clone();
                    let language = Some(language.clone());
                    self.problems.push(FormProblem { node, column, language, error });
                }
            }
        }
    }

    fn finish(mut self, definition: Arc<Definition>) -> Plan {
        let count = self.layout.nodes.len();
        let layout = &self.layout;
        let mut ordered = order::order(&self.rules, count, |node| layout.node(node).parent);
        while !ordered.cyclic.is_empty() {
            for &index in &ordered.cyclic {
                let rule = &mut self.rules[index];
                let node = self.layout.node(rule.node).name.clone();
                let column = if rule.aspect == Aspect::Relevance { "relevant" } else { "calculation" };
                let at = rule.reads.first().map_or(0, |read| read.at);
                // A group's contents are in its cycle without an expression of their own.
                if rule.code.take().is_some() {
                    let error = ExprError::new("cycle", at, node.as_str());
                    self.problems.push(FormProblem { node, column, language: None, error });
                }
                rule.reads.clear();
            }
            ordered = order::order(&self.rules, count, |node| self.layout.node(node).parent);
        }
        let mut by_number: Vec<Option<Rule>> = self.rules.into_iter().map(Some).collect();
        let rules: Vec<Rule> = ordered
            .sorted
            .iter()
            .filter_map(|index| by_number.get_mut(*index).and_then(Option::take))
            .collect();

        let mut dependents: Vec<Vec<Dependent>> = vec![Vec::new(); count];
        let mut scope_rules = vec![Vec::new(); self.layout.scopes.len()];
        let mut calculations = vec![None; count];
        let mut relevances = vec![None; count];
        for (index, rule) in rules.iter().enumerate() {
            let id = RuleId(index as u32);
            let plan = self.layout.node(rule.node);
            scope_rules[plan.scope.0 as usize].push(id);
            if rule.aspect == Aspect::Calculation {
                calculations[rule.node.0 as usize] = Some(id);
            }
            if rule.aspect == Aspect::Relevance {
                relevances[rule.node.0 as usize] = Some(id);
            }
            let mut depend = |on: NodeId, common: ScopeId| {
                let known = &mut dependents[on.0 as usize];
                let dependent = Dependent { rule: id, common };
                if !known.contains(&dependent) {
                    known.push(dependent);
                }
            };
            for read in &rule.reads {
                depend(read.node, read.common);
            }
            if let (Aspect::Relevance, Some(parent)) = (rule.aspect, plan.parent) {
                depend(parent, self.layout.node(parent).scope);
            }
        }
        Plan {
            definition,
            layout: self.layout,
            rules,
            dependents,
            scope_rules,
            calculations,
            relevances,
            defaults: self.defaults,
            problems: self.problems,
        }
    }
}

/// `once(x)` is `x`, kept.
fn without_once(expr: &Expr) -> (Expr, bool) {
    match &expr.term().kind {
        TermKind::Call(Function::Once, arguments) => match arguments.as_slice() {
            [inner] => (expr.part(inner), true),
            _ => (expr.clone(), false),
        },
        TermKind::Text(_)
        | TermKind::Number(_)
        | TermKind::Chain(..)
        | TermKind::Negate(_)
        | TermKind::Call(..)
        | TermKind::Path(..) => (expr.clone(), false),
    }
}
