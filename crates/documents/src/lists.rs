//! The lists of a village: to review, for the meeting, for posting, of results. What may stand in one is its rows' type.

use serde::{Deserialize, Serialize};

use crate::error::DocumentError;
use crate::interchange::InterchangeHousehold;
use crate::pdf::{Paper, Setting, Template};
use crate::table::{Cell, Column, Head, Kind, List, Signature, Table};
use crate::words::words;

/// A household that is to be reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The province's household code.
    pub code: Option<String>,
    /// The head's name.
    pub head: String,
    /// Its village.
    pub village: String,
    /// Address within the village.
    pub address: Option<String>,
    /// Members known.
    pub members: u32,
    /// Class in the list before; `None`: it was on none.
    pub previous: Option<String>,
    /// To whom it is assigned.
    pub assigned: Vec<String>,
}

/// A household's result before the meeting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingRow {
    /// The head's name.
    pub head: String,
    /// Its village.
    pub village: String,
    /// Members.
    pub members: u32,
    /// Class in the list before.
    pub previous: Option<String>,
    /// Its class by the interview.
    pub class: Option<String>,
    /// That class is provisional.
    pub provisional: bool,
    /// B1 points.
    pub b1: Option<f64>,
    /// B2 points.
    pub b2: Option<f64>,
}

/// A household's result as everybody may read it: nothing else of it may stand on a wall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Posted {
    /// The head's name.
    pub head: String,
    /// Its village.
    pub village: String,
    /// Its class.
    pub class: Option<String>,
    /// That class is provisional.
    pub provisional: bool,
    /// B1 points.
    pub b1: Option<f64>,
    /// B2 points.
    pub b2: Option<f64>,
}

/// A household with how far it is and what was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reviewed {
    /// As before the meeting.
    pub result: MeetingRow,
    /// The province's household code.
    pub code: Option<String>,
    /// Number of the decision.
    pub decision_number: Option<String>,
    /// Date of the decision.
    pub decision_date: Option<String>,
}

/// The list of households to review.
pub fn review_list(head: Head, rows: &[Listed]) -> List {
    let basis = |row: &Listed| {
        let key = if row.previous.is_some() { "basis_listed" } else { "basis_requested" };
        Cell::text(&words().paper(key))
    };
    let cells = rows.iter().zip(1_u32..).map(|(row, number)| {
        vec![
            Cell::count(number),
            text(&row.code),
            Cell::text(&row.head),
            Cell::text(&row.village),
            text(&row.address),
            Cell::count(row.members),
            class(row.previous.as_deref()),
            basis(row),
            Cell::text(&row.assigned.join(", ")),
        ]
    });
    let columns = columns(&[
        ("number", Kind::Count),
        ("code", Kind::Text),
        ("head", Kind::Text),
        ("village", Kind::Text),
        ("address", Kind::Text),
        ("members", Kind::Count),
        ("previous", Kind::Text),
        ("basis", Kind::Text),
        ("assigned", Kind::Text),
    ]);
    let table = table(&head, "review_title", columns, cells.collect(), false);
    list(head, Table { landscape: true, ..table }, &["role_village", "role_committee"])
}

/// The list of results for the meeting, with room for what is said there.
pub fn meeting_list(head: Head, rows: &[MeetingRow]) -> List {
    let cells = rows.iter().zip(1_u32..).map(|(row, number)| {
        let mut cells = result_cells(number, row);
        cells.push(Cell::Empty);
        cells
    });
    let mut named = RESULT.to_vec();
    named.push(("opinion", Kind::Text));
    let provisional = rows.iter().any(|row| row.provisional);
    let table = table(&head, "meeting_title", columns(&named), cells.collect(), provisional);
    list(head, Table { landscape: true, ..table }, &["role_village", "role_committee"])
}

/// The list that is put up. `posted`: from when, until when and where, if somebody has said it.
pub fn posting_list(head: Head, rows: &[Posted], posted: Option<(&str, &str, &str)>) -> List {
    let cells = rows.iter().zip(1_u32..).map(|(row, number)| {
        vec![
            Cell::count(number),
            Cell::text(&row.head),
            Cell::text(&row.village),
            Cell::number(row.b1),
            Cell::number(row.b2),
            Cell::text(&words().result(row.class.as_deref(), row.provisional)),
        ]
    });
    let columns = columns(&[
        ("number", Kind::Count),
        ("head", Kind::Text),
        ("village", Kind::Text),
        ("b1", Kind::Number),
        ("b2", Kind::Number),
        ("class", Kind::Text),
    ]);
    let provisional = rows.iter().any(|row| row.provisional);
    let mut table = table(&head, "posting_title", columns, cells.collect(), provisional);
    if let Some((from, until, place)) = posted {
        let day = |day: &str| Cell::day(day).printed(Kind::Date);
        let said = [("from", &*day(from)), ("until", &*day(until)), ("place", place)];
        table.subtitles.push(words().filled("posting_period", &said));
    }
    table.notes.insert(0, words().paper("posting_complaint"));
    list(head, table, &["role_committee"])
}

/// The results with what was decided of them.
pub fn results_list(head: Head, rows: &[Reviewed]) -> List {
    let cells = rows.iter().zip(1_u32..).map(|(row, number)| {
        let mut cells = result_cells(number, &row.result);
        cells.insert(1, text(&row.code));
        cells.push(text(&row.decision_number));
        cells.push(Cell::day(row.decision_date.as_deref().unwrap_or_default()));
        cells
    });
    let mut named = RESULT.to_vec();
    named.insert(1, ("code", Kind::Text));
    named.extend([("decision_number", Kind::Text), ("decision_date", Kind::Date)]);
    let provisional = rows.iter().any(|row| row.result.provisional);
    let table = table(&head, "results_title", columns(&named), cells.collect(), provisional);
    list(head, Table { landscape: true, ..table }, &["role_maker", "role_committee"])
}

/// The detailed list of the households recognised in a class, `poor` or `near_poor`, in the order in which they are given.
pub fn detail_list(head: Head, class: &str, households: &[InterchangeHousehold]) -> List {
    let words = words();
    let mark = |holds: bool| if holds { Cell::text(&words.paper("mark")) } else { Cell::Empty };
    let of_class = households.iter().filter(|household| household.class.as_deref() == Some(class));
    let cells = of_class.zip(1_u32..).map(|(household, number)| {
        let ethnicity = household.head_member().and_then(|head| head.ethnicity.as_ref());
        let ethnicity = ethnicity.and_then(|code| words.ethnic_groups.get(code));
        vec![
            Cell::count(number),
            text(&household.code),
            Cell::text(&household.head),
            Cell::text(&household.village),
            Cell::text(ethnicity.map_or("", String::as_str)),
            Cell::count(u32::try_from(household.members.len()).unwrap_or(u32::MAX)),
            Cell::number(household.b1),
            Cell::number(household.b2),
            mark(household.minority),
            mark(household.no_labour),
            mark(household.merit),
            Cell::text(&household.causes.join("; ")),
            text(&household.decision_number),
            Cell::day(household.decision_date.as_deref().unwrap_or_default()),
        ]
    });
    let columns = columns(&[
        ("number", Kind::Count),
        ("code", Kind::Text),
        ("head", Kind::Text),
        ("village", Kind::Text),
        ("i_ethnicity", Kind::Text),
        ("members", Kind::Count),
        ("b1", Kind::Number),
        ("b2", Kind::Number),
        ("i_minority", Kind::Text),
        ("i_no_labour", Kind::Text),
        ("i_merit", Kind::Text),
        ("i_causes", Kind::Text),
        ("decision_number", Kind::Text),
        ("decision_date", Kind::Date),
    ]);
    let table = table(&head, &format!("detail_{class}_title"), columns, cells.collect(), false);
    list(head, Table { landscape: true, ..table }, &["role_maker", "role_committee"])
}

impl Paper for List {
    fn to_set(&self) -> Result<Setting, DocumentError> {
        let kinds: Vec<Kind> = self.table.columns.iter().map(|column| column.kind).collect();
        let printed = |cells: &Vec<Cell>| -> Vec<String> {
            cells.iter().zip(&kinds).map(|(cell, kind)| cell.printed(*kind)).collect()
        };
        Setting::of(
            Template::List,
            &serde_json::json!({
                "head": self.head,
                "title": self.table.title,
                "subtitles": self.table.subtitles,
                "columns": self.table.columns,
                "rows": self.table.rows.iter().map(printed).collect::<Vec<_>>(),
                "notes": self.table.notes,
                "landscape": self.table.landscape,
                "signatures": self.signatures,
            }),
        )
    }
}

const RESULT: [(&str, Kind); 8] = [
    ("number", Kind::Count),
    ("head", Kind::Text),
    ("village", Kind::Text),
    ("members", Kind::Count),
    ("previous", Kind::Text),
    ("b1", Kind::Number),
    ("b2", Kind::Number),
    ("class", Kind::Text),
];

fn result_cells(number: u32, row: &MeetingRow) -> Vec<Cell> {
    vec![
        Cell::count(number),
        Cell::text(&row.head),
        Cell::text(&row.village),
        Cell::count(row.members),
        class(row.previous.as_deref()),
        Cell::number(row.b1),
        Cell::number(row.b2),
        Cell::text(&words().result(row.class.as_deref(), row.provisional)),
    ]
}

fn table(head: &Head, title: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>, provisional: bool) -> Table {
    let words = words();
    let mut notes = vec![words.filled("total", &[("count", &rows.len().to_string())])];
    if provisional {
        notes.push(words.paper("provisional_note"));
    }
    if columns.iter().any(|column| Some(&column.heading) == words.columns.get("b2").map(|(words, _)| words)) {
        notes.push(words.paper("b2_note"));
    }
    notes.push(words.paper("form_note"));
    Table { title: words.paper(title), subtitles: head.lines(), columns, rows, notes, landscape: false }
}

fn list(head: Head, table: Table, roles: &[&str]) -> List {
    let signature = |role: &&str| Signature { role: words().paper(role), name: String::new() };
    List { head, table, signatures: roles.iter().map(signature).collect() }
}

fn columns(named: &[(&str, Kind)]) -> Vec<Column> {
    let column = |(key, kind): &(&str, Kind)| {
        let (heading, width) = words().columns.get(*key).cloned().unwrap_or_else(|| ((*key).to_owned(), 12));
        Column { heading, kind: *kind, width }
    };
    named.iter().map(column).collect()
}

fn text(text: &Option<String>) -> Cell {
    Cell::text(text.as_deref().unwrap_or_default())
}

fn class(key: Option<&str>) -> Cell {
    Cell::text(&key.map(|key| words().class(key)).unwrap_or_default())
}
