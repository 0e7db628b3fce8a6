//! Adding up.

use std::collections::BTreeMap;

use super::columns::movements;
use super::{Bound, Column, Table, Unit, columns};
use crate::case::Case;

/// The figures of a row, by column; of a share nothing is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Counts in the order of the columns.
    pub counts: Vec<u64>,
}

/// Whether a movement comes to what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Closing less what opening, entries and exits come to: 0 where they agree. For households, then persons.
    pub differences: [i64; 2],
}

/// A table being counted; rows by whatever the caller names them.
#[derive(Debug)]
pub struct Counted<K> {
    table: Table,
    width: usize,
    places: BTreeMap<K, RowPlace>,
    rows: Vec<Row>,
}

/// Where a row stands in a table being counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowPlace(usize);

impl<K: Ord + Clone> Counted<K> {
    /// With no row yet.
    pub fn new(table: Table, bound: &Bound) -> Self {
        let width = columns::columns(table, bound).len();
        Self { table, width, places: BTreeMap::new(), rows: Vec::new() }
    }

    /// The place of a row, which is there from now on: worth keeping where many households add to one.
    pub fn place(&mut self, row: &K) -> RowPlace {
        if let Some(place) = self.places.get(row) {
            return *place;
        }
        let place = RowPlace(self.rows.len());
        self.rows.push(Row { counts: vec![0; self.width] });
        self.places.insert(row.clone(), place);
        place
    }

    /// Adds a household to a row.
    pub fn add(&mut self, row: &K, bound: &Bound, case: &Case) {
        let place = self.place(row);
        self.add_at(place, bound, case);
    }

    /// Adds a household to the row of a place.
    pub fn add_at(&mut self, place: RowPlace, bound: &Bound, case: &Case) {
        let Some(row) = self.rows.get_mut(place.0) else { return };
        columns::each(self.table, bound, case, &mut |column, amount| {
            if let Some(count) = row.counts.get_mut(column) {
                *count += u64::from(amount);
            }
        });
    }

    /// Adds to how many households live where a row is of, as far as that is known.
    pub fn add_living(&mut self, row: &K, households: u64) {
        if self.table != Table::Official {
            return;
        }
        let place = self.place(row);
        if let Some(count) = self.rows.get_mut(place.0).and_then(|row| row.counts.first_mut()) {
            *count += households;
        }
    }

    /// The rows in their order.
    pub fn rows(&self) -> impl Iterator<Item = (&K, &Row)> {
        self.places.iter().filter_map(|(key, place)| Some((key, self.rows.get(place.0)?)))
    }

    /// All rows together.
    pub fn total(&self) -> Row {
        let mut counts = vec![0; self.width];
        for row in &self.rows {
            counts.iter_mut().zip(&row.counts).for_each(|(sum, count)| *sum += count);
        }
        Row { counts }
    }
}

impl Row {
    /// A column's count, or what its share is of: numerator, then denominator.
    pub fn figure(&self, column: &Column, place: usize) -> (u64, Option<u64>) {
        let at = |place: usize| self.counts.get(place).copied().unwrap_or(0);
        match column.of.filter(|_| column.unit == Unit::Percent) {
            Some((numerator, denominator)) => (at(numerator), Some(at(denominator))),
            None => (at(place), None),
        }
    }

    /// Of a table of movement: whether opening less exits plus entries is closing.
    pub fn balance(&self, table: Table) -> Option<Balance> {
        if !matches!(table, Table::MovementPoor | Table::MovementNearPoor) {
            return None;
        }
        let differences = movements().map(|movement| {
            let at = |place: usize| self.counts.get(place).copied().unwrap_or(0).cast_signed();
            let left: i64 = movement.left.map(at).sum();
            let came: i64 = movement.came.map(at).sum();
            at(movement.closing) - (at(movement.opening) - left + came)
        });
        Some(Balance { differences })
    }
}
