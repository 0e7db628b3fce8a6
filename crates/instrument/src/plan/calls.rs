//! Calls whose arguments are more than values: places, lists, and what is settled when a form is loaded.

use super::code::{Code, Filter, NodeId, Read, Set};
use super::layout::NodeKind;
use super::path::{Cursor, Place};
use super::resolve::{Resolver, pattern};
use crate::date_format;
use crate::expression::{Expr, ExprError, Function, Start, Term, TermKind};

impl Resolver<'_> {
    pub(super) fn call(
        &mut self,
        function: Function,
        arguments: &[Term],
        at: usize,
    ) -> Result<Code, ExprError> {
        match (function, arguments) {
            (Function::Once, _) => return Err(ExprError::new("once_inside", at, "once")),
            (Function::Position, [path]) => return self.position(path, at),
            (Function::Position, _) if self.frames.len() > 1 => return Ok(Code::FilterPosition),
            (Function::Position, _) => return Err(ExprError::new("no_context", at, "position")),
            (Function::Last, _) if self.frames.len() == 1 => {
                return Err(ExprError::new("no_context", at, "last"));
            }
            (Function::Name | Function::LocalName, _) => return self.name(arguments.first(), at),
            (Function::IndexedRepeat, [field, places @ ..]) => return self.indexed(field, places),
            (Function::PullData, _) => return self.pulled(arguments, at),
            (Function::ChoiceName, [name, question]) => return self.choice_name(name, question),
            (Function::WordsOf, [id]) => return self.words_of(id),
            (Function::Random, _) => return Ok(Code::Random(self.place(at))),
            (Function::Uuid, _) => {
                let length = arguments.first().map(|length| self.scalar(length).map(Box::new)).transpose()?;
                return Ok(Code::Uuid(self.place(at), length));
            }
            (Function::Randomize, [set, seed @ ..]) => {
                let set = self.values(set, true)?;
                let seed = match seed.first() {
                    Some(seed) => self.scalar(seed)?,
                    None => Code::Random(self.place(at)),
                };
                return Ok(Code::Call(function, [set, seed].into()));
            }
            (Function::Union, _) => return self.union(arguments),
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
            (
                Function::FormatDate | Function::FormatDateTime,
                [_, Term { at, kind: TermKind::Text(written) }],
            ) => {
                if let Some(code) = date_format::unknown_code(written) {
                    return Err(ExprError::new("bad_format", *at, code));
                }
            }
            _ => {}
        }
        let codes: Result<Vec<Code>, ExprError> = arguments
            .iter()
            .enumerate()
            .map(|(index, argument)| match takes(function, index, arguments.len()) {
                Takes::Value => self.scalar(argument),
                Takes::Condition => self.condition(argument),
                Takes::Values => self.values(argument, false),
                Takes::Instances => self.values(argument, true),
            })
            .collect();
        Ok(Code::Call(function, codes?.into()))
    }

    /// A number for a place in the form.
    fn place(&self, at: usize) -> u64 {
        self.stands ^ (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn union(&mut self, sets: &[Term]) -> Result<Code, ExprError> {
        let mut codes = Vec::with_capacity(sets.len());
        for set in sets {
            let code = self.any(set)?;
            if !matches!(code, Code::Field { .. } | Code::Set(_)) {
                return Err(ExprError::new("not_a_set", set.at, "|"));
            }
            codes.push(code);
        }
        Ok(Code::Call(Function::Union, codes.into()))
    }

    /// `position(..)`: the place of an instance among its siblings; anything else stands alone among its own.
    fn position(&mut self, path: &Term, at: usize) -> Result<Code, ExprError> {
        let cursor = self.cursor_of(path)?;
        let Place::Node(node) = cursor.place else { return Ok(Code::Number(1.0)) };
        let NodeKind::Repeat(scope) = self.layout.node(node).kind else { return Ok(Code::Number(1.0)) };
        if !cursor.steps.is_empty() {
            let set = self.read(cursor, at)?;
            return Ok(Code::Call(Function::Position, [set].into()));
        }
        let outside = self.layout.node(node).scope;
        let common = self.frames[cursor.frame].common.unwrap_or(outside);
        self.reads.push(Read { node, common: self.layout.common(common, outside), at });
        Ok(Code::Position { scope, level: self.level(cursor.frame) })
    }

    /// The name of a group, repeat or question; of instances, as long as there are any.
    fn name(&mut self, path: Option<&Term>, at: usize) -> Result<Code, ExprError> {
        let cursor = match path {
            Some(path) => self.cursor_of(path)?,
            None => self.cursor(&Start::Here, &[], at)?,
        };
        // The element around everything, as converters call it.
        let Place::Node(node) = cursor.place else { return Ok(Code::Text("data".into())) };
        let name = Code::Text(self.layout.node(node).name.as_str().into());
        if cursor.steps.is_empty() {
            return Ok(name);
        }
        let common = self.frames[cursor.frame].common;
        let common = common.map_or(cursor.base, |outer| self.layout.common(outer, cursor.base));
        self.reads.extend(cursor.steps.iter().map(|step| Read { node: step.repeat, common, at }));
        let level = self.level(cursor.frame);
        let set = Set { level, base: cursor.base, steps: cursor.steps, field: None };
        let nothing = Code::Text("".into());
        Ok(Code::Call(Function::If, [Code::Exists(Box::new(set)), name, nothing].into()))
    }

    fn cursor_of(&mut self, path: &Term) -> Result<Cursor, ExprError> {
        match &path.kind {
            TermKind::Path(start, steps) => self.cursor(start, steps, path.at),
            TermKind::Text(_)
            | TermKind::Number(_)
            | TermKind::Chain(..)
            | TermKind::Negate(_)
            | TermKind::Call(..) => Err(ExprError::new("unsupported_path", path.at, "")),
        }
    }

    /// The place of the form that a path without filters leads to.
    fn whole(&mut self, path: &Term) -> Result<NodeId, ExprError> {
        let cursor = self.cursor_of(path)?;
        match cursor.place {
            Place::Node(node) if cursor.steps.iter().all(|step| step.filters.is_empty()) => Ok(node),
            Place::Node(_) | Place::Form => {
                Err(ExprError::new("unsupported_path", path.at, "indexed-repeat"))
            }
        }
    }

    /// `indexed-repeat(${field}, ${repeat}, place, …)`: the repeats around the field in any order, each with a place.
    fn indexed(&mut self, field: &Term, places: &[Term]) -> Result<Code, ExprError> {
        let found = self.whole(field)?;
        let inside = self.layout.node(found).scope;
        let name = self.layout.node(found).name.clone();
        let mut chosen = Vec::with_capacity(places.len() / 2);
        for pair in places.chunks(2) {
            let [repeat, place] = pair else { continue };
            let node = self.whole(repeat)?;
            let NodeKind::Repeat(scope) = self.layout.node(node).kind else {
                return Err(ExprError::new("unsupported_path", repeat.at, "indexed-repeat"));
            };
            if !self.layout.encloses(scope, inside) {
                return Err(ExprError::new("unsupported_path", field.at, name));
            }
            chosen.push((scope, self.scalar(place)?));
        }
        let outermost = chosen.iter().map(|(scope, _)| *scope).min_by_key(|s| self.layout.scope(*s).depth);
        let around = outermost.and_then(|scope| self.layout.scope(scope).parent).unwrap_or(super::ROOT);
        let (frame, base) = self.sharing(around);
        let mut steps = Vec::new();
        for scope in self.layout.chain(base, inside) {
            let Some(mut step) = self.step(scope) else { continue };
            let mine = chosen.iter().filter(|(chosen, _)| *chosen == scope);
            step.filters = mine.map(|(_, place)| Filter::Place(place.clone())).collect();
            steps.push(step);
        }
        self.read(Cursor { frame, base, steps, place: Place::Node(found) }, field.at)
    }

    /// `jr:choice-name(value, '${question}')`.
    fn choice_name(&mut self, name: &Term, question: &Term) -> Result<Code, ExprError> {
        let wrong = |word: &str| ExprError::new("unknown_name", question.at, word);
        let TermKind::Text(written) = &question.kind else { return Err(wrong("jr:choice-name")) };
        let named = self.layout.named(written.trim());
        let node = named.or_else(|| {
            let path = Expr::parse(written).ok()?;
            self.whole(path.term()).ok()
        });
        let node = node.ok_or_else(|| wrong(written))?;
        let NodeKind::Asked(_, Some(list)) = self.layout.node(node).kind else { return Err(wrong(written)) };
        Ok(Code::ChoiceName(Box::new(self.scalar(name)?), list))
    }

    /// `jr:itext('/data/group/question:label')` or `jr:itext('list-2')`, as converters number wordings.
    fn words_of(&mut self, id: &Term) -> Result<Code, ExprError> {
        let written = self.literal(id)?;
        let unknown = || ExprError::new("unknown_name", id.at, written.as_str());
        let label = match written.rsplit_once(':') {
            Some((path, "label")) => {
                let path = Expr::parse(path).map_err(|_| unknown())?;
                let node = self.whole(path.term()).map_err(|_| unknown())?;
                self.layout.node(node).label.get(self.language).to_owned()
            }
            Some(_) => return Err(unknown()),
            None => {
                let (list, row) = written.rsplit_once('-').ok_or_else(unknown)?;
                let list = self.layout.list_named(list).ok_or_else(unknown)?;
                let choice = row.parse().ok().and_then(|row| self.layout.list(list).get(row));
                choice.ok_or_else(unknown)?.label_in(self.language).to_owned()
            }
        };
        Ok(Code::Text(label.into()))
    }
}

/// What a function takes as an argument.
enum Takes {
    Value,
    Condition,
    /// One value or a set's.
    Values,
    /// The same, and instances or rows as such.
    Instances,
}

fn takes(function: Function, index: usize, count: usize) -> Takes {
    match (function, index) {
        (Function::Not | Function::Boolean, _) | (Function::If, 0) => Takes::Condition,
        (Function::Count, _) => Takes::Instances,
        (Function::CountNonEmpty | Function::Sum | Function::Max | Function::Min | Function::Concat, _)
        | (Function::Join, 1..)
        | (Function::Checklist, 2..) => Takes::Values,
        (Function::WeightedChecklist, 2..) if count == 4 => Takes::Values,
        _ => Takes::Value,
    }
}
