//! Tokens to a tree, by precedence climbing. Nesting is bounded, so neither parsing nor anything that walks the tree can
//! run out of stack.

use super::ExprError;
use super::function::Function;
use super::lexer::{Operator, Placed, Token, tokens};
use super::tree::{Start, Step, Term, TermKind};

/// How deep parentheses, calls and filters may nest.
const DEEPEST: usize = 64;

pub(super) fn parse(source: &str) -> Result<Term, ExprError> {
    let mut parser = Parser { tokens: tokens(source)?, next: 0, depth: 0, end: source.chars().count() };
    let term = parser.expression(1)?;
    match parser.tokens.get(parser.next) {
        None => Ok(term),
        Some(left) => Err(ExprError::new("unexpected_token", left.at, left.word.as_str())),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
    end: usize,
}

impl Parser {
    /// Operands joined by operators of at least `level`.
    fn expression(&mut self, level: u8) -> Result<Term, ExprError> {
        let mut left = self.operand()?;
        while let Some(operator) = self.operator().filter(|operator| operator.level() >= level) {
            self.next += 1;
            let right = self.expression(operator.level() + 1)?;
            left = chain(left, operator, right);
        }
        Ok(left)
    }

    fn operator(&self) -> Option<Operator> {
        match &self.tokens.get(self.next)?.token {
            Token::Operator(operator) => Some(*operator),
            Token::Name(name) => Operator::word(name),
            Token::Text(_)
            | Token::Number(_)
            | Token::Reference(_)
            | Token::Open
            | Token::Close
            | Token::OpenFilter
            | Token::CloseFilter
            | Token::Comma
            | Token::Slash
            | Token::Union
            | Token::Dot
            | Token::DotDot => None,
        }
    }

    fn operand(&mut self) -> Result<Term, ExprError> {
        let at = self.here();
        let mut signs = 0usize;
        while self.take(&Token::Operator(Operator::Subtract)) {
            signs += 1;
        }
        let operand = self.union()?;
        // Two signs still make a number of a text.
        Ok(match signs {
            0 => operand,
            _ => {
                let once = Term { at, kind: TermKind::Negate(Box::new(operand)) };
                if signs % 2 == 1 { once } else { Term { at, kind: TermKind::Negate(Box::new(once)) } }
            }
        })
    }

    /// Sets that are taken together; binds closer than any sign.
    fn union(&mut self) -> Result<Term, ExprError> {
        let first = self.unsigned()?;
        if !self.take(&Token::Union) {
            return Ok(first);
        }
        let at = first.at;
        let mut sets = vec![first, self.unsigned()?];
        while self.take(&Token::Union) {
            sets.push(self.unsigned()?);
        }
        Ok(Term { at, kind: TermKind::Call(Function::Union, sets) })
    }

    fn unsigned(&mut self) -> Result<Term, ExprError> {
        let Some(placed) = self.tokens.get(self.next).cloned() else {
            return Err(ExprError::new("unexpected_end", self.end, ""));
        };
        self.next += 1;
        let at = placed.at;
        let kind = match placed.token {
            Token::Text(text) => TermKind::Text(text),
            Token::Number(number) => TermKind::Number(number),
            Token::Open => {
                let inner = self.nested(at)?;
                self.expect(&Token::Close)?;
                inner.kind
            }
            Token::Reference(name) => self.steps(Start::Named(name), Vec::new())?,
            Token::Dot => self.steps(Start::Here, Vec::new())?,
            Token::DotDot => self.steps(Start::Here, vec![(at, Step::Parent)])?,
            Token::Name(name) if self.take(&Token::Open) => {
                let arguments = self.arguments(at)?;
                match (name.as_str(), arguments.as_slice()) {
                    ("current", []) => self.steps(Start::Current, Vec::new())?,
                    ("instance", [Term { kind: TermKind::Text(list), .. }]) => {
                        self.steps(Start::Instance(list.clone()), Vec::new())?
                    }
                    ("instance", [_]) => return Err(ExprError::new("needs_literal", at, name)),
                    _ => TermKind::Call(Function::named(&name, arguments.len(), at)?, arguments),
                }
            }
            Token::Name(name) => self.steps(Start::Inside, vec![(at, Step::Child(name))])?,
            Token::Slash => {
                let root = self.step()?;
                let is_name = matches!(root, Some((_, Step::Child(_))));
                let root = root.filter(|_| is_name);
                let root = root.ok_or_else(|| ExprError::new("unsupported_path", at, placed.word))?;
                self.steps(Start::Absolute, vec![root])?
            }
            Token::Operator(_)
            | Token::Close
            | Token::OpenFilter
            | Token::CloseFilter
            | Token::Comma
            | Token::Union => {
                return Err(ExprError::new("unexpected_token", at, placed.word));
            }
        };
        Ok(Term { at, kind })
    }

    fn arguments(&mut self, at: usize) -> Result<Vec<Term>, ExprError> {
        let mut arguments = Vec::new();
        if self.take(&Token::Close) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.nested(at)?);
            if !self.take(&Token::Comma) {
                self.expect(&Token::Close)?;
                return Ok(arguments);
            }
        }
    }

    fn steps(&mut self, start: Start, mut steps: Vec<(usize, Step)>) -> Result<TermKind, ExprError> {
        loop {
            let at = self.here();
            if self.take(&Token::OpenFilter) {
                let condition = self.nested(at)?;
                self.expect(&Token::CloseFilter)?;
                steps.push((at, Step::Filter(Box::new(condition))));
            } else if self.take(&Token::Slash) {
                steps.extend(self.step()?);
            } else {
                return Ok(TermKind::Path(start, steps));
            }
        }
    }

    /// What stands behind a slash; nothing for `.`.
    fn step(&mut self) -> Result<Option<(usize, Step)>, ExprError> {
        let Some(placed) = self.tokens.get(self.next).cloned() else {
            return Err(ExprError::new("unexpected_end", self.end, ""));
        };
        self.next += 1;
        let at = placed.at;
        let is_call = self.tokens.get(self.next).is_some_and(|next| next.token == Token::Open);
        match placed.token {
            Token::Dot => Ok(None),
            Token::DotDot => Ok(Some((at, Step::Parent))),
            Token::Name(name) if !is_call => Ok(Some((at, Step::Child(name)))),
            // `//name`, `/*`, `/text()`
            Token::Name(_) | Token::Slash | Token::Operator(Operator::Multiply) => {
                Err(ExprError::new("unsupported_path", at, placed.word))
            }
            Token::Text(_)
            | Token::Number(_)
            | Token::Reference(_)
            | Token::Operator(_)
            | Token::Open
            | Token::Close
            | Token::OpenFilter
            | Token::CloseFilter
            | Token::Comma
            | Token::Union => Err(ExprError::new("unexpected_token", at, placed.word)),
        }
    }

    fn nested(&mut self, at: usize) -> Result<Term, ExprError> {
        if self.depth == DEEPEST {
            return Err(ExprError::new("too_deep", at, ""));
        }
        self.depth += 1;
        let term = self.expression(1);
        self.depth -= 1;
        term
    }

    fn here(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |placed| placed.at)
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.next).is_some_and(|placed| placed.token == *token);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), ExprError> {
        if self.take(token) {
            return Ok(());
        }
        Err(match self.tokens.get(self.next) {
            None => ExprError::new("unexpected_end", self.end, ""),
            Some(other) => ExprError::new("unexpected_token", other.at, other.word.as_str()),
        })
    }
}

/// Joins two operands; a chain of the same level on the left goes on (operators of one level apply from left to right, so
/// parentheses around the left part change nothing).
fn chain(left: Term, operator: Operator, right: Term) -> Term {
    let at = left.at;
    match left.kind {
        TermKind::Chain(first, mut rest)
            if rest.first().is_some_and(|(known, _)| known.level() == operator.level()) =>
        {
            rest.push((operator, right));
            Term { at, kind: TermKind::Chain(first, rest) }
        }
        kind @ (TermKind::Chain(..)
        | TermKind::Text(_)
        | TermKind::Number(_)
        | TermKind::Negate(_)
        | TermKind::Call(..)
        | TermKind::Path(..)) => {
            Term { at, kind: TermKind::Chain(Box::new(Term { at, kind }), vec![(operator, right)]) }
        }
    }
}
