//! Expressions resolved once and asked of many filled forms.
//!
//! Beside the resolved expression stand the questions whose answers it can depend on. Where none of them is empty nothing is
//! missing, and the search for what is missing, which costs far more than the value, is left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FORM, Held, InstanceKey, Session};
use crate::definition::Definition;
use crate::evaluate::{Frame, LONGEST_CHAIN, Quick};
use crate::expression::{Expr, ExprError, Outcome};
use crate::path::Path;
use crate::plan::{Code, Filter, NodeId, NodeKind, Plan, ROOT, ScopeId, Set};

/// An expression whose names are places of one form: made by [`Plan::prepare`], asked from a [`Standpoint`].
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Tells the form: plans of one definition number their places alike.
    definition: Arc<Definition>,
    scope: ScopeId,
    code: Code,
    /// The same as a condition.
    condition: Quick,
    /// The places that the expression itself reads.
    reads: Vec<NodeId>,
    questions: Questions,
}

/// The questions that any of several expressions can depend on: made by [`Wanted::of`], asked by [`Session::lacks_none`].
#[derive(Debug, Clone)]
pub struct Wanted {
    definition: Option<Arc<Definition>>,
    questions: Questions,
}

/// Where an expression is seen from: the form itself, or one instance of a repeat.
#[derive(Debug, Clone, Copy)]
pub struct Standpoint<'s> {
    session: &'s Session,
    instance: InstanceKey,
}

/// Questions by scope, each by its cell.
#[derive(Debug, Clone, Default)]
struct Questions {
    /// Read in the one instance that the reader is or lies in.
    around: Vec<(ScopeId, u32)>,
    /// Read in every instance of a scope.
    everywhere: Vec<(ScopeId, Vec<u32>)>,
    /// Chains of fields may be longer than a search for gaps follows: only that search can tell.
    unbounded: bool,
}

impl Plan {
    /// Resolves an expression to be seen from the instances of a repeat directly in the form, or from the form itself.
    ///
    /// # Errors
    /// What is wrong with the expression seen from there; `unknown_name` for a repeat that the form does not have.
    pub fn prepare(&self, expr: &Expr, repeat: Option<&str>) -> Result<Prepared, ExprError> {
        let scope = match repeat {
            None => ROOT,
            Some(name) => super::place::repeat_scope(self, name, ROOT)
                .ok_or_else(|| ExprError::new("unknown_name", 0, name))?,
        };
        let (code, reads) = self.resolve_with_reads(expr, scope)?;
        let questions = Reach::of(self, &code);
        let condition = Quick::of(&code, self, scope);
        Ok(Prepared { definition: Arc::clone(self.definition()), scope, code, condition, reads, questions })
    }
}

impl Prepared {
    pub(super) fn reads(&self) -> impl Iterator<Item = NodeId> {
        self.reads.iter().copied()
    }
}

impl Wanted {
    /// What these expressions depend on together. They must be of one form.
    pub fn of<'p>(prepared: impl IntoIterator<Item = &'p Prepared>) -> Self {
        let mut definition = None;
        let mut unbounded = false;
        let mut slots: BTreeMap<ScopeId, Vec<u32>> = BTreeMap::new();
        for expression in prepared {
            definition.get_or_insert_with(|| Arc::clone(&expression.definition));
            unbounded |= expression.questions.unbounded;
            for (scope, slot) in expression.questions.all() {
                let known = slots.entry(scope).or_default();
                if !known.contains(&slot) {
                    known.push(slot);
                }
            }
        }
        let everywhere = slots.into_iter().collect();
        Self { definition, questions: Questions { around: Vec::new(), everywhere, unbounded } }
    }
}

impl Questions {
    fn all(&self) -> impl Iterator<Item = (ScopeId, u32)> {
        let everywhere =
            self.everywhere.iter().flat_map(|(scope, slots)| slots.iter().map(|slot| (*scope, *slot)));
        self.around.iter().copied().chain(everywhere)
    }
}

impl Session {
    /// The form as a standpoint.
    pub fn outside(&self) -> Standpoint<'_> {
        Standpoint { session: self, instance: FORM }
    }

    /// The instances of a repeat directly in the form as standpoints, in order.
    pub fn inside(&self, repeat: &str) -> impl Iterator<Item = Standpoint<'_>> + Clone {
        let scope = super::place::repeat_scope(&self.plan, repeat, ROOT);
        let keys =
            scope.map_or(&[][..], |scope| self.state.children(FORM, self.plan.scope(scope).child_index));
        keys.iter().map(|instance| Standpoint { session: self, instance: *instance })
    }

    /// Whether every question that is asked, of those wanted, has an answer: then nothing is missing to any of the expressions.
    /// `false` says nothing.
    pub fn lacks_none(&self, wanted: &Wanted) -> bool {
        let same =
            wanted.definition.as_ref().is_none_or(|definition| Arc::ptr_eq(definition, self.definition()));
        same && !wanted.questions.unbounded && self.has_everywhere(&wanted.questions)
    }

    fn has_everywhere(&self, questions: &Questions) -> bool {
        questions.everywhere.iter().all(|(scope, slots)| {
            let has_all = |key: InstanceKey| slots.iter().all(|slot| !self.is_gap(key, *slot));
            let plan = self.plan.scope(*scope);
            match plan.depth {
                0 => has_all(FORM),
                1 => self.state.children(FORM, plan.child_index).iter().copied().all(has_all),
                _ => self.state.below(&self.plan, FORM, *scope).into_iter().all(has_all),
            }
        })
    }

    /// Whether a question is asked and has no answer.
    fn is_gap(&self, key: InstanceKey, slot: u32) -> bool {
        self.state.cell(key, slot).is_some_and(|cell| cell.relevant && matches!(cell.held, Held::Nothing))
    }
}

impl Standpoint<'_> {
    /// The instance's path; `None` for the form itself.
    pub fn path(&self) -> Option<Path> {
        self.session.state.instance(self.instance)?.path.clone()
    }

    /// As [`Session::evaluate`]. An expression of another form comes to an empty text.
    pub fn evaluate(&self, prepared: &Prepared) -> Outcome {
        if !self.fits(prepared) {
            return Outcome::Text(String::new());
        }
        self.session.evaluator().eval(&prepared.code, &Frame::at(self.instance)).outcome()
    }

    /// Whether an expression comes to something that counts as true: not zero, not NaN, not empty.
    pub fn holds(&self, prepared: &Prepared) -> bool {
        let state = &self.session.state;
        let scope = state.instance(self.instance).map(|instance| instance.scope);
        if !self.fits(prepared) {
            false
        } else if scope == Some(prepared.scope) {
            self.session.evaluator().holds(&prepared.condition, self.instance)
        } else {
            self.session.evaluator().eval(&prepared.code, &Frame::at(self.instance)).truth()
        }
    }

    /// Whether an expression counts as true, or `None` while an answer is missing that could change it.
    pub fn settled(&self, prepared: &Prepared) -> Option<bool> {
        self.is_settled(prepared).then(|| self.holds(prepared))
    }

    /// What an expression comes to, or `None` while an answer is missing that could change it: `Some` exactly where
    /// [`Session::missing`] finds nothing.
    pub fn settle(&self, prepared: &Prepared) -> Option<Outcome> {
        self.is_settled(prepared).then(|| self.evaluate(prepared))
    }

    /// As [`Session::missing`]. Nothing is missing to an expression of another form.
    pub fn missing(&self, prepared: &Prepared) -> Vec<Path> {
        if !self.fits(prepared) || self.has_all(&prepared.questions) {
            return Vec::new();
        }
        let session = self.session;
        let gaps = session.evaluator().gaps(&prepared.code, &Frame::at(self.instance));
        gaps.into_iter()
            .filter_map(|(node, instance)| session.state.path(&session.plan, instance, node))
            .collect()
    }

    fn is_settled(&self, prepared: &Prepared) -> bool {
        !self.fits(prepared)
            || self.has_all(&prepared.questions)
            || self.session.evaluator().gaps(&prepared.code, &Frame::at(self.instance)).is_empty()
    }

    fn fits(&self, prepared: &Prepared) -> bool {
        Arc::ptr_eq(&prepared.definition, self.session.definition())
    }

    fn has_all(&self, questions: &Questions) -> bool {
        let state = &self.session.state;
        let has = |(scope, slot): &(ScopeId, u32)| {
            state.enclosing(self.instance, *scope).is_none_or(|key| !self.session.is_gap(key, *slot))
        };
        !questions.unbounded && questions.around.iter().all(has) && self.session.has_everywhere(questions)
    }
}

/// The fields that an expression can read, computed ones followed down, with what decides whether each is asked.
struct Reach<'p> {
    plan: &'p Plan,
    /// By field: whether it is read in every instance.
    seen: BTreeMap<NodeId, bool>,
}

impl<'p> Reach<'p> {
    fn of(plan: &'p Plan, code: &'p Code) -> Questions {
        let mut reach = Self { plan, seen: BTreeMap::new() };
        reach.code(code, false);
        let mut questions =
            Questions { unbounded: reach.seen.len() >= LONGEST_CHAIN, ..Questions::default() };
        let mut everywhere: BTreeMap<ScopeId, Vec<u32>> = BTreeMap::new();
        for (node, wide) in reach.seen {
            let node = plan.node(node);
            match node.kind {
                NodeKind::Asked(..) if wide => everywhere.entry(node.scope).or_default().push(node.slot),
                NodeKind::Asked(..) => questions.around.push((node.scope, node.slot)),
                NodeKind::Group
                | NodeKind::Repeat(_)
                | NodeKind::Calculated
                | NodeKind::Stored
                | NodeKind::Finished
                | NodeKind::Note => {}
            }
        }
        questions.everywhere = everywhere.into_iter().collect();
        questions
    }

    fn code(&mut self, code: &'p Code, wide: bool) {
        match code {
            Code::Text(_)
            | Code::Number(_)
            | Code::Column { .. }
            | Code::Position { .. }
            | Code::FilterPosition
            | Code::Random(_) => {}
            Code::Uuid(_, length) => length.iter().for_each(|length| self.code(length, wide)),
            Code::Field { node, .. } => self.field(*node, wide),
            Code::Set(set) | Code::Exists(set) => self.set(set),
            Code::Rows(rows) | Code::AnyRow(rows) => {
                // The key of `pulldata` stands in no filter.
                rows.key.iter().for_each(|(_, key)| self.code(key, wide));
                rows.filters.iter().for_each(|filter| self.code(filter, wide));
            }
            Code::Chain(first, rest) => {
                self.code(first, wide);
                rest.iter().for_each(|(_, code)| self.code(code, wide));
            }
            Code::Negate(inner) | Code::Matches(inner, _) | Code::ChoiceName(inner, _) => {
                self.code(inner, wide);
            }
            Code::Call(_, arguments) => arguments.iter().for_each(|code| self.code(code, wide)),
        }
    }

    fn set(&mut self, set: &'p Set) {
        for step in &set.steps {
            // Whether the repeat is asked and how many instances it has.
            self.asked(step.repeat, true);
            if let Some(count) = self.plan.count(step.repeat) {
                self.code(count, true);
            }
            for filter in &step.filters {
                let (Filter::Each(code) | Filter::Place(code)) = filter;
                self.code(code, true);
            }
        }
        if let Some(field) = set.field {
            self.field(field, true);
        }
    }

    fn field(&mut self, node: NodeId, wide: bool) {
        // What was read in every instance was also read in the reader's own. Beyond the limit nothing more needs to be known.
        let known = self.seen.get(&node).is_some_and(|known| *known || !wide);
        if known || self.seen.len() >= LONGEST_CHAIN {
            return;
        }
        self.seen.insert(node, wide);
        if let (NodeKind::Calculated, Some(code)) = (&self.plan.node(node).kind, self.plan.calculation(node))
        {
            self.code(code, wide);
        }
        self.asked(node, wide);
    }

    /// What decides whether a node is asked.
    fn asked(&mut self, node: NodeId, wide: bool) {
        let mut around = Some(node);
        while let Some(node) = around {
            if let Some(code) = self.plan.relevance(node) {
                self.code(code, wide);
            }
            around = self.plan.node(node).parent;
        }
    }
}
