//! XLSForm (xlsx or CSV sheets) to an instrument definition and back, refusing by sheet, row and column what is not supported.
//!
//! What is read: the types, columns, appearances and parameters in [`SUPPORTED_TYPES`], [`SUPPORTED_COLUMNS`],
//! [`SUPPORTED_CHOICE_COLUMNS`], [`SUPPORTED_SETTINGS`], [`SUPPORTED_APPEARANCES`], [`SUPPORTED_PARAMETERS`] and
//! [`SUPPORTED_STYLES`]. Anything else is a [`SheetProblem`], all of them at once; nothing is ignored.
//!
//! Where this is stricter than ODK's own pyxform: names are unique in the whole form and of ASCII letters, digits, `_` and `-`
//! (answers are kept under flat paths); every question and every choice has a label; choice names have no blanks; a file has one
//! column of values and one of labels for all questions that read it; `form_id`, `form_title` and `version` must be there.

mod choices;
mod input;
mod lists;
mod other;
mod problem;
mod settings;
mod support;
mod survey;
mod table;
mod words;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rasoat_instrument::{Definition, Language, Plan};

pub use problem::{Sheet, SheetProblem};
pub use support::{
    SUPPORTED_APPEARANCES, SUPPORTED_CHOICE_COLUMNS, SUPPORTED_COLUMNS, SUPPORTED_PARAMETERS,
    SUPPORTED_SETTINGS, SUPPORTED_STYLES, SUPPORTED_TYPES,
};
pub use write::{Workbook, WriteError, write_csv, write_xlsx};

use input::{Grids, csv_grid, read_workbook};
use lists::Lists;
use problem::Problems;
use settings::Settings;
use table::Table;

/// Files that stand beside a form, by name (`villages.csv`).
pub type Files = BTreeMap<String, Vec<u8>>;

/// A form as CSV texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// The sheet of questions.
    pub survey: String,
    /// The sheet of lists; may be empty.
    pub choices: String,
    /// The sheet of the form's own title, id, version and language.
    pub settings: String,
    /// Files that questions choose from or look things up in.
    pub files: Files,
}

impl Form {
    /// Reads the form (byte-order marks are skipped).
    ///
    /// # Errors
    /// Every problem of every sheet, in the order settings, choices, survey, files, and by row.
    pub fn read(&self) -> Result<Definition, Vec<SheetProblem>> {
        read_texts(&self.survey, &self.choices, &self.settings, &self.files)
    }
}

/// Reads a form without files from its three sheets as CSV texts (a byte-order mark is skipped).
///
/// `survey` is the sheet of questions, `choices` that of the lists (may be empty), `settings` that of the form's own title,
/// id, version and language.
///
/// # Errors
/// Every problem of every sheet, in the order settings, choices, survey, and by row.
pub fn read_csv(survey: &str, choices: &str, settings: &str) -> Result<Definition, Vec<SheetProblem>> {
    read_texts(survey, choices, settings, &Files::new())
}

/// Reads a form from an Excel workbook (`.xlsx`) with the sheets `survey`, `choices` and `settings`, and the files beside it.
/// Cells are read as the text that a person sees; of formulas the last result counts. Sheets whose names begin with `_` are
/// passed over.
///
/// # Errors
/// Every problem of the workbook and its sheets, and by row.
pub fn read_xlsx(bytes: &[u8], files: &Files) -> Result<Definition, Vec<SheetProblem>> {
    let mut problems = Problems::default();
    match read_workbook(bytes, &mut problems) {
        Some(grids) => read(grids, files, problems),
        None => Err(problems.finish().err().unwrap_or_default()),
    }
}

fn read_texts(
    survey: &str,
    choices: &str,
    settings: &str,
    files: &Files,
) -> Result<Definition, Vec<SheetProblem>> {
    let mut problems = Problems::default();
    let grids = Grids {
        settings: csv_grid(&Sheet::Settings, settings, &mut problems),
        choices: csv_grid(&Sheet::Choices, choices, &mut problems),
        survey: csv_grid(&Sheet::Survey, survey, &mut problems),
    };
    read(grids, files, problems)
}

fn read(grids: Grids, files: &Files, mut problems: Problems) -> Result<Definition, Vec<SheetProblem>> {
    let problems = &mut problems;
    let settings_table = Table::read(Sheet::Settings, grids.settings, support::setting, problems);
    let choices_table = Table::read(Sheet::Choices, grids.choices, support::choice_column, problems);
    let survey_table = Table::read(Sheet::Survey, grids.survey, support::survey_column, problems);

    let settings = settings::read(&settings_table, problems);
    let default_language = settings.default_language.clone();
    let mut languages = survey::languages(&survey_table, &default_language);
    languages.extend(choices::languages(&choices_table, &default_language));

    let allow_duplicates = settings.allow_choice_duplicates;
    let sheet = choices::read(&choices_table, &default_language, allow_duplicates, problems);
    let lists = Lists::read(sheet, files, &survey_table, &default_language, allow_duplicates, problems);
    let survey = survey::read(&survey_table, &lists, &languages, &default_language, problems);
    if !languages.contains(&default_language) && !languages.is_empty() {
        let column = settings_table.header_for("default_language", None, "");
        problems.add(&Sheet::Settings, settings.row, &column, "unknown_language", &default_language);
    }

    let row = settings.row;
    let definition = Arc::new(definition(settings, &languages, survey.nodes, lists));
    let plan = Plan::new(Arc::clone(&definition));
    for problem in plan.problems() {
        if problem.column == "instance_name" {
            let column = settings_table.header_for(problem.column, None, "");
            problems.add_expression(&Sheet::Settings, row, &column, &problem.error);
            continue;
        }
        let row = survey.rows.get(&problem.node).copied().unwrap_or(1);
        let language = problem.language.as_deref();
        let column = survey_table.header_for(problem.column, language, &default_language);
        problems.add_expression(&Sheet::Survey, row, &column, &problem.error);
    }
    drop(plan);
    std::mem::take(problems).finish()?;
    Ok(Arc::unwrap_or_clone(definition))
}

/// The default language first, the others as they sort.
fn definition(
    settings: Settings,
    languages: &BTreeSet<Language>,
    nodes: Vec<rasoat_instrument::Node>,
    lists: Lists,
) -> Definition {
    let Settings { id, version, title, default_language, instance_name, style, .. } = settings;
    let others = languages.iter().filter(|language| **language != default_language).cloned();
    Definition {
        id,
        version,
        title,
        languages: std::iter::once(default_language.clone()).chain(others).collect(),
        default_language,
        instance_name,
        style,
        nodes,
        lists: lists.into_all(),
    }
}
