//! XLSForm sheets (CSV) to an instrument definition, refusing by sheet, row and column what is not supported.
//!
//! What is read: the types, columns and appearances in [`SUPPORTED_TYPES`], [`SUPPORTED_COLUMNS`] and [`SUPPORTED_APPEARANCES`].
//! Anything else is a [`SheetProblem`], all of them at once; nothing is ignored.

mod choices;
mod problem;
mod settings;
mod sheet;
mod survey;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use rasoat_instrument::{Definition, Language, Plan};

pub use problem::{Sheet, SheetProblem};
pub use survey::{SUPPORTED_APPEARANCES, SUPPORTED_COLUMNS, SUPPORTED_TYPES};

use problem::Problems;
use sheet::Table;

/// Reads a form from its three sheets as CSV texts (a byte-order mark is skipped).
///
/// `survey` is the sheet of questions, `choices` that of the lists (may be empty), `settings` that of the form's own title,
/// id, version and language.
///
/// # Errors
/// Every problem of every sheet, in the order settings, choices, survey, and by row.
pub fn read_csv(survey: &str, choices: &str, settings: &str) -> Result<Definition, Vec<SheetProblem>> {
    let mut problems = Problems::default();
    let settings_table = Table::read(Sheet::Settings, settings, &mut problems);
    let choices_table = Table::read(Sheet::Choices, choices, &mut problems);
    let survey_table = Table::read(Sheet::Survey, survey, &mut problems);

    let settings = settings::read(&settings_table, &mut problems);
    let default_language = settings.default_language.clone();
    let lists = choices::read(&choices_table, &default_language, &mut problems);
    let survey = survey::read(&survey_table, &lists, &default_language, &mut problems);

    let mut languages: BTreeSet<Language> = survey.languages;
    languages.extend(choices::languages(&choices_table, &default_language));
    if !languages.contains(&default_language) && !languages.is_empty() {
        problems.add(
            Sheet::Settings,
            settings.row,
            "default_language",
            "unknown_language",
            &default_language,
        );
    }
    // The default first, the others as they sort.
    let others = languages.iter().filter(|language| **language != default_language).cloned();
    let definition = Definition {
        id: settings.id,
        version: settings.version,
        title: settings.title,
        languages: std::iter::once(default_language.clone()).chain(others).collect(),
        default_language,
        nodes: survey.nodes,
        lists,
    };
    let definition = Arc::new(definition);
    let plan = Plan::new(Arc::clone(&definition));
    for problem in plan.problems() {
        let row = survey.rows.get(&problem.node).copied().unwrap_or(1);
        let column = survey_table.header_for(
            problem.column,
            problem.language.as_deref(),
            &definition.default_language,
        );
        problems.add_expression(Sheet::Survey, row, &column, &problem.error);
    }
    drop(plan);
    problems.finish()?;
    Ok(Arc::unwrap_or_clone(definition))
}
