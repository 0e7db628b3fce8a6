//! Making a definition ready to run.

use std::sync::Arc;

use super::code::{Code, Compiled, ListId, NodeId, Read, ScopeId};
use super::layout::{Layout, NodeKind};
use super::resolve::{Viewpoint, resolve, resolve_choices};
use super::{Aspect, Dependent, FormProblem, Order, Plan, Rule, RuleId, Triggered, order, references};
use crate::definition::{Definition, Node, Question};
use crate::expression::{Expr, ExprError, Function, TermKind};
use crate::text::Text;

pub(super) fn build(definition: Arc<Definition>) -> Plan {
    let layout = Layout::of(&definition);
    let triggered = vec![Vec::new(); layout.nodes.len()];
    let mut builder = Builder {
        layout,
        language: definition.default_language.clone(),
        rules: Vec::new(),
        defaults: Vec::new(),
        triggered,
        problems: Vec::new(),
    };
    builder.add_duplicates();
    builder.add_nodes(&definition.nodes, &mut 0);
    let instance_name = builder.instance_name(&definition);
    builder.finish(definition, instance_name)
}

struct Builder {
    layout: Layout,
    language: String,
    rules: Vec<Rule>,
    defaults: Vec<(NodeId, Code)>,
    /// By node: what its change computes.
    triggered: Vec<Vec<Triggered>>,
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
    fn add_nodes(&mut self, nodes: &[Node], next: &mut u32) {
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
                Node::Group(group) => self.add_nodes(&group.nodes, next),
                Node::Repeat(repeat) => {
                    self.add_rule(id, Aspect::Count, "repeat_count", repeat.count.as_ref());
                    self.add_nodes(&repeat.nodes, next);
                }
                Node::Question(question) => self.add_question(id, question),
            }
        }
    }

    fn add_question(&mut self, id: NodeId, question: &Question) {
        self.add_wording(id, "hint", &question.hint);
        self.add_wording(id, "guidance_hint", &question.guidance);
        self.add_rule(id, Aspect::Required, "required", question.required.as_ref());
        self.add_wording(id, "required_message", &question.required_message);
        self.add_rule(id, Aspect::Constraint, "constraint", question.constraint.as_ref());
        self.add_wording(id, "constraint_message", &question.constraint_message);
        self.add_rule(id, Aspect::Warning, "warning", question.warning.as_ref());
        self.add_wording(id, "warning_message", &question.warning_message);
        self.add_rule(id, Aspect::ReadOnly, "read_only", question.read_only.as_ref());
        self.add_calculation(id, question.calculation.as_ref());
        self.add_triggers(id, question);
        self.add_default(id, question.default.as_ref());
        if let NodeKind::Asked(_, Some(list)) = self.layout.node(id).kind {
            self.add_choices(id, list, question);
        }
    }

    fn add_choices(&mut self, node: NodeId, list: ListId, question: &Question) {
        let filter = question.choice_filter.as_ref();
        if filter.is_none() && question.shuffled.is_none() {
            return;
        }
        let (mut order, mut reads) = (Order::Listed, Vec::new());
        if let Some(shuffle) = &question.shuffled {
            order = Order::Drawn(None);
            if let Some(seed) = shuffle.seed.as_ref().and_then(|seed| self.compile(node, "parameters", seed))
            {
                order = Order::Drawn(Some(seed.code));
                reads = seed.reads;
            }
        }
        match resolve_choices(&self.layout, filter, list, self.viewpoint(node)) {
            Err(error) => self.report(node, "choice_filter", error),
            Ok(compiled) => {
                reads.extend(compiled.reads);
                let rule = Rule::new(node, Aspect::Choices, Some(compiled.code), reads);
                self.rules.push(Rule { order, ..rule });
            }
        }
    }

    /// What computes a place when a question changes, instead of whenever something that it reads does.
    fn add_triggers(&mut self, node: NodeId, question: &Question) {
        if question.triggers.is_empty() {
            return;
        }
        let code = match &question.calculation {
            // Without a calculation the change clears.
            None => Code::Text("".into()),
            Some(calculation) => match self.compile(node, "calculation", &without_once(calculation).0) {
                Some(compiled) => compiled.code,
                None => return,
            },
        };
        for name in &question.triggers {
            let found = self.layout.named(name).filter(|trigger| {
                let kind = &self.layout.node(*trigger).kind;
                matches!(kind, NodeKind::Asked(..) | NodeKind::Stored | NodeKind::Calculated)
            });
            match found {
                None => self.report(node, "trigger", ExprError::new("unknown_name", 0, name.as_str())),
                Some(trigger) => {
                    let common =
                        self.layout.common(self.layout.node(trigger).scope, self.layout.node(node).scope);
                    self.triggered[trigger.0 as usize].push(Triggered { node, common, code: code.clone() });
                }
            }
        }
    }

    fn instance_name(&mut self, definition: &Definition) -> Option<Code> {
        let expr = definition.instance_name.as_ref()?;
        let from = Viewpoint { scope: super::ROOT, node: None, language: &self.language };
        match resolve(&self.layout, expr, from) {
            Ok(compiled) => Some(compiled.code),
            Err(error) => {
                let node = String::new();
                self.problems.push(FormProblem { node, column: "instance_name", language: None, error });
                None
            }
        }
    }

    fn viewpoint(&self, node: NodeId) -> Viewpoint<'_> {
        Viewpoint { scope: self.layout.node(node).scope, node: Some(node), language: &self.language }
    }

    fn report(&mut self, node: NodeId, column: &'static str, error: ExprError) {
        let node = self.layout.node(node).name.clone();
        self.problems.push(FormProblem { node, column, language: None, error });
    }

    fn add_relevance(&mut self, node: NodeId, expr: Option<&Expr>) {
        let compiled = expr.and_then(|expr| self.compile(node, "relevant", expr));
        let (code, reads) =
            compiled.map_or((None, Vec::new()), |compiled| (Some(compiled.code), compiled.reads));
        self.rules.push(Rule::new(node, Aspect::Relevance, code, reads));
    }

    fn add_rule(&mut self, node: NodeId, aspect: Aspect, column: &'static str, expr: Option<&Expr>) {
        let Some(expr) = expr else { return };
        let Some(compiled) = self.compile(node, column, expr) else { return };
        let mut reads = compiled.reads;
        if matches!(aspect, Aspect::Constraint | Aspect::Warning) {
            // An unanswered or irrelevant question violates nothing.
            reads.push(Read { node, common: self.layout.node(node).scope, at: 0 });
        }
        self.rules.push(Rule::new(node, aspect, Some(compiled.code), reads));
    }

    fn add_calculation(&mut self, node: NodeId, expr: Option<&Expr>) {
        if !matches!(self.layout.node(node).kind, NodeKind::Calculated) {
            return;
        }
        let Some(expr) = expr else { return };
        let (expr, once) = without_once(expr);
        if let Some(Compiled { code, reads }) = self.compile(node, "calculation", &expr) {
            let rule = Rule::new(node, Aspect::Calculation, Some(code), reads);
            self.rules.push(Rule { once, ..rule });
        }
    }

    fn add_default(&mut self, node: NodeId, expr: Option<&Expr>) {
        let Some(expr) = expr.filter(|_| self.layout.node(node).has_default) else { return };
        // A first value is computed once as it is.
        let (expr, _) = without_once(expr);
        if let Some(compiled) = self.compile(node, "default", &expr) {
            self.defaults.push((node, compiled.code));
        }
    }

    fn compile(&mut self, node: NodeId, column: &'static str, expr: &Expr) -> Option<Compiled> {
        resolve(&self.layout, expr, self.viewpoint(node))
            .map_err(|error| self.report(node, column, error))
            .ok()
    }

    fn add_wording(&mut self, node: NodeId, column: &'static str, text: &Text) {
        let mut problems = Vec::new();
        // A repeat's own heading is read from around it.
        let from = self.viewpoint(node);
        for (language, wording) in &text.0 {
            for reference in references(wording) {
                let found = Expr::parse(&format!("${{{}}}", reference.name))
                    .and_then(|expr| resolve(&self.layout, &expr, from).map(|_| ()));
                if let Err(mut error) = found {
                    error.at = wording.get(..reference.span.start).unwrap_or_default().chars().count();
                    let node = self.layout.node(node).name.clone();
                    let language = Some(language.clone());
                    problems.push(FormProblem { node, column, language, error });
                }
            }
        }
        self.problems.append(&mut problems);
    }

    fn finish(mut self, definition: Arc<Definition>, instance_name: Option<Code>) -> Plan {
        let count = self.layout.nodes.len();
        let layout = &self.layout;
        let mut ordered = order::order(&self.rules, count, |node| layout.node(node).parent);
        while !ordered.cyclic.is_empty() {
            for &index in &ordered.cyclic {
                let rule = &mut self.rules[index];
                let node = self.layout.node(rule.node).name.clone();
                let column = rule.aspect.column();
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
        let mut counts = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let id = RuleId(index as u32);
            let plan = self.layout.node(rule.node);
            scope_rules[plan.scope.0 as usize].push(id);
            if rule.aspect == Aspect::Calculation {
                calculations[rule.node.0 as usize] = Some(id);
            }
            if rule.aspect == Aspect::Count {
                counts.push(id);
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
        index_keys(&self.layout, &rules);
        Plan {
            definition,
            layout: self.layout,
            instance_name,
            triggered: self.triggered,
            rules,
            dependents,
            scope_rules,
            calculations,
            relevances,
            counts,
            defaults: self.defaults,
            problems: self.problems,
        }
    }
}

/// Sorts lists by the columns that rules look rows up by, so that no answer has to wait for it.
fn index_keys(layout: &Layout, rules: &[Rule]) {
    for (_, list) in &layout.lists {
        list.find("");
    }
    for rule in rules {
        if let Some(Code::Rows(rows)) = &rule.code
            && let Some((column, _)) = &rows.key
        {
            layout.list(rows.list).equal(*column, "");
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
