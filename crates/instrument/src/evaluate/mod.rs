//! The evaluator: a resolved expression, seen from one instance, to a value. Reads the session's state, changes nothing.

mod convert;
mod functions;
mod missing;
mod quick;
mod rows;

use jiff::civil::Date;

pub(crate) use convert::Val;
use convert::{EMPTY, equal};
pub(crate) use missing::LONGEST_CHAIN;
pub(crate) use quick::Quick;

use crate::expression::Operator;
use crate::list::ChoiceList;
use crate::lots;
use crate::plan::{Code, Filter, ListId, NodeId, Plan, ScopeId, Set, SetStep};
use crate::session::{Context, InstanceKey, State};

/// What an expression is computed against.
#[derive(Clone, Copy)]
pub(crate) struct Evaluator<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) state: &'a State,
    pub(crate) context: &'a Context,
}

/// Where an expression is seen from; filters stack one on another.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'f, 'a> {
    pub(crate) instance: InstanceKey,
    /// The row that a filter of rows looks at.
    row: Option<(&'a ChoiceList, u32)>,
    /// The place of the instance or row that a filter looks at, from 1.
    place: usize,
    outer: Option<&'f Frame<'f, 'a>>,
}

impl<'a> Frame<'_, 'a> {
    pub(crate) fn at(instance: InstanceKey) -> Self {
        Self { instance, row: None, place: 0, outer: None }
    }

    fn outwards(&self, level: u8) -> &Self {
        let mut frame = self;
        for _ in 0..level {
            match frame.outer {
                Some(outer) => frame = outer,
                None => break,
            }
        }
        frame
    }
}

impl<'a> Evaluator<'a> {
    pub(crate) fn eval(&self, code: &'a Code, frame: &Frame<'_, 'a>) -> Val<'a> {
        match code {
            Code::Text(text) => Val::Text(text.as_ref().into()),
            Code::Number(number) => Val::Number(*number),
            Code::Field { node, level } => self.field(*node, frame.outwards(*level).instance),
            Code::Column { column, level } => match frame.outwards(*level).row {
                Some((list, row)) => Val::Text(list.cell(row, *column).into()),
                None => EMPTY,
            },
            Code::Set(set) => {
                let mut first = None;
                self.each(set, frame, &mut |instance| {
                    if first.is_none() {
                        first = self.member(set, instance);
                    }
                });
                first.unwrap_or(EMPTY)
            }
            Code::Exists(set) => {
                let mut found = false;
                self.each(set, frame, &mut |_| found = true);
                Val::Boolean(found)
            }
            Code::Rows(rows) => {
                let mut first = None;
                self.each_row(rows, frame, &mut |row| {
                    first = Some(self.cell_of(rows, row));
                    false
                });
                first.unwrap_or(EMPTY)
            }
            Code::AnyRow(rows) => {
                let mut found = false;
                self.each_row(rows, frame, &mut |_| {
                    found = true;
                    false
                });
                Val::Boolean(found)
            }
            Code::Position { scope, level } => {
                let instance = self.enclosing(frame.outwards(*level).instance, *scope);
                Val::Number(instance.map_or(f64::NAN, |key| self.state.place(key) as f64))
            }
            Code::FilterPosition => Val::Number(frame.place as f64),
            Code::Chain(first, rest) => self.chain(first, rest, frame),
            Code::Negate(inner) => Val::Number(-self.eval(inner, frame).number()),
            Code::Call(function, arguments) => self.call(*function, arguments, frame),
            Code::Matches(text, pattern) => Val::Boolean(pattern.is_match(&self.eval(text, frame).text())),
            Code::ChoiceName(name, list) => self.choice_name(&self.eval(name, frame), *list),
        }
    }

    fn chain(&self, first: &'a Code, rest: &'a [(Operator, Code)], frame: &Frame<'_, 'a>) -> Val<'a> {
        let mut left = self.eval(first, frame);
        for (operator, code) in rest {
            left = match operator {
                // The chain is all of one kind: once decided, it stays.
                Operator::Or if left.truth() => return Val::Boolean(true),
                Operator::And if !left.truth() => return Val::Boolean(false),
                Operator::Or | Operator::And => Val::Boolean(self.eval(code, frame).truth()),
                Operator::Equal => Val::Boolean(equal(&left, &self.eval(code, frame))),
                Operator::Unequal => Val::Boolean(!equal(&left, &self.eval(code, frame))),
                Operator::Less => Val::Boolean(left.number() < self.eval(code, frame).number()),
                Operator::LessOrEqual => Val::Boolean(left.number() <= self.eval(code, frame).number()),
                Operator::Greater => Val::Boolean(left.number() > self.eval(code, frame).number()),
                Operator::GreaterOrEqual => Val::Boolean(left.number() >= self.eval(code, frame).number()),
                Operator::Add => Val::Number(left.number() + self.eval(code, frame).number()),
                Operator::Subtract => Val::Number(left.number() - self.eval(code, frame).number()),
                Operator::Multiply => Val::Number(left.number() * self.eval(code, frame).number()),
                Operator::Divide => Val::Number(left.number() / self.eval(code, frame).number()),
                Operator::Modulo => Val::Number(left.number() % self.eval(code, frame).number()),
            };
        }
        left
    }

    /// The value of a field as others see it: empty where it is not asked.
    fn field(&self, node: NodeId, instance: InstanceKey) -> Val<'a> {
        let plan = self.plan.node(node);
        match self.enclosing(instance, plan.scope).and_then(|key| self.state.cell(key, plan.slot)) {
            Some(cell) if cell.relevant => Val::of(&cell.held),
            _ => EMPTY,
        }
    }

    /// The instance of `scope` that `instance` is or lies in.
    pub(crate) fn enclosing(&self, instance: InstanceKey, scope: ScopeId) -> Option<InstanceKey> {
        self.state.enclosing(instance, scope)
    }

    /// A member's value; none where it is not asked.
    fn member(&self, set: &Set, instance: InstanceKey) -> Option<Val<'a>> {
        let Some(field) = set.field else { return Some(EMPTY) };
        let cell = self.state.cell(instance, self.plan.node(field).slot)?;
        cell.relevant.then(|| Val::of(&cell.held))
    }

    /// Calls `found` with each instance of a set.
    pub(crate) fn each(&self, set: &'a Set, frame: &Frame<'_, 'a>, found: &mut dyn FnMut(InstanceKey)) {
        if let Some(base) = self.enclosing(frame.outwards(set.level).instance, set.base) {
            self.descend(&set.steps, base, frame, found);
        }
    }

    fn descend(
        &self,
        steps: &'a [SetStep],
        parent: InstanceKey,
        frame: &Frame<'_, 'a>,
        found: &mut dyn FnMut(InstanceKey),
    ) {
        let Some((step, rest)) = steps.split_first() else { return found(parent) };
        let repeat = self.plan.node(step.repeat);
        if !self.state.cell(parent, repeat.slot).is_some_and(|cell| cell.relevant) {
            return;
        }
        let mut places = vec![0usize; step.filters.len()];
        for &instance in self.state.children(parent, self.plan.scope(step.scope).child_index) {
            let passes = step.filters.iter().zip(&mut places).all(|(filter, place)| {
                *place += 1;
                self.passes(filter, instance, *place, frame)
            });
            if passes {
                self.descend(rest, instance, frame, found);
            }
        }
    }

    fn passes(&self, filter: &'a Filter, instance: InstanceKey, place: usize, frame: &Frame<'_, 'a>) -> bool {
        match filter {
            Filter::Place(code) => self.eval(code, frame).number() == place as f64,
            Filter::Each(code) => {
                let inner = Frame { instance, row: None, place, outer: Some(frame) };
                let value = self.eval(code, &inner);
                if let Val::Number(wanted) = value { wanted == place as f64 } else { value.truth() }
            }
        }
    }

    /// Calls `found` with each value of an argument that may be a set.
    fn values(&self, code: &'a Code, frame: &Frame<'_, 'a>, found: &mut dyn FnMut(Val<'a>)) {
        match code {
            Code::Set(set) => self.each(set, frame, &mut |instance| {
                if let Some(value) = self.member(set, instance) {
                    found(value);
                }
            }),
            Code::Rows(rows) => self.each_row(rows, frame, &mut |row| {
                found(self.cell_of(rows, row));
                true
            }),
            code => found(self.eval(code, frame)),
        }
    }

    fn choice_name(&self, name: &Val<'a>, list: ListId) -> Val<'a> {
        let name = name.text();
        let list: &'a ChoiceList = self.plan.list(list);
        let label = |name: &str| list.find(name).map_or("", |choice| choice.label_in(self.language()));
        match name.contains(' ') {
            false => Val::Text(label(&name).into()),
            true => Val::Text(name.split(' ').map(label).collect::<Vec<_>>().join(", ").into()),
        }
    }

    fn language(&self) -> &'a str {
        &self.plan.definition().default_language
    }

    /// A lot of its own for each filled form, instance and place in the form.
    pub(crate) fn lot(&self, instance: InstanceKey, place: u64) -> u64 {
        let path = self.state.instance(instance).and_then(|instance| instance.path.as_ref());
        let mut state = self.context.seed ^ path.map_or(0, |path| lots::of_text(&path.to_string()));
        state = lots::next(&mut state) ^ place;
        lots::next(&mut state)
    }

    pub(crate) fn today(&self) -> Date {
        self.context.now.date()
    }
}
