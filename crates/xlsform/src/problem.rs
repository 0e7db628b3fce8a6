//! What is wrong with a sheet, and where.

use std::fmt;

use rasoat_instrument::expression::ExprError;

/// One of a form's sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sheet {
    /// The form's title, id, version and language.
    Settings,
    /// Lists of choices.
    Choices,
    /// Questions, groups and repeats.
    Survey,
}

/// One thing in one cell that cannot be used.
///
/// Codes: `too_large`, `unreadable` (not CSV), `missing_column`, `duplicate_column`, `unnamed_column`, `unsupported_column`,
/// `unsupported_type`, `unsupported_appearance`, `missing_type`, `missing_name`, `bad_name`, `reserved_name` (names ending in `_`),
/// `duplicate_name`, `missing_label`, `unknown_list`, `duplicate_choice`, `bad_choice_name`, `unmatched_end`, `missing_end`,
/// `too_deep`, `not_applicable` (a column that this type does not have), `missing_calculation`, `missing_confidence`,
/// `missing_source`, `bad_flag` (neither yes nor no), `bad_confidence`, `bad_default`, `missing_setting`, `extra_row`, `bad_setting`,
/// `unknown_language`, `no_questions`; and those of [`ExprError`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{sheet} row {row}, column {column}: {code} {word}")]
pub struct SheetProblem {
    /// Which sheet.
    pub sheet: Sheet,
    /// The line of the file that the row starts on, from 1; the header is 1.
    pub row: usize,
    /// The column's header as written; empty where it is about the whole row.
    pub column: String,
    /// Stable code.
    pub code: String,
    /// The word that it is about.
    pub word: String,
    /// In expressions and wordings, the character offset.
    pub at: Option<usize>,
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Settings => "settings",
            Self::Choices => "choices",
            Self::Survey => "survey",
        })
    }
}

/// Problems found so far.
#[derive(Default)]
pub(crate) struct Problems(Vec<SheetProblem>);

impl Problems {
    pub(crate) fn add(&mut self, sheet: Sheet, row: usize, column: &str, code: &str, word: &str) {
        self.push(sheet, row, column, code, word, None);
    }

    pub(crate) fn add_expression(&mut self, sheet: Sheet, row: usize, column: &str, error: &ExprError) {
        self.push(sheet, row, column, &error.code, &error.word, Some(error.at));
    }

    /// Nothing, or all of them in order.
    pub(crate) fn finish(mut self) -> Result<(), Vec<SheetProblem>> {
        self.0.sort();
        self.0.dedup();
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }

    fn push(&mut self, sheet: Sheet, row: usize, column: &str, code: &str, word: &str, at: Option<usize>) {
        // A wrong file would otherwise be repeated whole.
        const LONGEST_WORD: usize = 80;
        self.0.push(SheetProblem {
            sheet,
            row,
            column: column.to_owned(),
            code: code.to_owned(),
            word: word.chars().take(LONGEST_WORD).collect(),
            at,
        });
    }
}
