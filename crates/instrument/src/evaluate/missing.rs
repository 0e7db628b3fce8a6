//! Which open questions stand between an expression and a settled value.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evaluator, Frame};
use crate::expression::{Function, Operator};
use crate::plan::{Code, Filter, NodeId, NodeKind, Rows, Set};
use crate::session::{Held, InstanceKey};

/// An asked question without an answer.
pub(crate) type Gap = (NodeId, InstanceKey);

/// Gaps found so far, and those of each field that was looked into: each is looked into once.
#[derive(Default)]
struct Search {
    gaps: BTreeSet<Gap>,
    known: BTreeMap<Gap, BTreeSet<Gap>>,
    /// How many fields lead from one to the next at the moment.
    depth: usize,
}

/// Longer chains of fields are not followed: their end counts as open, so that nothing is taken for settled.
pub(crate) const LONGEST_CHAIN: usize = 200;

impl Search {
    /// What `search` finds by itself.
    fn apart(&mut self, search: impl FnOnce(&mut Self)) -> BTreeSet<Gap> {
        let before = std::mem::take(&mut self.gaps);
        search(self);
        std::mem::replace(&mut self.gaps, before)
    }
}

impl<'a> Evaluator<'a> {
    /// The gaps that `code` depends on. A part that cannot change the value any more (the other side of a decided `and` or
    /// `or`, the branch not taken) has none; a field of which it is open whether it is asked has the gaps of that.
    pub(crate) fn gaps(&self, code: &'a Code, frame: &Frame<'_, 'a>) -> BTreeSet<Gap> {
        let mut search = Search::default();
        self.search(code, frame, &mut search);
        search.gaps
    }

    fn search(&self, code: &'a Code, frame: &Frame<'_, 'a>, search: &mut Search) {
        match code {
            Code::Text(_)
            | Code::Number(_)
            | Code::Column { .. }
            | Code::Position { .. }
            | Code::FilterPosition
            | Code::Random(_) => {}
            Code::Uuid(_, length) => length.iter().for_each(|length| self.search(length, frame, search)),
            Code::Field { node, level } => {
                let instance = frame.outwards(*level).instance;
                if let Some(instance) = self.enclosing(instance, self.plan.node(*node).scope) {
                    self.search_field(*node, instance, search);
                }
            }
            Code::Set(set) | Code::Exists(set) => self.search_set(set, frame, search),
            Code::Rows(rows) | Code::AnyRow(rows) => self.search_rows(rows, frame, search),
            Code::Chain(first, rest) => self.search_chain(first, rest, frame, search),
            Code::Negate(inner) | Code::Matches(inner, _) | Code::ChoiceName(inner, _) => {
                self.search(inner, frame, search);
            }
            Code::Call(Function::If, arguments) => {
                let [condition, then, otherwise] = arguments.as_ref() else { return };
                let open = search.apart(|search| self.search(condition, frame, search));
                if open.is_empty() {
                    let taken = if self.eval(condition, frame).truth() { then } else { otherwise };
                    self.search(taken, frame, search);
                } else {
                    // Which branch counts is not known yet.
                    search.gaps.extend(open);
                }
            }
            Code::Call(Function::Coalesce, arguments) => {
                // An optional question that has a stand-in is not missed; a required one is.
                let settled = !self.eval(code, frame).is_empty();
                for argument in arguments {
                    let found = search.apart(|search| self.search(argument, frame, search));
                    search.gaps.extend(found.into_iter().filter(|gap| !settled || self.is_required(gap)));
                    if !self.eval(argument, frame).is_empty() {
                        break;
                    }
                }
            }
            Code::Call(_, arguments) => {
                for argument in arguments {
                    self.search(argument, frame, search);
                }
            }
        }
    }

    fn search_chain(
        &self,
        first: &'a Code,
        rest: &'a [(Operator, Code)],
        frame: &Frame<'_, 'a>,
        search: &mut Search,
    ) {
        let deciding = match rest.first() {
            Some((Operator::Or, _)) => Some(true),
            Some((Operator::And, _)) => Some(false),
            _ => None,
        };
        let parts = std::iter::once(first).chain(rest.iter().map(|(_, code)| code));
        let mut open = BTreeSet::new();
        for part in parts {
            let found = search.apart(|search| self.search(part, frame, search));
            if found.is_empty() && deciding == Some(self.eval(part, frame).truth()) {
                return;
            }
            open.extend(found);
        }
        search.gaps.extend(open);
    }

    fn search_field(&self, node: NodeId, instance: InstanceKey, search: &mut Search) {
        if !search.known.contains_key(&(node, instance)) {
            if search.depth == LONGEST_CHAIN {
                search.gaps.insert((node, instance));
                return;
            }
            search.depth += 1;
            let found = search.apart(|search| self.search_unseen_field(node, instance, search));
            search.depth -= 1;
            search.known.insert((node, instance), found);
        }
        search.gaps.extend(search.known.get(&(node, instance)).into_iter().flatten());
    }

    fn search_unseen_field(&self, node: NodeId, instance: InstanceKey, search: &mut Search) {
        let plan = self.plan.node(node);
        let Some(cell) = self.state.cell(instance, plan.slot) else { return };
        if !cell.relevant {
            self.search_relevance(node, instance, search);
            return;
        }
        match plan.kind {
            NodeKind::Asked(..) => {
                if matches!(cell.held, Held::Nothing) {
                    search.gaps.insert((node, instance));
                }
            }
            NodeKind::Calculated => {
                if let Some(code) = self.plan.calculation(node) {
                    self.search(code, &Frame::at(instance), search);
                }
            }
            NodeKind::Group
            | NodeKind::Repeat(_)
            | NodeKind::Note
            | NodeKind::Stored
            | NodeKind::Finished => {}
        }
    }

    /// What stands between a field and being asked; nothing where it is settled that it is not.
    fn search_relevance(&self, node: NodeId, instance: InstanceKey, search: &mut Search) {
        let mut open = BTreeSet::new();
        let mut around = Some(node);
        while let Some(node) = around {
            let plan = self.plan.node(node);
            around = plan.parent;
            let Some(code) = self.plan.relevance(node) else { continue };
            let Some(instance) = self.enclosing(instance, plan.scope) else { continue };
            let frame = Frame::at(instance);
            let found = search.apart(|search| self.search(code, &frame, search));
            if found.is_empty() && !self.eval(code, &frame).truth() {
                return;
            }
            open.extend(found);
        }
        search.gaps.extend(open);
    }

    fn search_set(&self, set: &'a Set, frame: &Frame<'_, 'a>, search: &mut Search) {
        let Some(base) = self.enclosing(frame.outwards(set.level).instance, set.base) else { return };
        self.search_step(set, 0, base, frame, search);
    }

    fn search_step(
        &self,
        set: &'a Set,
        depth: usize,
        parent: InstanceKey,
        frame: &Frame<'_, 'a>,
        search: &mut Search,
    ) {
        let Some(step) = set.steps.get(depth) else {
            if let Some(field) = set.field {
                self.search_field(field, parent, search);
            }
            return;
        };
        let repeat = self.plan.node(step.repeat);
        if !self.state.cell(parent, repeat.slot).is_some_and(|cell| cell.relevant) {
            self.search_relevance(step.repeat, parent, search);
            return;
        }
        if let Some(count) = self.plan.count(step.repeat) {
            self.search(count, &Frame::at(parent), search);
        }
        let siblings = self.state.children(parent, self.plan.scope(step.scope).child_index);
        for (index, &instance) in siblings.iter().enumerate() {
            if !self.may_look() {
                return;
            }
            let (place, last) = (index + 1, siblings.len());
            let mut passes = true;
            for filter in &step.filters {
                let inner = Frame { instance, row: None, place, last, outer: Some(frame) };
                let open = search.apart(|search| match filter {
                    Filter::Each(code) => self.search(code, &inner, search),
                    Filter::Place(code) => self.search(code, frame, search),
                });
                let decided_out = open.is_empty() && !self.passes(filter, instance, place, last, frame);
                if decided_out {
                    passes = false;
                    break;
                }
                search.gaps.extend(open);
            }
            if passes {
                self.search_step(set, depth + 1, instance, frame, search);
            }
        }
    }

    /// Which rows pass is settled when every answer that the filters read is there.
    fn search_rows(&self, rows: &'a Rows, frame: &Frame<'_, 'a>, search: &mut Search) {
        if let (true, Some((_, key))) = (rows.pulled, rows.key.as_ref()) {
            self.search(key, frame, search);
        }
        let inner = Frame { instance: frame.instance, row: None, place: 0, last: 0, outer: Some(frame) };
        for filter in &rows.filters {
            self.search_parts(filter, &inner, search);
        }
    }

    /// Without regard to what is decided already: without a row there is nothing to decide by.
    fn search_parts(&self, code: &'a Code, frame: &Frame<'_, 'a>, search: &mut Search) {
        match code {
            Code::Chain(first, rest) => {
                self.search_parts(first, frame, search);
                rest.iter().for_each(|(_, part)| self.search_parts(part, frame, search));
            }
            Code::Call(_, arguments) => {
                arguments.iter().for_each(|argument| self.search_parts(argument, frame, search));
            }
            Code::Negate(inner) | Code::Matches(inner, _) | Code::ChoiceName(inner, _) => {
                self.search_parts(inner, frame, search);
            }
            Code::Text(_)
            | Code::Number(_)
            | Code::Field { .. }
            | Code::Column { .. }
            | Code::Set(_)
            | Code::Exists(_)
            | Code::Rows(_)
            | Code::AnyRow(_)
            | Code::Position { .. }
            | Code::FilterPosition
            | Code::Random(_)
            | Code::Uuid(..) => self.search(code, frame, search),
        }
    }

    fn is_required(&self, (node, instance): &Gap) -> bool {
        self.state.cell(*instance, self.plan.node(*node).slot).is_some_and(|cell| cell.required)
    }
}
