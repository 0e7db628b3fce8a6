//! Which rows are of one household.

use std::collections::BTreeMap;

use crate::cell::Cell;
use crate::columns::{ListField, Table};
use crate::list::SheetKind;
use crate::words;
use crate::workbook::Sheet;

/// A household whose rows are being gathered, with what tells where the next begins.
pub(crate) struct Open {
    pub(crate) rows: Vec<u32>,
    head: Option<String>,
    /// Code, number and village, where its rows have said them.
    code: Option<String>,
    number: Option<String>,
    village: Option<String>,
    head_seen: bool,
    /// Whether the row itself has a number.
    numbered: bool,
}

impl Open {
    pub(crate) fn at(at: &At<'_>, head: Option<String>) -> Self {
        let relation = at.words(ListField::Relation);
        Self {
            rows: vec![at.row],
            head,
            code: at.words(ListField::HouseholdCode),
            number: at.words(ListField::HouseholdNumber),
            village: at.words(ListField::Village),
            head_seen: relation.as_deref().and_then(words::relation) == Some("head"),
            numbered: at.words(ListField::Number).is_some(),
        }
    }

    /// Whether a row begins another household: its code or number says so, else its head, however often lists repeat or leave
    /// out what is the same.
    pub(crate) fn ends_before(&self, next: &Self, table: &Table) -> bool {
        let differ = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => Some(one != other),
            (None, _) | (_, None) => None,
        };
        let said = [differ(&self.code, &next.code), differ(&self.number, &next.number)];
        // Numbers may begin anew in each village.
        let elsewhere = said[1].is_some() && differ(&self.village, &next.village) == Some(true);
        if said.contains(&Some(true)) || elsewhere {
            return true;
        }
        if table.heads_only() {
            return next.head.is_some();
        }
        let named = next.head.is_some();
        let other_head = named && next.head.as_deref() != Some(self.head.as_deref().unwrap_or_default());
        let numbered = next.numbered && (named || table.kind != SheetKind::Current);
        let unsaid = said == [None, None] && table.column(ListField::Relation).is_none();
        other_head || (next.head_seen && self.head_seen) || (unsaid && numbered)
    }

    pub(crate) fn go_on(&mut self, next: Self) {
        self.rows.extend(next.rows);
        self.head_seen |= next.head_seen;
        self.code = self.code.take().or(next.code);
        self.number = self.number.take().or(next.number);
        self.village = self.village.take().or(next.village);
    }
}

/// One row of a sheet.
pub(crate) struct At<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) table: &'a Table,
    pub(crate) row: u32,
    pub(crate) cells: &'a BTreeMap<u32, Cell>,
}

impl At<'_> {
    pub(crate) fn cell(&self, field: ListField) -> &Cell {
        self.table.column(field).and_then(|column| self.cells.get(&column)).unwrap_or(&Cell::Empty)
    }

    pub(crate) fn words(&self, field: ListField) -> Option<String> {
        self.cell(field).words()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub(crate) fn has_person(&self) -> bool {
        [ListField::Relation, ListField::Birth, ListField::CitizenId]
            .iter()
            .any(|field| *self.cell(*field) != Cell::Empty)
    }
}
