//! A table with typed columns, and a list: a table with what stands above and below it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::words::words;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words.
    Text,
    /// Whole numbers.
    Count,
    /// Numbers with decimals.
    Number,
    /// Shares from 0 to 1, written as percent.
    Percent,
    /// Days.
    Date,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// What it holds.
    pub kind: Kind,
    /// How wide, in letters.
    pub width: u16,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words: text also where they begin like a formula.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Date(Date),
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What stands above it.
    pub title: String,
    /// Lines below the title: of where, of when.
    pub subtitles: Vec<String>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// Lines below it.
    pub notes: Vec<String>,
    /// Whether the page lies on its side.
    pub landscape: bool,
}

/// Whose paper it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The commune with its kind: "xã Ba Sơn".
    pub commune: String,
    /// The village; `None`: of the whole commune.
    pub village: Option<String>,
    /// The round's year.
    pub round: u16,
    /// When it was made: `2026-11-27`.
    pub made_on: String,
}

/// Who signs below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// As who: "CHỦ TRÌ".
    pub role: String,
    /// Their name; empty: written by hand.
    pub name: String,
}

/// A list as it is printed: a table, whose it is and who signs.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Whose.
    pub head: Head,
    /// The table.
    pub table: Table,
    /// Who signs it.
    pub signatures: Vec<Signature>,
}

impl Head {
    /// Of where and of which round, in words.
    pub(crate) fn lines(&self) -> Vec<String> {
        let words = words();
        let place = match &self.village {
            Some(village) => words.filled("of_village", &[("village", village), ("commune", &self.commune)]),
            None => words.filled("of_commune", &[("commune", &self.commune)]),
        };
        vec![place, words.filled("round", &[("round", &self.round.to_string())])]
    }
}

impl Cell {
    /// Words in NFC; empty ones are nothing.
    pub fn text(text: &str) -> Self {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A number, if there is one.
    pub fn number(number: Option<f64>) -> Self {
        number.filter(|number| number.is_finite()).map_or(Self::Empty, Self::Number)
    }

    /// A count.
    pub fn count(count: impl Into<f64>) -> Self {
        Self::Number(count.into())
    }

    /// The day of a canonical date; what is none stays text.
    pub fn day(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::text(text), Self::Date)
    }

    /// As it is printed: `1.234,5`, `12,5 %`, `20/11/2026`.
    pub fn printed(&self, kind: Kind) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => match kind {
                Kind::Percent => format!("{} %", decimal(number * 100.0, 2)),
                Kind::Count => decimal(*number, 0),
                Kind::Number | Kind::Text | Kind::Date => decimal(*number, 2),
            },
            Self::Date(date) => date.strftime("%d/%m/%Y").to_string(),
        }
    }
}

/// A number as it is written in Vietnam, without zeros at its end.
pub fn decimal(number: f64, most_decimals: usize) -> String {
    let text = format!("{:.*}", most_decimals, number.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let rest = rest.trim_end_matches('0');
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    let is_nothing = grouped == "0" && rest.is_empty();
    let sign = if number < 0.0 && !is_nothing { "-" } else { "" };
    let comma = if rest.is_empty() { "" } else { "," };
    format!("{sign}{grouped}{comma}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_vietnam() {
        assert_eq!(decimal(1_234_567.5, 2), "1.234.567,5");
        assert_eq!(decimal(-0.001, 2), "0");
        assert_eq!(decimal(140.0, 0), "140");
        assert_eq!(Cell::Number(0.0232).printed(Kind::Percent), "2,32 %");
        assert_eq!(Cell::day("2026-11-20").printed(Kind::Date), "20/11/2026");
        assert_eq!(Cell::day("1984"), Cell::Text("1984".to_owned()));
    }
}
