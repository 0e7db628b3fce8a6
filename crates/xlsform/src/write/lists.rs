//! Where each list is written: in the choices sheet, or as a file beside the form.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Choice, ChoiceList, Definition, Node, Question, QuestionKind};

use super::rows::csv;
use crate::Files;
use crate::choices::{is_choice_name, is_filter_column};
use crate::support::choice_column;
use crate::words::is_name;

/// Longer lists are files unless they cannot be.
const LONGEST_IN_SHEET: usize = 2_000;

/// The lists that are files, and by which columns questions read them.
#[derive(Default)]
pub(super) struct Places(BTreeMap<String, Columns>);

/// The columns of values and labels, where the file has them under names of its own.
#[derive(Default)]
struct Columns {
    value: Option<String>,
    label: Option<String>,
}

/// How a form uses its lists.
#[derive(Default)]
struct Uses<'d> {
    chosen: HashSet<&'d str>,
    ranked: HashSet<&'d str>,
    /// Expressions that look something up in a file.
    lookups: Vec<&'d str>,
}

impl Places {
    pub(super) fn of(definition: &Definition) -> Self {
        let mut uses = Uses::default();
        uses.take(definition.instance_name.as_ref());
        uses.take_all(&definition.nodes);
        let mut places = Self::default();
        for (name, list) in &definition.lists {
            if uses.is_file(name, list, &definition.default_language) {
                let columns = Columns::of(list, uses.chosen.contains(name.as_str()));
                places.0.insert(name.clone(), columns);
            }
        }
        places
    }

    pub(super) fn is_file(&self, list: &str) -> bool {
        self.0.contains_key(list)
    }

    /// `value=code label=ten`, where the file's columns have such names.
    pub(super) fn parameters(&self, list: &str) -> Vec<String> {
        let Some(columns) = self.0.get(list) else { return Vec::new() };
        let named = [("value", &columns.value), ("label", &columns.label)];
        named.into_iter().filter_map(|(key, column)| Some(format!("{key}={}", column.as_ref()?))).collect()
    }

    /// Whether a list that is chosen from has two choices of one name.
    pub(super) fn has_duplicates(&self, definition: &Definition) -> bool {
        let mut uses = Uses::default();
        uses.take_all(&definition.nodes);
        definition.lists.iter().any(|(name, list)| {
            let counts = !self.is_file(name) || uses.chosen.contains(name.as_str());
            let mut seen = HashSet::new();
            counts && list.items().any(|choice| !seen.insert(choice.name()))
        })
    }

    pub(super) fn files(&self, definition: &Definition) -> Files {
        let mut files = Files::new();
        for (name, columns) in &self.0 {
            if let Some(list) = definition.lists.get(name) {
                files.insert(format!("{name}.csv"), columns.file(list));
            }
        }
        files
    }
}

impl Columns {
    /// A column of the list's own that holds the values (or labels) saves writing them twice.
    fn of(list: &ChoiceList, is_chosen: bool) -> Self {
        let holds = |column: &str, wanted: fn(Choice<'_>) -> String| {
            list.items().all(|choice| choice.extra(column).unwrap_or_default() == wanted(choice))
        };
        let mut extra = list.column_names().skip(2);
        if !is_chosen {
            // What is only looked things up in is read by its first column.
            let first = extra.next().filter(|column| holds(column, name) && holds(column, label));
            return Self { value: first.map(str::to_owned), label: first.map(str::to_owned) };
        }
        let extra: Vec<&str> = extra.filter(|column| is_name(column)).collect();
        let found = |usual: &str, wanted| {
            let found = extra.iter().find(|column| **column != usual && holds(column, wanted));
            found.map(|column| (*column).to_owned())
        };
        Self { value: found("name", name), label: found("label", label) }
    }

    fn file(&self, list: &ChoiceList) -> Vec<u8> {
        let extra: Vec<&str> = list.column_names().skip(2).collect();
        let headers: Vec<&str> =
            [self.value.is_none().then_some("name"), self.label.is_none().then_some("label")]
                .into_iter()
                .flatten()
                .chain(extra.iter().copied())
                .collect();
        let rows: Vec<Vec<String>> = list
            .items()
            .map(|choice| {
                let value = self.value.is_none().then(|| name(choice));
                let shown = self.label.is_none().then(|| label(choice));
                let cells = extra.iter().map(|column| choice.extra(column).unwrap_or_default().to_owned());
                value.into_iter().chain(shown).chain(cells).collect()
            })
            .collect();
        csv(&headers, rows.iter().map(|row| row.iter().map(String::as_str))).into_bytes()
    }
}

impl<'d> Uses<'d> {
    fn take_all(&mut self, nodes: &'d [Node]) {
        for node in nodes {
            match node {
                Node::Group(group) => {
                    self.take(group.relevant.as_ref());
                    self.take_all(&group.nodes);
                }
                Node::Repeat(repeat) => {
                    self.take(repeat.relevant.as_ref());
                    self.take(repeat.count.as_ref());
                    self.take_all(&repeat.nodes);
                }
                Node::Question(question) => self.take_question(question),
            }
        }
    }

    fn take_question(&mut self, question: &'d Question) {
        if let QuestionKind::Asked { list: Some(list), .. } = &question.kind {
            self.chosen.insert(list);
            if question.ranked {
                self.ranked.insert(list);
            }
        }
        let rules = [
            &question.required,
            &question.relevant,
            &question.constraint,
            &question.warning,
            &question.calculation,
            &question.default,
            &question.read_only,
            &question.choice_filter,
        ];
        for rule in rules {
            self.take(rule.as_ref());
        }
    }

    fn take(&mut self, expr: Option<&'d Expr>) {
        self.lookups.extend(expr.map(Expr::source).filter(|source| source.contains("pulldata")));
    }

    fn is_file(&self, name: &str, list: &ChoiceList, default_language: &str) -> bool {
        if !fits_sheet(list) {
            return true;
        }
        let languages: BTreeSet<String> =
            list.items().flat_map(|choice| choice.label().0.into_keys()).collect();
        // A file's labels are in the form's default language.
        if self.ranked.contains(name) || languages.iter().any(|language| language != default_language) {
            return false;
        }
        let names = |quote: char, end: &str| format!("{quote}{name}{end}{quote}");
        let spelt = [names('\'', ""), names('"', ""), names('\'', ".csv"), names('"', ".csv")];
        let is_looked_up = self.lookups.iter().any(|source| spelt.iter().any(|name| source.contains(name)));
        // As files name their columns, and no sheet does.
        let has_values = Columns::of(list, true).value.is_some();
        is_looked_up || has_values || list.len() > LONGEST_IN_SHEET
    }
}

/// Whether the choices sheet can hold a list so that the same is read again.
fn fits_sheet(list: &ChoiceList) -> bool {
    let mut columns = list.column_names().skip(2);
    let has_column = |column: &str| {
        is_filter_column(column)
            && choice_column(&column.to_lowercase()).is_none()
            // A column without a cell would not be seen.
            && list.items().any(|choice| choice.extra(column).is_some())
    };
    !list.is_empty()
        && columns.all(has_column)
        && list.items().all(|choice| {
            let label = choice.label();
            is_choice_name(choice.name())
                && !label.is_empty()
                && !label.0.values().any(|words| words.contains("${"))
        })
}

fn name(choice: Choice<'_>) -> String {
    choice.name().to_owned()
}

/// The label in a list whose labels are in one language.
fn label(choice: Choice<'_>) -> String {
    choice.label().0.into_values().next().unwrap_or_default()
}
