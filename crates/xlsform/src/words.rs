//! Wordings, names and flags as cells have them.

use rasoat_instrument::Text;

use crate::input::Row;
use crate::problem::Problems;
use crate::table::Table;

/// The wording of a row in all languages; a column without language is in the default one.
pub(crate) fn wording(table: &Table, row: &Row, name: &str, default_language: &str) -> Text {
    let mut text = Text::default();
    for (header, cell) in table.cells(row) {
        if header.name == name && !cell.is_empty() {
            let language = header.language.as_deref().unwrap_or(default_language);
            text.0.insert(language.to_owned(), cell.to_owned());
        }
    }
    text
}

/// Whether a text can be the name of a question, group or repeat.
pub(crate) fn is_name(text: &str) -> bool {
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    begins && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// A cell that says yes or no; empty is no.
pub(crate) fn flag(table: &Table, row: &Row, name: &str, problems: &mut Problems) -> bool {
    let cell = table.cell(row, name);
    truth(cell).unwrap_or_else(|| {
        let column = table.header_for(name, None, "");
        if !cell.is_empty() {
            problems.add(&table.sheet, row.line, &column, "bad_flag", cell);
        }
        false
    })
}

/// `yes`, `true`, `true()` and their opposites, in any case.
pub(crate) fn truth(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "yes" | "true" | "true()" => Some(true),
        "no" | "false" | "false()" => Some(false),
        _ => None,
    }
}
