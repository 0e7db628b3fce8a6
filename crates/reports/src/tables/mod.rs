//! The official tables: which columns each has, and what a household adds to them.
//!
//! A table is told once, by what one household adds to its columns: counting adds that up, and the households behind a figure are
//! those that add to it.

mod columns;
mod count;

pub use columns::{Bound, Column, Indicator, Unit};
pub use count::{Balance, Counted, Row, RowPlace};

use crate::case::Case;

/// The tables of the review's official report, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Results of the review.
    Official,
    /// How poor households changed.
    MovementPoor,
    /// How near-poor households changed.
    MovementNearPoor,
    /// Deprivations of poor households.
    IndicatorsPoor,
    /// Deprivations of near-poor households.
    IndicatorsNearPoor,
    /// Poor and near-poor households by group.
    Groups,
    /// By the head's ethnic group.
    Ethnicity,
    /// By causes.
    Causes,
    /// By the support that households ask for.
    Needs,
    /// Deprivations of children.
    Children,
    /// Results by the standards beside each other.
    Standards,
}

impl Table {
    /// All, in the order of the report.
    pub const ALL: [Self; 11] = [
        Self::Official,
        Self::MovementPoor,
        Self::MovementNearPoor,
        Self::IndicatorsPoor,
        Self::IndicatorsNearPoor,
        Self::Groups,
        Self::Ethnicity,
        Self::Causes,
        Self::Needs,
        Self::Children,
        Self::Standards,
    ];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::MovementPoor => "movement_poor",
            Self::MovementNearPoor => "movement_near_poor",
            Self::IndicatorsPoor => "indicators_poor",
            Self::IndicatorsNearPoor => "indicators_near_poor",
            Self::Groups => "groups",
            Self::Ethnicity => "ethnicity",
            Self::Causes => "causes",
            Self::Needs => "needs",
            Self::Children => "children",
            Self::Standards => "standards",
        }
    }

    /// The table of that name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.as_str() == name)
    }

    /// Its columns, and what households add to them.
    pub fn columns(self, bound: &Bound) -> Vec<Column> {
        columns::columns(self, bound)
    }
}

/// Whether a household adds to a column.
pub fn adds_to(table: Table, bound: &Bound, case: &Case, column: usize) -> bool {
    let mut adds = false;
    columns::each(table, bound, case, &mut |place, amount| adds |= place == column && amount > 0);
    adds
}
