//! ODK XPath expressions: text to a typed tree. What the names in it mean is settled by [`crate::Plan`].

mod function;
mod lexer;
mod parser;
mod tree;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use function::Function;
pub(crate) use lexer::Operator;
pub(crate) use tree::{Start, Step, Term, TermKind};

/// A parsed expression.
#[derive(Debug, Clone)]
pub struct Expr {
    source: Arc<str>,
    term: Arc<Term>,
}

impl Expr {
    /// Parses one expression as written in a sheet.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place. Texts over 32 KiB and nesting over 64 levels are refused.
    pub fn parse(source: &str) -> Result<Self, ExprError> {
        let term = parser::parse(source)?;
        Ok(Self { source: source.into(), term: Arc::new(term) })
    }

    /// An expression that is just this text, whatever quotes it holds: a fixed default.
    pub fn literal(text: &str) -> Self {
        Self { source: text.into(), term: Arc::new(Term { at: 0, kind: TermKind::Text(text.to_owned()) }) }
    }

    /// The text it was parsed from.
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn term(&self) -> &Term {
        &self.term
    }

    /// A part of this expression by itself; places in errors stay those of the whole.
    pub(crate) fn part(&self, term: &Term) -> Self {
        Self { source: Arc::clone(&self.source), term: Arc::new(term.clone()) }
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source && self.term == other.term
    }
}

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A text; empty for no answer. Days, times and moments are texts: `2026-11-25`, `14:30:00.000`,
    /// `2026-11-25T14:30:00.000+07:00`.
    Text(String),
    /// A number; NaN where ODK has NaN.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

/// Why an expression cannot be used, and where in its text.
///
/// Codes of the text: `unexpected_character`, `unexpected_token`, `unexpected_end`, `unclosed_text`, `too_long`, `too_deep`.
///
/// Codes of calls: `unknown_function`; `unsupported_function` (ODK has it, this engine does not); `wrong_arity`;
/// `needs_literal` (a name that must be written out as a text); `once_inside` (`once` not outermost); `bad_pattern` (a regular
/// expression that is wrong or too large); `bad_format` (a date format with a code that there is not).
///
/// Codes of names: `unknown_name`; `unknown_list` and `unknown_column` (of `instance` and `pulldata`); `not_a_value` (a group or
/// note where a value is wanted); `not_a_set` (`|` between what are no places of the form); `needs_aggregate` (several values,
/// as of a repeat's field read from outside, where one is wanted); `no_context` (`.`, `position()`, `last()` or a bare name where
/// there is nothing it could mean); `unsupported_path`; `unexpected_filter`; `cycle`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{code} at character {at}")]
pub struct ExprError {
    /// Stable code.
    pub code: String,
    /// Character offset in the expression's text.
    pub at: usize,
    /// The word it is about.
    pub word: String,
}

impl ExprError {
    pub(crate) fn new(code: &str, at: usize, word: impl Into<String>) -> Self {
        Self { code: code.to_owned(), at, word: word.into() }
    }
}
