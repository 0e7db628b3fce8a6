//! The settings sheet: one row about the form itself.

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Language, Text};

use crate::problem::{Problems, Sheet};
use crate::support::{SUPPORTED_SETTINGS, SUPPORTED_STYLES, is_supported};
use crate::table::{Table, language_code};
use crate::words::{flag, wording};

/// What the settings sheet says.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) title: Text,
    pub(crate) default_language: Language,
    pub(crate) instance_name: Option<Expr>,
    pub(crate) style: Vec<String>,
    /// Whether a list may have several choices of one name.
    pub(crate) allow_choice_duplicates: bool,
    /// Where its row is.
    pub(crate) row: usize,
}

/// ODK's name for the one language of a form that names none.
pub(crate) const UNNAMED_LANGUAGE: &str = "default";

pub(crate) fn read(table: &Table, problems: &mut Problems) -> Settings {
    for header in table.headers.iter().filter(|header| !header.name.is_empty()) {
        if !is_supported(SUPPORTED_SETTINGS, &header.name, header.language.as_deref()) {
            problems.add(&Sheet::Settings, 1, &header.written, "unsupported_column", &header.written);
        }
    }
    let Some(row) = table.rows.first() else {
        problems.add(&Sheet::Settings, 2, "", "missing_setting", "form_id");
        let default_language = UNNAMED_LANGUAGE.to_owned();
        return Settings { default_language, row: 2, ..Settings::default() };
    };
    for extra in table.rows.iter().skip(1) {
        problems.add(&Sheet::Settings, extra.line, "", "extra_row", "");
    }
    let written = table.cell(row, "default_language");
    let default_language =
        if written.is_empty() { UNNAMED_LANGUAGE.to_owned() } else { language_code(written) };
    let column = |name: &str| table.header_for(name, None, &default_language);
    let mut needed = |name: &str| {
        let cell = table.cell(row, name);
        if cell.is_empty() {
            problems.add(&Sheet::Settings, row.line, &column(name), "missing_setting", name);
        } else if cell.contains(char::is_whitespace) {
            problems.add(&Sheet::Settings, row.line, &column(name), "bad_setting", cell);
        }
        cell.to_owned()
    };
    let id = needed("form_id");
    let version = needed("version");
    let title = wording(table, row, "form_title", &default_language);
    if title.is_empty() {
        let column = column("form_title");
        problems.add(&Sheet::Settings, row.line, &column, "missing_setting", "form_title");
    }
    let style: Vec<String> = table.cell(row, "style").split_whitespace().map(str::to_owned).collect();
    for word in style.iter().filter(|word| !SUPPORTED_STYLES.contains(&word.as_str())) {
        problems.add(&Sheet::Settings, row.line, &column("style"), "unsupported_style", word);
    }
    let instance_name = Some(table.cell(row, "instance_name")).filter(|cell| !cell.is_empty());
    let instance_name = instance_name.and_then(|cell| {
        let column = column("instance_name");
        let refuse = |error: &_| problems.add_expression(&Sheet::Settings, row.line, &column, error);
        Expr::parse(cell).inspect_err(refuse).ok()
    });
    let allow_choice_duplicates = flag(table, row, "allow_choice_duplicates", problems);
    Settings {
        id,
        version,
        title,
        default_language,
        instance_name,
        style,
        allow_choice_duplicates,
        row: row.line,
    }
}
