//! What is wrong with a form, and where.

use std::fmt;

use rasoat_instrument::expression::ExprError;

/// A form full of the same mistake would otherwise be repeated whole.
const MOST: usize = 2_000;

/// One of a form's sheets or files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sheet {
    /// The workbook as a whole.
    Workbook,
    /// The form's title, id, version and language.
    Settings,
    /// Lists of choices.
    Choices,
    /// Questions, groups and repeats.
    Survey,
    /// An attached file, by its name.
    File(String),
    /// A sheet that forms do not have, by its name.
    Other(String),
}

/// One thing in one cell that cannot be used.
///
/// Of workbooks and files: `not_a_workbook`, `old_excel` (`.xls`), `password_protected`, `damaged`, `zip_bomb`, `too_large`,
/// `too_many_rows`, `too_many_columns`, `too_many_lists`, `too_many_problems` (what is said is not all), `missing_sheet`,
/// `duplicate_sheet`, `unsupported_sheet`, `unsupported_file` (attached and not `.csv`), `unreadable` (not UTF-8).
///
/// Of cells: `cell_too_long`, `bad_character` (control characters), `formula_error` (`#REF!` and the like).
///
/// Of columns: `missing_column`, `duplicate_column`, `unnamed_column`, `unsupported_column`, `not_applicable` (a column that this
/// type does not have).
///
/// Of rows: `missing_type`, `unsupported_type`, `unsupported_appearance`, `missing_name`, `bad_name`, `reserved_name` (names
/// ending in `_`, and `meta`), `duplicate_name`, `missing_label`, `unmatched_end`, `missing_end`, `too_deep`,
/// `missing_calculation`, `bad_flag` (neither yes nor no), `bad_default`, `bad_trigger`, `bad_completion`, `name_in_use` (an
/// earlier name that a question still has), `missing_confidence`, `missing_source`, `bad_confidence`, `no_questions`.
///
/// Of parameters: `bad_parameters` (not `key=value`), `unsupported_parameter`, `bad_parameter` (its value).
///
/// Of lists: `unknown_list`, `missing_file`, `duplicate_list` (a list and a file of one name), `duplicate_choice`,
/// `bad_choice_name`, `unsupported_reference` (`${…}` in a choice's label), `file_columns_differ` (two questions read one file by
/// different columns).
///
/// Of settings: `missing_setting`, `extra_row`, `bad_setting`, `unsupported_style`, `unknown_language`.
///
/// And the codes of [`ExprError`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{sheet} row {row}, column {column}: {code} {word}")]
pub struct SheetProblem {
    /// Which sheet.
    pub sheet: Sheet,
    /// The row of the sheet, or the line of the CSV text that the row starts on; from 1, the header is 1.
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
        match self {
            Self::Workbook => f.write_str("workbook"),
            Self::Settings => f.write_str("settings"),
            Self::Choices => f.write_str("choices"),
            Self::Survey => f.write_str("survey"),
            Self::File(name) => write!(f, "file {name}"),
            Self::Other(name) => write!(f, "sheet {name}"),
        }
    }
}

/// Problems found so far.
#[derive(Default)]
pub(crate) struct Problems(Vec<SheetProblem>);

impl Problems {
    pub(crate) fn add(&mut self, sheet: &Sheet, row: usize, column: &str, code: &str, word: &str) {
        self.push(sheet, row, column, code, word, None);
    }

    pub(crate) fn add_expression(&mut self, sheet: &Sheet, row: usize, column: &str, error: &ExprError) {
        self.push(sheet, row, column, &error.code, &error.word, Some(error.at));
    }

    /// Nothing, or all of them in order.
    pub(crate) fn finish(mut self) -> Result<(), Vec<SheetProblem>> {
        self.0.sort();
        self.0.dedup();
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }

    fn push(&mut self, sheet: &Sheet, row: usize, column: &str, code: &str, word: &str, at: Option<usize>) {
        // A wrong file would otherwise be repeated whole.
        const LONGEST_WORD: usize = 80;
        if self.0.len() > MOST {
            return;
        }
        let (sheet, row, column, code, word, at) = match self.0.len() {
            MOST => (&Sheet::Workbook, 1, "", "too_many_problems", "", None),
            _ => (sheet, row, column, code, word, at),
        };
        self.0.push(SheetProblem {
            sheet: sheet.clone(),
            row,
            column: column.chars().take(LONGEST_WORD).collect(),
            code: code.to_owned(),
            word: word.chars().take(LONGEST_WORD).collect(),
            at,
        });
    }
}
