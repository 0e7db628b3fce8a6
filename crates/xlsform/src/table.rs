//! A grid under typed headers.

use crate::input::{Grid, Row, tidied};
use crate::problem::{Problems, Sheet};

/// A column: `label::Tiếng Việt (vi)` is the name `label` in the language `vi`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// As the sheet has it.
    pub(crate) written: String,
    /// The column's one name of several; as written where it is none of the sheet's own.
    pub(crate) name: String,
    pub(crate) language: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) sheet: Sheet,
    pub(crate) headers: Vec<Header>,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// `named` gives the column that a header means, from its name in small letters with `_` for spaces.
    pub(crate) fn read(
        sheet: Sheet,
        grid: Grid,
        named: fn(&str) -> Option<&'static str>,
        problems: &mut Problems,
    ) -> Self {
        let is_file = matches!(sheet, Sheet::File(_));
        let read = |written: &String| if is_file { plain(written) } else { header(written, named) };
        let headers = grid.headers.iter().map(read).collect();
        let mut table = Self { sheet, headers, rows: grid.rows };
        for row in &mut table.rows {
            for extra in row.cells.iter().skip(table.headers.len()).filter(|cell| !cell.is_empty()) {
                problems.add(&table.sheet, row.line, "", "unnamed_column", extra);
            }
            row.cells.resize(table.headers.len(), String::new());
        }
        table.check_headers(problems);
        table
    }

    /// The cell under a header without language; empty if there is no such column.
    pub(crate) fn cell<'a>(&self, row: &'a Row, name: &str) -> &'a str {
        let index = self.headers.iter().position(|header| header.name == name);
        index.and_then(|index| row.cells.get(index)).map_or("", String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|header| header.name == name)
    }

    /// Headers with a row's cells.
    pub(crate) fn cells<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a Header, &'a str)> {
        self.headers.iter().zip(row.cells.iter().map(String::as_str))
    }

    /// A column's header as written, for messages.
    pub(crate) fn header_for(&self, name: &str, language: Option<&str>, default_language: &str) -> String {
        let is_meant = |header: &&Header| {
            let written = header.language.as_deref().unwrap_or(default_language);
            header.name == name && language.is_none_or(|language| written == language)
        };
        self.headers.iter().find(is_meant).map_or_else(|| name.to_owned(), |header| header.written.clone())
    }

    fn check_headers(&self, problems: &mut Problems) {
        for (index, header) in self.headers.iter().enumerate() {
            if header.name.is_empty() {
                let is_used = |row: &&Row| row.cells.get(index).is_some_and(|cell| !cell.is_empty());
                if let Some(row) = self.rows.iter().find(is_used) {
                    problems.add(&self.sheet, row.line, "", "unnamed_column", "");
                }
                continue;
            }
            let same = |other: &Header| other.name == header.name && other.language == header.language;
            if self.headers.iter().take(index).any(same) {
                problems.add(&self.sheet, 1, &header.written, "duplicate_column", &header.written);
            }
        }
    }
}

fn header(written: &str, named: fn(&str) -> Option<&'static str>) -> Header {
    let written = tidied(written);
    let (name, language) = match written.split_once("::") {
        None => (written.as_str(), None),
        Some((name, language)) => (name.trim(), Some(language_code(language))),
    };
    let small = name.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase();
    let name = named(&small).map_or_else(|| name.to_owned(), str::to_owned);
    Header { name, language, written }
}

/// A file's columns have no languages.
fn plain(written: &str) -> Header {
    Header { written: written.to_owned(), name: written.to_owned(), language: None }
}

/// `Tiếng Việt (vi)` and `vi` are both `vi`.
pub(crate) fn language_code(written: &str) -> String {
    let written = written.trim();
    let code = written.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, code)| code.trim());
    code.filter(|code| !code.is_empty()).unwrap_or(written).to_owned()
}
