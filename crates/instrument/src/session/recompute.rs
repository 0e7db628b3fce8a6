//! Incremental recomputation: from what changed to what depends on it, each rule at most once for each instance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Cell, Held, InstanceKey, Session};
use crate::evaluate::{Evaluator, Frame, Val};
use crate::lots;
use crate::path::Path;
use crate::plan::{Aspect, Code, NodeId, NodeKind, Order, Rule, RuleId, ScopeId};
use crate::value::{Number, Value};

/// One act in progress: what waits to be computed, and what was there before.
#[derive(Default)]
pub(super) struct Act {
    /// In the order of computation.
    waiting: BTreeSet<(RuleId, InstanceKey)>,
    /// Cells that changed, as they were.
    pub(super) before: BTreeMap<(InstanceKey, NodeId), Cell>,
    /// What changed in what is kept.
    pub(super) kept: BTreeMap<Path, Option<Value>>,
    /// Instances that came to be.
    pub(super) added: Vec<Path>,
    /// Instances that ceased to count.
    pub(super) uncounted: Vec<Path>,
    /// Instances whose first values are still to be given.
    pub(super) fresh: BTreeSet<InstanceKey>,
}

/// What a rule comes to.
enum Decision {
    Relevant(bool),
    Required(bool),
    ReadOnly(bool),
    Violation(bool),
    Doubt(bool),
    Holds(Held),
    Offers(Option<Arc<[u32]>>),
    Counts(Option<usize>),
}

impl Act {
    /// Has a rule computed in an instance.
    pub(super) fn queue(&mut self, rule: RuleId, instance: InstanceKey) {
        self.waiting.insert((rule, instance));
    }
}

impl Session {
    /// Queues all rules of one instance.
    pub(super) fn queue_instance(&self, act: &mut Act, instance: InstanceKey, scope: ScopeId) {
        act.waiting.extend(self.plan.rules_of(scope).iter().map(|rule| (*rule, instance)));
    }

    /// Queues whatever depends on a node in an instance.
    pub(super) fn queue_dependents(&self, act: &mut Act, node: NodeId, instance: InstanceKey) {
        for dependent in self.plan.dependents(node) {
            let reader = self.plan.node(self.plan.rule(dependent.rule).node);
            let Some(shared) = self.state.enclosing(instance, dependent.common) else { continue };
            if reader.scope == dependent.common {
                act.waiting.insert((dependent.rule, shared));
            } else {
                let readers = self.state.below(&self.plan, shared, reader.scope);
                act.waiting.extend(readers.into_iter().map(|reader| (dependent.rule, reader)));
            }
        }
    }

    /// Computes what waits, and what waits for that; gives first values to instances that came to be.
    pub(super) fn settle(&mut self, act: &mut Act) {
        self.compute(act);
        while !act.fresh.is_empty() {
            let fresh = std::mem::take(&mut act.fresh);
            self.apply_defaults(act, Some(&fresh));
        }
    }

    /// Computes what waits, and what waits for that.
    pub(super) fn compute(&mut self, act: &mut Act) {
        while let Some((id, instance)) = act.waiting.pop_first() {
            let plan = Arc::clone(&self.plan);
            let rule = plan.rule(id);
            if self.state.instance(instance).is_none() {
                continue;
            }
            let decision = self.decide(rule, instance);
            if self.apply(act, rule, instance, decision)
                && matches!(rule.aspect, Aspect::Relevance | Aspect::Calculation | Aspect::Count)
            {
                self.queue_dependents(act, rule.node, instance);
            }
        }
    }

    /// Changes a cell, remembering how it was. Says whether it differs.
    pub(super) fn alter(
        &mut self,
        act: &mut Act,
        instance: InstanceKey,
        node: NodeId,
        change: impl FnOnce(&mut Cell),
    ) -> bool {
        let Some(cell) = self.state.cell_mut(instance, self.plan.node(node).slot) else { return false };
        let before = cell.clone();
        change(cell);
        let differs = *cell != before;
        if differs {
            act.before.entry((instance, node)).or_insert(before);
        }
        differs
    }

    /// Keeps or forgets a value at a path.
    pub(super) fn keep(&mut self, act: &mut Act, path: Path, value: Option<Value>) {
        let differs = self.kept.get(&path) != value.as_ref();
        match &value {
            Some(value) if differs => drop(self.kept.insert(path.clone(), value.clone())),
            None if differs => drop(self.kept.remove(&path)),
            _ => return,
        }
        act.kept.insert(path, value);
    }

    fn decide(&self, rule: &Rule, instance: InstanceKey) -> Decision {
        let evaluator = self.evaluator();
        let frame = Frame::at(instance);
        let truth = || rule.code.as_ref().is_none_or(|code| evaluator.eval(code, &frame).truth());
        match rule.aspect {
            Aspect::Relevance => Decision::Relevant(self.is_asked_around(rule.node, instance) && truth()),
            Aspect::Required => Decision::Required(truth()),
            Aspect::ReadOnly => Decision::ReadOnly(truth()),
            Aspect::Constraint => Decision::Violation(self.is_judged(rule.node, instance) && !truth()),
            Aspect::Warning => Decision::Doubt(self.is_judged(rule.node, instance) && !truth()),
            Aspect::Calculation => {
                let held = rule.code.as_ref().map(|code| held(&evaluator.eval(code, &frame)));
                Decision::Holds(held.unwrap_or(Held::Nothing))
            }
            Aspect::Choices => Decision::Offers(
                rule.code
                    .as_ref()
                    .and_then(|code| offered(&evaluator, code, &rule.order, rule.node, instance)),
            ),
            Aspect::Count => {
                Decision::Counts(rule.code.as_ref().map(|code| whole(evaluator.eval(code, &frame).number())))
            }
        }
    }

    /// Writes a decision. Says whether it differs from before.
    fn apply(&mut self, act: &mut Act, rule: &Rule, instance: InstanceKey, decision: Decision) -> bool {
        let node = rule.node;
        match decision {
            Decision::Relevant(truth) => self.alter(act, instance, node, |cell| cell.relevant = truth),
            Decision::Required(truth) => self.alter(act, instance, node, |cell| cell.required = truth),
            Decision::ReadOnly(truth) => self.alter(act, instance, node, |cell| cell.read_only = truth),
            Decision::Violation(truth) => {
                self.alter(act, instance, node, |cell| cell.violates_constraint = truth)
            }
            Decision::Doubt(truth) => self.alter(act, instance, node, |cell| cell.violates_warning = truth),
            Decision::Offers(offers) => self.alter(act, instance, node, |cell| cell.offered = offers),
            Decision::Counts(count) => self.resize(act, node, instance, count),
            Decision::Holds(held) if rule.once => self.hold_once(act, instance, node, held),
            Decision::Holds(held) => self.alter(act, instance, node, |cell| cell.held = held),
        }
    }

    /// The first value stays, and is kept like an answer.
    fn hold_once(&mut self, act: &mut Act, instance: InstanceKey, node: NodeId, held: Held) -> bool {
        let slot = self.plan.node(node).slot;
        let empty = self.state.cell(instance, slot).is_some_and(|cell| cell.held == Held::Nothing);
        let value = match held {
            Held::Nothing => None,
            Held::Value(value) => Some(value),
            Held::Truth(truth) => Some(Value::Text(if truth { "true" } else { "false" }.to_owned())),
        };
        let (true, Some(value)) = (empty, value) else { return false };
        if let Some(path) = self.state.path(&self.plan, instance, node) {
            self.keep(act, path, Some(value.clone()));
        }
        self.alter(act, instance, node, |cell| cell.held = Held::Value(value))
    }

    pub(super) fn is_asked_around(&self, node: NodeId, instance: InstanceKey) -> bool {
        let Some(parent) = self.plan.node(node).parent else { return true };
        let around = self.plan.node(parent);
        let is_inside = matches!(around.kind, NodeKind::Repeat(_));
        if is_inside && !self.state.is_counted_in(instance) {
            return false;
        }
        let holder = self.state.enclosing(instance, around.scope);
        holder.and_then(|key| self.state.cell(key, around.slot)).is_some_and(|cell| cell.relevant)
    }

    /// Conditions are judged where there is something to judge: an asked place with a value, or a note, which carries checks
    /// between questions.
    fn is_judged(&self, node: NodeId, instance: InstanceKey) -> bool {
        let plan = self.plan.node(node);
        let is_note = matches!(plan.kind, NodeKind::Note);
        self.state
            .cell(instance, plan.slot)
            .is_some_and(|cell| cell.relevant && (is_note || cell.held != Held::Nothing))
    }
}

fn offered(
    evaluator: &Evaluator<'_>,
    code: &Code,
    order: &Order,
    node: NodeId,
    instance: InstanceKey,
) -> Option<Arc<[u32]>> {
    let Code::Rows(rows) = code else { return None };
    let frame = Frame::at(instance);
    let mut offered = Vec::new();
    evaluator.each_row(rows, &frame, &mut |row| {
        offered.push(row);
        true
    });
    if let Order::Drawn(seed) = order {
        let seed = match seed {
            Some(seed) => evaluator.seed(seed, &frame),
            None => evaluator.lot(instance, u64::from(node.0)),
        };
        lots::shuffle(&mut offered, seed);
    }
    Some(offered.into())
}

/// A number of instances: nothing and less than nothing are none.
fn whole(number: f64) -> usize {
    // More than a form may have is cut where instances are made.
    if number >= 1.0 { number.min(1e9) as usize } else { 0 }
}

/// What a computed place holds: numbers that are none, and infinite ones, are no value.
pub(super) fn held(value: &Val<'_>) -> Held {
    /// Whole numbers up to here are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Val::Boolean(truth) => Held::Truth(*truth),
        Val::Date(date) => Held::Value(Value::Date(*date)),
        Val::Time(time) => Held::Value(Value::Time(*time)),
        Val::Moment(moment) => Held::Value(Value::DateTime(*moment)),
        Val::Number(number) if number.fract() == 0.0 && number.abs() <= EXACT => {
            Held::Value(Value::Integer(*number as i64))
        }
        Val::Number(number) => Number::new(*number).map_or(Held::Nothing, |n| Held::Value(Value::Decimal(n))),
        Val::Text(text) if text.is_empty() => Held::Nothing,
        Val::Text(text) => Held::Value(Value::Text(text.to_string())),
        Val::Names([]) => Held::Nothing,
        Val::Names(names) => Held::Value(Value::Choices(names.to_vec())),
    }
}
