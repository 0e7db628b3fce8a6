//! The tree of an expression, before anyone asked what its names mean.

use super::function::Function;
use super::lexer::Operator;

/// One part of an expression and the character it starts at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    pub(crate) at: usize,
    pub(crate) kind: TermKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TermKind {
    Text(String),
    Number(f64),
    /// Operators of one precedence, applied from left to right. Flat, so that a long sum is not a deep tree.
    Chain(Box<Term>, Vec<(Operator, Term)>),
    Negate(Box<Term>),
    Call(Function, Vec<Term>),
    Path(Start, Vec<(usize, Step)>),
}

/// Where a path begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Start {
    /// `${name}`.
    Named(String),
    /// `/data/…`: the first step is the form itself, whatever it is called.
    Absolute,
    /// `.` or, with steps, `..`.
    Here,
    /// `current()`.
    Current,
    /// A bare name: the first step is its child step.
    Inside,
    /// `instance('list')`.
    Instance(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// `..`
    Parent,
    /// `/name`
    Child(String),
    /// `[condition]`
    Filter(Box<Term>),
}
