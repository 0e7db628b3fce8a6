//! Interviews as tables for statisticians: which variables there are, what they mean and how rows are written. Pure.
//!
//! The variables are the union of every form that was ever used: what one of them does not ask is empty for its interviews. What would
//! tell who somebody is leaves out all that people typed ([`Privacy::Pseudonymised`]), whatever a question is called.

mod codebook;
mod labels;
mod names;
mod spss;
mod stata;
mod union;
mod write;

use std::collections::BTreeSet;

use rasoat_instrument::{Definition, Provenance, Text};

pub use codebook::{codebook, values};
pub use labels::shortened;
pub use spss::spss;
pub use stata::stata;
pub use write::{Cell, Unlabelled, header, row};

/// The table with one row for each interview.
pub const HOUSEHOLDS: &str = "households";

/// A version of a form, oldest first among others.
#[derive(Debug, Clone, Copy)]
pub struct FormVersion<'a> {
    /// `rasoat-household 2026.1`
    pub name: &'a str,
    /// What it asks.
    pub definition: &'a Definition,
}

/// What may tell who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Privacy {
    /// Without anything that people typed, without places, files and the questions named; of days of birth the year alone.
    Pseudonymised {
        /// Questions that are left out whatever they take.
        withheld: BTreeSet<String>,
        /// Questions of which the year alone is kept.
        births: BTreeSet<String>,
    },
    /// Everything that was answered.
    Full,
}

/// What is known of each row beside the answers: it stands first.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// Its name.
    pub name: String,
    /// In words.
    pub label: Text,
    /// What it takes.
    pub kind: Kind,
    /// What its numbers stand for.
    pub codes: Vec<Code>,
    /// Whose rule it is, where it is one.
    pub provenance: Option<Provenance>,
}

/// What the tables are made of.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Every form ever used, oldest first.
    pub forms: &'a [FormVersion<'a>],
    /// What is left out.
    pub privacy: Privacy,
    /// What is known of each interview beside its answers.
    pub of_interviews: Vec<Given>,
    /// The same of each instance of a repeat.
    pub of_instances: Vec<Given>,
    /// The words for not chosen and chosen.
    pub flags: [Text; 2],
    /// What stands behind a question of which the year alone is kept.
    pub year: Text,
}

/// All tables.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    /// The interviews first, then each repeat.
    pub tables: Vec<Table>,
    /// The words for not chosen and chosen.
    pub flags: [Text; 2],
    /// The forms' names, which [`Variable::versions`] point into.
    pub versions: Vec<String>,
}

/// One table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its file is called so.
    pub name: String,
    /// The names of the repeat over the versions; none for the table of interviews.
    pub repeats: Vec<String>,
    /// In the order of the columns.
    pub variables: Vec<Variable>,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// A name that Stata and SPSS take: at most 32 letters, digits and `_`, unique in its table.
    pub name: String,
    /// In words.
    pub label: Text,
    /// What it takes.
    pub kind: Kind,
    /// In what it is measured, as the question says.
    pub unit: Text,
    /// What its numbers stand for.
    pub codes: Vec<Code>,
    /// The versions that ask it; none where it was not asked.
    pub versions: Vec<usize>,
    /// Whose wording or rule it is.
    pub provenance: Option<Provenance>,
    /// Where its cells come from.
    pub from: Origin,
}

/// What a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Letters and digits as they are.
    Text,
    /// A whole number.
    Whole,
    /// A number with decimals.
    Number,
    /// A calendar day.
    Day,
    /// The number of a choice.
    Code,
    /// 1 where a choice was chosen, 0 where others were.
    Flag,
}

/// What a number stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The number in the data.
    pub number: u32,
    /// The name in the form.
    pub name: String,
    /// In words.
    pub label: Text,
}

/// Where a column's cells come from. Questions are named by all the names they had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// What is known beside the answers.
    Given(String),
    /// The answer.
    Answer(Vec<String>),
    /// Whether one choice is among the answer.
    Chosen(Vec<String>, String),
    /// The year of the answer.
    Year(Vec<String>),
}

impl DataSet {
    /// The tables of all interviews.
    pub fn of(plan: Plan<'_>) -> Self {
        union::union(plan)
    }

    /// The table of a repeat, by any of its names.
    pub fn of_repeat(&self, repeat: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.repeats.iter().any(|name| name == repeat))
    }
}
