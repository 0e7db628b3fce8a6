//! A B1 point table as a workbook: one sheet of rows, one of what the table is.
//!
//! The sheet of rows is found by its headers: `key`, `label` (Vietnamese), `label::en` and further languages, `expression`, `each` and
//! `at_most` for rows that are counted for each member, and one column for each table id (`urban`, `NT1` … `NT6`). The sheet `about` has a
//! word and its value in each row: `id`, `title`, `title::en`, `source`, `confidence`, `dummy`.

mod write;

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::standard::{EachMember, MOST_POINT_ROWS, POINT_COLUMNS, PointRow, PointTable};
use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Confidence, Plan, Provenance, Text};

use crate::cell::Cell;
use crate::columns::letter;
use crate::problem::ListError;
use crate::workbook::{self, Sheet, Texts};

/// Headers are looked for in this many first rows.
const HEADER_ROWS: u32 = 20;
const ROWS_SHEET: &str = "points";
const ABOUT_SHEET: &str = "about";
/// What `about` must say.
const ABOUT: [&str; 5] = ["id", "title", "source", "confidence", "dummy"];
const YES: &str = "yes";
const NO: &str = "no";

/// One thing wrong with a workbook of points. The table is taken whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sheet} {column}{row}: {code} {word}")]
pub struct PointsProblem {
    /// Sheet name; empty for the whole file.
    pub sheet: String,
    /// Row as Excel numbers it; 0 for the whole sheet.
    pub row: u32,
    /// Column letter; empty for the whole row.
    pub column: String,
    /// Stable code: one of [`PointsProblem::CODES`], or of [`ListError::code`] for the whole file.
    pub code: &'static str,
    /// The word that it is about, if any.
    pub word: String,
}

impl PointsProblem {
    /// Every code of its own there is: the interface has a sentence for each.
    pub const CODES: [&'static str; 16] = [
        // Of sheets and columns: the header or sheet that is wanted, the header that is not known, or stands twice.
        "missing_sheet",
        "missing_column",
        "unknown_table",
        "unknown_word",
        "repeated_column",
        // Of rows: no row at all, more than a table has.
        "empty_table",
        "too_many_rows",
        // Of cells.
        "without_header",
        "missing_value",
        "duplicate_key",
        "not_a_number",
        "formula_error",
        "bad_expression",
        "unknown_repeat",
        "bad_value",
        "unwritable",
    ];
}

/// Reads a point table from a workbook. With a form, expressions are also tried on it.
///
/// # Errors
/// Everything wrong with it at once, each with its place.
pub fn read_points(bytes: &[u8], form: Option<&Plan>) -> Result<PointTable, Vec<PointsProblem>> {
    let sheets = workbook::read(bytes, Texts::AsWritten).map_err(|error: ListError| {
        vec![PointsProblem {
            sheet: String::new(),
            row: 0,
            column: String::new(),
            code: error.code(),
            word: String::new(),
        }]
    })?;
    let mut reader = Reader { form, problems: Vec::new() };
    let rows = sheets.iter().find_map(|sheet| header_row(sheet).map(|row| (sheet, row)));
    let table = match rows {
        Some((sheet, header)) => reader.rows(sheet, header),
        None => {
            reader.report("", 0, "", "missing_sheet", ROWS_SHEET);
            None
        }
    };
    let about = sheets.iter().find(|sheet| sheet.name.trim().eq_ignore_ascii_case(ABOUT_SHEET));
    let about = match about {
        Some(sheet) => reader.about(sheet),
        None => {
            reader.report("", 0, "", "missing_sheet", ABOUT_SHEET);
            None
        }
    };
    match (table, about) {
        (Some((columns, rows)), Some(about)) if reader.problems.is_empty() => Ok(PointTable {
            id: about.id,
            title: about.title,
            provenance: about.provenance,
            dummy: about.dummy,
            columns,
            rows,
        }),
        _ => Err(reader.problems),
    }
}

/// Writes a point table as the workbook that [`read_points`] reads: also the template for another.
///
/// # Errors
/// `unwritable`, with the reason: a text that is longer than a cell may be.
pub fn write_points(table: &PointTable) -> Result<Vec<u8>, PointsProblem> {
    write::workbook(table).map_err(|error| PointsProblem {
        sheet: String::new(),
        row: 0,
        column: String::new(),
        code: "unwritable",
        word: error.to_string(),
    })
}

/// What a column of the sheet of rows holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Key,
    Label(String),
    Expression,
    Each,
    AtMost,
    Points(String),
}

impl Column {
    fn of(header: &str) -> Option<Self> {
        let word = header.trim().to_lowercase();
        Some(match word.as_str() {
            "key" => Self::Key,
            "expression" => Self::Expression,
            "each" => Self::Each,
            "at_most" => Self::AtMost,
            _ => {
                match (language(&word, "label"), POINT_COLUMNS.iter().find(|id| id.to_lowercase() == word)) {
                    (Some(language), _) => Self::Label(language),
                    (None, Some(id)) => Self::Points((*id).to_owned()),
                    (None, None) => return None,
                }
            }
        })
    }
}

/// The language of a word: Vietnamese for `label`, another for `label::en`.
fn language(word: &str, of: &str) -> Option<String> {
    match word.strip_prefix(of)? {
        "" => Some("vi".to_owned()),
        rest => rest.strip_prefix("::").filter(|language| !language.is_empty()).map(str::to_owned),
    }
}

/// The row with the headers: the first that has both of those without which no row can be read.
fn header_row(sheet: &Sheet) -> Option<u32> {
    let has = |row: &u32| {
        let cells = sheet.rows.get(row).into_iter().flat_map(BTreeMap::values);
        let found: BTreeSet<Column> =
            cells.filter_map(Cell::words).filter_map(|words| Column::of(&words)).collect();
        [Column::Key, Column::Expression].iter().filter(|column| found.contains(column)).count() > 0
            && found.len() > 1
    };
    (0..HEADER_ROWS).find(has)
}

struct About {
    id: String,
    title: Text,
    provenance: Provenance,
    dummy: bool,
}

struct Reader<'f> {
    form: Option<&'f Plan>,
    problems: Vec<PointsProblem>,
}

/// One row of the sheet of rows.
struct Line<'s> {
    sheet: &'s str,
    /// From 0.
    row: u32,
    cells: &'s BTreeMap<u32, Cell>,
    columns: &'s BTreeMap<Column, u32>,
}

impl Line<'_> {
    fn cell(&self, column: &Column) -> (&Cell, String) {
        let at = self.columns.get(column);
        let cell = at.and_then(|at| self.cells.get(at)).unwrap_or(&Cell::Empty);
        (cell, at.map(|at| letter(*at)).unwrap_or_default())
    }
}

impl Reader<'_> {
    fn report(&mut self, sheet: &str, row: u32, column: &str, code: &'static str, word: &str) {
        let (sheet, column, word) = (sheet.to_owned(), column.to_owned(), word.to_owned());
        self.problems.push(PointsProblem { sheet, row, column, code, word });
    }

    fn rows(&mut self, sheet: &Sheet, header: u32) -> Option<(Vec<String>, Vec<PointRow>)> {
        let columns = self.columns(sheet, header);
        let tables: Vec<String> = POINT_COLUMNS
            .iter()
            .filter(|id| columns.contains_key(&Column::Points((**id).to_owned())))
            .map(|id| (*id).to_owned())
            .collect();
        let nothing = BTreeMap::new();
        let mut rows = Vec::new();
        let mut keys: BTreeSet<String> = BTreeSet::new();
        let mut count = 0_usize;
        let headed = sheet.rows.get(&header).unwrap_or(&nothing);
        for (row, cells) in sheet.rows.range(header + 1..) {
            let line = Line { sheet: &sheet.name, row: *row, cells, columns: &columns };
            count += 1;
            for at in cells.keys().filter(|at| !headed.contains_key(at)) {
                self.report(&sheet.name, *row + 1, &letter(*at), "without_header", "");
            }
            if count > MOST_POINT_ROWS {
                self.report(&sheet.name, *row + 1, "", "too_many_rows", &MOST_POINT_ROWS.to_string());
                break;
            }
            let read = self.row(&line, &tables);
            if let (Cell::Text(key), column) = line.cell(&Column::Key)
                && !keys.insert(key.clone())
            {
                self.report(&sheet.name, *row + 1, &column, "duplicate_key", key);
            }
            rows.extend(read);
        }
        if count == 0 {
            self.report(&sheet.name, 0, "", "empty_table", "");
        }
        Some((tables, rows))
    }

    fn columns(&mut self, sheet: &Sheet, header: u32) -> BTreeMap<Column, u32> {
        let mut columns: BTreeMap<Column, u32> = BTreeMap::new();
        for (at, cell) in sheet.rows.get(&header).into_iter().flatten() {
            let Some(words) = cell.words() else {
                self.report(&sheet.name, header + 1, &letter(*at), "formula_error", "");
                continue;
            };
            match Column::of(&words) {
                None => self.report(&sheet.name, header + 1, &letter(*at), "unknown_table", &words),
                Some(column) if columns.contains_key(&column) => {
                    self.report(&sheet.name, header + 1, &letter(*at), "repeated_column", &words);
                }
                Some(column) => drop(columns.insert(column, *at)),
            }
        }
        let label = Column::Label("vi".to_owned());
        for (column, word) in [(Column::Key, "key"), (label, "label"), (Column::Expression, "expression")] {
            if !columns.contains_key(&column) {
                self.report(&sheet.name, header + 1, "", "missing_column", word);
            }
        }
        if !columns.keys().any(|column| matches!(column, Column::Points(_))) {
            self.report(&sheet.name, header + 1, "", "missing_column", &POINT_COLUMNS.join(" "));
        }
        columns
    }

    fn row(&mut self, line: &Line<'_>, tables: &[String]) -> Option<PointRow> {
        let key = self.words(line, &Column::Key);
        let label = self.label(line);
        let each = self.each(line);
        let when = self.expression(line, each.is_some());
        let points: Vec<Option<f64>> =
            tables.iter().map(|id| self.figure(line, &Column::Points(id.clone()))).collect();
        Some(PointRow {
            key: key?,
            label: label?,
            when: when?,
            each: each?,
            points: points.into_iter().collect::<Option<_>>()?,
        })
    }

    /// The words of a cell that must not be empty. Of a column that is not there nothing more is said.
    fn words(&mut self, line: &Line<'_>, column: &Column) -> Option<String> {
        let (cell, at) = line.cell(column);
        if at.is_empty() {
            return None;
        }
        let words = cell.words();
        if words.is_none() {
            let code = if *cell == Cell::Error { "formula_error" } else { "missing_value" };
            self.report(line.sheet, line.row + 1, &at, code, "");
        }
        words
    }

    fn label(&mut self, line: &Line<'_>) -> Option<Text> {
        let vietnamese = Column::Label("vi".to_owned());
        let mut text = Text::default();
        text.0.insert("vi".to_owned(), self.words(line, &vietnamese)?);
        for column in line.columns.keys() {
            if let (Column::Label(language), Some(words)) = (column, line.cell(column).0.words()) {
                text.0.insert(language.clone(), words);
            }
        }
        Some(text)
    }

    /// Outer `None`: something is wrong. Inner: the row is the household's.
    fn each(&mut self, line: &Line<'_>) -> Option<Option<EachMember>> {
        let repeat = line.cell(&Column::Each).0.words();
        let (most, at) = line.cell(&Column::AtMost);
        let at_most = match most {
            Cell::Empty => None,
            Cell::Number(number) if number.fract() == 0.0 && (1.0..=1e6).contains(number) => {
                // Whole and in range.
                Some(*number as u32)
            }
            Cell::Text(_) | Cell::Number(_) | Cell::Date(_) | Cell::Error => {
                self.report(line.sheet, line.row + 1, &at, "bad_value", &most.words().unwrap_or_default());
                return None;
            }
        };
        match repeat {
            Some(repeat) => Some(Some(EachMember { repeat, at_most })),
            None if at_most.is_none() => Some(None),
            None => {
                let (_, each) = line.cell(&Column::Each);
                self.report(line.sheet, line.row + 1, &each, "missing_value", "each");
                None
            }
        }
    }

    /// `each_known` says whether it is clear from where the expression is seen; if not, it is not tried on the form.
    fn expression(&mut self, line: &Line<'_>, each_known: bool) -> Option<Expr> {
        let source = self.words(line, &Column::Expression)?;
        let (_, at) = line.cell(&Column::Expression);
        let repeat = line.cell(&Column::Each).0.words();
        let repeat = repeat.as_deref();
        let expr = Expr::parse(&source);
        let form = self.form.filter(|_| each_known || repeat.is_some());
        let tried = match (&expr, form) {
            (Ok(expr), Some(form)) => form.prepare(expr, repeat).map(|_| ()),
            (Ok(_), None) => Ok(()),
            (Err(error), _) => Err(error.clone()),
        };
        match tried {
            Ok(()) => expr.ok(),
            Err(error) if error.code == "unknown_name" && repeat == Some(error.word.as_str()) => {
                let (_, at) = line.cell(&Column::Each);
                self.report(line.sheet, line.row + 1, &at, "unknown_repeat", &error.word);
                None
            }
            Err(error) => {
                let word = format!("{error} ({})", error.word);
                self.report(line.sheet, line.row + 1, &at, "bad_expression", &word);
                None
            }
        }
    }

    /// Points. An empty cell is no zero: whoever means none writes 0.
    fn figure(&mut self, line: &Line<'_>, column: &Column) -> Option<f64> {
        let (cell, at) = line.cell(column);
        let (code, word) = match cell {
            Cell::Number(number) if number.is_finite() => return Some(*number),
            // A whole number that Excel keeps as a text can mean one thing only; `1.500` cannot.
            Cell::Text(text) => match text.parse::<i32>() {
                Ok(number) => return Some(f64::from(number)),
                Err(_) => ("not_a_number", text.clone()),
            },
            Cell::Number(_) | Cell::Date(_) => ("not_a_number", cell.words().unwrap_or_default()),
            Cell::Empty => ("missing_value", String::new()),
            Cell::Error => ("formula_error", String::new()),
        };
        self.report(line.sheet, line.row + 1, &at, code, &word);
        None
    }

    fn about(&mut self, sheet: &Sheet) -> Option<About> {
        let mut said: BTreeMap<String, (u32, String)> = BTreeMap::new();
        let mut title = Text::default();
        for (row, cells) in &sheet.rows {
            let Some(word) = cells.get(&0).and_then(Cell::words) else { continue };
            let value = cells.get(&1).and_then(Cell::words);
            let word = word.trim().to_lowercase();
            let language = language(&word, "title");
            if language.is_none() && !ABOUT.contains(&word.as_str()) {
                self.report(&sheet.name, row + 1, "A", "unknown_word", &word);
                continue;
            }
            let Some(value) = value else {
                self.report(&sheet.name, row + 1, "B", "missing_value", &word);
                continue;
            };
            let repeated = match language {
                Some(language) => title.0.insert(language, value.clone()).is_some(),
                None => false,
            };
            if said.insert(word.clone(), (*row, value)).is_some() || repeated {
                self.report(&sheet.name, row + 1, "A", "duplicate_key", &word);
            }
        }
        for word in ABOUT {
            let noticed = |problem: &PointsProblem| problem.sheet == sheet.name && problem.word == word;
            if !said.contains_key(word) && !self.problems.iter().any(noticed) {
                self.report(&sheet.name, 0, "", "missing_value", word);
            }
        }
        let confidence = self.one_of(sheet, &said, "confidence", &CONFIDENCES);
        let dummy = self.one_of(sheet, &said, "dummy", &[(YES, true), (NO, false)]);
        let value = |word: &str| said.get(word).map(|(_, value)| value.clone());
        Some(About {
            id: value("id")?,
            title: if title.0.contains_key("vi") { title } else { return None },
            provenance: Provenance { confidence: confidence?, source: value("source")? },
            dummy: dummy?,
        })
    }

    fn one_of<T: Copy>(
        &mut self,
        sheet: &Sheet,
        said: &BTreeMap<String, (u32, String)>,
        word: &str,
        values: &[(&str, T)],
    ) -> Option<T> {
        let (row, value) = said.get(word)?;
        let found = values.iter().find(|(known, _)| known.eq_ignore_ascii_case(value.trim()));
        if found.is_none() {
            self.report(&sheet.name, row + 1, "B", "bad_value", value);
        }
        found.map(|(_, value)| *value)
    }
}

const CONFIDENCES: [(&str, Confidence); 3] = [
    ("verbatim", Confidence::Verbatim),
    ("second_hand", Confidence::SecondHand),
    ("unverified", Confidence::Unverified),
];
