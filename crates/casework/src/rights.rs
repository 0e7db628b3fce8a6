//! What people may ask about the data that are held of them, as data: each right, and within how many days it is answered.
//!
//! No term of the law stands here: `instruments/README.md` describes the file that [`Rights::from_toml`] reads.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rasoat_instrument::{Provenance, Text};

use crate::procedure::WorkingDays;
use crate::standard::StandardProblem;
use crate::standard::table::Section;

/// What the program can do for whoever asks; a file has no other rights.
const KNOWN: [&str; 4] = ["see", "correct", "restrict", "erase"];

/// The rights as their authors wrote them (`instruments/personal-data/*.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Rights {
    /// Its id: `vn-91-2025`.
    pub id: String,
    /// First day it is in force.
    pub valid_from: Date,
    /// The legal texts it is taken from.
    pub sources: Vec<String>,
    /// Within what time it is said that a request was received.
    pub acknowledge: Term,
    /// Each right, in the order in which they are offered.
    pub rights: Vec<Right>,
    work: WorkingDays,
}

/// One right.
#[derive(Debug, Clone, PartialEq)]
pub struct Right {
    /// `see`, `correct`, `restrict` or `erase`.
    pub key: String,
    /// Its name.
    pub label: Text,
    /// Within what time it is answered.
    pub term: Term,
}

/// A time in days.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// So many, the day on which the request came not counted.
    pub days: u8,
    /// Whether working days alone are counted.
    pub working: bool,
    /// Who says so.
    pub provenance: Provenance,
}

impl Rights {
    /// Reads a file of rights.
    ///
    /// # Errors
    /// Everything wrong with it, each with its place. Codes: `unreadable` (not TOML), `missing`, `unknown_key`, `wrong_type`,
    /// `bad_value`, `duplicate_key`.
    pub fn from_toml(text: &str) -> Result<Self, Vec<StandardProblem>> {
        let table = crate::standard::parse(text)?;
        let mut problems = Vec::new();
        let rights = file(Section::new("", table, &mut problems));
        match rights {
            Some(rights) if problems.is_empty() => Ok(rights),
            _ => Err(problems),
        }
    }

    /// A right by its key.
    pub fn right(&self, key: &str) -> Option<&Right> {
        self.rights.iter().find(|right| right.key == key)
    }

    /// The last day of a term that begins with what came on a day.
    pub fn last_day(&self, term: &Term, came_on: Date) -> Date {
        if term.working { self.work.after(came_on, term.days) } else { later(came_on, term.days) }
    }
}

/// The last day of all calendars is no worse an end than any other.
fn later(day: Date, days: u8) -> Date {
    (0..days).fold(day, |day, _| day.tomorrow().unwrap_or(day))
}

fn file(mut file: Section<'_>) -> Option<Rights> {
    let id = file.require("id", Section::string);
    let valid_from = file.require("valid_from", Section::date);
    let sources = file.require("sources", Section::strings);
    let work = file.require("working_days", |file, key| WorkingDays::read(file.table(key)?));
    let acknowledge = file.require("acknowledge", |file, key| {
        let mut section = file.table(key)?;
        let term = term(&mut section);
        section.finish();
        term
    });
    let rights = file.each("right", Some("key"), right);
    if rights.is_empty() {
        file.report("right", "missing", "");
    }
    let mut seen = BTreeSet::new();
    for right in &rights {
        if !seen.insert(right.key.as_str()) {
            file.report(&format!("right.{}", right.key), "duplicate_key", "");
        }
    }
    file.finish();
    Some(Rights {
        id: id?,
        valid_from: valid_from?,
        sources: sources?,
        acknowledge: acknowledge?,
        rights,
        work: work?,
    })
}

fn right(mut section: Section<'_>) -> Option<Right> {
    let key = section.require("key", Section::string);
    if let Some(key) = key.as_deref().filter(|key| !KNOWN.contains(key)) {
        section.report("key", "bad_value", key);
    }
    let label = section.require("label", Section::text);
    let term = term(&mut section);
    section.finish();
    Some(Right { key: key?, label: label?, term: term? })
}

fn term(section: &mut Section<'_>) -> Option<Term> {
    let days = section.require("days", Section::count);
    if days == Some(0) {
        section.report("days", "bad_value", "0");
    }
    let working = section.flag("working");
    let provenance = section.provenance();
    Some(Term { days: days?, working, provenance: provenance? })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const SHIPPED: &str = include_str!("../../../instruments/personal-data/vn-91-2025.toml");

    #[test]
    fn working_days_pass_over_the_weekend_and_other_days_do_not() {
        let rights = Rights::from_toml(SHIPPED).unwrap();
        // A Friday.
        let came = date(2026, 11, 27);
        assert_eq!(rights.last_day(&rights.acknowledge, came), date(2026, 12, 1));
        let term = &rights.right("see").unwrap().term;
        assert_eq!(rights.last_day(term, came), date(2026, 12, 7));
    }

    #[test]
    fn everything_wrong_with_a_file_is_told_with_its_place() {
        let wrong = SHIPPED.replace("key = \"erase\"", "key = \"see\"").replace("days = 2\n", "days = 0\n");
        let problems = Rights::from_toml(&wrong.replace("id = ", "name = ")).unwrap_err();
        let told: Vec<(&str, &str)> =
            problems.iter().map(|problem| (problem.place.as_str(), problem.code.as_str())).collect();
        assert_eq!(
            told,
            [
                ("id", "missing"),
                ("acknowledge.days", "bad_value"),
                ("right.see", "duplicate_key"),
                ("name", "unknown_key")
            ]
        );
        let other = SHIPPED.replace("key = \"erase\"", "key = \"sell\"");
        assert_eq!(Rights::from_toml(&other).unwrap_err()[0].code, "bad_value");
    }
}
