//! Rows as CSV that statistics programs read: a comma between cells, a point in numbers, days as `2026-11-27`, nothing where nothing is
//! known, and one line for each row.

use std::collections::BTreeMap;

use rasoat_instrument::Value;

use super::{Kind, Origin, Table, Variable};

/// What is known of a row beside its answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Letters and digits.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// The name of a code.
    Code(String),
}

/// Answers that no form has a number for, by the variable's name: they are left empty in the data.
pub type Unlabelled = BTreeMap<String, u64>;

/// The names of the columns, as one line.
pub fn header(table: &Table) -> String {
    let names: Vec<&str> = table.variables.iter().map(|variable| variable.name.as_str()).collect();
    names.join(",") + "\n"
}

/// One row as a line.
pub fn row<'v>(
    table: &Table,
    given: impl Fn(&str) -> Option<Cell>,
    answer: impl Fn(&str) -> Option<&'v Value>,
    unlabelled: &mut Unlabelled,
) -> String {
    let mut line = String::new();
    for (at, variable) in table.variables.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        let of = |names: &[String]| names.iter().find_map(|name| answer(name));
        let text = match &variable.from {
            Origin::Given(name) => given(name).and_then(|cell| told(variable, cell, unlabelled)),
            Origin::Answer(names) => of(names).and_then(|value| answered(variable, value, unlabelled)),
            Origin::Chosen(names, choice) => of(names).and_then(|value| chosen(value, choice)),
            Origin::Year(names) => of(names).and_then(year),
        };
        push(&mut line, &text.unwrap_or_default());
    }
    line.push('\n');
    line
}

/// A cell of text: quoted where it must be, on one line, and never run as a formula by a spreadsheet.
pub(super) fn push(line: &mut String, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\"").replace(['\n', '\r'], " "));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

/// What people typed, so that spreadsheet programs show it instead of running it.
pub(super) fn safe(text: &str) -> String {
    let text = text.replace(['\t', '\n', '\r'], " ");
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

fn told(variable: &Variable, cell: Cell, unlabelled: &mut Unlabelled) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(safe(&text)),
        Cell::Whole(number) => Some(number.to_string()),
        Cell::Number(number) => number.is_finite().then(|| number.to_string()),
        Cell::Code(name) => number_of(variable, &name, unlabelled),
    }
}

fn answered(variable: &Variable, value: &Value, unlabelled: &mut Unlabelled) -> Option<String> {
    match (variable.kind, value) {
        (Kind::Whole, Value::Integer(_)) | (Kind::Number, Value::Integer(_) | Value::Decimal(_)) => {
            Some(value.to_string())
        }
        (Kind::Day, Value::Date(_)) => Some(value.to_string()),
        (Kind::Code, Value::Choice(name)) => number_of(variable, name, unlabelled),
        (
            Kind::Text,
            Value::Text(_) | Value::Time(_) | Value::DateTime(_) | Value::Point(_) | Value::File(_),
        ) => Some(safe(&value.to_string())),
        // Asked as something else by another version, which has a column of its own for it.
        (Kind::Text | Kind::Whole | Kind::Number | Kind::Day | Kind::Code | Kind::Flag, _) => None,
    }
}

fn number_of(variable: &Variable, name: &str, unlabelled: &mut Unlabelled) -> Option<String> {
    let code = variable.codes.iter().find(|code| code.name == name);
    if code.is_none() {
        *unlabelled.entry(variable.name.clone()).or_default() += 1;
    }
    code.map(|code| code.number.to_string())
}

fn chosen(value: &Value, choice: &str) -> Option<String> {
    let is_chosen = match value {
        Value::Choices(names) => names.iter().any(|name| name == choice),
        Value::Choice(name) => name == choice,
        Value::Text(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Point(_)
        | Value::File(_) => return None,
    };
    Some(if is_chosen { "1" } else { "0" }.to_owned())
}

/// The year of a day of birth, which may be a year alone, or a day written in either order.
fn year(value: &Value) -> Option<String> {
    let text = value.to_string();
    let year = text.split(|letter: char| !letter.is_ascii_digit()).find(|digits| digits.len() == 4)?;
    Some(year.to_owned())
}
