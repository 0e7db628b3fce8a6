//! ODK XPath expressions: text to a typed tree, and its evaluation.

use serde::{Deserialize, Serialize};

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    source: String,
}

impl Expr {
    /// Parses one expression as written in a sheet.
    pub fn parse(source: &str) -> Result<Self, ExprError> {
        Ok(Self { source: source.to_owned() })
    }

    /// The text it was parsed from.
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A text; empty for no answer.
    Text(String),
    /// A number; NaN where ODK has NaN.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

/// Why an expression cannot be used, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{code} at character {at}")]
pub struct ExprError {
    /// Stable code: `unexpected_token`, `unknown_function`, `wrong_arity`, `unknown_name`, `cycle`, `too_deep`, …
    pub code: String,
    /// Character offset in the expression's text.
    pub at: usize,
    /// The word it is about.
    pub word: String,
}
