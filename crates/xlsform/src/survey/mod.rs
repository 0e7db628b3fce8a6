//! The survey sheet: questions, groups and repeats, top to bottom.

mod kind;
mod question;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{ChoiceList, Group, Language, Node, Repeat};

use crate::problem::{Problems, Sheet};
use crate::sheet::{Header, Row, Table};
use crate::words::{is_name, truth, wording};
use kind::RowKind;

/// The types of the survey sheet that are read; `begin_group` and the like may be written with a space.
pub const SUPPORTED_TYPES: &[&str] = &[
    "text",
    "integer",
    "decimal",
    "date",
    "select_one LIST",
    "select_multiple LIST",
    "acknowledge",
    "note",
    "calculate",
    "today",
    "username",
    "deviceid",
    "begin_group",
    "end_group",
    "begin_repeat",
    "end_repeat",
];

/// The columns of the survey sheet that are read, and whether they may be given per language.
pub const SUPPORTED_COLUMNS: &[(&str, bool)] = &[
    ("type", false),
    ("name", false),
    ("label", true),
    ("hint", true),
    ("required", false),
    ("required_message", true),
    ("relevant", false),
    ("constraint", false),
    ("constraint_message", true),
    ("warning", false),
    ("warning_message", true),
    ("calculation", false),
    ("default", false),
    ("read_only", false),
    ("choice_filter", false),
    ("appearance", false),
    ("protected", false),
    ("confidence", false),
    ("source", false),
];

/// The appearances that are rendered, by type.
pub const SUPPORTED_APPEARANCES: &[(&str, &[&str])] = &[
    ("text", &["multiline", "numbers", "partial-date"]),
    ("integer", &["thousands-sep"]),
    ("decimal", &["thousands-sep"]),
    ("date", &["no-calendar"]),
    ("select_one", &["autocomplete", "horizontal", "minimal"]),
    ("select_multiple", &["autocomplete", "horizontal", "minimal"]),
    ("begin_group", &["field-list"]),
    ("begin_repeat", &["field-list", "roster"]),
];

/// How deep groups and repeats may nest.
const DEEPEST: usize = 16;

/// What the survey sheet holds.
#[derive(Default)]
pub(crate) struct Survey {
    pub(crate) nodes: Vec<Node>,
    pub(crate) languages: BTreeSet<Language>,
    /// Where each name stands.
    pub(crate) rows: HashMap<String, usize>,
}

pub(crate) fn read(
    table: &Table,
    lists: &BTreeMap<String, ChoiceList>,
    default_language: &str,
    problems: &mut Problems,
) -> Survey {
    let mut survey = Survey::default();
    for needed in ["type", "name", "label"] {
        if !table.headers.iter().any(|header| header.name == needed) {
            problems.add(Sheet::Survey, 1, needed, "missing_column", needed);
        }
    }
    for header in table.headers.iter().filter(|header| !header.name.is_empty()) {
        if !is_supported(header) {
            problems.add(Sheet::Survey, 1, &header.written, "unsupported_column", &header.written);
        } else if header.name == "label" {
            let language = header.language.clone().unwrap_or_else(|| default_language.to_owned());
            survey.languages.insert(language);
        }
    }
    let mut reader = Reader {
        table,
        lists,
        default_language,
        problems,
        rows: HashMap::new(),
        open: Vec::new(),
        nodes: Vec::new(),
    };
    for row in &table.rows {
        reader.row(row);
    }
    reader.close_all();
    survey.nodes = reader.nodes;
    survey.rows = reader.rows;
    if survey.nodes.is_empty() {
        problems.add(Sheet::Survey, 1, "type", "no_questions", "");
    }
    survey
}

fn is_supported(header: &Header) -> bool {
    let known = SUPPORTED_COLUMNS.iter().find(|(name, _)| *name == header.name);
    known.is_some_and(|(_, translated)| *translated || header.language.is_none())
}

struct Reader<'a> {
    table: &'a Table,
    lists: &'a BTreeMap<String, ChoiceList>,
    default_language: &'a str,
    problems: &'a mut Problems,
    rows: HashMap<String, usize>,
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
        match kind {
            RowKind::End { repeat } => self.end(row, repeat),
            RowKind::Begin { repeat } => self.begin(row, repeat),
            RowKind::Question(kind) => {
                let name = self.name(row);
                let question = self.question(row, name, kind);
                self.push(Node::Question(Box::new(question)));
            }
            RowKind::Metadata(expression) => {
                let name = self.name(row);
                let question = self.metadata(row, name, expression);
                self.push(Node::Question(Box::new(question)));
            }
        }
    }

    fn begin(&mut self, row: &Row, repeat: bool) {
        let name = self.name(row);
        let label = wording(self.table, row, "label", self.default_language);
        let relevant = self.expression(row, "relevant");
        let appearance = self.appearance(row, if repeat { "begin_repeat" } else { "begin_group" });
        let nodes = Vec::new();
        let node = if repeat {
            Node::Repeat(Repeat { name, label, relevant, appearance, nodes })
        } else {
            Node::Group(Group { name, label, relevant, appearance, nodes })
        };
        if self.open.len() == DEEPEST {
            self.problem(row, "type", "too_deep", "");
        }
        self.open.push(Open { node, line: row.line });
    }

    fn end(&mut self, row: &Row, repeat: bool) {
        let written = self.table.cell(row, "name");
        let fits = self.open.last().is_some_and(|open| {
            let (is_repeat, name) = match &open.node {
                Node::Repeat(open) => (true, &open.name),
                Node::Group(open) => (false, &open.name),
                Node::Question(question) => (false, &question.name),
            };
            is_repeat == repeat && (written.is_empty() || written == name)
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
            self.problems.add(Sheet::Survey, open.line, "type", "missing_end", "");
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
        } else if name.ends_with('_') {
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

    /// Cells in columns that this kind of row does not have would otherwise be ignored.
    fn check_columns(&mut self, row: &Row, kind: &RowKind) {
        for (header, cell) in self.table.cells(row) {
            if !cell.is_empty() && is_supported(header) && !kind.has_column(&header.name) {
                self.problems.add(Sheet::Survey, row.line, &header.written, "not_applicable", cell);
            }
        }
    }

    fn expression(&mut self, row: &Row, name: &str) -> Option<Expr> {
        let cell = self.table.cell(row, name);
        if cell.is_empty() {
            return None;
        }
        Expr::parse(cell)
            .inspect_err(|error| {
                let column = self.table.header_for(name, None, self.default_language);
                self.problems.add_expression(Sheet::Survey, row.line, &column, error);
            })
            .ok()
    }

    /// A condition that may also be written `yes` or `no`.
    fn condition(&mut self, row: &Row, name: &str) -> Option<Expr> {
        match truth(self.table.cell(row, name)) {
            Some(true) => Expr::parse("true()").ok(),
            Some(false) => None,
            None => self.expression(row, name),
        }
    }

    fn appearance(&mut self, row: &Row, kind: &str) -> Vec<String> {
        let known =
            SUPPORTED_APPEARANCES.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, known)| known);
        let words: Vec<String> =
            self.table.cell(row, "appearance").split_whitespace().map(str::to_owned).collect();
        for word in words.iter().filter(|word| !known.contains(&word.as_str())) {
            self.problem(row, "appearance", "unsupported_appearance", word);
        }
        words
    }

    fn problem(&mut self, row: &Row, name: &str, code: &str, word: &str) {
        let column = self.table.header_for(name, None, self.default_language);
        self.problems.add(Sheet::Survey, row.line, &column, code, word);
    }
}
