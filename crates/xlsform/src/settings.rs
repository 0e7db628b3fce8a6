//! The settings sheet: one row about the form itself.

use rasoat_instrument::{Language, Text};

use crate::problem::{Problems, Sheet};
use crate::sheet::{Table, language_code};
use crate::words::wording;

/// What the settings sheet says.
pub(crate) struct Settings {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) title: Text,
    pub(crate) default_language: Language,
    /// Where its row is.
    pub(crate) row: usize,
}

/// ODK's name for the one language of a form that names none.
const UNNAMED_LANGUAGE: &str = "default";

pub(crate) fn read(table: &Table, problems: &mut Problems) -> Settings {
    for header in &table.headers {
        let is_known = match header.name.as_str() {
            "form_title" => true,
            "form_id" | "version" | "default_language" => header.language.is_none(),
            _ => header.name.is_empty(),
        };
        if !is_known {
            problems.add(Sheet::Settings, 1, &header.written, "unsupported_column", &header.written);
        }
    }
    let Some(row) = table.rows.first() else {
        problems.add(Sheet::Settings, 2, "", "missing_setting", "form_id");
        return Settings {
            id: String::new(),
            version: String::new(),
            title: Text::default(),
            default_language: UNNAMED_LANGUAGE.to_owned(),
            row: 2,
        };
    };
    for extra in table.rows.iter().skip(1) {
        problems.add(Sheet::Settings, extra.line, "", "extra_row", "");
    }
    let written = table.cell(row, "default_language");
    let default_language =
        if written.is_empty() { UNNAMED_LANGUAGE.to_owned() } else { language_code(written) };
    let mut needed = |name: &str| {
        let cell = table.cell(row, name);
        if cell.is_empty() {
            problems.add(Sheet::Settings, row.line, name, "missing_setting", name);
        } else if cell.contains(char::is_whitespace) {
            problems.add(Sheet::Settings, row.line, name, "bad_setting", cell);
        }
        cell.to_owned()
    };
    let id = needed("form_id");
    let version = needed("version");
    let title = wording(table, row, "form_title", &default_language);
    if title.is_empty() {
        problems.add(Sheet::Settings, row.line, "form_title", "missing_setting", "form_title");
    }
    Settings { id, version, title, default_language, row: row.line }
}
