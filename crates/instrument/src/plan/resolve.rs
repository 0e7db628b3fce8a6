//! From a parsed expression to one whose names are places of the form.

use regex_lite::{Regex, RegexBuilder};

use super::code::{Code, Compiled, ListId, NodeId, Read, ScopeId, Set};
use super::layout::Layout;
use crate::expression::{Expr, ExprError, Function, Operator, Start, Step, Term, TermKind};
use crate::lots;

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewpoint<'a> {
    /// The language that labels are read in.
    pub(crate) language: &'a str,
    /// The scope it is read from.
    pub(crate) scope: ScopeId,
    /// The node it belongs to: `.` and the start of `..`.
    pub(crate) node: Option<NodeId>,
}

pub(crate) fn resolve(layout: &Layout, expr: &Expr, from: Viewpoint<'_>) -> Result<Compiled, ExprError> {
    compiled(layout, Some(expr), from, |resolver| resolver.scalar(expr.term()))
}

/// The choices that a filter offers; all of them without one.
pub(crate) fn resolve_choices(
    layout: &Layout,
    filter: Option<&Expr>,
    list: ListId,
    from: Viewpoint<'_>,
) -> Result<Compiled, ExprError> {
    compiled(layout, filter, from, |resolver| resolver.offered(list, filter.map(Expr::term)))
}

fn compiled<'a>(
    layout: &'a Layout,
    expr: Option<&Expr>,
    from: Viewpoint<'a>,
    resolve: impl FnOnce(&mut Resolver<'a>) -> Result<Code, ExprError>,
) -> Result<Compiled, ExprError> {
    let frames = vec![Frame { scope: from.scope, common: None, list: None }];
    let written = expr.map_or(0, |expr| lots::of_text(expr.source()));
    let stands = written ^ from.node.map_or(0, |node| (u64::from(node.0) + 1) << 32);
    let mut resolver =
        Resolver { layout, node: from.node, language: from.language, frames, reads: Vec::new(), stands };
    let code = resolve(&mut resolver)?;
    Ok(Compiled { code, reads: resolver.reads })
}

/// Matches a whole text; patterns that are too large or wrong are `None`.
pub(crate) fn pattern(text: &str) -> Option<Regex> {
    // The matcher takes time in proportion to pattern and text, so bounding both is enough.
    RegexBuilder::new(&format!("^(?:{text})$")).size_limit(1 << 18).nest_limit(40).build().ok()
}

/// One context: the expression's own, or that of a filter within it.
pub(super) struct Frame {
    pub(super) scope: ScopeId,
    /// For a filter: the scope that the set it filters starts from, seen from the expression itself.
    pub(super) common: Option<ScopeId>,
    /// For a filter of rows: their list, whose columns are the bare names in it.
    pub(super) list: Option<ListId>,
}

pub(super) struct Resolver<'a> {
    pub(super) layout: &'a Layout,
    /// The node that the expression belongs to.
    pub(super) node: Option<NodeId>,
    pub(super) language: &'a str,
    /// Outermost first.
    pub(super) frames: Vec<Frame>,
    pub(super) reads: Vec<Read>,
    /// A number for the place in the form that the expression stands at, for what is drawn by lot there.
    pub(super) stands: u64,
}

impl Resolver<'_> {
    /// One value.
    pub(super) fn scalar(&mut self, term: &Term) -> Result<Code, ExprError> {
        let code = self.any(term)?;
        // Unfiltered, the first of several values would be an accident.
        if let Code::Set(set) = &code
            && (set.field.is_none() || !set.is_filtered())
        {
            return Err(self.set_error(set, "needs_aggregate", term.at));
        }
        if let Code::Rows(rows) = &code
            && (rows.column.is_none() || (rows.filters.is_empty() && !rows.pulled))
        {
            return Err(self.rows_error(rows.list, "needs_aggregate", term.at));
        }
        Self::refuse_sets(&code, term)?;
        Ok(code)
    }

    /// Sets that are made of others have no first member that anyone could mean.
    fn refuse_sets(code: &Code, term: &Term) -> Result<(), ExprError> {
        if let Code::Call(function @ (Function::Union | Function::Randomize), _) = code {
            let word = if *function == Function::Union { "|" } else { "randomize" };
            return Err(ExprError::new("needs_aggregate", term.at, word));
        }
        Ok(())
    }

    /// A truth: where a set stands for whether it has members.
    pub(super) fn condition(&mut self, term: &Term) -> Result<Code, ExprError> {
        let code = self.any(term)?;
        if let Code::Set(set) = code {
            return match set.field {
                Some(_) if !set.is_filtered() => Err(self.set_error(&set, "needs_aggregate", term.at)),
                Some(_) => Ok(Code::Set(set)),
                None => Ok(Code::Exists(set)),
            };
        }
        if let Code::Rows(rows) = code {
            return match rows.column {
                Some(_) if rows.filters.is_empty() && !rows.pulled => {
                    Err(self.rows_error(rows.list, "needs_aggregate", term.at))
                }
                Some(_) => Ok(Code::Rows(rows)),
                None => Ok(Code::AnyRow(rows)),
            };
        }
        Self::refuse_sets(&code, term)?;
        Ok(code)
    }

    /// The condition in brackets: a number means a place, but a path is what it leads to, though that be a number.
    pub(super) fn filter_condition(&mut self, term: &Term) -> Result<Code, ExprError> {
        let code = self.condition(term)?;
        Ok(match &term.kind {
            TermKind::Path(..) => Code::Call(Function::Boolean, [code].into()),
            TermKind::Text(_)
            | TermKind::Number(_)
            | TermKind::Chain(..)
            | TermKind::Negate(_)
            | TermKind::Call(..) => code,
        })
    }

    /// Values: one, or a set's. `instances` says whether a set of instances or rows without a field will do.
    pub(super) fn values(&mut self, term: &Term, instances: bool) -> Result<Code, ExprError> {
        let code = self.any(term)?;
        if !instances {
            self.refuse_valueless(&code, term)?;
        }
        Ok(code)
    }

    fn refuse_valueless(&self, code: &Code, term: &Term) -> Result<(), ExprError> {
        if let Code::Set(set) = code
            && set.field.is_none()
        {
            return Err(self.set_error(set, "not_a_value", term.at));
        }
        if let Code::Rows(rows) = code
            && rows.column.is_none()
        {
            return Err(self.rows_error(rows.list, "not_a_value", term.at));
        }
        if let Code::Call(Function::Union | Function::Randomize, sets) = code {
            return sets.iter().try_for_each(|set| self.refuse_valueless(set, term));
        }
        Ok(())
    }

    fn rows_error(&self, list: ListId, code: &str, at: usize) -> ExprError {
        let name = self.layout.lists.get(usize::from(list.0)).map_or("", |(name, _)| name.as_str());
        ExprError::new(code, at, name)
    }

    /// A text that must be written out.
    pub(super) fn literal(&self, term: &Term) -> Result<String, ExprError> {
        match &term.kind {
            TermKind::Text(text) => Ok(text.clone()),
            TermKind::Number(_)
            | TermKind::Chain(..)
            | TermKind::Negate(_)
            | TermKind::Call(..)
            | TermKind::Path(..) => Err(ExprError::new("needs_literal", term.at, "")),
        }
    }

    fn set_error(&self, set: &Set, code: &str, at: usize) -> ExprError {
        let node = set.field.or_else(|| set.steps.last().map(|step| step.repeat));
        let name = node.map_or("", |node| self.layout.node(node).name.as_str());
        ExprError::new(code, at, name)
    }

    pub(super) fn any(&mut self, term: &Term) -> Result<Code, ExprError> {
        Ok(match &term.kind {
            TermKind::Text(text) => Code::Text(text.as_str().into()),
            TermKind::Number(number) => Code::Number(*number),
            TermKind::Negate(inner) => Code::Negate(Box::new(self.scalar(inner)?)),
            TermKind::Chain(first, rest) => self.chain(first, rest)?,
            TermKind::Call(function, arguments) => self.call(*function, arguments, term.at)?,
            TermKind::Path(Start::Instance(name), steps) => self.instance(name, steps, term.at)?,
            TermKind::Path(start, steps) => {
                if let Some(column) = self.column(start, steps) {
                    return Ok(column);
                }
                let cursor = self.cursor(start, steps, term.at)?;
                self.read(cursor, term.at)?
            }
        })
    }

    fn chain(&mut self, first: &Term, rest: &[(Operator, Term)]) -> Result<Code, ExprError> {
        let logical = rest.iter().all(|(operator, _)| matches!(operator, Operator::Or | Operator::And));
        let operand = |resolver: &mut Self, term| {
            if logical { resolver.condition(term) } else { resolver.scalar(term) }
        };
        let first = operand(self, first)?;
        let rest: Result<Vec<_>, ExprError> =
            rest.iter().map(|(operator, term)| Ok((*operator, operand(self, term)?))).collect();
        Ok(Code::Chain(Box::new(first), rest?.into()))
    }

    /// In a filter of rows bare names are the list's columns.
    fn column(&self, start: &Start, steps: &[(usize, Step)]) -> Option<Code> {
        let list = self.frames.last()?.list?;
        match (start, steps) {
            (Start::Inside | Start::Here, [(_, Step::Child(name))]) => {
                let column = self.layout.list(list).column(name, self.language)?;
                Some(Code::Column { column, level: 0 })
            }
            _ => None,
        }
    }
}
