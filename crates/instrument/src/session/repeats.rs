//! Instances that come to be, those that the form itself counts, and what a change triggers.

use std::collections::BTreeSet;

use super::open::first_value;
use super::recompute::{Act, held};
use super::{Held, InstanceKey, MOST_INSTANCES, POSITION, Session};
use crate::evaluate::Frame;
use crate::moment::Moment;
use crate::path::{InstanceId, Path};
use crate::plan::{NodeId, NodeKind, ScopeId};
use crate::session::{Changes, FORM};
use crate::value::Value;

impl Session {
    /// Signs the moment of signing off wherever the form wants it (`end`).
    pub fn finish(&mut self, now: Moment) -> Changes {
        let mut act = Act::default();
        let plan = std::sync::Arc::clone(&self.plan);
        for scope in plan.scopes() {
            for &node in &plan.scope(scope).nodes {
                if !matches!(plan.node(node).kind, NodeKind::Finished) {
                    continue;
                }
                for instance in self.state.below(&plan, FORM, scope) {
                    self.give(&mut act, instance, node, Some(Value::DateTime(now)));
                }
            }
        }
        self.settle(&mut act);
        self.changes(act, None)
    }

    /// Adds an instance behind the others and queues what follows from it; `None` where a path cannot be made of it.
    pub(super) fn append(
        &mut self,
        act: &mut Act,
        around: InstanceKey,
        scope: ScopeId,
        id: &InstanceId,
    ) -> Option<(InstanceKey, Path)> {
        let holder = self.plan.scope(scope).repeat?;
        let name = &self.plan.node(holder).name;
        let path = match self.state.instance(around)?.path.as_ref() {
            None => Path::instance(name, id),
            Some(outer) => outer.child_instance(name, id),
        };
        let path = path.ok()?;
        let siblings = self.state.all_children(around, self.plan.scope(scope).child_index);
        let last = siblings.last().and_then(|key| self.state.instance(*key)).map_or(0, |last| last.position);
        let position = last.max(0).saturating_add(1);
        let key = self.state.add(&self.plan, scope, around, id, path.clone(), position);
        if let Ok(order) = path.child(POSITION) {
            self.keep(act, order, Some(Value::Integer(position)));
        }
        self.queue_instance(act, key, scope);
        Some((key, path))
    }

    /// Makes as many instances as the form says and lets that many count. Those beyond are kept and not asked: a count may grow
    /// again. Says whether anything differs.
    pub(super) fn resize(
        &mut self,
        act: &mut Act,
        repeat: NodeId,
        around: InstanceKey,
        count: Option<usize>,
    ) -> bool {
        let NodeKind::Repeat(scope) = self.plan.node(repeat).kind else { return false };
        let child = self.plan.scope(scope).child_index;
        let wanted = count.unwrap_or_default();
        let mut toggled = Vec::new();
        let mut next = 0usize;
        while self.state.all_children(around, child).len() < wanted && self.state.count() < MOST_INSTANCES {
            next += 1;
            // The same everywhere, so that two machines that count alike have the same instances.
            let Ok(id) = format!("n{next}").parse::<InstanceId>() else { break };
            if self.state.child(around, child, id.as_str()).is_some() {
                continue;
            }
            let Some((key, _)) = self.append(act, around, scope, &id) else { break };
            act.fresh.insert(key);
            toggled.push(key);
        }
        let made = self.state.all_children(around, child).len();
        toggled.extend(self.state.set_count(around, child, Some(wanted.min(made))));
        toggled.sort_unstable();
        toggled.dedup();
        for &key in &toggled {
            self.queue_tree(act, key);
            let path = self.state.instance(key).and_then(|instance| instance.path.clone());
            let to = if self.state.is_counted_in(key) { &mut act.added } else { &mut act.uncounted };
            to.extend(path);
        }
        // A count that cannot be reached is an error at the repeat.
        self.alter(act, around, repeat, |cell| cell.violates_constraint = wanted > made);
        !toggled.is_empty()
    }

    /// Queues all rules of an instance and of all that lie in it.
    fn queue_tree(&self, act: &mut Act, key: InstanceKey) {
        let Some(scope) = self.state.instance(key).map(|instance| instance.scope) else { return };
        self.queue_instance(act, key, scope);
        for &inner in &self.plan.scope(scope).children {
            for &child in self.state.all_children(key, self.plan.scope(inner).child_index) {
                self.queue_tree(act, child);
            }
        }
    }

    /// Queues the counts that the form could not reach for want of room.
    pub(super) fn queue_unmet_counts(&self, act: &mut Act) {
        for (id, rule) in self.plan.counts() {
            let node = self.plan.node(rule.node);
            for around in self.state.below(&self.plan, FORM, node.scope) {
                if self.state.cell(around, node.slot).is_some_and(|cell| cell.violates_constraint) {
                    act.queue(id, around);
                }
            }
        }
    }

    /// Computes what the changes of this act trigger, and what that triggers; each place once.
    pub(super) fn fire(&mut self, act: &mut Act) {
        let plan = std::sync::Arc::clone(&self.plan);
        let mut started: BTreeSet<(InstanceKey, NodeId)> = BTreeSet::new();
        let mut fired: BTreeSet<(NodeId, InstanceKey)> = BTreeSet::new();
        while let Some((at, trigger)) = self.next_trigger(act, &started) {
            started.insert((at, trigger));
            for triggered in plan.triggered(trigger) {
                let Some(shared) = self.state.enclosing(at, triggered.common) else { continue };
                for target in self.state.below(&plan, shared, plan.node(triggered.node).scope) {
                    if !fired.insert((triggered.node, target)) {
                        continue;
                    }
                    let value = held(&self.evaluator().eval(&triggered.code, &Frame::at(target)));
                    let value = first_value(&plan, triggered.node, value);
                    self.give(act, target, triggered.node, value);
                    self.settle(act);
                }
            }
        }
    }

    /// A place whose value this act changed, that triggers something and has not done so yet.
    fn next_trigger(
        &self,
        act: &Act,
        started: &BTreeSet<(InstanceKey, NodeId)>,
    ) -> Option<(InstanceKey, NodeId)> {
        let changed = act.before.iter().find(|(place, before)| {
            let (instance, node) = **place;
            !self.plan.triggered(node).is_empty()
                && !started.contains(*place)
                && self.held_at(node, instance).is_some_and(|held| held != before.held)
        });
        changed.map(|(place, _)| *place)
    }

    fn held_at(&self, node: NodeId, instance: InstanceKey) -> Option<Held> {
        self.state.cell(instance, self.plan.node(node).slot).map(|cell| cell.held.clone())
    }
}
