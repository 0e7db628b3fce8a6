//! All lists of a form: those of the choices sheet, and the files that stand beside it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rasoat_instrument::ChoiceList;

use crate::Files;
use crate::choices::{self, is_choice_name};
use crate::input::csv_grid;
use crate::other;
use crate::problem::{Problems, Sheet};
use crate::survey::{Parameters, RowKind};
use crate::table::Table;

/// The lists that questions may name, of both kinds.
#[derive(Default)]
pub(crate) struct Lists {
    pub(crate) sheet: BTreeMap<String, Arc<ChoiceList>>,
    /// By the file's name without `.csv`.
    pub(crate) files: BTreeMap<String, Arc<ChoiceList>>,
    /// Files that are there, whatever is wrong with them.
    pub(crate) attached: BTreeSet<String>,
}

/// How questions read a file.
struct Use {
    row: usize,
    value: String,
    label: String,
}

impl Lists {
    /// Puts the lists together; the survey sheet says which files are choices, by which columns, and which lists get `other`.
    pub(crate) fn read(
        mut sheet: choices::Lists,
        files: &Files,
        survey: &Table,
        default_language: &str,
        allow_duplicates: bool,
        problems: &mut Problems,
    ) -> Self {
        let uses = uses(survey, &mut sheet, problems);
        let mut lists = Self::default();
        for (file, bytes) in files {
            let place = Sheet::File(file.clone());
            let Some(name) = file.strip_suffix(".csv").filter(|name| !name.is_empty()) else {
                problems.add(&place, 1, "", "unsupported_file", file);
                continue;
            };
            lists.attached.insert(name.to_owned());
            if sheet.contains_key(name) {
                problems.add(&place, 1, "", "duplicate_list", name);
                continue;
            }
            let Ok(text) = std::str::from_utf8(bytes) else {
                problems.add(&place, 1, "", "unreadable", "");
                continue;
            };
            let grid = csv_grid(&place, text, problems);
            let table = Table::read(place, grid, |_| None, problems);
            let found = uses.get(name);
            if let Some(found) = found {
                check(&table, found, allow_duplicates, problems);
            }
            if let Some(list) = of_table(&table, found, default_language) {
                lists.files.insert(name.to_owned(), Arc::new(list));
            }
        }
        let built = sheet.into_iter().map(|(name, items)| (name, Arc::new(ChoiceList::new(&items))));
        lists.sheet = built.collect();
        lists
    }

    /// All of them by name.
    pub(crate) fn into_all(self) -> BTreeMap<String, Arc<ChoiceList>> {
        let mut all = self.files;
        all.extend(self.sheet);
        all
    }
}

fn uses(survey: &Table, sheet: &mut choices::Lists, problems: &mut Problems) -> BTreeMap<String, Use> {
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    for row in &survey.rows {
        let Some(kind) = RowKind::read(survey.cell(row, "type")) else { continue };
        if kind.or_other
            && let Some(items) = kind.list.as_ref().and_then(|list| sheet.get_mut(list))
        {
            other::add_choice(items);
        }
        let Some(file) = kind.file() else { continue };
        // What is wrong with parameters is said of their row.
        let cell = survey.cell(row, "parameters");
        let parameters = Parameters::read(kind.row_type, cell).unwrap_or_default();
        let column = |key: &str, unsaid: &str| parameters.get(key).unwrap_or(unsaid).to_owned();
        let found = Use { row: row.line, value: column("value", "name"), label: column("label", "label") };
        match uses.get(file) {
            Some(known) if known.value != found.value || known.label != found.label => {
                let header = survey.header_for("parameters", None, "");
                let word = format!("{file} {}", known.row);
                problems.add(&Sheet::Survey, found.row, &header, "file_columns_differ", &word);
            }
            Some(_) => {}
            None => {
                uses.insert(file.to_owned(), found);
            }
        }
    }
    uses
}

/// Rows that are choices need what choices need.
fn check(table: &Table, found: &Use, allow_duplicates: bool, problems: &mut Problems) {
    for needed in [&found.value, &found.label] {
        if !table.has(needed) {
            problems.add(&table.sheet, 1, needed, "missing_column", needed);
        }
    }
    if !table.has(&found.value) || !table.has(&found.label) {
        return;
    }
    let mut seen = HashSet::new();
    for row in &table.rows {
        let name = table.cell(row, &found.value);
        if !is_choice_name(name) {
            problems.add(&table.sheet, row.line, &found.value, "bad_choice_name", name);
        } else if !seen.insert(name) && !allow_duplicates {
            problems.add(&table.sheet, row.line, &found.value, "duplicate_choice", name);
        }
        if table.cell(row, &found.label).is_empty() {
            problems.add(&table.sheet, row.line, &found.label, "missing_label", name);
        }
    }
}

/// A file that is only looked things up in needs no columns of certain names.
fn of_table(table: &Table, found: Option<&Use>, language: &str) -> Option<ChoiceList> {
    let columns: Vec<String> = table.headers.iter().map(|header| header.written.clone()).collect();
    let first = columns.first()?.clone();
    let has = |name: &str| columns.iter().any(|column| column == name);
    let (value, label) = match found {
        Some(found) => (found.value.clone(), found.label.clone()),
        None => {
            let value = if has("name") { "name".to_owned() } else { first };
            let label = if has("label") { "label".to_owned() } else { value.clone() };
            (value, label)
        }
    };
    let rows = table.rows.iter().map(|row| row.cells.as_slice());
    ChoiceList::from_table(&columns, rows, &value, &label, language).ok()
}
