//! The places that edits speak of, as the columns of tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_casework::SubjectKind;
use rasoat_instrument::{Definition, Node, Question, QuestionKind, Value, ValueKind};

use super::model::{FIRST_REGION, Region, size_of};
use super::{LONGEST_SHARED, kind_code};

/// What the columns of a table mostly hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Any,
    Text,
    Integer,
    Date,
    Choice,
    Choices,
    Decimal,
}

const KINDS: [CellKind; 7] = [
    CellKind::Any,
    CellKind::Text,
    CellKind::Integer,
    CellKind::Date,
    CellKind::Choice,
    CellKind::Choices,
    CellKind::Decimal,
];

impl CellKind {
    pub(super) fn code(self) -> u8 {
        self as u8
    }

    pub(super) fn of(code: u8) -> Option<Self> {
        KINDS.get(usize::from(code)).copied()
    }

    pub(super) fn of_value(value: &Value) -> Self {
        Self::of_kind(match value {
            Value::Text(_) => ValueKind::Text,
            Value::Integer(_) => ValueKind::Integer,
            Value::Date(_) => ValueKind::Date,
            Value::Choice(_) => ValueKind::Choice,
            Value::Choices(_) => ValueKind::Choices,
            Value::Decimal(_) => ValueKind::Decimal,
            Value::Time(_) => ValueKind::Time,
            Value::DateTime(_) => ValueKind::DateTime,
            Value::Point(_) => ValueKind::Point,
            Value::File(_) => ValueKind::File,
        })
    }

    fn of_kind(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Text => Self::Text,
            ValueKind::Integer => Self::Integer,
            ValueKind::Date => Self::Date,
            ValueKind::Choice => Self::Choice,
            ValueKind::Choices => Self::Choices,
            ValueKind::Decimal => Self::Decimal,
            ValueKind::Time | ValueKind::DateTime | ValueKind::Point | ValueKind::File => Self::Any,
        }
    }

    /// Whether cells are places in a list of names.
    pub(super) fn is_named(self) -> bool {
        matches!(self, Self::Choice | Self::Choices)
    }
}

/// One place as a column: a field (with its facet, if any), or the instance itself where the name is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: CellKind,
    /// Of a named kind: what a cell's number stands for. Of texts and numbers: those that a dictionary knows to be common.
    pub(super) names: Arc<Vec<String>>,
}

impl Column {
    /// A column for a place that no form is known for.
    pub(super) fn new(name: &str, kind: CellKind) -> Self {
        Self { name: name.to_owned(), kind, names: Arc::default() }
    }

    pub(super) fn place_of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    pub(super) fn place_of_number(&self, number: i64) -> Option<usize> {
        if self.names.is_empty() { None } else { self.place_of(&number.to_string()) }
    }
}

/// The columns of one kind of document within the same repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// Code of the kind of document.
    pub(super) kind: u8,
    /// The repeats around, from the outside in.
    pub(super) repeats: Vec<String>,
    pub(super) columns: Vec<Arc<Column>>,
}

/// No list of choices is longer; those beyond travel by their names.
pub(super) const LONGEST_LIST: usize = 200;

/// A form's places, in the order of its sheet, as tables of interviews.
pub(super) fn tables_of(definition: &Definition) -> Vec<Table> {
    let lists: BTreeMap<&str, Arc<Vec<String>>> = definition
        .lists
        .iter()
        .filter(|(_, list)| list.items().len() <= LONGEST_LIST)
        .filter(|(_, list)| list.items().all(|item| item.name().len() <= LONGEST_SHARED))
        .map(|(name, list)| {
            let names = list.items().map(|item| item.name().to_owned());
            (name.as_str(), Arc::new(names.collect()))
        })
        .collect();
    let mut tables = Vec::new();
    walk(&definition.nodes, &[], &lists, &mut tables);
    tables
}

fn walk(
    nodes: &[Node],
    around: &[String],
    lists: &BTreeMap<&str, Arc<Vec<String>>>,
    tables: &mut Vec<Table>,
) {
    for node in nodes {
        match node {
            Node::Group(group) => walk(&group.nodes, around, lists, tables),
            Node::Repeat(repeat) => {
                let inside = [around, std::slice::from_ref(&repeat.name)].concat();
                walk(&repeat.nodes, &inside, lists, tables);
            }
            Node::Question(question) => {
                let Some(column) = column_of(question, lists) else { continue };
                match tables.iter_mut().find(|table| table.repeats == around) {
                    Some(table) => table.columns.push(Arc::new(column)),
                    None => tables.push(Table {
                        kind: kind_code(SubjectKind::Interview),
                        repeats: around.to_vec(),
                        columns: vec![Arc::new(column)],
                    }),
                }
            }
        }
    }
}

fn column_of(question: &Question, lists: &BTreeMap<&str, Arc<Vec<String>>>) -> Option<Column> {
    let mut column = Column::new(&question.name, CellKind::Any);
    match &question.kind {
        QuestionKind::Asked { kind, list } => {
            column.kind = CellKind::of_kind(*kind);
            if column.kind.is_named() {
                column.names = list.as_deref().and_then(|list| lists.get(list)).cloned().unwrap_or_default();
            }
        }
        QuestionKind::Acknowledge => {
            column.kind = CellKind::Choice;
            column.names = Arc::new(vec!["OK".to_owned()]);
        }
        QuestionKind::Finished => {}
        // Computed values are computed again and do not travel.
        QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Note => return None,
    }
    Some(column)
}

/// Tables with where the odds of their columns are.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub(super) tables: Vec<(Table, Vec<Region>)>,
    /// How many odds there are in all.
    pub(super) size: usize,
}

impl Layout {
    pub(super) fn of(tables: impl IntoIterator<Item = Table>) -> Self {
        let mut layout = Self::default();
        for table in tables {
            layout.extend(None, table);
        }
        layout
    }

    /// Takes in further columns of a table, which is the one at a place or a new one.
    pub(super) fn extend(&mut self, at: Option<usize>, table: Table) {
        self.size = self.size.max(FIRST_REGION);
        let mut regions = Vec::new();
        for column in &table.columns {
            regions.push(Region(self.size));
            self.size += size_of(column);
        }
        match at.and_then(|at| self.tables.get_mut(at)) {
            Some((known, known_regions)) => {
                known.columns.extend(table.columns);
                known_regions.extend(regions);
            }
            None => self.tables.push((table, regions)),
        }
    }

    /// Where the table of a kind of document and repeats is.
    pub(super) fn find(&self, kind: u8, repeats: &[&str]) -> Option<usize> {
        self.tables.iter().position(|(table, _)| table.kind == kind && table.repeats == repeats)
    }
}
