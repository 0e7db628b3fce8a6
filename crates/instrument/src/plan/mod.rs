//! A form made ready to run: its names resolved, its rules in the order in which they are computed, and for each place the
//! rules that depend on it.

mod build;
mod calls;
mod code;
mod layout;
mod order;
mod path;
mod resolve;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

pub(crate) use code::{Code, Filter, ListId, NodeId, ROOT, Read, Rows, ScopeId, Set, SetStep};
pub(crate) use layout::{NodeKind, NodePlan, ScopePlan};
pub(crate) use resolve::{Viewpoint, pattern, resolve};

use crate::definition::Definition;
use crate::expression::{Expr, ExprError};
use crate::list::ChoiceList;
use crate::text::Language;
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
    /// The rules that count instances of repeats.
    counts: Vec<RuleId>,
    /// First values, in the order of the form.
    defaults: Vec<(NodeId, Code)>,
    /// By node: what its change computes.
    triggered: Vec<Vec<Triggered>>,
    /// What names a filled form.
    instance_name: Option<Code>,
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
    /// How many instances a repeat has.
    Count,
}

impl Aspect {
    /// The column of the sheet that says it.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::Relevance => "relevant",
            Self::Calculation => "calculation",
            Self::Required => "required",
            Self::ReadOnly => "read_only",
            Self::Constraint => "constraint",
            Self::Warning => "warning",
            Self::Choices => "choice_filter",
            Self::Count => "repeat_count",
        }
    }
}

/// A place that is computed when a certain question changes.
#[derive(Debug, Clone)]
pub(crate) struct Triggered {
    pub(crate) node: NodeId,
    /// The scope that both share the instance of.
    pub(crate) common: ScopeId,
    pub(crate) code: Code,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) node: NodeId,
    pub(crate) aspect: Aspect,
    /// None where only what is around it counts.
    pub(crate) code: Option<Code>,
    /// `once(…)`: the first value stays.
    pub(crate) once: bool,
    /// For choices: in which order they are offered.
    pub(crate) order: Order,
    reads: Vec<Read>,
}

impl Rule {
    /// The places that it reads.
    pub(crate) fn reads(&self) -> impl Iterator<Item = NodeId> {
        self.reads.iter().map(|read| read.node)
    }

    fn new(node: NodeId, aspect: Aspect, code: Option<Code>, reads: Vec<Read>) -> Self {
        Self { node, aspect, code, once: false, order: Order::Listed, reads }
    }
}

/// The order in which choices are offered.
#[derive(Debug, Clone)]
pub(crate) enum Order {
    /// That of their list.
    Listed,
    /// Drawn by lot: the same for the same number, or for the same filled form.
    Drawn(Option<Code>),
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
        build::build(definition)
    }

    /// The form.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// Everything that cannot be used, in the order of the form.
    pub fn problems(&self) -> &[FormProblem] {
        &self.problems
    }

    /// What a question, group or repeat depends on: column by column of the sheet, the names that it reads, in the order of the
    /// form. Empty for a name that the form does not have.
    pub fn dependencies(&self, name: &str) -> BTreeMap<&'static str, Vec<String>> {
        let mut found = BTreeMap::new();
        let Some(node) = self.named(name) else { return found };
        for rule in self.rules.iter().filter(|rule| rule.node == node && rule.code.is_some()) {
            let reads: BTreeSet<NodeId> =
                rule.reads.iter().map(|read| read.node).filter(|read| *read != node).collect();
            let names = reads.into_iter().map(|read| self.node(read).name.clone()).collect();
            found.insert(rule.aspect.column(), names);
        }
        found
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

    /// Whether a question's first value follows from something else than its own cell.
    pub(crate) fn has_computed_default(&self, node: NodeId) -> bool {
        let mut defaults = self.defaults.iter();
        defaults.any(|(known, code)| *known == node && !matches!(code, Code::Text(_) | Code::Number(_)))
    }

    /// Whether the form itself says how many instances a repeat has.
    pub(crate) fn is_counted(&self, repeat: NodeId) -> bool {
        self.counts().any(|(_, rule)| rule.node == repeat)
    }

    /// How many instances a repeat has, where the form says.
    pub(crate) fn count(&self, repeat: NodeId) -> Option<&Code> {
        self.counts().find(|(_, rule)| rule.node == repeat).and_then(|(_, rule)| rule.code.as_ref())
    }

    /// The rules that count instances.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.counts.iter().map(|id| (*id, self.rule(*id)))
    }

    pub(crate) fn triggered(&self, node: NodeId) -> &[Triggered] {
        &self.triggered[node.0 as usize]
    }

    pub(crate) fn instance_name(&self) -> Option<&Code> {
        self.instance_name.as_ref()
    }

    pub(crate) fn list(&self, id: ListId) -> &Arc<ChoiceList> {
        self.layout.list(id)
    }

    pub(crate) fn defaults(&self) -> &[(NodeId, Code)] {
        &self.defaults
    }

    /// Resolves an expression from outside the form, seen from a scope.
    pub(crate) fn resolve(&self, expr: &Expr, scope: ScopeId) -> Result<Code, ExprError> {
        self.resolve_with_reads(expr, scope).map(|(code, _)| code)
    }

    /// As [`Plan::resolve`], with the places that the expression itself reads.
    pub(crate) fn resolve_with_reads(
        &self,
        expr: &Expr,
        scope: ScopeId,
    ) -> Result<(Code, Vec<NodeId>), ExprError> {
        let language = &self.definition.default_language;
        let from = Viewpoint { scope, node: self.scope(scope).repeat, language };
        let compiled = resolve(&self.layout, expr, from)?;
        Ok((compiled.code, compiled.reads.iter().map(|read| read.node).collect()))
    }

    pub(crate) fn node_count(&self) -> usize {
        self.layout.nodes.len()
    }

    /// The rules that decide something of a node.
    pub(crate) fn rules_for(&self, node: NodeId) -> impl Iterator<Item = (RuleId, &Rule)> {
        let ids = (0..).map(RuleId).zip(&self.rules);
        ids.filter(move |(_, rule)| rule.node == node)
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
