//! What of a household is counted, searched and compared beside what its line shows; and the marks it is counted under.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::HouseholdRow;
use crate::storage::State;
use crate::time::day_in_vietnam;
use crate::view::{Check, ProcedureStage};

/// The mark that every counted household bears.
pub const ALL: &str = "all";
/// Marks of the day on which an interview first came in begin so.
pub const DAY: &str = "day.";

/// Facts of a household, made from its edits with its line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Where it is on its way through the round.
    pub stage: ProcedureStage,
    /// Whether its interview was returned and not signed again.
    pub returned: bool,
    /// What is doubtful in it.
    pub checks: BTreeSet<Check>,
    /// When the first edit of an interview came in.
    pub began_at: Option<i64>,
    /// Its members, as far as they are known.
    pub persons: Vec<Person>,
}

/// A member, as searching and comparing need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The member's id within the household.
    pub member: String,
    /// Whether the household goes by this member's name.
    pub is_head: bool,
    /// The name. Personal: never logged.
    pub name: String,
    /// Date or year of birth, canonical.
    pub birth: Option<String>,
    /// The number as it was typed. Personal: never logged.
    pub citizen_id: Option<String>,
}

/// The marks of a household, each between blanks, so that one is found in the text by itself. Merged and withdrawn households
/// bear them too, and are counted nowhere.
pub fn marks_of(row: &HouseholdRow) -> Vec<String> {
    let facts = &row.facts;
    let interviewed = row.state != State::Listed;
    let mut marks = vec![ALL.to_owned(), format!("state.{}", row.state.as_str())];
    marks.push(format!("stage.{}", facts.stage.as_str()));
    if interviewed {
        let class = row.class_2022.as_ref();
        marks.push(class.map_or_else(|| "open".to_owned(), |class| format!("class_2022.{}", class.key)));
        marks.extend(row.class_2027.as_ref().map(|class| format!("class_2027.{}", class.key)));
        marks.extend(facts.began_at.map(|at| format!("{DAY}{}", day_in_vietnam(at))));
    }
    let flags = [
        ("conflict", row.conflicts > 0),
        ("returned", facts.returned),
        ("unscored", row.unscored.is_some()),
        ("doubtful", !facts.checks.is_empty()),
    ];
    marks.extend(flags.into_iter().filter(|(_, holds)| *holds).map(|(mark, _)| mark.to_owned()));
    marks.extend(facts.checks.iter().map(|check| format!("check.{}", check.as_str())));
    marks
}
