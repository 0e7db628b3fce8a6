//! A form made ready to run: its names resolved, its rules in the order in which they are computed, and for each place the
//! rules that depend on it.

mod code;
mod layout;
mod order;
mod resolve;

use std::ops::Range;
use std::sync::Arc;

pub(crate) use code::{Code, Filter, NodeId, ROOT, Read, ScopeId, Set, SetStep};
pub(crate) use layout::{NodeKind, NodePlan, ScopePlan};
pub(crate) use resolve::{Viewpoint, pattern, resolve};

use crate::definition::{Definition, Node};
use crate::expression::{Expr, ExprError, Function, TermKind};
use crate::text::{Language, Text};
use code::Compiled;
use layout::Layout;

/// Something in a definition that cannot be used: an expression, or a `${name}` in a wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormProblem {
    /// The question, group or repeat.
    pub node: String,
    /// The XLSForm column: `relevant`, `calculation`, `label`, … or `name` for a name that is taken.
    pub column: &'static str,
    /// For wordings, the language.
    pub language: Option<Language>,
    /// What is wrong and where.
    pub error: ExprError,
}

/// A definition made ready to run. Making it costs far more than opening a form with it, so keep it where many forms are opened.
#[derive(Debug)]
pub struct Plan {
    definition: Arc<Definition>,
    layout: Layout,
    /// In the order of computation.
    rules: Vec<Rule>,
    /// By node: who depends on it.
    dependents: Vec<Vec<Dependent>>,
    /// By scope: rules of its nodes, in order.
    scope_rules: Vec<Vec<RuleId>>,
    /// By node: the rule that computes it.
    calculations: Vec<Option<RuleId>>,
    /// By node: the rule that says whether it is asked.
    relevances: Vec<Option<RuleId>>,
    /// First values, in the order of the form.
    defaults: Vec<(NodeId, Code)>,
    problems: Vec<FormProblem>,
}

/// A rule by its place in the order of computation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RuleId(pub(crate) u32);

/// What a rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    Relevance,
    Calculation,
    Required,
    ReadOnly,
    Constraint,
    Warning,
    Choices,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) node: NodeId,
    pub(crate) aspect: Aspect,
    /// None where only what is around it counts.
    pub(crate) code: Option<Code>,
    /// `once(…)`: the first value stays.
    pub(crate) once: bool,
    reads: Vec<Read>,
}

/// A rule to compute again, in every instance below the one that it shares with the changed place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dependent {
    pub(crate) rule: RuleId,
    pub(crate) common: ScopeId,
}

impl Plan {
    /// Makes a definition ready. What cannot be used is listed by [`Plan::problems`] and left out: a broken condition counts
    /// as true, a broken computation as empty.
    pub fn new(definition: Arc<Definition>) -> Self {
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

    /// The form.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// Everything that cannot be used, in the order of the form.
    pub fn problems(&self) -> &[FormProblem] {
        &self.problems
    }

    pub(crate) fn node(&self, id: NodeId) -> &NodePlan {
        self.layout.node(id)
    }

    pub(crate) fn named(&self, name: &str) -> Option<NodeId> {
        self.layout.named(name)
    }

    pub(crate) fn scope(&self, id: ScopeId) -> &ScopePlan {
        self.layout.scope(id)
    }

    pub(crate) fn scopes(&self) -> impl Iterator<Item = ScopeId> {
        (0..self.layout.scopes.len() as u32).map(ScopeId)
    }

    /// The scopes from below `outer` down to `inner`.
    pub(crate) fn chain(&self, outer: ScopeId, inner: ScopeId) -> Vec<ScopeId> {
        self.layout.chain(outer, inner)
    }

    pub(crate) fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id.0 as usize]
    }

    pub(crate) fn rules_of(&self, scope: ScopeId) -> &[RuleId] {
        &self.scope_rules[scope.0 as usize]
    }

    pub(crate) fn dependents(&self, node: NodeId) -> &[Dependent] {
        &self.dependents[node.0 as usize]
    }

    pub(crate) fn calculation(&self, node: NodeId) -> Option<&Code> {
        self.calculations[node.0 as usize].and_then(|rule| self.rule(rule).code.as_ref())
    }

    /// When a node is asked, as far as that is its own matter: what is around it counts as well.
    pub(crate) fn relevance(&self, node: NodeId) -> Option<&Code> {
        self.relevances[node.0 as usize].and_then(|rule| self.rule(rule).code.as_ref())
    }

    /// Whether a node is computed once and keeps its first value.
    pub(crate) fn is_once(&self, node: NodeId) -> bool {
        self.calculations[node.0 as usize].is_some_and(|rule| self.rule(rule).once)
    }

    pub(crate) fn defaults(&self) -> &[(NodeId, Code)] {
        &self.defaults
    }

    /// Resolves an expression from outside the form, seen from a scope.
    pub(crate) fn resolve(&self, expr: &Expr, scope: ScopeId) -> Result<Code, ExprError> {
        let from = Viewpoint { scope, node: self.scope(scope).repeat, list: None };
        resolve(&self.layout, expr, from).map(|compiled| compiled.code)
    }

    /// Checks an expression from outside the form, seen from the form or, if it cannot be, from an instance of some repeat.
    ///
    /// # Errors
    /// What is wrong seen from the form itself.
    pub fn check(&self, expr: &Expr) -> Result<(), ExprError> {
        let mut scopes = self.scopes().map(|scope| self.resolve(expr, scope).map(|_| ()));
        let outermost = scopes.next().unwrap_or(Ok(()));
        if outermost.is_ok() || scopes.any(|inside| inside.is_ok()) { Ok(()) } else { outermost }
    }
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
        list: Option<&crate::definition::ChoiceList>,
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
        list: Option<&crate::definition::ChoiceList>,
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

/// A `${name}` in a wording.
pub(crate) struct Reference<'a> {
    pub(crate) name: &'a str,
    /// The bytes that it takes up, sign and braces included.
    pub(crate) span: Range<usize>,
}

/// The references in a wording, in order.
pub(crate) fn references(wording: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = wording.get(from..).and_then(|rest| rest.find("${")).map(|at| at + from) {
        let Some(length) = wording.get(start..).and_then(|rest| rest.find('}')) else { break };
        let end = start + length + 1;
        let name = wording.get(start + 2..end - 1).unwrap_or_default().trim();
        found.push(Reference { name, span: start..end });
        from = end;
    }
    found
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
