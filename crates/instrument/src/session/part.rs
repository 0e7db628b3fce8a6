//! Opening no more of a form than certain expressions ask: for scoring many interviews that nobody looks at.
//!
//! What such expressions read, what decides whether that is asked, and what those read in turn, is computed, each rule once in the
//! plan's order. Nothing else is: no checks, no choices on offer, no places that are not read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::open::add_instances;
use super::place::takes;
use super::recompute::held;
use super::state::CellsOfPart;
use super::{Cell, Context, FORM, Held, InstanceKey, POSITION, Prepared, SPENT, Session, State};
use crate::definition::Definition;
use crate::evaluate::{Frame, Quick};
use crate::path::{Answer, Path};
use crate::plan::{Aspect, NodeId, NodeKind, Plan, ROOT, RuleId, ScopeId};
use crate::value::{Value, ValueKind};

/// The part of a form that certain expressions can depend on: made by [`Plan::part`], opened by [`Session::open_part`].
#[derive(Debug)]
pub struct Part {
    definition: Arc<Definition>,
    /// By node: whether it is read.
    read: Vec<bool>,
    cells: Arc<CellsOfPart>,
    /// In the order of computation.
    rules: Vec<PartRule>,
    /// First values, in the order of the form.
    defaults: Vec<NodeId>,
    /// The form counts instances itself: only a whole opening can make them.
    counts: bool,
}

#[derive(Debug)]
struct PartRule {
    id: RuleId,
    scope: ScopeId,
    /// The rule as a condition, where it is one.
    condition: Option<Quick>,
}

impl Plan {
    /// The part of this form that expressions prepared for it can depend on.
    pub fn part<'p>(&self, prepared: impl IntoIterator<Item = &'p Prepared>) -> Part {
        let mut waiting: Vec<NodeId> = prepared.into_iter().flat_map(Prepared::reads).collect();
        let mut read = vec![false; self.node_count()];
        let mut rules = BTreeSet::new();
        while let Some(node) = waiting.pop() {
            if std::mem::replace(&mut read[node.0 as usize], true) {
                continue;
            }
            waiting.extend(self.node(node).parent);
            for (id, rule) in self.rules_for(node) {
                if matches!(
                    rule.aspect,
                    Aspect::Relevance | Aspect::Calculation | Aspect::Required | Aspect::Count
                ) {
                    rules.insert(id);
                    waiting.extend(rule.reads());
                }
            }
        }
        let rules = rules.into_iter().map(|id| {
            let rule = self.rule(id);
            let scope = self.node(rule.node).scope;
            let is_condition = matches!(rule.aspect, Aspect::Relevance | Aspect::Required);
            let code = rule.code.as_ref().filter(|_| is_condition && self.scope(scope).depth <= 1);
            PartRule { id, scope, condition: code.map(|code| Quick::of(code, self, scope)) }
        });
        let rules: Vec<PartRule> = rules.collect();
        let defaults = self.defaults().iter().map(|(node, _)| *node);
        Part {
            definition: Arc::clone(self.definition()),
            rules,
            defaults: defaults.filter(|node| read[node.0 as usize]).collect(),
            counts: self.counts().next().is_some(),
            cells: Arc::new(CellsOfPart::of(self, |node| read[node.0 as usize])),
            read,
        }
    }
}

impl Session {
    /// Opens a part of a form, for prepared expressions of that part alone: they come out as on the whole form. Nothing is kept in
    /// it, and nothing else may be asked of it. `answers` are in the order of their places.
    ///
    /// `None` where only the whole form tells: answers of another version, first values still to be given, instances that the form
    /// counts itself, or a part of another form.
    pub fn open_part(
        plan: &Arc<Plan>,
        part: &Part,
        answers: &[Answer<'_>],
        context: Context,
    ) -> Option<Self> {
        if part.counts || !Arc::ptr_eq(&part.definition, plan.definition()) {
            return None;
        }
        let mut state = State::of_part(plan, &part.cells);
        place_all(plan, part, &mut state, answers)?;
        let mut session =
            Self { plan: Arc::clone(plan), context, state, kept: BTreeMap::new(), unplaced: BTreeSet::new() };
        let instances: Vec<Vec<InstanceKey>> =
            plan.scopes().map(|scope| session.state.below(plan, FORM, scope)).collect();
        for rule in &part.rules {
            for &instance in instances.get(rule.scope.0 as usize).into_iter().flatten() {
                session.decide_part(plan, rule, instance);
            }
        }
        let is_first = |node: &NodeId| {
            let scope = plan.node(*node).scope;
            let here = instances.get(scope.0 as usize).into_iter().flatten();
            here.into_iter().any(|instance| session.waits_for_default(*node, *instance, answers))
        };
        (!part.defaults.iter().any(is_first)).then_some(session)
    }

    fn decide_part(&mut self, plan: &Plan, part: &PartRule, instance: InstanceKey) {
        let rule = plan.rule(part.id);
        let truth = |session: &Self| match (&part.condition, &rule.code) {
            (Some(condition), _) => session.evaluator().holds(condition, instance),
            (None, Some(code)) => session.evaluator().eval(code, &Frame::at(instance)).truth(),
            (None, None) => true,
        };
        let slot = plan.node(rule.node).slot;
        match rule.aspect {
            Aspect::Relevance => {
                let relevant = self.is_asked_around(rule.node, instance) && truth(self);
                self.write(instance, slot, |cell| cell.relevant = relevant);
            }
            Aspect::Required => {
                let required = truth(self);
                self.write(instance, slot, |cell| cell.required = required);
            }
            Aspect::Calculation => {
                let first_stays = |cell: &Cell| rule.once && cell.held != Held::Nothing;
                if self.state.cell(instance, slot).is_some_and(first_stays) {
                    return;
                }
                let value = rule
                    .code
                    .as_ref()
                    .map_or(Held::Nothing, |code| held(&self.evaluator().eval(code, &Frame::at(instance))));
                self.write(instance, slot, |cell| cell.held = value);
            }
            Aspect::ReadOnly | Aspect::Constraint | Aspect::Warning | Aspect::Choices | Aspect::Count => {}
        }
    }

    fn write(&mut self, instance: InstanceKey, slot: u32, change: impl FnOnce(&mut Cell)) {
        if let Some(cell) = self.state.cell_mut(instance, slot) {
            change(cell);
        }
    }

    /// Whether opening the whole form would give a first value here that can be seen.
    fn waits_for_default(&self, node: NodeId, instance: InstanceKey, answers: &[Answer<'_>]) -> bool {
        let cell = self.state.cell(instance, self.plan.node(node).slot);
        let known = |path: Option<Path>| path.is_some_and(|path| find(answers, &path).is_some());
        cell.is_some_and(|cell| cell.relevant && cell.held == Held::Nothing)
            && !known(self.spent_path(instance, node))
            && !known(self.state.path(&self.plan, instance, node))
    }
}

/// Puts the answers that the part reads in their places; `None` if there is an answer that the form has no place for.
fn place_all(plan: &Plan, part: &Part, state: &mut State, answers: &[Answer<'_>]) -> Option<()> {
    // Neighbours lie in one instance: it is looked up once.
    let mut around: Option<(&str, InstanceKey, ScopeId)> = None;
    for &Answer { around: instance, field: name, facet, value } in answers {
        let (instance, scope) = match (instance, around) {
            (None, _) => (FORM, ROOT),
            (Some(text), Some((known, key, scope))) if std::ptr::eq(text, known) || text == known => {
                (key, scope)
            }
            (Some(text), _) => {
                let at = |instance: &Path| Answer::find(answers, instance.around(), POSITION);
                let (key, scope) = add_instances(plan, state, Path::segments_of(text), at)?;
                around = Some((text, key, scope));
                (key, scope)
            }
        };
        let Some(node) = plan.named(name) else {
            hidden(plan, name, scope)?;
            continue;
        };
        let place = plan.node(node);
        if place.scope != scope {
            return None;
        }
        if facet.is_some() || !part.read[node.0 as usize] {
            continue;
        }
        let fits = match place.kind {
            NodeKind::Asked(kind, _) => takes(kind, value),
            NodeKind::Calculated => plan.is_once(node),
            NodeKind::Stored => true,
            NodeKind::Finished => value.kind() == ValueKind::DateTime,
            NodeKind::Group | NodeKind::Repeat(_) | NodeKind::Note => false,
        };
        if !fits {
            return None;
        }
        if let Some(cell) = state.cell_mut(instance, place.slot) {
            cell.held = Held::Value(value.clone());
        }
    }
    Some(())
}

fn find<'v>(answers: &[Answer<'v>], wanted: &Path) -> Option<&'v Value> {
    Answer::find(answers, wanted.around(), wanted.field_name()?)
}

/// Whether a name is one of the places that a form keeps for itself.
fn hidden(plan: &Plan, name: &str, scope: ScopeId) -> Option<()> {
    if name == POSITION && scope != ROOT {
        return Some(());
    }
    let node = plan.node(plan.named(name.strip_suffix(SPENT)?)?);
    (node.scope == scope && node.has_default).then_some(())
}
