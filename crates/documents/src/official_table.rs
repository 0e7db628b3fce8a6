//! The official tables of a commune, as sheets.

use crate::table::{Cell, Column, Head, Kind, Table};
use crate::words::words;

/// How wide a column of figures is, in letters.
const WIDTH: u16 = 13;

/// One official table, counted.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficialTable {
    /// Its name: `movement_poor`.
    pub id: String,
    /// Its columns.
    pub columns: Vec<OfficialColumn>,
    /// Its rows.
    pub rows: Vec<OfficialRow>,
    /// All rows together.
    pub total: Vec<Option<f64>>,
    /// Households whose class is not final, whose class is open, that are not signed.
    pub doubts: [u32; 3],
}

/// A column of an official table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficialColumn {
    /// Its key: `poor.households`.
    pub key: String,
    /// Its words, where they are data.
    pub label: Option<String>,
    /// Whether it holds shares, from 0 to 1.
    pub percent: bool,
}

/// A row of an official table.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficialRow {
    /// The place's name, or the code of an ethnic group.
    pub name: String,
    /// Figures by column; nothing where nobody is concerned.
    pub figures: Vec<Option<f64>>,
}

impl OfficialTable {
    /// The table with its words, under the name of its sheet.
    pub fn sheet(&self, head: &Head) -> (String, Table) {
        let words = words();
        let said = |key: &str| words.tables.get(key).cloned().unwrap_or_else(|| key.to_owned());
        let is_by_group = self.id == "ethnicity";
        let first = Column {
            heading: said(if is_by_group { "ethnic_group" } else { "place" }),
            kind: Kind::Text,
            width: 24,
        };
        let columns = self.columns.iter().map(|column| Column {
            heading: heading(column),
            kind: if column.percent { Kind::Percent } else { Kind::Count },
            width: WIDTH,
        });
        let row = |name: &str, figures: &[Option<f64>]| -> Vec<Cell> {
            std::iter::once(Cell::text(name))
                .chain(figures.iter().map(|figure| Cell::number(*figure)))
                .collect()
        };
        let named = |name: &str| {
            if !is_by_group {
                return name.to_owned();
            }
            words.ethnic_groups.get(name).cloned().unwrap_or_else(|| said("no_ethnic_group"))
        };
        let rows = self.rows.iter().map(|one| row(&named(&one.name), &one.figures));
        let total = row(&said("total"), &self.total);
        let [provisional, open, unreviewed] = self.doubts.map(|count| count.to_string());
        let note = said("note")
            .replace("{provisional}", &provisional)
            .replace("{open}", &open)
            .replace("{unreviewed}", &unreviewed);
        let table = Table {
            title: said(&self.id),
            subtitles: head.lines(),
            columns: std::iter::once(first).chain(columns).collect(),
            rows: rows.chain([total]).collect(),
            notes: vec![note],
            landscape: true,
        };
        (said(&self.id), table)
    }
}

fn heading(column: &OfficialColumn) -> String {
    let words = words();
    let (group, own) = column.key.split_once('.').unzip();
    let own = own.unwrap_or(&column.key);
    let bare = own.strip_suffix("_percent").unwrap_or(own);
    let named = words.table_columns.get(bare).cloned().unwrap_or_else(|| bare.to_owned());
    let own = column.label.clone().unwrap_or(named);
    let group = group.and_then(|group| words.table_groups.get(group)).cloned();
    let percent = words.tables.get("percent").filter(|_| column.percent && bare != "percent").cloned();
    group.into_iter().chain([own]).chain(percent).collect::<Vec<_>>().join(" – ")
}
