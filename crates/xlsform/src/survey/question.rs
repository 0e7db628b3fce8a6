//! One row that is a question, a note or a computed field.

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Confidence, Provenance, Question, QuestionKind, Text, Value, ValueKind};

use super::Reader;
use crate::sheet::Row;
use crate::words::{flag, wording};

impl Reader<'_> {
    pub(super) fn question(&mut self, row: &Row, name: String, kind: QuestionKind) -> Question {
        let words = |reader: &Self, name: &str| wording(reader.table, row, name, reader.default_language);
        let label = words(self, "label");
        if label.is_empty() && kind != QuestionKind::Calculated {
            self.problem(row, "label", "missing_label", &name);
        }
        if let QuestionKind::Asked { list: Some(list), .. } = &kind
            && !self.lists.contains_key(list)
        {
            self.problem(row, "type", "unknown_list", list);
        }
        if kind == QuestionKind::Calculated && self.table.cell(row, "calculation").is_empty() {
            self.problem(row, "calculation", "missing_calculation", &name);
        }
        Question {
            hint: words(self, "hint"),
            required: self.condition(row, "required"),
            required_message: words(self, "required_message"),
            relevant: self.expression(row, "relevant"),
            constraint: self.expression(row, "constraint"),
            constraint_message: words(self, "constraint_message"),
            warning: self.expression(row, "warning"),
            warning_message: words(self, "warning_message"),
            calculation: self.expression(row, "calculation"),
            default: self.default(row, &kind),
            read_only: self.condition(row, "read_only"),
            choice_filter: self.expression(row, "choice_filter"),
            appearance: self.appearance(row, appearance_group(&kind)),
            protected: flag(self.table, row, "protected", self.problems),
            provenance: self.provenance(row),
            name,
            kind,
            label,
        }
    }

    pub(super) fn metadata(&mut self, row: &Row, name: String, expression: &str) -> Question {
        Question {
            name,
            kind: QuestionKind::Calculated,
            label: wording(self.table, row, "label", self.default_language),
            hint: Text::default(),
            required: None,
            required_message: Text::default(),
            relevant: None,
            constraint: None,
            constraint_message: Text::default(),
            warning: None,
            warning_message: Text::default(),
            calculation: Expr::parse(expression).ok(),
            default: None,
            read_only: None,
            choice_filter: None,
            appearance: Vec::new(),
            protected: false,
            provenance: None,
        }
    }

    /// A default is an expression if it refers or calls; else it is the answer itself and must be one.
    fn default(&mut self, row: &Row, kind: &QuestionKind) -> Option<Expr> {
        let cell = self.table.cell(row, "default");
        if cell.is_empty() {
            return None;
        }
        if is_dynamic(cell) {
            return self.expression(row, "default");
        }
        let (value_kind, list) = match kind {
            QuestionKind::Asked { kind, list } => (*kind, list.as_ref()),
            QuestionKind::Acknowledge => (ValueKind::Choice, None),
            QuestionKind::Calculated | QuestionKind::Note => return None,
        };
        let list = list.and_then(|list| self.lists.get(list));
        let is_listed =
            |name: &String| list.is_none_or(|list| list.items.iter().any(|item| item.name == *name));
        let fits = match Value::parse(value_kind, cell) {
            Err(_) => false,
            Ok(Some(Value::Choice(name))) if *kind == QuestionKind::Acknowledge => name == "OK",
            Ok(Some(Value::Choice(name))) => is_listed(&name),
            Ok(Some(Value::Choices(names))) => names.iter().all(is_listed),
            Ok(_) => true,
        };
        if !fits {
            self.problem(row, "default", "bad_default", cell);
        }
        Some(Expr::literal(cell))
    }

    fn provenance(&mut self, row: &Row) -> Option<Provenance> {
        let source = self.table.cell(row, "source");
        let confidence = match self.table.cell(row, "confidence") {
            "V" => Confidence::Verbatim,
            "S" => Confidence::SecondHand,
            "M" => Confidence::Unverified,
            "" => {
                if !source.is_empty() {
                    self.problem(row, "confidence", "missing_confidence", source);
                }
                return None;
            }
            other => {
                self.problem(row, "confidence", "bad_confidence", other);
                return None;
            }
        };
        if source.is_empty() {
            self.problem(row, "source", "missing_source", "");
        }
        Some(Provenance { confidence, source: source.to_owned() })
    }
}

fn is_dynamic(cell: &str) -> bool {
    let called = cell.split_once('(').is_some_and(|(name, rest)| {
        rest.trim_end().ends_with(')')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-:".contains(&b))
    });
    cell.contains("${") || called
}

fn appearance_group(kind: &QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Asked { kind, .. } => match kind {
            ValueKind::Text => "text",
            ValueKind::Integer => "integer",
            ValueKind::Decimal => "decimal",
            ValueKind::Date => "date",
            ValueKind::Choice => "select_one",
            ValueKind::Choices => "select_multiple",
        },
        QuestionKind::Note => "note",
        QuestionKind::Calculated => "calculate",
        QuestionKind::Acknowledge => "acknowledge",
    }
}
