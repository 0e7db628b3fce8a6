//! Instances of repeats, fields in them, and sets made of sets.

use std::borrow::Cow;

use super::convert::{EMPTY, Val};
use super::{Evaluator, Frame};
use crate::expression::Function;
use crate::lots;
use crate::plan::{Code, Filter, NodeId, Set, SetStep};
use crate::session::InstanceKey;

/// Where a place stands in the order of the form: from the outermost repeat inwards, which child and which instance of it.
type Rank = Vec<(u32, usize)>;

impl<'a> Evaluator<'a> {
    /// Calls `found` with each instance of a set, until it says that it has enough.
    pub(super) fn each(
        &self,
        set: &'a Set,
        frame: &Frame<'_, 'a>,
        found: &mut dyn FnMut(InstanceKey) -> bool,
    ) {
        if let Some(base) = self.enclosing(frame.outwards(set.level).instance, set.base) {
            self.descend(&set.steps, base, frame, found);
        }
    }

    pub(super) fn first_instance(&self, set: &'a Set, frame: &Frame<'_, 'a>) -> Option<InstanceKey> {
        let mut first = None;
        self.each(set, frame, &mut |instance| {
            first = Some(instance);
            false
        });
        first
    }

    /// The value of a set's first member that is asked.
    pub(super) fn first_of(&self, set: &'a Set, frame: &Frame<'_, 'a>) -> Val<'a> {
        let mut first = None;
        self.each(set, frame, &mut |instance| {
            first = self.member(set.field, instance);
            first.is_none()
        });
        first.unwrap_or(EMPTY)
    }

    /// A member's value; none where it is not asked.
    fn member(&self, field: Option<NodeId>, instance: InstanceKey) -> Option<Val<'a>> {
        let Some(field) = field else { return Some(EMPTY) };
        let cell = self.state.cell(instance, self.plan.node(field).slot)?;
        cell.relevant.then(|| Val::of(&cell.held))
    }

    /// Says whether `found` wants more.
    fn descend(
        &self,
        steps: &'a [SetStep],
        parent: InstanceKey,
        frame: &Frame<'_, 'a>,
        found: &mut dyn FnMut(InstanceKey) -> bool,
    ) -> bool {
        let Some((step, rest)) = steps.split_first() else { return found(parent) };
        let repeat = self.plan.node(step.repeat);
        if !self.state.cell(parent, repeat.slot).is_some_and(|cell| cell.relevant) {
            return true;
        }
        self.chosen(step, parent, frame)
            .iter()
            .all(|instance| self.may_look() && self.descend(rest, *instance, frame, found))
    }

    /// The instances that pass one filter after the other.
    fn chosen(
        &self,
        step: &'a SetStep,
        parent: InstanceKey,
        frame: &Frame<'_, 'a>,
    ) -> Cow<'a, [InstanceKey]> {
        let all = self.state.children(parent, self.plan.scope(step.scope).child_index);
        if step.filters.is_empty() {
            return Cow::Borrowed(all);
        }
        let mut left = all.to_vec();
        for filter in &step.filters {
            let last = left.len();
            let mut place = 0;
            left.retain(|instance| {
                place += 1;
                self.may_look() && self.passes(filter, *instance, place, last, frame)
            });
        }
        Cow::Owned(left)
    }

    pub(super) fn passes(
        &self,
        filter: &'a Filter,
        instance: InstanceKey,
        place: usize,
        last: usize,
        frame: &Frame<'_, 'a>,
    ) -> bool {
        match filter {
            Filter::Place(code) => self.eval(code, frame).number().trunc() == place as f64,
            Filter::Each(code) => {
                let inner = Frame { instance, row: None, place, last, outer: Some(frame) };
                let value = self.eval(code, &inner);
                if let Val::Number(wanted) = value { wanted == place as f64 } else { value.truth() }
            }
        }
    }

    /// Calls `found` with each value of an argument that may be a set.
    pub(super) fn values(&self, code: &'a Code, frame: &Frame<'_, 'a>, found: &mut dyn FnMut(Val<'a>)) {
        if let Code::Set(set) = code {
            self.each(set, frame, &mut |instance| {
                if let Some(value) = self.member(set.field, instance) {
                    found(value);
                }
                true
            });
        } else if let Code::Rows(rows) = code {
            self.each_row(rows, frame, &mut |row| {
                found(self.cell_of(rows, row));
                true
            });
        } else if let Code::Call(Function::Union, sets) = code {
            self.each_of_all(sets, frame, found);
        } else if let Code::Call(Function::Randomize, arguments) = code
            && let [set, seed] = arguments.as_ref()
        {
            let mut values = Vec::new();
            self.values(set, frame, &mut |value| values.push(value));
            lots::shuffle(&mut values, self.seed(seed, frame));
            values.into_iter().for_each(found);
        } else {
            found(self.eval(code, frame));
        }
    }

    /// Each place of several sets once, in the order of the form.
    fn each_of_all(&self, sets: &'a [Code], frame: &Frame<'_, 'a>, found: &mut dyn FnMut(Val<'a>)) {
        let mut places: Vec<(Rank, Val<'a>)> = Vec::new();
        for code in sets {
            let mut see = |field: Option<NodeId>, instance: InstanceKey| {
                if let Some(value) = self.member(field, instance) {
                    places.push((self.rank(field, instance), value));
                }
                true
            };
            // The plan lets nothing else in.
            if let Code::Set(set) = code {
                self.each(set, frame, &mut |instance| see(set.field, instance));
            } else if let Code::Field { node, level } = code
                && let Some(instance) =
                    self.enclosing(frame.outwards(*level).instance, self.plan.node(*node).scope)
            {
                see(Some(*node), instance);
            }
        }
        places.sort_by(|(one, _), (other, _)| one.cmp(other));
        places.dedup_by(|(one, _), (other, _)| one == other);
        places.into_iter().for_each(|(_, value)| found(value));
    }

    fn rank(&self, field: Option<NodeId>, instance: InstanceKey) -> Rank {
        let mut rank = Rank::new();
        let mut at = Some(instance);
        while let Some(key) = at {
            let Some(instance) = self.state.instance(key) else { break };
            if let Some(repeat) = self.plan.scope(instance.scope).repeat {
                rank.push((self.plan.node(repeat).slot, self.state.place(key)));
            }
            at = instance.parent;
        }
        rank.reverse();
        rank.extend(field.map(|field| (self.plan.node(field).slot, 0)));
        rank
    }
}
