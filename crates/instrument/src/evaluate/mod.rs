//! The evaluator: a resolved expression, seen from one instance, to a value. Reads the session's state, changes nothing.

mod compare;
mod convert;
mod dates;
mod draws;
mod functions;
mod missing;
mod numbers;
mod quick;
mod rows;
mod sets;
mod text;

use std::cell::Cell;

use jiff::civil::Date;

use convert::EMPTY;
pub(crate) use convert::Val;
pub(crate) use missing::LONGEST_CHAIN;
pub(crate) use quick::Quick;

use crate::expression::Operator;
use crate::list::ChoiceList;
use crate::lots;
use crate::plan::{Code, ListId, NodeId, Plan, ScopeId};
use crate::session::{Context, InstanceKey, State};

/// How many steps one evaluation may take before sets have no further members: filters within filters multiply, and a form must
/// answer in any case. A thousand instances that each look at a thousand others are well below.
const MOST_STEPS: u32 = 10_000_000;

/// What an expression is computed against.
pub(crate) struct Evaluator<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) state: &'a State,
    pub(crate) context: &'a Context,
    /// Steps taken so far.
    steps: Cell<u32>,
}

/// Where an expression is seen from; filters stack one on another.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'f, 'a> {
    pub(crate) instance: InstanceKey,
    /// The row that a filter of rows looks at.
    row: Option<(&'a ChoiceList, u32)>,
    /// The place of the instance or row that a filter looks at, from 1.
    place: usize,
    /// How many the filter looks at.
    last: usize,
    outer: Option<&'f Frame<'f, 'a>>,
}

impl<'a> Frame<'_, 'a> {
    pub(crate) fn at(instance: InstanceKey) -> Self {
        Self { instance, row: None, place: 0, last: 0, outer: None }
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
    pub(crate) fn new(plan: &'a Plan, state: &'a State, context: &'a Context) -> Self {
        Self { plan, state, context, steps: Cell::new(0) }
    }

    pub(crate) fn eval(&self, code: &'a Code, frame: &Frame<'_, 'a>) -> Val<'a> {
        self.step();
        match code {
            Code::Text(text) => Val::Text(text.as_ref().into()),
            Code::Number(number) => Val::Number(*number),
            Code::Field { node, level } => self.field(*node, frame.outwards(*level).instance),
            Code::Column { column, level } => match frame.outwards(*level).row {
                Some((list, row)) => Val::Text(list.cell(row, *column).into()),
                None => EMPTY,
            },
            Code::Set(set) => self.first_of(set, frame),
            Code::Exists(set) => Val::Boolean(self.first_instance(set, frame).is_some()),
            Code::Rows(rows) => self.first_row(rows, frame).map_or(EMPTY, |row| self.cell_of(rows, row)),
            Code::AnyRow(rows) => Val::Boolean(self.first_row(rows, frame).is_some()),
            Code::Position { scope, level } => {
                let instance = self.enclosing(frame.outwards(*level).instance, *scope);
                Val::Number(instance.map_or(f64::NAN, |key| self.state.place(key) as f64))
            }
            Code::FilterPosition => Val::Number(frame.place as f64),
            Code::Chain(first, rest) => self.chain(first, rest, frame),
            Code::Negate(inner) => Val::Number(-self.eval(inner, frame).number()),
            Code::Call(function, arguments) => self.call(*function, arguments, frame),
            Code::Matches(text, pattern) => {
                Val::Boolean(text::matches(&self.eval(text, frame).text(), pattern))
            }
            Code::ChoiceName(name, list) => self.choice_name(&self.eval(name, frame), *list),
            Code::Random(place) => self.random(*place, frame),
            Code::Uuid(place, length) => self.uuid(*place, length.as_deref(), frame),
        }
    }

    fn chain(&self, first: &'a Code, rest: &'a [(Operator, Code)], frame: &Frame<'_, 'a>) -> Val<'a> {
        let mut left = self.eval(first, frame);
        for (operator, code) in rest {
            // The chain is all of one kind: once decided, it stays.
            if *operator == Operator::Or && left.truth() {
                return Val::Boolean(true);
            }
            if *operator == Operator::And && !left.truth() {
                return Val::Boolean(false);
            }
            left = joined(&left, *operator, &self.eval(code, frame));
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

    fn choice_name(&self, name: &Val<'a>, list: ListId) -> Val<'a> {
        let name = name.text();
        let list: &'a ChoiceList = self.plan.list(list);
        let label = |name: &str| list.find(name).map_or("", |choice| choice.label_in(self.language()));
        match name.contains(' ') {
            false => Val::Text(label(&name).into()),
            true => Val::Text(name.split(' ').map(label).collect::<Vec<_>>().join(", ").into()),
        }
    }

    /// Whether one more instance or row may be looked at.
    fn may_look(&self) -> bool {
        self.step();
        self.steps.get() <= MOST_STEPS
    }

    fn step(&self) {
        self.steps.set(self.steps.get().saturating_add(1));
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

fn joined<'a>(left: &Val<'a>, operator: Operator, right: &Val<'a>) -> Val<'a> {
    let compared = |holds: fn(f64, f64) -> bool| {
        let (one, other) = compare::numbers(left, right);
        Val::Boolean(holds(one, other))
    };
    match operator {
        Operator::Or | Operator::And => Val::Boolean(right.truth()),
        Operator::Equal => Val::Boolean(compare::equal(left, right)),
        Operator::Unequal => Val::Boolean(!compare::equal(left, right)),
        Operator::Less => compared(|one, other| one < other),
        Operator::LessOrEqual => compared(|one, other| one <= other),
        Operator::Greater => compared(|one, other| one > other),
        Operator::GreaterOrEqual => compared(|one, other| one >= other),
        Operator::Add => Val::Number(left.number() + right.number()),
        Operator::Subtract => {
            let (one, other) = compare::numbers(left, right);
            Val::Number(one - other)
        }
        Operator::Multiply => Val::Number(left.number() * right.number()),
        Operator::Divide => Val::Number(left.number() / right.number()),
        Operator::Modulo => Val::Number(left.number() % right.number()),
    }
}
