//! Paths into lists: `instance('villages')/root/item[…]/label`, `pulldata(…)`, and choice filters.

use super::code::{Code, ListId, Rows};
use super::resolve::{Frame, Resolver};
use crate::expression::{ExprError, Function, Operator, Step, Term};

impl Resolver<'_> {
    /// `instance('list')/root/item` with filters, and a column behind them.
    pub(super) fn instance(
        &mut self,
        name: &str,
        steps: &[(usize, Step)],
        at: usize,
    ) -> Result<Code, ExprError> {
        let list = self.layout.list_named(name).ok_or_else(|| ExprError::new("unknown_list", at, name))?;
        let Some((head, rest)) = steps.split_at_checked(2) else {
            return Err(ExprError::new("unsupported_path", at, name));
        };
        let is_items = matches!(head, [(_, Step::Child(root)), (_, Step::Child(item))] if root == "root" && item == "item");
        if !is_items {
            return Err(ExprError::new("unsupported_path", at, name));
        }
        let mut rows =
            Rows { list, key: None, pulled: false, filters: Vec::new(), counted: false, column: None };
        for (at, step) in rest {
            match step {
                Step::Filter(condition) if rows.column.is_none() => {
                    self.add_filter(&mut rows, |resolver| resolver.filter_condition(condition))?;
                }
                Step::Child(column) if rows.column.is_none() => {
                    rows.column = Some(self.column_of(list, column, *at)?);
                }
                Step::Filter(_) | Step::Child(_) | Step::Parent => {
                    return Err(ExprError::new("unsupported_path", *at, name));
                }
            }
        }
        Ok(Code::Rows(Box::new(rows)))
    }

    /// `pulldata('list', 'column', 'key column', key)`.
    pub(super) fn pulled(&mut self, arguments: &[Term], at: usize) -> Result<Code, ExprError> {
        let [list, column, key_column, key] = arguments else {
            return Err(ExprError::new("wrong_arity", at, "pulldata"));
        };
        let name = self.literal(list)?;
        let bare = name.strip_suffix(".csv").unwrap_or(&name);
        let id = self.layout.list_named(bare);
        let id = id.ok_or_else(|| ExprError::new("unknown_list", list.at, name.as_str()))?;
        let shown = self.literal(column)?;
        let shown = self.column_of(id, &shown, column.at)?;
        let keyed = self.literal(key_column)?;
        let keyed = self.column_of(id, &keyed, key_column.at)?;
        let key = Some((keyed, self.scalar(key)?));
        let rows =
            Rows { list: id, key, pulled: true, filters: Vec::new(), counted: false, column: Some(shown) };
        Ok(Code::Rows(Box::new(rows)))
    }

    /// The choices that a choice filter offers.
    pub(super) fn offered(&mut self, list: ListId, condition: Option<&Term>) -> Result<Code, ExprError> {
        let mut rows =
            Rows { list, key: None, pulled: false, filters: Vec::new(), counted: false, column: None };
        if let Some(condition) = condition {
            self.add_filter(&mut rows, |resolver| resolver.filter_condition(condition))?;
        }
        Ok(Code::Rows(Box::new(rows)))
    }

    fn add_filter(
        &mut self,
        rows: &mut Rows,
        compile: impl FnOnce(&mut Self) -> Result<Code, ExprError>,
    ) -> Result<(), ExprError> {
        let outer = &self.frames[self.frames.len() - 1];
        let frame = Frame { scope: outer.scope, common: outer.common, list: Some(rows.list) };
        self.frames.push(frame);
        let code = compile(self);
        self.frames.pop();
        let code = code?;
        if rows.filters.is_empty() {
            rows.key = key(&code);
        }
        rows.counted |=
            code.any_part(&|part| matches!(part, Code::Call(function, _) if *function == Function::Last));
        rows.filters.push(code);
        Ok(())
    }

    fn column_of(&self, list: ListId, name: &str, at: usize) -> Result<u16, ExprError> {
        let found = self.layout.list(list).column(name, self.language);
        found.ok_or_else(|| ExprError::new("unknown_column", at, name))
    }
}

/// What a filter wants a column equal to, where that does not depend on the row.
fn key(code: &Code) -> Option<(u16, Code)> {
    let Code::Chain(first, rest) = code else { return None };
    match rest.as_ref() {
        [(Operator::Equal, second)] => match (first.as_ref(), second) {
            (Code::Column { column, level: 0 }, other) | (other, Code::Column { column, level: 0 }) => {
                (!reads_row(other)).then(|| (*column, other.clone()))
            }
            _ => None,
        },
        [(Operator::And, _), ..] => {
            std::iter::once(first.as_ref()).chain(rest.iter().map(|(_, part)| part)).find_map(key)
        }
        _ => None,
    }
}

/// Whether a part depends on the row that its own context looks at.
fn reads_row(code: &Code) -> bool {
    code.any_part(&|part| match part {
        Code::Column { level, .. } => *level == 0,
        Code::FilterPosition | Code::Random(_) | Code::Uuid(..) => true,
        Code::Call(function, _) => *function == Function::Last,
        // Their filters have contexts of their own; whoever keys by one of these is looked at row by row.
        Code::Set(_) | Code::Exists(_) | Code::Rows(_) | Code::AnyRow(_) => true,
        Code::Text(_)
        | Code::Number(_)
        | Code::Field { .. }
        | Code::Position { .. }
        | Code::Chain(..)
        | Code::Negate(_)
        | Code::Matches(..)
        | Code::ChoiceName(..) => false,
    })
}
