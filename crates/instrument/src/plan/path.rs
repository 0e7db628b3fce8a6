//! Paths within an expression: `${name}`, `.`, `..`, names inside filters, and what they lead to.

use super::code::{Code, Filter, NodeId, Read, ScopeId, Set, SetStep};
use super::layout::NodeKind;
use super::resolve::{Frame, Resolver};
use crate::expression::{ExprError, Start, Step, Term, TermKind};

/// Where a path has come to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Form,
    Node(NodeId),
}

pub(super) struct Cursor {
    /// Index into the frames.
    pub(super) frame: usize,
    /// The scope of the instance that the path is still the same as its reader in.
    pub(super) base: ScopeId,
    pub(super) steps: Vec<SetStep>,
    pub(super) place: Place,
}

/// A step and where it is written.
type Placed = (usize, Step);

impl Resolver<'_> {
    pub(super) fn cursor(
        &mut self,
        start: &Start,
        steps: &[(usize, Step)],
        at: usize,
    ) -> Result<Cursor, ExprError> {
        let last = self.frames.len() - 1;
        let mut steps = steps;
        let mut cursor = match start {
            Start::Named(name) => {
                let node = self.layout.named(name);
                self.nearest(node.ok_or_else(|| ExprError::new("unknown_name", at, name))?)
            }
            Start::Absolute => {
                let (cursor, rest) = self.absolute(steps)?;
                steps = rest;
                cursor
            }
            Start::Instance(name) => return Err(ExprError::new("unsupported_path", at, name.as_str())),
            Start::Here | Start::Current if *start == Start::Current || last == 0 => {
                let node = self.node.ok_or_else(|| ExprError::new("no_context", at, "."))?;
                self.own(node)
            }
            Start::Here | Start::Inside | Start::Current => {
                // Only an instance that a filter looks at has names inside.
                let frame = &self.frames[last];
                let word = match steps.first() {
                    Some((_, Step::Child(name))) => name.as_str(),
                    _ => ".",
                };
                if frame.list.is_some() && word != "." {
                    return Err(ExprError::new("unknown_column", at, word));
                }
                let filtered = last > 0 && frame.list.is_none();
                let repeat = self.layout.scope(frame.scope).repeat.filter(|_| filtered);
                let repeat = repeat.ok_or_else(|| ExprError::new("no_context", at, word))?;
                self.start_at(last, Place::Node(repeat))
            }
        };
        for (at, step) in steps {
            match step {
                Step::Parent => self.climb(&mut cursor, *at)?,
                Step::Child(name) => self.descend(&mut cursor, name, *at)?,
                Step::Filter(condition) => self.filter(&mut cursor, condition, *at)?,
            }
        }
        Ok(cursor)
    }

    fn start_at(&self, frame: usize, place: Place) -> Cursor {
        Cursor { frame, base: self.frames[frame].scope, steps: Vec::new(), place }
    }

    /// The node that the expression belongs to; of a repeat's own expression, which is seen from around it, all its instances.
    fn own(&self, node: NodeId) -> Cursor {
        let mut cursor = self.start_at(0, Place::Node(node));
        if let NodeKind::Repeat(inner) = self.layout.node(node).kind
            && inner != cursor.base
        {
            cursor.steps.extend(self.step(inner));
        }
        cursor
    }

    /// `/data/group/name`: as far as no filter intervenes it means what `${name}` means. Answers also with the steps that are left.
    fn absolute<'s>(&self, steps: &'s [Placed]) -> Result<(Cursor, &'s [Placed]), ExprError> {
        // The first step is the form itself.
        let mut rest = steps.get(1..).unwrap_or_default();
        let mut found = None;
        while let Some(((at, Step::Child(name)), behind)) = rest.split_first() {
            found = Some(self.child_of(found, name, *at)?);
            rest = behind;
        }
        let form = || self.start_at(self.frames.len() - 1, Place::Form);
        Ok((found.map_or_else(form, |node| self.nearest(node)), rest))
    }

    fn child_of(&self, parent: Option<NodeId>, name: &str, at: usize) -> Result<NodeId, ExprError> {
        let node = self.layout.named(name).filter(|node| self.layout.node(*node).parent == parent);
        node.ok_or_else(|| ExprError::new("unknown_name", at, name))
    }

    /// The one value of the nearest context that has one, else all there are.
    fn nearest(&self, node: NodeId) -> Cursor {
        let plan = self.layout.node(node);
        let inner = match plan.kind {
            NodeKind::Repeat(scope) => Some(scope),
            NodeKind::Group
            | NodeKind::Asked(..)
            | NodeKind::Calculated
            | NodeKind::Stored
            | NodeKind::Finished
            | NodeKind::Note => None,
        };
        let place = Place::Node(node);
        let nearest = self.frames.iter().rposition(|frame| self.layout.encloses(plan.scope, frame.scope));
        if let (Some(frame), None) = (nearest, inner) {
            return Cursor { frame, base: plan.scope, steps: Vec::new(), place };
        }
        let (frame, base) = self.sharing(plan.scope);
        let steps = self.layout.chain(base, inner.unwrap_or(plan.scope));
        let steps = steps.into_iter().filter_map(|scope| self.step(scope)).collect();
        Cursor { frame, base, steps, place }
    }

    /// The context that shares most with a scope, the innermost of equals, and the scope that both lie in.
    pub(super) fn sharing(&self, scope: ScopeId) -> (usize, ScopeId) {
        let shared = |index: usize| self.layout.common(self.frames[index].scope, scope);
        let depth = |index: usize| self.layout.scope(shared(index)).depth;
        let mut frame = self.frames.len() - 1;
        for index in (0..frame).rev() {
            if depth(index) > depth(frame) {
                frame = index;
            }
        }
        (frame, shared(frame))
    }

    pub(super) fn step(&self, scope: ScopeId) -> Option<SetStep> {
        let repeat = self.layout.scope(scope).repeat?;
        Some(SetStep { scope, repeat, filters: Vec::new() })
    }

    fn climb(&mut self, cursor: &mut Cursor, at: usize) -> Result<(), ExprError> {
        let Place::Node(node) = cursor.place else {
            return Err(ExprError::new("unsupported_path", at, ".."));
        };
        let plan = self.layout.node(node);
        if matches!(plan.kind, NodeKind::Repeat(_)) {
            match cursor.steps.pop() {
                None => cursor.base = plan.scope,
                // What the filter left out would be there again.
                Some(step) if !step.filters.is_empty() => {
                    return Err(ExprError::new("unsupported_path", at, ".."));
                }
                Some(_) => {}
            }
        }
        cursor.place = plan.parent.map_or(Place::Form, Place::Node);
        Ok(())
    }

    fn descend(&mut self, cursor: &mut Cursor, name: &str, at: usize) -> Result<(), ExprError> {
        let parent = match cursor.place {
            Place::Form => None,
            Place::Node(node) => Some(node),
        };
        let node = self.child_of(parent, name, at)?;
        if let NodeKind::Repeat(scope) = self.layout.node(node).kind {
            cursor.steps.extend(self.step(scope));
        }
        cursor.place = Place::Node(node);
        Ok(())
    }

    fn filter(&mut self, cursor: &mut Cursor, condition: &Term, at: usize) -> Result<(), ExprError> {
        let Some(scope) = cursor.steps.last().map(|step| step.scope) else {
            return Err(ExprError::new("unexpected_filter", at, "["));
        };
        let common = self.frames[cursor.frame].common;
        let common = common.map_or(cursor.base, |outer| self.layout.common(outer, cursor.base));
        self.frames.push(Frame { scope, common: Some(common), list: None });
        // `.` in the filter of a field is that field.
        let own = match (cursor.place, &condition.kind) {
            (Place::Node(node), _) if !matches!(self.layout.node(node).kind, NodeKind::Repeat(_)) => {
                Some(node)
            }
            _ => None,
        };
        let code = self.filter_code(condition, own);
        self.frames.pop();
        let code = code?;
        if let Some(step) = cursor.steps.last_mut() {
            step.filters.push(Filter::Each(code));
        }
        Ok(())
    }

    fn filter_code(&mut self, condition: &Term, own: Option<NodeId>) -> Result<Code, ExprError> {
        match own {
            None => self.filter_condition(condition),
            Some(node) => {
                let name = self.layout.node(node).name.clone();
                self.filter_condition(&with_own(condition, &name))
            }
        }
    }

    /// What a path reads at its end.
    pub(super) fn read(&mut self, cursor: Cursor, at: usize) -> Result<Code, ExprError> {
        let Place::Node(node) = cursor.place else { return Err(ExprError::new("not_a_value", at, "..")) };
        let plan = self.layout.node(node);
        let is_repeat = matches!(plan.kind, NodeKind::Repeat(_));
        let has_value = matches!(
            plan.kind,
            NodeKind::Asked(..) | NodeKind::Calculated | NodeKind::Stored | NodeKind::Finished
        );
        if !(has_value || is_repeat && !cursor.steps.is_empty()) {
            return Err(ExprError::new("not_a_value", at, plan.name.as_str()));
        }
        let outer = self.frames[cursor.frame].common;
        let common = outer.map_or(cursor.base, |outer| self.layout.common(outer, cursor.base));
        let level = self.level(cursor.frame);
        for step in &cursor.steps {
            self.reads.push(Read { node: step.repeat, common, at });
        }
        if has_value {
            self.reads.push(Read { node, common, at });
        }
        if cursor.steps.is_empty() {
            return Ok(Code::Field { node, level });
        }
        let field = (!is_repeat).then_some(node);
        Ok(Code::Set(Box::new(Set { level, base: cursor.base, steps: cursor.steps, field })))
    }

    pub(super) fn level(&self, frame: usize) -> u8 {
        // Filters nest no deeper than the parser allows.
        u8::try_from(self.frames.len() - 1 - frame).unwrap_or(u8::MAX)
    }
}

/// The condition with `.` replaced by the field it filters.
fn with_own(condition: &Term, name: &str) -> Term {
    let kind = match &condition.kind {
        TermKind::Path(Start::Here, steps) if steps.is_empty() => {
            TermKind::Path(Start::Named(name.to_owned()), Vec::new())
        }
        TermKind::Chain(first, rest) => TermKind::Chain(
            Box::new(with_own(first, name)),
            rest.iter().map(|(operator, term)| (*operator, with_own(term, name))).collect(),
        ),
        TermKind::Negate(inner) => TermKind::Negate(Box::new(with_own(inner, name))),
        TermKind::Call(function, arguments) => {
            TermKind::Call(*function, arguments.iter().map(|term| with_own(term, name)).collect())
        }
        kind @ (TermKind::Text(_) | TermKind::Number(_) | TermKind::Path(..)) => kind.clone(),
    };
    Term { at: condition.at, kind }
}
