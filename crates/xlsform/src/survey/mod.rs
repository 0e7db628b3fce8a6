//! The survey sheet: questions, groups and repeats, top to bottom.

mod cells;
mod kind;
mod parameters;
mod question;

use std::collections::{BTreeSet, HashMap};

use rasoat_instrument::{Group, Language, Node, Repeat};

use crate::input::Row;
use crate::lists::Lists;
use crate::problem::{Problems, Sheet};
use crate::support::{SUPPORTED_COLUMNS, is_supported};
use crate::table::Table;
use crate::words::{is_name, wording};
pub(crate) use kind::{RowKind, Type};
pub(crate) use parameters::Parameters;

/// How deep groups and repeats may nest.
const DEEPEST: usize = 16;

/// What ODK keeps at the top of every filled form.
const META: &str = "meta";

/// What the survey sheet holds.
#[derive(Default)]
pub(crate) struct Survey {
    pub(crate) nodes: Vec<Node>,
    /// Where each name stands.
    pub(crate) rows: HashMap<String, usize>,
}

/// The languages that labels are given in.
pub(crate) fn languages(table: &Table, default_language: &str) -> BTreeSet<Language> {
    let labels = table.headers.iter().filter(|header| header.name == "label");
    let labels = labels.filter(|header| header.language.as_deref() != Some(""));
    labels.map(|header| header.language.clone().unwrap_or_else(|| default_language.to_owned())).collect()
}

/// Reads the rows. `languages` are those of all labels of the form.
pub(crate) fn read(
    table: &Table,
    lists: &Lists,
    languages: &BTreeSet<Language>,
    default_language: &str,
    problems: &mut Problems,
) -> Survey {
    for needed in ["type", "name", "label"] {
        if !table.has(needed) {
            problems.add(&Sheet::Survey, 1, needed, "missing_column", needed);
        }
    }
    for header in table.headers.iter().filter(|header| !header.name.is_empty()) {
        if !is_supported(SUPPORTED_COLUMNS, &header.name, header.language.as_deref()) {
            problems.add(&Sheet::Survey, 1, &header.written, "unsupported_column", &header.written);
        }
    }
    let mut reader = Reader {
        table,
        lists,
        languages,
        default_language,
        problems,
        rows: HashMap::new(),
        earlier: Vec::new(),
        open: Vec::new(),
        nodes: Vec::new(),
    };
    for row in &table.rows {
        reader.row(row);
    }
    reader.close_all();
    reader.check_earlier_names();
    let survey = Survey { nodes: reader.nodes, rows: reader.rows };
    if survey.nodes.is_empty() {
        problems.add(&Sheet::Survey, 1, "type", "no_questions", "");
    }
    survey
}

struct Reader<'a> {
    table: &'a Table,
    lists: &'a Lists,
    languages: &'a BTreeSet<Language>,
    default_language: &'a str,
    problems: &'a mut Problems,
    rows: HashMap<String, usize>,
    /// Earlier names of questions and where they are given.
    earlier: Vec<(String, usize)>,
    open: Vec<Open>,
    nodes: Vec<Node>,
}

/// A group or repeat whose end was not seen yet.
struct Open {
    node: Node,
    line: usize,
}

impl Reader<'_> {
    fn row(&mut self, row: &Row) {
        let written = self.table.cell(row, "type");
        let Some(kind) = RowKind::read(written) else {
            let code = if written.is_empty() { "missing_type" } else { "unsupported_type" };
            self.problem(row, "type", code, written);
            return;
        };
        self.check_columns(row, &kind);
        match kind.row_type.bracket() {
            Some((false, is_repeat)) => self.end(row, is_repeat),
            Some((true, is_repeat)) => self.begin(row, kind.row_type, is_repeat),
            None => {
                let name = self.name(row);
                for question in self.question(row, &name, kind) {
                    self.push(Node::Question(Box::new(question)));
                }
            }
        }
    }

    fn begin(&mut self, row: &Row, row_type: Type, is_repeat: bool) {
        let name = self.name(row);
        let label = wording(self.table, row, "label", self.default_language);
        let relevant = self.condition(row, "relevant");
        let appearance = self.appearance(row, row_type);
        let nodes = Vec::new();
        let node = if is_repeat {
            let count = self.expression(row, "repeat_count");
            let renamed_from = self.earlier_names(row);
            Node::Repeat(Repeat { name, label, relevant, appearance, count, renamed_from, nodes })
        } else {
            Node::Group(Group { name, label, relevant, appearance, nodes })
        };
        if self.open.len() == DEEPEST {
            self.problem(row, "type", "too_deep", "");
        }
        self.open.push(Open { node, line: row.line });
    }

    fn end(&mut self, row: &Row, is_repeat: bool) {
        let written = self.table.cell(row, "name");
        let fits = self.open.last().is_some_and(|open| {
            let (was_repeat, name) = match &open.node {
                Node::Repeat(open) => (true, &open.name),
                Node::Group(open) => (false, &open.name),
                Node::Question(question) => (false, &question.name),
            };
            was_repeat == is_repeat && (written.is_empty() || written == name)
        });
        if !fits {
            self.problem(row, "type", "unmatched_end", written);
            return;
        }
        if let Some(open) = self.open.pop() {
            // Beyond the depth limit nothing is built: what walks the tree may rely on the limit.
            if self.open.len() < DEEPEST {
                self.push(open.node);
            }
        }
    }

    fn close_all(&mut self) {
        while let Some(open) = self.open.pop() {
            let column = self.table.header_for("type", None, self.default_language);
            self.problems.add(&Sheet::Survey, open.line, &column, "missing_end", "");
            if self.open.len() < DEEPEST {
                self.push(open.node);
            }
        }
    }

    fn push(&mut self, node: Node) {
        let holder = match self.open.last_mut().map(|open| &mut open.node) {
            Some(Node::Group(group)) => &mut group.nodes,
            Some(Node::Repeat(repeat)) => &mut repeat.nodes,
            Some(Node::Question(_)) | None => &mut self.nodes,
        };
        holder.push(node);
    }

    /// The row's name, checked.
    fn name(&mut self, row: &Row) -> String {
        let name = self.table.cell(row, "name");
        let code = if name.is_empty() {
            Some("missing_name")
        } else if !is_name(name) {
            Some("bad_name")
        } else if name.ends_with('_') || name == META {
            // The engine keeps hidden places under such names.
            Some("reserved_name")
        } else if self.rows.contains_key(name) {
            Some("duplicate_name")
        } else {
            None
        };
        if let Some(code) = code {
            self.problem(row, "name", code, name);
        }
        // The form is refused; a stand-in keeps what else is wrong with this row at its own place.
        let name = if code.is_some() { format!("{name} {}", row.line) } else { name.to_owned() };
        self.rows.insert(name.clone(), row.line);
        name
    }

    /// Answers under an earlier name belong to one question, and to none that has the name today.
    fn check_earlier_names(&mut self) {
        let column = self.table.header_for("renamed_from", None, self.default_language);
        let mut seen = BTreeSet::new();
        for (name, line) in std::mem::take(&mut self.earlier) {
            if self.rows.contains_key(&name) || !seen.insert(name.clone()) {
                self.problems.add(&Sheet::Survey, line, &column, "name_in_use", &name);
            }
        }
    }
}
