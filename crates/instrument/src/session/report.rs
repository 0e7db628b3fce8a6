//! The state of a form as others see it: nodes, answers, findings, progress.

use std::collections::BTreeMap;

use super::ask::shown;
use super::place::Place;
use super::{Cell, FORM, Held, InstanceKey, NodeState, SectionProgress, Session};
use crate::findings::{Completion, Finding, FindingKind};
use crate::path::{Facet, Path};
use crate::plan::{NodeId, NodeKind};
use crate::text::Text;
use crate::value::Value;

impl Session {
    /// The instances of a repeat, in order. A repeat inside an instance is named by its path: `members.a1.jobs`.
    pub fn instances(&self, repeat: &str) -> Vec<Path> {
        let Some((around, scope)) = self.find_repeat(repeat) else { return Vec::new() };
        let keys = self.state.children(around, self.plan.scope(scope).child_index);
        keys.iter().filter_map(|key| self.state.instance(*key)?.path.clone()).collect()
    }

    /// Every node's state, in the order of the form: groups and repeats (at `<name>` of the instance they stand in) before
    /// what they hold, instance by instance.
    pub fn nodes(&self) -> Vec<NodeState> {
        let mut nodes = Vec::new();
        self.walk(FORM, &mut |instance, node| nodes.extend(self.node_state(instance, node)));
        nodes
    }

    /// One node's state.
    pub fn node(&self, path: &Path) -> Option<NodeState> {
        let (instance, node) = self.find_node(path)?;
        self.node_state(instance, node)
    }

    /// The answers that count: relevant, asked, with reasons and notes. Computed values are not among them (but for those of
    /// `once`, which could not be computed again); the hidden places that a form opens the same from are.
    pub fn answers(&self) -> BTreeMap<Path, Value> {
        let counts = |path: &Path| match self.find(path) {
            Some(Place::Node(instance, node) | Place::Spent(instance, node)) => {
                let cell = self.state.cell(instance, self.plan.node(node).slot);
                cell.is_some_and(|cell| cell.relevant)
            }
            Some(Place::Position(instance)) => self.is_asked(instance),
            Some(Place::Instance(_)) | None => false,
        };
        let counted = self.kept.iter().filter(|(path, _)| !self.unplaced.contains(*path) && counts(path));
        counted.map(|(path, value)| (path.clone(), value.clone())).collect()
    }

    /// All findings, in the order of the form.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.walk(FORM, &mut |instance, node| {
            let Some(path) = self.state.path(&self.plan, instance, node) else { return };
            for kind in self.finding_kinds(instance, node) {
                let message = self.message(instance, node, kind, &path);
                let reason = self.reason(&path).filter(|_| kind == FindingKind::Warning);
                let said = self.plan.node(node).completion;
                let completion = Completion::of(kind, reason.is_some(), said);
                findings.push(Finding { kind, path: path.clone(), message, reason, completion });
            }
        });
        findings
    }

    /// Progress of each section (a group or repeat at the top level), in the order of the form.
    pub fn progress(&self) -> Vec<SectionProgress> {
        let mut sections: BTreeMap<NodeId, SectionProgress> = BTreeMap::new();
        self.walk(FORM, &mut |instance, node| {
            let plan = self.plan.node(node);
            let Some(cell) = self.state.cell(instance, plan.slot) else { return };
            let Some(section) = plan.section else { return };
            let progress = sections.entry(section).or_insert_with(|| SectionProgress {
                name: self.plan.node(section).name.clone(),
                relevant: cell.relevant,
                questions: 0,
                answered: 0,
                errors: 0,
                unanswered: 0,
                warnings: 0,
            });
            if cell.relevant && matches!(plan.kind, NodeKind::Asked(..)) {
                progress.questions += 1;
                progress.answered += usize::from(self.is_answered(instance, node));
            }
            for kind in self.finding_kinds(instance, node) {
                match kind {
                    FindingKind::Error => progress.errors += 1,
                    FindingKind::Unanswered => progress.unanswered += 1,
                    FindingKind::Warning => {
                        let path = self.state.path(&self.plan, instance, node);
                        let reason = path.and_then(|path| self.reason(&path));
                        progress.warnings += usize::from(reason.is_none());
                    }
                }
            }
        });
        sections.into_values().collect()
    }

    pub(super) fn node_state(&self, instance: InstanceKey, node: NodeId) -> Option<NodeState> {
        let plan = self.plan.node(node);
        let cell = self.state.cell(instance, plan.slot)?;
        Some(NodeState {
            path: self.state.path(&self.plan, instance, node)?,
            relevant: cell.relevant,
            required: cell.required,
            read_only: cell.read_only || !matches!(plan.kind, NodeKind::Asked(..)),
            value: shown(&cell.held),
            offered: cell.offered.as_ref().map(|offered| self.offered_names(node, offered)),
            findings: self.finding_kinds(instance, node),
        })
    }

    /// Calls `visit` with each node of each instance, in the order of the form.
    pub(super) fn walk(&self, instance: InstanceKey, visit: &mut dyn FnMut(InstanceKey, NodeId)) {
        let Some(scope) = self.state.instance(instance).map(|instance| instance.scope) else { return };
        for &node in &self.plan.scope(scope).nodes {
            visit(instance, node);
            if let NodeKind::Repeat(inner) = self.plan.node(node).kind {
                for &child in self.state.children(instance, self.plan.scope(inner).child_index) {
                    self.walk(child, visit);
                }
            }
        }
    }

    fn offered_names(&self, node: NodeId, offered: &[u32]) -> Vec<String> {
        let NodeKind::Asked(_, Some(list)) = self.plan.node(node).kind else { return Vec::new() };
        let items = offered.iter().filter_map(|row| self.plan.list(list).get(*row));
        items.map(|item| item.name().to_owned()).collect()
    }

    fn finding_kinds(&self, instance: InstanceKey, node: NodeId) -> Vec<FindingKind> {
        let plan = self.plan.node(node);
        let Some(cell) = self.state.cell(instance, plan.slot).filter(|cell| cell.relevant) else {
            return Vec::new();
        };
        let mut kinds = Vec::new();
        if cell.violates_constraint || self.is_not_offered(node, cell) {
            kinds.push(FindingKind::Error);
        }
        if cell.violates_warning {
            kinds.push(FindingKind::Warning);
        }
        let is_open = cell.held == Held::Nothing && matches!(plan.kind, NodeKind::Asked(..));
        // What nobody can answer by hand must not block for ever.
        if is_open && cell.required && !cell.read_only {
            kinds.push(FindingKind::Unanswered);
        }
        kinds
    }

    /// An answer that the question could not be given on the screen: a choice that is not offered, a ranking that leaves some
    /// out, a number off the scale. It is kept, and an error.
    fn is_not_offered(&self, node: NodeId, cell: &Cell) -> bool {
        let plan = self.plan.node(node);
        let is_off = |number: f64| plan.range.is_some_and(|range| !range.holds(number));
        match &cell.held {
            Held::Value(Value::Choice(name)) => self.is_missing(node, cell, name),
            Held::Value(Value::Choices(names)) => {
                names.iter().any(|name| self.is_missing(node, cell, name))
                    || (plan.ranked && names.len() < self.offered_count(node, cell))
            }
            Held::Value(Value::Integer(number)) => is_off(*number as f64),
            Held::Value(Value::Decimal(number)) => is_off(number.get()),
            Held::Value(
                Value::Text(_)
                | Value::Date(_)
                | Value::Time(_)
                | Value::DateTime(_)
                | Value::Point(_)
                | Value::File(_),
            )
            | Held::Nothing
            | Held::Truth(_) => false,
        }
    }

    fn is_missing(&self, node: NodeId, cell: &Cell, name: &str) -> bool {
        let NodeKind::Asked(_, Some(list)) = self.plan.node(node).kind else { return false };
        // A list may have a name several times; what is drawn by lot is not in order.
        let rows = self.plan.list(list).rows_named(name);
        match &cell.offered {
            None => rows.is_empty(),
            Some(offered) => !rows.iter().any(|row| offered.contains(row)),
        }
    }

    fn offered_count(&self, node: NodeId, cell: &Cell) -> usize {
        match (&cell.offered, &self.plan.node(node).kind) {
            (Some(offered), _) => offered.len(),
            (None, NodeKind::Asked(_, Some(list))) => self.plan.list(*list).len(),
            _ => 0,
        }
    }

    fn message(&self, instance: InstanceKey, node: NodeId, kind: FindingKind, path: &Path) -> Text {
        let plan = self.plan.node(node);
        let message = match kind {
            FindingKind::Warning => &plan.warning_message,
            FindingKind::Unanswered => &plan.required_message,
            FindingKind::Error => {
                let cell = self.state.cell(instance, plan.slot);
                // A choice that is not offered has no words of the form's author.
                if !cell.is_some_and(|cell| cell.violates_constraint) {
                    return Text::default();
                }
                &plan.constraint_message
            }
        };
        self.fill(message, Some(path))
    }

    fn reason(&self, path: &Path) -> Option<String> {
        match self.kept.get(&path.with_facet(Facet::Reason)) {
            Some(Value::Text(reason)) => Some(reason.clone()),
            _ => None,
        }
    }

    fn is_asked(&self, instance: InstanceKey) -> bool {
        let found = self.state.instance(instance).and_then(|inner| {
            let repeat = self.plan.node(self.plan.scope(inner.scope).repeat?);
            self.state.cell(inner.parent?, repeat.slot)
        });
        found.is_some_and(|cell| cell.relevant) && self.state.is_counted_in(instance)
    }
}
