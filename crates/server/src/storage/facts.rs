//! What of a household is counted, searched and compared beside what its line shows; and the marks it is counted under.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{HouseholdRow, StorageError};
use crate::storage::State;
use crate::view::{Check, ProcedureStage};

/// The mark that every counted household bears.
pub const ALL: &str = "all";
/// Marks of the day on which an interview first came in begin so.
pub const DAY: &str = "day.";

/// The mark of a household of which anything is doubtful, which those of its checks come with; they begin so.
pub(super) const DOUBTFUL: &str = "doubtful";
pub(super) const CHECK: &str = "check.";

/// The mark of an interview that was returned.
const RETURNED: &str = "returned";
/// Marks of the interview's form begin so.
pub const FORM: &str = "form.";
/// Marks of an earlier round of which something came in after its lock begin so.
pub const LATE: &str = "late.";
/// Hexadecimal digits of a form's hash that are marked.
const FORM_DIGITS: usize = 16;

/// What of a form's hash, in hexadecimal digits, is marked.
pub fn form_mark(hash: &str) -> &str {
    hash.get(..FORM_DIGITS).unwrap_or(hash)
}

/// Facts of a household, made from its edits with its line. They are kept as its marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Where it is on its way through the round.
    pub stage: ProcedureStage,
    /// Whether its interview was returned and not signed again.
    pub returned: bool,
    /// What is doubtful in it.
    pub checks: BTreeSet<Check>,
    /// The day on which the first edit of an interview came in.
    pub began_on: Option<Date>,
    /// The form of its interview: the first digits of its hash.
    pub form: Option<String>,
    /// Years of earlier rounds of which something came in after they were locked.
    pub late: BTreeSet<u16>,
}

impl Facts {
    /// What marks say.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] where a stage, a check or a day is none.
    pub(super) fn of(marks: &str) -> Result<Self, StorageError> {
        let mut facts = Self::default();
        for mark in marks.split_whitespace() {
            match mark.split_once('.') {
                Some(("stage", stage)) => {
                    facts.stage = ProcedureStage::of(stage).ok_or(StorageError::Damaged("stage"))?;
                }
                Some(("check", check)) => {
                    facts.checks.insert(Check::of(check).ok_or(StorageError::Damaged("check"))?);
                }
                Some(("day", day)) => {
                    facts.began_on = Some(day.parse().map_err(|_| StorageError::Damaged("day"))?);
                }
                Some(("form", form)) => facts.form = Some(form.to_owned()),
                Some(("late", year)) => {
                    facts.late.insert(year.parse().map_err(|_| StorageError::Damaged("late"))?);
                }
                None if mark == RETURNED => facts.returned = true,
                Some(_) | None => {}
            }
        }
        Ok(facts)
    }
}

/// A member, as searching and comparing need it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

/// Members in short: no names of fields, as every household has some.
type ShortPerson<'p> = (Cow<'p, str>, bool, Cow<'p, str>, Option<Cow<'p, str>>, Option<Cow<'p, str>>);

/// Members, while they wait to be found and compared.
pub(super) fn persons_text(persons: &[Person]) -> Result<String, StorageError> {
    let short: Vec<ShortPerson<'_>> = persons.iter().map(short).collect();
    serde_json::to_string(&short).map_err(|_| StorageError::Damaged("persons"))
}

fn short(person: &Person) -> ShortPerson<'_> {
    (
        Cow::Borrowed(&person.member),
        person.is_head,
        Cow::Borrowed(&person.name),
        person.birth.as_deref().map(Cow::Borrowed),
        person.citizen_id.as_deref().map(Cow::Borrowed),
    )
}

/// What [`persons_text`] made.
pub(super) fn persons_of_text(text: &str) -> Result<Vec<Person>, StorageError> {
    let short: Vec<ShortPerson<'_>> =
        serde_json::from_str(text).map_err(|_| StorageError::Damaged("persons"))?;
    let person = |(member, is_head, name, birth, citizen_id): ShortPerson<'_>| Person {
        member: member.into_owned(),
        is_head,
        name: name.into_owned(),
        birth: birth.map(Cow::into_owned),
        citizen_id: citizen_id.map(Cow::into_owned),
    };
    Ok(short.into_iter().map(person).collect())
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
        marks.extend(facts.began_on.map(|day| format!("{DAY}{day}")));
        marks.extend(facts.form.as_ref().map(|form| format!("{FORM}{form}")));
    }
    let flags = [
        ("conflict", row.conflicts > 0),
        (RETURNED, facts.returned),
        ("unscored", row.unscored.is_some()),
        (DOUBTFUL, !facts.checks.is_empty()),
    ];
    marks.extend(flags.into_iter().filter(|(_, holds)| *holds).map(|(mark, _)| mark.to_owned()));
    marks.extend(facts.checks.iter().map(|check| format!("{CHECK}{}", check.as_str())));
    marks.extend(facts.late.iter().map(|year| format!("{LATE}{year}")));
    marks
}
