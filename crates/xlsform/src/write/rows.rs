//! Rows of a sheet, whose columns are those that something was put in.

use std::collections::BTreeMap;

use super::{Definition, Language, Text, UNNAMED_LANGUAGE};

/// A column: its place among the sheet's own (further ones stand behind, as they came), that of its language, its header.
type Column = (usize, usize, String);

pub(super) struct Rows {
    own: &'static [(&'static str, bool)],
    further: Vec<String>,
    languages: Vec<Language>,
    default_language: Language,
    columns: BTreeMap<Column, ()>,
    rows: Vec<BTreeMap<Column, String>>,
}

impl Rows {
    pub(super) fn new(definition: &Definition, own: &'static [(&'static str, bool)]) -> Self {
        Self {
            own,
            further: Vec::new(),
            languages: definition.languages.clone(),
            default_language: definition.default_language.clone(),
            columns: BTreeMap::new(),
            rows: Vec::new(),
        }
    }

    /// The next row.
    pub(super) fn begin(&mut self) {
        self.rows.push(BTreeMap::new());
    }

    /// A column that stands there even if it is empty.
    pub(super) fn need(&mut self, name: &str, language: Option<&str>) {
        let column = self.column(name, language);
        self.columns.insert(column, ());
    }

    /// Puts something in the row; nothing is nothing.
    pub(super) fn put(&mut self, name: &str, cell: &str) {
        self.put_at(name, None, cell);
    }

    pub(super) fn put_words(&mut self, name: &str, words: &Text) {
        for (language, cell) in &words.0 {
            self.put_at(name, Some(language), cell);
        }
    }

    fn put_at(&mut self, name: &str, language: Option<&str>, cell: &str) {
        if cell.is_empty() {
            return;
        }
        let column = self.column(name, language);
        if !self.columns.contains_key(&column) {
            self.columns.insert(column.clone(), ());
        }
        if let Some(row) = self.rows.last_mut() {
            row.insert(column, cell.to_owned());
        }
    }

    fn column(&mut self, name: &str, language: Option<&str>) -> Column {
        let own = self.own.iter().position(|(known, _)| *known == name);
        let place = own.unwrap_or_else(|| {
            let known = self.further.iter().position(|known| known == name);
            let at = known.unwrap_or_else(|| {
                self.further.push(name.to_owned());
                self.further.len() - 1
            });
            self.own.len() + at
        });
        let is_unnamed =
            |language: &&str| *language == UNNAMED_LANGUAGE && self.default_language == UNNAMED_LANGUAGE;
        let Some(language) = language.filter(|language| !is_unnamed(language)) else {
            return (place, 0, name.to_owned());
        };
        let at = self.languages.iter().position(|known| known == language);
        (place, at.unwrap_or(self.languages.len()) + 1, format!("{name}::{language}"))
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(|(_, _, header)| header.as_str())
    }

    /// The rows' cells, as many as there are headers.
    pub(super) fn cells(&self) -> impl Iterator<Item = impl Iterator<Item = &str>> {
        self.rows
            .iter()
            .map(|row| self.columns.keys().map(|column| row.get(column).map_or("", String::as_str)))
    }

    pub(super) fn to_csv(&self) -> String {
        let headers: Vec<&str> = self.headers().collect();
        csv(&headers, self.cells())
    }
}

/// A CSV text.
pub(super) fn csv<'a, R: Iterator<Item = &'a str>>(
    headers: &[&str],
    rows: impl Iterator<Item = R>,
) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Memory takes whatever is written.
    let _ = writer.write_record(headers);
    for row in rows {
        let _ = writer.write_record(row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
