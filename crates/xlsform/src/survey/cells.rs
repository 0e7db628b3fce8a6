//! The cells of one row.

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Completion, Confidence, Provenance};

use super::Reader;
use super::kind::{RowKind, Type};
use super::parameters::{Parameters, Refused};
use crate::input::Row;
use crate::problem::Sheet;
use crate::support::{SUPPORTED_APPEARANCES, SUPPORTED_COLUMNS, is_supported, of_type};
use crate::words::{is_name, truth};

impl Reader<'_> {
    /// Cells in columns that this kind of row does not have would otherwise be ignored.
    pub(super) fn check_columns(&mut self, row: &Row, kind: &RowKind) {
        let has = |column: &str| !self.table.cell(row, column).is_empty();
        // Whatever else it says, what is computed all the time has no first value and offers no choices.
        let is_computed = (has("calculation") || kind.row_type == Type::Calculate) && !has("trigger");
        for (header, cell) in self.table.cells(row) {
            let column = header.name.as_str();
            let applies = match column {
                "default" => !is_computed,
                "choice_filter" => !is_computed && !kind.or_other,
                _ => true,
            };
            let is_known = is_supported(SUPPORTED_COLUMNS, column, header.language.as_deref());
            if !cell.is_empty() && is_known && !(applies && kind.row_type.has_column(column)) {
                self.problems.add(&Sheet::Survey, row.line, &header.written, "not_applicable", cell);
            }
        }
    }

    pub(super) fn expression(&mut self, row: &Row, name: &str) -> Option<Expr> {
        let cell = self.table.cell(row, name);
        if cell.is_empty() {
            return None;
        }
        Expr::parse(cell)
            .inspect_err(|error| {
                let column = self.table.header_for(name, None, self.default_language);
                self.problems.add_expression(&Sheet::Survey, row.line, &column, error);
            })
            .ok()
    }

    /// An expression that may also be written `yes` or `no`.
    pub(super) fn condition(&mut self, row: &Row, name: &str) -> Option<Expr> {
        match truth(self.table.cell(row, name)) {
            Some(true) => Expr::parse("true()").ok(),
            Some(false) => Expr::parse("false()").ok(),
            None => self.expression(row, name),
        }
    }

    /// As [`Self::condition`], where saying no is the same as saying nothing.
    pub(super) fn demand(&mut self, row: &Row, name: &str) -> Option<Expr> {
        if truth(self.table.cell(row, name)) == Some(false) {
            return None;
        }
        self.condition(row, name)
    }

    pub(super) fn appearance(&mut self, row: &Row, row_type: Type) -> Vec<String> {
        // That the type has none at all is said already.
        if !row_type.has_column("appearance") {
            return Vec::new();
        }
        let known = of_type(SUPPORTED_APPEARANCES, row_type.name());
        let words: Vec<String> =
            self.table.cell(row, "appearance").split_whitespace().map(str::to_owned).collect();
        for word in words.iter().filter(|word| !known.contains(&word.as_str())) {
            self.problem(row, "appearance", "unsupported_appearance", word);
        }
        words
    }

    pub(super) fn parameters(&mut self, row: &Row, row_type: Type) -> Parameters {
        // That the type has none at all is said already.
        if !row_type.has_column("parameters") {
            return Parameters::default();
        }
        let read = Parameters::read(row_type, self.table.cell(row, "parameters"));
        self.parameter(row, read).unwrap_or_default()
    }

    /// What a parameter says, unless it is refused.
    pub(super) fn parameter<T>(&mut self, row: &Row, read: Result<T, Refused>) -> Option<T> {
        read.map_err(|(code, word)| self.problem(row, "parameters", code, &word)).ok()
    }

    /// `${a}` or `${a}, ${b}`.
    pub(super) fn triggers(&mut self, row: &Row) -> Vec<String> {
        let cell = self.table.cell(row, "trigger");
        if cell.is_empty() {
            return Vec::new();
        }
        let name = |part: &str| {
            let name = part.trim().strip_prefix("${")?.strip_suffix('}')?.trim();
            is_name(name).then(|| name.to_owned())
        };
        let names: Option<Vec<String>> = cell.split(',').map(name).collect();
        names.unwrap_or_else(|| {
            self.problem(row, "trigger", "bad_trigger", cell);
            Vec::new()
        })
    }

    pub(super) fn completion(&mut self, row: &Row) -> Option<Completion> {
        match self.table.cell(row, "completion") {
            "" => None,
            "block" => Some(Completion::Block),
            "warn" => Some(Completion::Warn),
            "allow" => Some(Completion::Allow),
            other => {
                self.problem(row, "completion", "bad_completion", other);
                None
            }
        }
    }

    pub(super) fn earlier_names(&mut self, row: &Row) -> Vec<String> {
        let names: Vec<String> =
            self.table.cell(row, "renamed_from").split_whitespace().map(str::to_owned).collect();
        for name in &names {
            if is_name(name) {
                self.earlier.push((name.clone(), row.line));
            } else {
                self.problem(row, "renamed_from", "bad_name", name);
            }
        }
        names
    }

    pub(super) fn provenance(&mut self, row: &Row) -> Option<Provenance> {
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

    pub(super) fn problem(&mut self, row: &Row, name: &str, code: &str, word: &str) {
        let column = self.table.header_for(name, None, self.default_language);
        self.problems.add(&Sheet::Survey, row.line, &column, code, word);
    }
}
