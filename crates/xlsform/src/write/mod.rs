//! A definition as sheets again: what is read from them is the same definition.

mod excel;
mod lists;
mod rows;
mod survey;

use rasoat_instrument::{Definition, Language, Text};

use crate::settings::UNNAMED_LANGUAGE;
use crate::support::{SUPPORTED_CHOICE_COLUMNS, SUPPORTED_SETTINGS};
use crate::{Files, Form};
use lists::Places;
use rows::Rows;

/// A form as an Excel workbook, and the files beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workbook {
    /// The `.xlsx` file.
    pub bytes: Vec<u8>,
    /// Files that questions choose from or look things up in.
    pub files: Files,
}

/// The form does not fit in an Excel workbook: Excel's cells hold 32,767 characters.
#[derive(Debug, thiserror::Error)]
#[error("the form does not fit in an Excel workbook")]
pub struct WriteError(#[source] rust_xlsxwriter::XlsxError);

/// Writes a form as an Excel workbook. Equal forms give equal bytes.
///
/// Choices stand in the choices sheet, except in lists that it cannot hold, that are longer than a sheet is pleasant to read, that
/// have a column of their own for the values, or that the form looks up with `pulldata`: those are files.
///
/// # Errors
/// A wording or expression is longer than Excel allows. That of a form read by this crate never is.
pub fn write_xlsx(definition: &Definition) -> Result<Workbook, WriteError> {
    let sheets = Sheets::of(definition);
    let bytes = excel::workbook(&sheets).map_err(WriteError)?;
    Ok(Workbook { bytes, files: sheets.files })
}

/// Writes a form as CSV texts, lists as [`write_xlsx`] does.
pub fn write_csv(definition: &Definition) -> Form {
    let Sheets { survey, choices, settings, files } = Sheets::of(definition);
    Form { survey: survey.to_csv(), choices: choices.to_csv(), settings: settings.to_csv(), files }
}

/// A form's sheets and files.
struct Sheets {
    survey: Rows,
    choices: Rows,
    settings: Rows,
    files: Files,
}

impl Sheets {
    fn of(definition: &Definition) -> Self {
        let places = Places::of(definition);
        Self {
            survey: survey::rows(definition, &places),
            choices: choices(definition, &places),
            settings: settings(definition, &places),
            files: places.files(definition),
        }
    }
}

fn choices(definition: &Definition, places: &Places) -> Rows {
    let mut rows = Rows::new(definition, SUPPORTED_CHOICE_COLUMNS);
    for column in ["list_name", "name"] {
        rows.need(column, None);
    }
    rows.need("label", Some(&definition.default_language));
    for (name, list) in &definition.lists {
        if places.is_file(name) {
            continue;
        }
        let mut extra: Vec<&str> = list.column_names().skip(2).collect();
        extra.sort_unstable();
        for choice in list.items() {
            rows.begin();
            rows.put("list_name", name);
            rows.put("name", choice.name());
            rows.put_words("label", &choice.label());
            for column in &extra {
                rows.put(column, choice.extra(column).unwrap_or_default());
            }
        }
    }
    rows
}

fn settings(definition: &Definition, places: &Places) -> Rows {
    let mut rows = Rows::new(definition, SUPPORTED_SETTINGS);
    rows.begin();
    // The title without a language is that of the default one.
    let mut others = definition.title.clone();
    rows.put("form_title", &others.0.remove(&definition.default_language).unwrap_or_default());
    rows.put_words("form_title", &others);
    rows.put("form_id", &definition.id);
    rows.put("version", &definition.version);
    if definition.default_language != UNNAMED_LANGUAGE {
        rows.put("default_language", &definition.default_language);
    }
    rows.put("instance_name", definition.instance_name.as_ref().map_or("", |expr| expr.source()));
    rows.put("style", &definition.style.join(" "));
    if places.has_duplicates(definition) {
        rows.put("allow_choice_duplicates", "yes");
    }
    rows
}
