//! One row that is a question, a note or a computed field.

use std::sync::Arc;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{ChoiceList, Question, QuestionKind, Range, Value, ValueKind};

use super::Reader;
use super::kind::{RowKind, Type};
use crate::input::Row;
use crate::other;
use crate::words::{flag, wording};

impl Reader<'_> {
    /// The row's question, and the one for what `other` stands for.
    pub(super) fn question(&mut self, row: &Row, name: &str, kind: RowKind) -> Vec<Question> {
        let list = self.list(row, &kind);
        let parameters = self.parameters(row, kind.row_type);
        let list_name = kind.file().or(kind.list.as_deref()).map(str::to_owned);
        let mut question = Question::new(name, kind.row_type.question_kind(list_name));
        self.read_words(row, kind.row_type, &mut question);
        self.read_rules(row, kind.row_type, &mut question);
        question.appearance = self.appearance(row, kind.row_type);
        question.protected = flag(self.table, row, "protected", self.problems);
        question.completion = self.completion(row);
        question.renamed_from = self.earlier_names(row);
        question.provenance = self.provenance(row);
        question.ranked = kind.row_type == Type::Rank;
        question.media = kind.row_type.media();
        let (shuffle, pixels) = (parameters.shuffle(), parameters.max_pixels());
        question.shuffled = self.parameter(row, shuffle).flatten();
        question.max_pixels = self.parameter(row, pixels).flatten();
        if kind.row_type == Type::Range
            && let Some((value_kind, range)) = self.parameter(row, parameters.range())
        {
            question.kind = QuestionKind::Asked { kind: value_kind, list: None };
            question.range = Some(range);
        }
        question.default = self.default(row, kind.row_type, &question, list.as_deref());
        let other = kind.or_other.then(|| other::question(name, self.languages));
        if let Some(other) = &other {
            self.add_other(row, other);
        }
        std::iter::once(question).chain(other).collect()
    }

    fn read_words(&mut self, row: &Row, row_type: Type, question: &mut Question) {
        let words = |name: &str| wording(self.table, row, name, self.default_language);
        question.label = words("label");
        question.hint = words("hint");
        question.guidance = words("guidance_hint");
        question.required_message = words("required_message");
        question.constraint_message = words("constraint_message");
        question.warning_message = words("warning_message");
        let is_shown = row_type.has_column("hint");
        if question.label.is_empty() && is_shown {
            self.problem(row, "label", "missing_label", &question.name);
        }
    }

    fn read_rules(&mut self, row: &Row, row_type: Type, question: &mut Question) {
        question.required = self.demand(row, "required");
        question.read_only = self.demand(row, "read_only");
        question.relevant = self.condition(row, "relevant");
        question.constraint = self.condition(row, "constraint");
        question.warning = self.condition(row, "warning");
        question.choice_filter = self.expression(row, "choice_filter");
        question.triggers = self.triggers(row);
        question.calculation = match row_type.metadata() {
            None => self.expression(row, "calculation"),
            Some(expression) => Expr::parse(expression).ok(),
        };
        if row_type == Type::Calculate && self.table.cell(row, "calculation").is_empty() {
            self.problem(row, "calculation", "missing_calculation", &question.name);
        }
    }

    fn list(&mut self, row: &Row, kind: &RowKind) -> Option<Arc<ChoiceList>> {
        let name = kind.list.as_deref()?;
        let Some(file) = kind.file() else {
            let found = self.lists.sheet.get(name).cloned();
            if found.is_none() {
                self.problem(row, "type", "unknown_list", name);
            }
            return found;
        };
        if !name.ends_with(".csv") {
            self.problem(row, "type", "unsupported_file", name);
            return None;
        }
        let found = self.lists.files.get(file).cloned();
        if !self.lists.attached.contains(file) {
            self.problem(row, "type", "missing_file", name);
        }
        found
    }

    /// A default is an expression if it refers or calls; else it is the answer itself and must be one.
    fn default(
        &mut self,
        row: &Row,
        row_type: Type,
        question: &Question,
        list: Option<&ChoiceList>,
    ) -> Option<Expr> {
        let cell = self.table.cell(row, "default");
        if cell.is_empty() || !row_type.has_column("default") {
            return None;
        }
        if is_dynamic(cell) {
            return self.expression(row, "default");
        }
        let fits = match &question.kind {
            QuestionKind::Asked { kind, .. } => fits(*kind, cell, list, question.range),
            QuestionKind::Acknowledge => cell == "OK",
            QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished | QuestionKind::Note => {
                true
            }
        };
        if !fits {
            self.problem(row, "default", "bad_default", cell);
        }
        Some(Expr::literal(cell))
    }

    fn add_other(&mut self, row: &Row, other: &Question) {
        if self.rows.contains_key(&other.name) {
            self.problem(row, "name", "duplicate_name", &other.name);
        }
        self.rows.entry(other.name.clone()).or_insert(row.line);
    }
}

fn fits(kind: ValueKind, cell: &str, list: Option<&ChoiceList>, range: Option<Range>) -> bool {
    let is_listed = |name: &String| list.is_none_or(|list| list.find(name).is_some());
    let is_mark = |number: f64| range.is_none_or(|range| range.holds(number));
    match Value::parse(kind, cell) {
        Ok(Some(Value::Choice(name))) => is_listed(&name),
        Ok(Some(Value::Choices(names))) => names.iter().all(is_listed),
        Ok(Some(Value::Integer(number))) => is_mark(number as f64),
        Ok(Some(Value::Decimal(number))) => is_mark(number.get()),
        Ok(_) => true,
        Err(_) => false,
    }
}

fn is_dynamic(cell: &str) -> bool {
    let called = cell.split_once('(').is_some_and(|(name, rest)| {
        rest.trim_end().ends_with(')')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-:".contains(&b))
    });
    cell.contains("${") || called
}
