//! From a parsed expression to one whose names are places of the form.

use regex_lite::{Regex, RegexBuilder};

use super::code::{Code, Compiled, Filter, ListId, NodeId, Read, ScopeId, Set};
use super::layout::{Layout, NodeKind};
use super::path::Place;
use crate::expression::{Expr, ExprError, Function, Operator, Start, Step, Term, TermKind};

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
    compiled(layout, from, |resolver| resolver.scalar(expr.term()))
}

/// The choices that a filter offers; all of them without one.
pub(crate) fn resolve_choices(
    layout: &Layout,
    filter: Option<&Expr>,
    list: ListId,
    from: Viewpoint<'_>,
) -> Result<Compiled, ExprError> {
    compiled(layout, from, |resolver| resolver.offered(list, filter.map(Expr::term)))
}

fn compiled<'a>(
    layout: &'a Layout,
    from: Viewpoint<'a>,
    resolve: impl FnOnce(&mut Resolver<'a>) -> Result<Code, ExprError>,
) -> Result<Compiled, ExprError> {
    let frames = vec![Frame { scope: from.scope, common: None, list: None }];
    let mut resolver =
        Resolver { layout, node: from.node, language: from.language, frames, reads: Vec::new() };
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
            && (rows.column.is_none() || rows.filters.is_empty())
        {
            return Err(self.rows_error(rows.list, "needs_aggregate", term.at));
        }
        Ok(code)
    }

    /// A truth: where a set stands for whether it has members.
    pub(super) fn condition(&mut self, term: &Term) -> Result<Code, ExprError> {
        match self.any(term)? {
            Code::Set(set) if set.field.is_some() => Err(self.set_error(&set, "needs_aggregate", term.at)),
            Code::Set(set) => Ok(Code::Exists(set)),
            Code::Rows(rows) if rows.column.is_some() => {
                Err(self.rows_error(rows.list, "needs_aggregate", term.at))
            }
            Code::Rows(rows) => Ok(Code::AnyRow(rows)),
            code => Ok(code),
        }
    }

    /// Values: one, or a set's. `instances` says whether a set of instances without a field will do.
    fn values(&mut self, term: &Term, instances: bool) -> Result<Code, ExprError> {
        let code = self.any(term)?;
        if let Code::Set(set) = &code
            && set.field.is_none()
            && !instances
        {
            return Err(self.set_error(set, "not_a_value", term.at));
        }
        if let Code::Rows(rows) = &code
            && rows.column.is_none()
            && !instances
        {
            return Err(self.rows_error(rows.list, "not_a_value", term.at));
        }
        Ok(code)
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

    fn any(&mut self, term: &Term) -> Result<Code, ExprError> {
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

    fn call(&mut self, function: Function, arguments: &[Term], at: usize) -> Result<Code, ExprError> {
        match (function, arguments) {
            (Function::Once, _) => return Err(ExprError::new("once_inside", at, "once")),
            (Function::Position, [path]) => return self.position(path, at),
            (Function::Position, _) if self.frames.len() > 1 => return Ok(Code::FilterPosition),
            (Function::Position, _) => return Err(ExprError::new("no_context", at, "position")),
            (Function::IndexedRepeat, [field, repeat, place]) => return self.indexed(field, repeat, place),
            (Function::PullData, _) => return self.pulled(arguments, at),
            (Function::ChoiceName, [name, question]) => return self.choice_name(name, question),
            (Function::StringLength | Function::NormalizeSpace, []) => {
                let own = self.cursor(&Start::Here, &[], at)?;
                let own = self.read(own, at)?;
                return Ok(Code::Call(function, [own].into()));
            }
            (Function::Regex, [text, Term { at, kind: TermKind::Text(written) }]) => {
                let text = Box::new(self.scalar(text)?);
                let regex =
                    pattern(written).ok_or_else(|| ExprError::new("bad_pattern", *at, written.as_str()))?;
                return Ok(Code::Matches(text, Box::new(regex)));
            }
            _ => {}
        }
        let mut codes = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            let takes_values = matches!(
                function,
                Function::CountNonEmpty | Function::Sum | Function::Max | Function::Min | Function::Concat
            ) || (function == Function::Join && index > 0);
            let takes_condition = matches!(function, Function::Not | Function::Boolean)
                || (function == Function::If && index == 0);
            codes.push(if takes_condition {
                self.condition(argument)?
            } else if takes_values || function == Function::Count {
                self.values(argument, function == Function::Count)?
            } else {
                self.scalar(argument)?
            });
        }
        Ok(Code::Call(function, codes.into()))
    }

    /// `position(..)`: the path must climb to a repeat from within.
    fn position(&mut self, path: &Term, at: usize) -> Result<Code, ExprError> {
        if let TermKind::Path(start, steps) = &path.kind {
            let cursor = self.cursor(start, steps, path.at)?;
            if let (Place::Node(node), true) = (cursor.place, cursor.steps.is_empty())
                && let NodeKind::Repeat(scope) = self.layout.node(node).kind
            {
                let outside = self.layout.node(node).scope;
                let common = self.frames[cursor.frame].common.unwrap_or(outside);
                self.reads.push(Read { node, common: self.layout.common(common, outside), at });
                return Ok(Code::Position { scope, level: self.level(cursor.frame) });
            }
        }
        Err(ExprError::new("not_a_value", at, "position"))
    }

    /// `indexed-repeat(${field}, ${repeat}, place)`.
    fn indexed(&mut self, field: &Term, repeat: &Term, place: &Term) -> Result<Code, ExprError> {
        let named = |term: &Term| {
            if let TermKind::Path(Start::Named(name), steps) = &term.kind
                && steps.is_empty()
            {
                return Ok(name.clone());
            }
            Err(ExprError::new("unsupported_path", term.at, "indexed-repeat"))
        };
        let field_name = named(field)?;
        let mut cursor = self.cursor(&Start::Named(named(repeat)?), &[], repeat.at)?;
        let inside = cursor.steps.last().map(|step| step.scope);
        let found = self.layout.named(&field_name);
        let found = found.ok_or_else(|| ExprError::new("unknown_name", field.at, field_name.as_str()))?;
        if inside != Some(self.layout.node(found).scope) {
            return Err(ExprError::new("unsupported_path", field.at, field_name));
        }
        let place = self.scalar(place)?;
        if let Some(step) = cursor.steps.last_mut() {
            step.filters.push(Filter::Place(place));
        }
        cursor.place = Place::Node(found);
        self.read(cursor, field.at)
    }

    /// `jr:choice-name(value, '${question}')`.
    fn choice_name(&mut self, name: &Term, question: &Term) -> Result<Code, ExprError> {
        let wrong = |word: &str| ExprError::new("unknown_name", question.at, word);
        let TermKind::Text(written) = &question.kind else { return Err(wrong("jr:choice-name")) };
        let bare = written.trim().strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let node = self.layout.named(bare.unwrap_or(written).trim()).ok_or_else(|| wrong(written))?;
        let NodeKind::Asked(_, Some(list)) = self.layout.node(node).kind else { return Err(wrong(written)) };
        Ok(Code::ChoiceName(Box::new(self.scalar(name)?), list))
    }

    /// In a filter of rows bare names are the list's columns.
    fn column(&self, start: &Start, steps: &[(usize, Step)]) -> Option<Code> {
        let list = self.frames.last()?.list?;
        match (start, steps) {
            (Start::Inside, [(_, Step::Child(name))]) => {
                let column = self.layout.list(list).column(name, self.language)?;
                Some(Code::Column { column, level: 0 })
            }
            _ => None,
        }
    }
}
