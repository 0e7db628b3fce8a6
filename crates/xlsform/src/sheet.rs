//! One CSV text as rows under typed headers.

use unicode_normalization::UnicodeNormalization;

use crate::problem::{Problems, Sheet};

/// Larger texts are refused before they are looked at.
const LARGEST: usize = 32 << 20;

/// A column: `label::Tiếng Việt (vi)` is the name `label` in the language `vi`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// As the file has it.
    pub(crate) written: String,
    /// In small letters with `_` for spaces.
    pub(crate) name: String,
    pub(crate) language: Option<String>,
}

/// One row with something in it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The line that it starts on.
    pub(crate) line: usize,
    /// Trimmed, in NFC; as many as there are headers.
    cells: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) sheet: Sheet,
    pub(crate) headers: Vec<Header>,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    pub(crate) fn read(sheet: Sheet, text: &str, problems: &mut Problems) -> Self {
        let mut table = Self { sheet, headers: Vec::new(), rows: Vec::new() };
        if text.len() > LARGEST {
            problems.add(sheet, 1, "", "too_large", "");
            return table;
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut records = reader.records();
        if let Some(Ok(first)) = records.next() {
            table.headers = first.iter().map(header).collect();
        }
        for record in records {
            let Ok(record) = record else {
                problems.add(sheet, 1, "", "unreadable", "");
                break;
            };
            let line = record.position().map_or(1, |position| position.line() as usize);
            let mut cells: Vec<String> = record.iter().map(tidied).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            for extra in cells.iter().skip(table.headers.len()).filter(|cell| !cell.is_empty()) {
                problems.add(sheet, line, "", "unnamed_column", extra);
            }
            cells.resize(table.headers.len(), String::new());
            table.rows.push(Row { line, cells });
        }
        table.check_headers(problems);
        table
    }

    /// The cell under a header without language; empty if there is no such column.
    pub(crate) fn cell<'a>(&self, row: &'a Row, name: &str) -> &'a str {
        let index = self.headers.iter().position(|header| header.name == name);
        index.and_then(|index| row.cells.get(index)).map_or("", String::as_str)
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
                    problems.add(self.sheet, row.line, "", "unnamed_column", "");
                }
                continue;
            }
            let same = |other: &Header| other.name == header.name && other.language == header.language;
            if self.headers.iter().take(index).any(same) {
                problems.add(self.sheet, 1, &header.written, "duplicate_column", &header.written);
            }
        }
    }
}

fn header(written: &str) -> Header {
    let written = tidied(written);
    let (name, language) = match written.split_once("::") {
        None => (written.as_str(), None),
        Some((name, language)) => (name, Some(language_code(language))),
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase();
    let name = match name.as_str() {
        "readonly" => "read_only".to_owned(),
        "relevance" => "relevant".to_owned(),
        _ => name,
    };
    Header { name, language, written }
}

/// `Tiếng Việt (vi)` and `vi` are both `vi`.
pub(crate) fn language_code(written: &str) -> String {
    let written = written.trim();
    let code = written.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, code)| code.trim());
    code.filter(|code| !code.is_empty()).unwrap_or(written).to_owned()
}

fn tidied(cell: &str) -> String {
    cell.trim().nfc().collect()
}
