//! An expression whose names are resolved: what the evaluator walks.

use regex_lite::Regex;

use crate::expression::{Function, Operator};

/// A node of the form, numbered in the order of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) u32);

/// A list of choices by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListId(pub(crate) u16);

/// Where answers live side by side: the form itself (0) or one instance of a repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ScopeId(pub(crate) u32);

/// The scope of everything outside repeats.
pub(crate) const ROOT: ScopeId = ScopeId(0);

#[derive(Debug, Clone)]
pub(crate) enum Code {
    Text(Box<str>),
    Number(f64),
    /// The one value that a field has, seen from the instance `level` contexts outwards (0 is the innermost filter).
    Field {
        node: NodeId,
        level: u8,
    },
    /// A column of the row that the filter `level` contexts outwards looks at (0 is the innermost).
    Column {
        column: u16,
        level: u8,
    },
    Set(Box<Set>),
    /// Whether a set has any member.
    Exists(Box<Set>),
    /// Rows of a list.
    Rows(Box<Rows>),
    /// Whether there is any such row.
    AnyRow(Box<Rows>),
    /// The place of the enclosing instance of this scope among its siblings.
    Position {
        scope: ScopeId,
        level: u8,
    },
    /// The place of the instance that a filter looks at.
    FilterPosition,
    Chain(Box<Code>, Box<[(Operator, Code)]>),
    Negate(Box<Code>),
    Call(Function, Box<[Code]>),
    /// `regex` with a pattern known at load.
    Matches(Box<Code>, Box<Regex>),
    /// `jr:choice-name` with the list.
    ChoiceName(Box<Code>, ListId),
    /// `random()` at this place in the form.
    Random(u64),
    /// `uuid()` or `uuid(length)` at this place in the form.
    Uuid(u64, Option<Box<Code>>),
}

impl Code {
    /// Whether this or any part of it that is seen from the same context answers `wanted`; what filters hold is seen from others.
    pub(super) fn any_part(&self, wanted: &dyn Fn(&Self) -> bool) -> bool {
        wanted(self)
            || match self {
                Self::Chain(first, rest) => {
                    first.any_part(wanted) || rest.iter().any(|(_, part)| part.any_part(wanted))
                }
                Self::Negate(inner) | Self::Matches(inner, _) | Self::ChoiceName(inner, _) => {
                    inner.any_part(wanted)
                }
                Self::Call(_, arguments) => arguments.iter().any(|argument| argument.any_part(wanted)),
                Self::Uuid(_, length) => length.as_ref().is_some_and(|length| length.any_part(wanted)),
                Self::Text(_)
                | Self::Number(_)
                | Self::Field { .. }
                | Self::Column { .. }
                | Self::Set(_)
                | Self::Exists(_)
                | Self::Rows(_)
                | Self::AnyRow(_)
                | Self::Position { .. }
                | Self::FilterPosition
                | Self::Random(_) => false,
            }
    }
}

/// Instances of a repeat, or one field in each of them.
#[derive(Debug, Clone)]
pub(crate) struct Set {
    /// Whose instance is the starting point.
    pub(crate) level: u8,
    /// The scope above the first step that is the same instance for the reader and for all that is read.
    pub(crate) base: ScopeId,
    /// From there down, repeat by repeat.
    pub(crate) steps: Vec<SetStep>,
    /// The field; none if the instances themselves are meant.
    pub(crate) field: Option<NodeId>,
}

#[derive(Debug, Clone)]
pub(crate) struct SetStep {
    pub(crate) scope: ScopeId,
    /// The repeat itself.
    pub(crate) repeat: NodeId,
    pub(crate) filters: Vec<Filter>,
}

#[derive(Debug, Clone)]
pub(crate) enum Filter {
    /// Looked at from each instance; a number means the place.
    Each(Code),
    /// A place, computed where the set is read.
    Place(Code),
}

/// Rows of a list, or one column in each of them.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    pub(crate) list: ListId,
    /// A cell that the first filter wants equal to something: only such rows need to be looked at.
    pub(crate) key: Option<(u16, Code)>,
    /// The key is all there is (`pulldata`): it is seen from where the rows are read and compared as a text.
    pub(crate) pulled: bool,
    /// Looked at for each row, in a context of their own; a number means the place.
    pub(crate) filters: Vec<Code>,
    /// Some filter asks how many rows there are (`last()`): each filter needs all that pass the one before it.
    pub(crate) counted: bool,
    /// The column; none if the rows themselves are meant.
    pub(crate) column: Option<u16>,
}

impl Set {
    pub(crate) fn is_filtered(&self) -> bool {
        self.steps.iter().any(|step| !step.filters.is_empty())
    }
}

/// A place that an expression reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    /// The field, or the repeat whose instances count.
    pub(crate) node: NodeId,
    /// Reader and read place share the instance of this scope; a change there reaches every reader below it.
    pub(crate) common: ScopeId,
    /// Where the expression names it.
    pub(crate) at: usize,
}

/// A resolved expression and all that it reads.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub(crate) code: Code,
    pub(crate) reads: Vec<Read>,
}
