//! The B1 point table: rows of points that together stand for income, as data.
//!
//! The official table is not public. No figure of it stands here or anywhere in the program: it is loaded by the province, and one that
//! is invented for trials says so ([`PointTable::dummy`]).

use std::collections::BTreeSet;
use std::sync::Arc;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Confidence, Definition, Path, Plan, Provenance, Session, Text};
use serde::Serialize;
use toml::Value;

use super::StandardProblem;
use super::check::Check;
use super::indicator::names;
use super::ready::{Ready, holds};
use super::table::Section;
use crate::units::AreaType;

/// The ids that a column may have: the urban form, and the rural form of each region (Circular 17/2016/TT-BLĐTBXH had these; that
/// the split of 2022 is the same is not verified). NT2 is the northern midlands and mountains.
pub const POINT_COLUMNS: [&str; 7] = ["urban", "NT1", "NT2", "NT3", "NT4", "NT5", "NT6"];

/// A table with more rows is refused.
pub const MOST_POINT_ROWS: usize = 1_000;

/// A point table (`instruments/points/*.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct PointTable {
    /// Its id: a standard names it by this.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Where the figures are from, and how sure they are.
    pub provenance: Provenance,
    /// The figures are invented: every class that rests on them is provisional.
    pub dummy: bool,
    /// Columns, of [`POINT_COLUMNS`].
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<PointRow>,
}

/// One row: points for something that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct PointRow {
    /// Its key within the table.
    pub key: String,
    /// What it is about.
    pub label: Text,
    /// When it holds, as an expression over the form, or seen from each member.
    pub when: Expr,
    /// Where it is counted for each member.
    pub each: Option<EachMember>,
    /// Points, one for each column of the table.
    pub points: Vec<f64>,
}

/// A row that is counted for each member whom it holds for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EachMember {
    /// The repeat of the form that holds the members.
    pub repeat: String,
    /// No more members than this count.
    pub at_most: Option<u32>,
}

/// How the points of one household came together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct PointsResult {
    /// The table's id.
    pub table: String,
    /// The table's name.
    pub title: Text,
    /// The column used: `urban`, `NT2`, …
    pub column: String,
    /// The table's figures are invented.
    pub dummy: bool,
    /// Source of the table.
    pub provenance: Provenance,
    /// The rows that count or may still count, in the table's order.
    pub rows: Vec<PointLine>,
    /// The sum; `None` while a row is open.
    pub total: Option<f64>,
}

/// One row of points that counts or may still count.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct PointLine {
    /// The row's key.
    pub key: String,
    /// What it is about.
    pub label: Text,
    /// How often it counts: 1 for the household, else the number of members.
    pub times: u32,
    /// The points that it gives in all; `None` while answers are missing that could change it.
    pub points: Option<f64>,
    /// Paths of the questions that are open.
    pub missing: Vec<String>,
}

/// A table as an income test uses it.
#[derive(Debug, Clone)]
pub(super) struct TableUse {
    pub(super) id: String,
    pub(super) rural: String,
    pub(super) urban: String,
    /// Absent until [`super::Standard::with_tables`] brings it.
    pub(super) table: Option<Arc<PointTable>>,
}

impl PointTable {
    /// Reads a point table's file.
    ///
    /// # Errors
    /// Everything wrong with it, each with its place. Codes: those of [`super::Standard::from_toml`], `unknown_column`, `too_many`.
    pub fn from_toml(text: &str) -> Result<Self, Vec<StandardProblem>> {
        let table = super::read::parse(text)?;
        let mut problems = Vec::new();
        let read = file(Section::new("", table, &mut problems));
        match read {
            Some(read) if problems.is_empty() => Ok(read),
            _ => Err(problems),
        }
    }

    /// The file that [`PointTable::from_toml`] reads the same table from.
    pub fn to_toml(&self) -> String {
        self.to_table().to_string()
    }

    /// The same as a section of a standard's file, for a standard that travels with the tables that it names.
    pub fn to_section(&self) -> String {
        let tables = Value::Array(vec![self.to_table().into()]);
        toml::Table::from_iter([("point_table".to_owned(), tables)]).to_string()
    }

    fn to_table(&self) -> toml::Table {
        let mut file = toml::Table::new();
        file.insert("id".to_owned(), self.id.clone().into());
        file.insert("title".to_owned(), wording(&self.title));
        file.insert("confidence".to_owned(), confidence_word(self.provenance.confidence).into());
        file.insert("source".to_owned(), self.provenance.source.clone().into());
        file.insert("dummy".to_owned(), self.dummy.into());
        file.insert("columns".to_owned(), self.columns.clone().into());
        let rows: Vec<Value> = self.rows.iter().map(|row| self.row_table(row).into()).collect();
        file.insert("row".to_owned(), rows.into());
        file
    }

    fn row_table(&self, row: &PointRow) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("key".to_owned(), row.key.clone().into());
        table.insert("label".to_owned(), wording(&row.label));
        table.insert("when".to_owned(), row.when.source().into());
        if let Some(each) = &row.each {
            table.insert("each".to_owned(), each.repeat.clone().into());
            if let Some(most) = each.at_most {
                table.insert("at_most".to_owned(), i64::from(most).into());
            }
        }
        let points = self.columns.iter().zip(&row.points);
        let points: toml::Table = points.map(|(column, points)| (column.clone(), (*points).into())).collect();
        table.insert("points".to_owned(), points.into());
        table
    }

    /// Whether every row can be evaluated on this form.
    ///
    /// # Errors
    /// Everything that cannot. Codes: `bad_expression`, `unknown_repeat`.
    pub fn check(&self, definition: &Definition) -> Result<(), Vec<StandardProblem>> {
        let plan = Plan::new(Arc::new(definition.clone()));
        let problems: Vec<StandardProblem> =
            self.rows.iter().filter_map(|row| row.problem(&format!("row.{}", row.key), &plan)).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn column(&self, id: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == id)
    }
}

impl PointRow {
    /// What is wrong with the row on a form, if anything.
    fn problem(&self, place: &str, plan: &Plan) -> Option<StandardProblem> {
        let repeat = self.each.as_ref().map(|each| each.repeat.as_str());
        let error = plan.prepare(&self.when, repeat).err()?;
        let unknown_repeat = repeat == Some(error.word.as_str()) && error.code == "unknown_name";
        let (key, code, detail) = if unknown_repeat {
            ("each", "unknown_repeat", error.word)
        } else {
            ("when", "bad_expression", format!("{error} ({})", error.word))
        };
        Some(StandardProblem { place: format!("{place}.{key}"), code: code.to_owned(), detail })
    }
}

/// The word that files have for a confidence.
pub(crate) fn confidence_word(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Verbatim => "verbatim",
        Confidence::SecondHand => "second_hand",
        Confidence::Unverified => "unverified",
    }
}

fn wording(text: &Text) -> Value {
    let words = text.0.iter().map(|(language, words)| (language.clone(), words.clone().into()));
    Value::Table(words.collect())
}

pub(super) fn file(mut file: Section<'_>) -> Option<PointTable> {
    let id = file.require("id", Section::string);
    let title = file.require("title", Section::text);
    let provenance = file.provenance();
    let dummy = file.flag("dummy");
    let columns = file.require("columns", Section::strings).unwrap_or_default();
    check_columns(&mut file, &columns);
    if !file.has("row") {
        file.report("row", "missing", "");
    }
    let rows = file.each("row", Some("key"), |section| row(section, &columns));
    let mut seen = BTreeSet::new();
    for row in &rows {
        if !seen.insert(&row.key) {
            file.report(&format!("row.{}", row.key), "duplicate_key", "");
        }
    }
    if rows.len() > MOST_POINT_ROWS {
        file.report("row", "too_many", &rows.len().to_string());
    }
    file.finish();
    Some(PointTable { id: id?, title: title?, provenance: provenance?, dummy, columns, rows })
}

fn check_columns(file: &mut Section<'_>, columns: &[String]) {
    let mut seen = BTreeSet::new();
    for column in columns {
        if !POINT_COLUMNS.contains(&column.as_str()) {
            file.report("columns", "unknown_column", column);
        } else if !seen.insert(column) {
            file.report("columns", "duplicate_key", column);
        }
    }
    if columns.is_empty() {
        file.report("columns", "bad_value", "");
    }
}

fn row(mut section: Section<'_>, columns: &[String]) -> Option<PointRow> {
    let key = section.require("key", Section::string);
    let label = section.require("label", Section::text);
    let when = section.require("when", Section::expression);
    let repeat = section.string("each");
    let at_most = section.whole("at_most");
    if repeat.is_none() && at_most.is_some() {
        section.report("each", "missing", "");
    }
    let mut points = Vec::new();
    match section.table("points") {
        None => section.report("points", "missing", ""),
        Some(mut table) => {
            points.extend(columns.iter().filter_map(|column| table.require(column, Section::figure)));
            table.finish();
        }
    }
    section.finish();
    let each = repeat.map(|repeat| EachMember { repeat, at_most });
    Some(PointRow { key: key?, label: label?, when: when?, each, points })
}

impl TableUse {
    /// The column that counts in an area.
    fn column(&self, area: AreaType) -> &str {
        match area {
            AreaType::Rural => &self.rural,
            AreaType::Urban => &self.urban,
        }
    }

    /// Takes the table that is meant.
    pub(super) fn link(&mut self, place: &str, members: &str, tables: &[PointTable]) -> Vec<StandardProblem> {
        let mut problems = Vec::new();
        let mut report = |key: &str, code: &str, detail: &str| {
            let place = format!("{place}.{key}");
            problems.push(StandardProblem { place, code: code.to_owned(), detail: detail.to_owned() });
        };
        let Some(table) = tables.iter().find(|table| table.id == self.id) else {
            report("table", "unknown_table", &self.id);
            return problems;
        };
        for (area, column) in [("rural", &self.rural), ("urban", &self.urban)] {
            if table.column(column).is_none() {
                report(&format!("column.{area}"), "unknown_column", column);
            }
        }
        for row in &table.rows {
            if let Some(each) = row.each.as_ref().filter(|each| each.repeat != members) {
                report(&format!("table.row.{}.each", row.key), "bad_value", &each.repeat);
            }
        }
        self.table = Some(Arc::new(table.clone()));
        problems
    }

    pub(super) fn check(&self, place: &str, check: &mut Check) {
        let Some(table) = &self.table else {
            return check.report(&format!("{place}.table"), "unlinked_table", &self.id);
        };
        for row in &table.rows {
            let problem = row.problem(&format!("{place}.table.row.{}", row.key), &check.plan);
            check.problems.extend(problem);
        }
    }
}

/// How often a row counts.
struct Count {
    times: u32,
    /// Missing answers could change that.
    open: bool,
}

fn count(row: &PointRow, ready: &Ready, session: &Session, whole: bool) -> Count {
    let Some(each) = &row.each else {
        let holds = holds(ready, session.outside(), whole);
        return Count { times: u32::from(holds == Some(true)), open: holds.is_none() };
    };
    let most = each.at_most.unwrap_or(u32::MAX);
    let mut count = Count { times: 0, open: false };
    for member in session.inside(&each.repeat) {
        match holds(ready, member, whole) {
            Some(true) => count.times += 1,
            Some(false) => {}
            None => count.open = true,
        }
        if count.times >= most {
            return Count { times: most, open: false };
        }
    }
    count
}

/// The sum of the points; `None` while an answer is missing to it.
pub(super) fn total(
    used: &TableUse,
    ready: &[Ready],
    session: &Session,
    area: AreaType,
    whole: bool,
) -> Option<f64> {
    let table = used.table.as_deref()?;
    let column = table.column(used.column(area))?;
    let mut total = 0.0;
    for (row, ready) in table.rows.iter().zip(ready) {
        let count = count(row, ready, session, whole);
        if count.open {
            return None;
        }
        total += f64::from(count.times) * row.points.get(column).copied()?;
    }
    Some(total)
}

/// The rows and their points; what is missing to them is added to `missing`.
pub(super) fn explain(
    used: &TableUse,
    ready: &[Ready],
    session: &Session,
    area: AreaType,
    missing: &mut Vec<Path>,
) -> Option<PointsResult> {
    let table = used.table.as_deref()?;
    let column = table.column(used.column(area))?;
    let mut rows = Vec::new();
    for (row, ready) in table.rows.iter().zip(ready) {
        let count = count(row, ready, session, false);
        if count.times == 0 && !count.open {
            continue;
        }
        let places = if count.open { open_places(row, ready, session) } else { Vec::new() };
        let points = f64::from(count.times) * row.points.get(column).copied()?;
        rows.push(PointLine {
            key: row.key.clone(),
            label: row.label.clone(),
            times: count.times,
            points: (!count.open).then_some(points),
            missing: names(&places),
        });
        missing.extend(places);
    }
    Some(PointsResult {
        table: table.id.clone(),
        title: table.title.clone(),
        column: used.column(area).to_owned(),
        dummy: table.dummy,
        provenance: table.provenance.clone(),
        rows,
        total: total(used, ready, session, area, false),
    })
}

fn open_places(row: &PointRow, ready: &Ready, session: &Session) -> Vec<Path> {
    let Some(ready) = ready else { return Vec::new() };
    match &row.each {
        None => session.outside().missing(ready),
        Some(each) => session.inside(&each.repeat).flat_map(|member| member.missing(ready)).collect(),
    }
}
