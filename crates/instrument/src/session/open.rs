//! Opening a form: answers to their places, everything computed once, defaults applied.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::place::{Place, find, repeat_scope, takes};
use super::recompute::{Act, held};
use super::{Context, FORM, Held, InstanceKey, MOST_INSTANCES, POSITION, SPENT, Session, State};
use crate::definition::Definition;
use crate::evaluate::Frame;
use crate::path::{InstanceId, Path, Segment};
use crate::plan::{NodeId, NodeKind, Plan, ROOT, ScopeId};
use crate::value::{Value, ValueKind};

impl Session {
    /// Opens a form with answers given before (empty for a new one). Answers at places that the form does not know are
    /// kept and listed by [`Session::unplaced`], never dropped. Defaults are applied to places that never had an answer.
    /// What that added is in [`Session::kept`] and not in `answers`.
    pub fn open(definition: Arc<Definition>, answers: BTreeMap<Path, Value>, context: Context) -> Self {
        Self::open_plan(Arc::new(Plan::new(definition)), answers, context)
    }

    /// As [`Session::open`], with a form that was made ready before.
    pub fn open_plan(plan: Arc<Plan>, answers: BTreeMap<Path, Value>, context: Context) -> Self {
        let mut state = State::new(&plan);
        // Neighbours lie in one instance: it is added once.
        let mut around = None;
        for path in answers.keys().filter(|path| path.around().is_some()) {
            if path.around() != around {
                around = path.around();
                add_instances(&plan, &mut state, path.segments(), |instance| {
                    answers.get(&instance.child(POSITION).ok()?)
                });
            }
        }
        let mut unplaced = BTreeSet::new();
        for (path, value) in &answers {
            if !put(&plan, &mut state, path, value) {
                unplaced.insert(path.clone());
            }
        }
        let mut session = Self { plan, context, state, kept: answers, unplaced };
        let mut act = Act::default();
        let plan = Arc::clone(&session.plan);
        for scope in plan.scopes() {
            for instance in session.state.below(&plan, FORM, scope) {
                session.queue_instance(&mut act, instance, scope);
            }
        }
        session.compute(&mut act);
        // Before those that the form counts: their first values may follow from the form's own.
        session.apply_defaults(&mut act, None);
        session.settle(&mut act);
        session
    }

    /// Gives first values to places that never had an answer, in some instances or everywhere, in the order of the form.
    /// What follows is computed once for each question, not for each instance.
    pub(super) fn apply_defaults(&mut self, act: &mut Act, only: Option<&BTreeSet<InstanceKey>>) {
        let plan = Arc::clone(&self.plan);
        for (node, code) in plan.defaults() {
            let scope = plan.node(*node).scope;
            let is_here = |key: &&InstanceKey| {
                self.state.instance(**key).is_some_and(|instance| instance.scope == scope)
            };
            let instances = match only {
                None => self.state.below(&plan, FORM, scope),
                Some(only) => only.iter().filter(is_here).copied().collect(),
            };
            for instance in instances {
                if !self.never_answered(*node, instance) {
                    continue;
                }
                let first = held(&self.evaluator().eval(code, &Frame::at(instance)));
                let value = first_value(&plan, *node, first);
                self.give(act, instance, *node, value);
            }
            self.compute(act);
        }
    }

    /// Puts an answer at a question, keeps it, marks a default as spent where there is none, and queues what depends on it.
    pub(super) fn give(&mut self, act: &mut Act, instance: InstanceKey, node: NodeId, value: Option<Value>) {
        let Some(path) = self.state.path(&self.plan, instance, node) else { return };
        if self.plan.node(node).has_default
            && let Some(mark) = self.spent_path(instance, node)
        {
            self.keep(act, mark, value.is_none().then_some(Value::Integer(1)));
        }
        self.keep(act, path, value.clone());
        if self.alter(act, instance, node, |cell| cell.held = value.map_or(Held::Nothing, Held::Value)) {
            self.queue_dependents(act, node, instance);
        }
    }

    fn never_answered(&self, node: NodeId, instance: InstanceKey) -> bool {
        let cell = self.state.cell(instance, self.plan.node(node).slot);
        let is_empty = cell.is_some_and(|cell| cell.held == Held::Nothing);
        // An answer of another kind stands in the way of the default, too: it is not ours to replace.
        let known = |path: Option<Path>| path.is_some_and(|path| self.kept.contains_key(&path));
        is_empty
            && !known(self.spent_path(instance, node))
            && !known(self.state.path(&self.plan, instance, node))
    }

    pub(super) fn spent_path(&self, instance: InstanceKey, node: NodeId) -> Option<Path> {
        let name = format!("{}{SPENT}", self.plan.node(node).name);
        match &self.state.instance(instance)?.path {
            None => Path::field(&name).ok(),
            Some(around) => around.child(&name).ok(),
        }
    }
}

/// A default as an answer of the question's kind; what does not fit is no answer.
pub(super) fn first_value(plan: &Plan, node: NodeId, held: Held) -> Option<Value> {
    let text = match held {
        Held::Nothing => return None,
        Held::Truth(truth) => truth.to_string(),
        Held::Value(value) if matches!(plan.node(node).kind, NodeKind::Stored) => return Some(value),
        Held::Value(value) => value.to_string(),
    };
    match plan.node(node).kind {
        NodeKind::Asked(kind, _) => Value::parse(kind, &text).ok().flatten(),
        NodeKind::Stored => Some(Value::Text(text)),
        NodeKind::Group
        | NodeKind::Repeat(_)
        | NodeKind::Calculated
        | NodeKind::Finished
        | NodeKind::Note => None,
    }
}

/// Adds the instances that a path runs through, in their places, and gives the innermost; `None` where the form has no such repeat,
/// and beyond the limit: answers stay without a place then. `position`: what stands at the position of an instance.
pub(super) fn add_instances<'s, 'v>(
    plan: &Plan,
    state: &mut State,
    segments: impl Iterator<Item = Segment<'s>>,
    position: impl Fn(&Path) -> Option<&'v Value>,
) -> Option<(InstanceKey, ScopeId)> {
    let mut at = (FORM, ROOT);
    let mut walked: Option<Path> = None;
    for segment in segments {
        let Segment::Instance(repeat, id) = segment else { break };
        let scope = repeat_scope(plan, repeat, at.1)?;
        let id = InstanceId::of_path(id);
        let instance = match &walked {
            None => Path::instance(repeat, &id),
            Some(around) => around.child_instance(repeat, &id),
        };
        let instance = instance.ok()?;
        let known = state.child(at.0, plan.scope(scope).child_index, id.as_str());
        if known.is_none() && state.count() >= MOST_INSTANCES {
            return None;
        }
        let key = known.unwrap_or_else(|| {
            let position = match position(&instance) {
                Some(Value::Integer(position)) => *position,
                _ => i64::MIN,
            };
            state.add(plan, scope, at.0, &id, instance.clone(), position)
        });
        at = (key, scope);
        walked = Some(instance);
    }
    Some(at)
}

/// Puts a stored answer in its place; false if the form has none for it.
fn put(plan: &Plan, state: &mut State, path: &Path, value: &Value) -> bool {
    let Some(place) = find(plan, state, path) else { return false };
    let Place::Node(instance, node) = place else {
        return path.facet().is_none()
            && value.kind() == ValueKind::Integer
            && !matches!(place, Place::Instance(_));
    };
    let node_plan = plan.node(node);
    if path.facet().is_some() {
        return value.kind() == ValueKind::Text
            && !matches!(node_plan.kind, NodeKind::Group | NodeKind::Repeat(_));
    }
    let fits = match node_plan.kind {
        NodeKind::Asked(kind, _) => takes(kind, value),
        NodeKind::Calculated => plan.is_once(node),
        NodeKind::Stored => true,
        NodeKind::Finished => value.kind() == ValueKind::DateTime,
        NodeKind::Group | NodeKind::Repeat(_) | NodeKind::Note => false,
    };
    if fits && let Some(cell) = state.cell_mut(instance, node_plan.slot) {
        cell.held = Held::Value(value.clone());
    }
    fits
}
