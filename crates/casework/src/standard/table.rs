//! A TOML table that is taken apart key by key, so that everything wrong with a file is reported at once, each with its place.

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Confidence, Provenance, Text};
use toml::{Table, Value};

use super::StandardProblem;

/// A table with its place in the file. Keys left over at [`Section::finish`] are unknown ones.
pub(crate) struct Section<'p> {
    place: String,
    table: Table,
    problems: &'p mut Vec<StandardProblem>,
}

impl<'p> Section<'p> {
    pub(crate) fn new(place: &str, table: Table, problems: &'p mut Vec<StandardProblem>) -> Self {
        Self { place: place.to_owned(), table, problems }
    }

    pub(crate) fn report(&mut self, key: &str, code: &str, detail: &str) {
        let place = self.at(key);
        self.problems.push(StandardProblem { place, code: code.to_owned(), detail: detail.to_owned() });
    }

    fn at(&self, key: &str) -> String {
        match (self.place.as_str(), key) {
            (place, "") => place.to_owned(),
            ("", key) => key.to_owned(),
            (place, key) => format!("{place}.{key}"),
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The key's value as `read` understands it. Absent keys are no problem here.
    fn take<T>(&mut self, key: &str, kind: &str, read: impl FnOnce(Value) -> Option<T>) -> Option<T> {
        let taken = read(self.table.remove(key)?);
        if taken.is_none() {
            self.report(key, "wrong_type", kind);
        }
        taken
    }

    pub(crate) fn require<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Option<T> {
        if self.has(key) {
            return read(self, key);
        }
        self.report(key, "missing", "");
        None
    }

    pub(crate) fn string(&mut self, key: &str) -> Option<String> {
        let text = self.take(key, "string", as_text)?;
        if text.trim().is_empty() {
            self.report(key, "bad_value", "");
            return None;
        }
        Some(text)
    }

    pub(crate) fn strings(&mut self, key: &str) -> Option<Vec<String>> {
        self.take(key, "array of strings", |value| {
            let Value::Array(items) = value else { return None };
            items
                .into_iter()
                .map(|item| if let Value::String(text) = item { Some(text) } else { None })
                .collect()
        })
    }

    pub(crate) fn flag(&mut self, key: &str) -> bool {
        self.take(key, "true or false", |value| value.as_bool()).unwrap_or(false)
    }

    /// A finite number from 0.
    pub(crate) fn number(&mut self, key: &str) -> Option<f64> {
        let number = self.figure(key)?;
        if number >= 0.0 {
            return Some(number);
        }
        self.report(key, "bad_value", "");
        None
    }

    /// A finite number of either sign.
    pub(crate) fn figure(&mut self, key: &str) -> Option<f64> {
        let number = self.take(key, "number", |value| {
            value.as_integer().map(|whole| whole as f64).or_else(|| value.as_float())
        })?;
        if number.is_finite() {
            return Some(number);
        }
        self.report(key, "bad_value", "");
        None
    }

    /// A whole number from 1.
    pub(crate) fn whole(&mut self, key: &str) -> Option<u32> {
        self.take(key, "whole number from 1", |value| {
            value.as_integer().and_then(|whole| u32::try_from(whole).ok()).filter(|whole| *whole > 0)
        })
    }

    /// A whole number from 0 to 255.
    pub(crate) fn count(&mut self, key: &str) -> Option<u8> {
        self.take(key, "whole number up to 255", |value| {
            value.as_integer().and_then(|whole| u8::try_from(whole).ok())
        })
    }

    pub(crate) fn date(&mut self, key: &str) -> Option<jiff::civil::Date> {
        let text = self.string(key)?;
        let date = text.parse().ok();
        if date.is_none() {
            self.report(key, "bad_value", &text);
        }
        date
    }

    /// Wording by language; Vietnamese must be there.
    pub(crate) fn text(&mut self, key: &str) -> Option<Text> {
        let table = self.take(key, "table of languages", as_table)?;
        let mut text = Text::default();
        for (language, wording) in table {
            match as_text(wording).filter(|wording| !wording.trim().is_empty()) {
                Some(wording) => {
                    text.0.insert(language, wording);
                }
                None => self.report(&format!("{key}.{language}"), "wrong_type", "string"),
            }
        }
        if !text.0.contains_key("vi") {
            self.report(&format!("{key}.vi"), "missing", "");
            return None;
        }
        Some(text)
    }

    pub(crate) fn expression(&mut self, key: &str) -> Option<Expr> {
        let source = self.string(key)?;
        match Expr::parse(&source) {
            Ok(expr) => Some(expr),
            Err(error) => {
                self.report(key, "bad_expression", &error.to_string());
                None
            }
        }
    }

    pub(crate) fn provenance(&mut self) -> Option<Provenance> {
        let source = self.require("source", Self::string);
        Some(Provenance { confidence: self.confidence()?, source: source? })
    }

    pub(crate) fn confidence(&mut self) -> Option<Confidence> {
        let word = self.require("confidence", Self::string)?;
        match word.as_str() {
            "verbatim" => Some(Confidence::Verbatim),
            "second_hand" => Some(Confidence::SecondHand),
            "unverified" => Some(Confidence::Unverified),
            other => {
                self.report("confidence", "bad_value", other);
                None
            }
        }
    }

    /// The keys that nobody took yet.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.table.keys().cloned().collect()
    }

    pub(crate) fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(Value::is_table)
    }

    pub(crate) fn table(&mut self, key: &str) -> Option<Section<'_>> {
        let table = self.take(key, "table", as_table)?;
        let place = self.at(key);
        Some(Section::new(&place, table, self.problems))
    }

    /// Every table of an array of tables, read in turn. `name` is the key that tells one from the next in reports.
    pub(crate) fn each<T>(
        &mut self,
        key: &str,
        name: Option<&str>,
        mut read: impl FnMut(Section<'_>) -> Option<T>,
    ) -> Vec<T> {
        let tables = self.take(key, "array of tables", |value| {
            let Value::Array(items) = value else { return None };
            items
                .into_iter()
                .map(|item| if let Value::Table(table) = item { Some(table) } else { None })
                .collect()
        });
        let tables: Vec<Table> = tables.unwrap_or_default();
        let mut all = Vec::new();
        for (index, table) in tables.into_iter().enumerate() {
            let named = name.and_then(|name| table.get(name)).and_then(Value::as_str).map(str::to_owned);
            let place = format!("{}.{}", self.at(key), named.unwrap_or_else(|| (index + 1).to_string()));
            all.extend(read(Section::new(&place, table, self.problems)));
        }
        all
    }

    /// Reports what nobody took.
    pub(crate) fn finish(mut self) {
        let left: Vec<String> = self.table.keys().cloned().collect();
        for key in left {
            self.report(&key, "unknown_key", "");
        }
    }
}

fn as_text(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

fn as_table(value: Value) -> Option<Table> {
    if let Value::Table(table) = value { Some(table) } else { None }
}
