//! Conditions in the shapes that standards are made of, asked straight of the cells.
//!
//! The same truth as the evaluator's, which is asked for everything else.

use super::compare::equal;
use super::convert::{EMPTY, Val};
use super::{Evaluator, Frame};
use crate::expression::{Function, Operator};
use crate::plan::{Code, Plan, ROOT, ScopeId};
use crate::session::{FORM, Held, InstanceKey};
use crate::value::Value;

/// A condition seen from an instance of one scope.
#[derive(Debug, Clone)]
pub(crate) enum Quick {
    /// `${field} = 'text'`, or `!=` where it is not wanted.
    Equal(Spot, Box<str>, bool),
    /// `${field} < 8`.
    Compare(Spot, Operator, f64),
    /// `selected('one other', ${field})`.
    Listed(Box<[Box<str>]>, Spot),
    /// `selected(${field}, 'one')`.
    Chosen(Spot, Box<str>),
    All(Box<[Quick]>),
    Any(Box<[Quick]>),
    Not(Box<Quick>),
    /// Any other.
    Other(Box<Code>),
}

/// A cell of the form, or of the instance that the condition is seen from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    outside: bool,
    slot: u32,
}

impl Quick {
    /// A resolved condition seen from an instance of `scope`, which is the form's or one directly in it.
    pub(crate) fn of(code: &Code, plan: &Plan, scope: ScopeId) -> Self {
        let spot = |code: &Code| {
            let Code::Field { node, level: 0 } = code else { return None };
            let node = plan.node(*node);
            let found = Spot { outside: node.scope == ROOT, slot: node.slot };
            (found.outside || node.scope == scope).then_some(found)
        };
        let other = || Self::Other(Box::new(code.clone()));
        match code {
            Code::Chain(first, rest) => match rest.as_ref() {
                [(Operator::And | Operator::Or, _), ..] => {
                    let parts = std::iter::once(first.as_ref()).chain(rest.iter().map(|(_, code)| code));
                    let parts = parts.map(|code| Self::of(code, plan, scope)).collect();
                    if matches!(rest.first(), Some((Operator::And, _))) {
                        Self::All(parts)
                    } else {
                        Self::Any(parts)
                    }
                }
                [(operator @ (Operator::Equal | Operator::Unequal), Code::Text(text))] => spot(first)
                    .map_or_else(other, |spot| Self::Equal(spot, text.clone(), *operator == Operator::Equal)),
                [
                    (
                        operator @ (Operator::Less
                        | Operator::LessOrEqual
                        | Operator::Greater
                        | Operator::GreaterOrEqual),
                        Code::Number(number),
                    ),
                ] => spot(first).map_or_else(other, |spot| Self::Compare(spot, *operator, *number)),
                _ => other(),
            },
            Code::Call(Function::Not, arguments) => match arguments.as_ref() {
                [inner] => Self::Not(Box::new(Self::of(inner, plan, scope))),
                _ => other(),
            },
            Code::Call(Function::Selected, arguments) => match arguments.as_ref() {
                [Code::Text(names), field] => spot(field).map_or_else(other, |spot| {
                    Self::Listed(names.split_whitespace().map(Box::from).collect(), spot)
                }),
                [field, Code::Text(name)] => {
                    spot(field).map_or_else(other, |spot| Self::Chosen(spot, name.trim().into()))
                }
                _ => other(),
            },
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
            | Code::Negate(_)
            | Code::Call(..)
            | Code::Random(_)
            | Code::Uuid(..)
            | Code::Matches(..)
            | Code::ChoiceName(..) => other(),
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Whether a condition holds, seen from an instance of the scope that it was made for.
    pub(crate) fn holds(&self, condition: &'a Quick, at: InstanceKey) -> bool {
        match condition {
            Quick::Equal(spot, text, wanted) => {
                let found = match self.held(*spot, at) {
                    Some(Held::Value(Value::Choice(name) | Value::Text(name))) => **name == **text,
                    Some(held) => equal(&Val::of(held), &Val::Text(text.as_ref().into())),
                    None => text.is_empty(),
                };
                found == *wanted
            }
            Quick::Compare(spot, operator, number) => {
                let found = self.held(*spot, at).map_or(EMPTY, Val::of).number();
                match operator {
                    Operator::Less => found < *number,
                    Operator::LessOrEqual => found <= *number,
                    Operator::Greater => found > *number,
                    Operator::GreaterOrEqual => found >= *number,
                    Operator::Or
                    | Operator::And
                    | Operator::Equal
                    | Operator::Unequal
                    | Operator::Add
                    | Operator::Subtract
                    | Operator::Multiply
                    | Operator::Divide
                    | Operator::Modulo => false,
                }
            }
            Quick::Listed(names, spot) => {
                let listed = |wanted: &str| names.iter().any(|name| **name == *wanted.trim());
                match self.held(*spot, at) {
                    Some(Held::Value(Value::Choice(name))) => listed(name),
                    Some(held) => listed(&Val::of(held).text()),
                    None => false,
                }
            }
            Quick::Chosen(spot, wanted) => {
                let mut found = false;
                if let Some(held) = self.held(*spot, at) {
                    Val::of(held).each_name(&mut |name| {
                        found = *name == **wanted;
                        !found
                    });
                }
                found
            }
            Quick::All(parts) => parts.iter().all(|part| self.holds(part, at)),
            Quick::Any(parts) => parts.iter().any(|part| self.holds(part, at)),
            Quick::Not(part) => !self.holds(part, at),
            Quick::Other(code) => self.eval(code, &Frame::at(at)).truth(),
        }
    }

    /// What a spot holds as others see it: nothing where it is not asked.
    fn held(&self, spot: Spot, at: InstanceKey) -> Option<&'a Held> {
        let cell = self.state.cell(if spot.outside { FORM } else { at }, spot.slot)?;
        cell.relevant.then_some(&cell.held)
    }
}
