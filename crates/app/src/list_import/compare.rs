//! What a line changes of a household that is here, and what is kept in spite of it.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{Change, CitizenId, Document, EditId, FieldState, Subject, WITHDRAWN};
use rasoat_instrument::{Path, Text, Value};
use rasoat_store::Reader;

use crate::duplicates::TAKEN_FROM;
use crate::error::AppError;
use crate::household::Fields;
use crate::profile::Profile;
use crate::projection::{MEMBERS, Record};

/// What is here of a household.
pub(super) struct Known {
    pub(super) record: Record,
    pub(super) document: Document,
    /// The edits by which surveyors added it by hand.
    by_hand: BTreeSet<EditId>,
}

/// What comes of a line.
pub(super) struct Compared {
    /// What is to be sealed.
    pub(super) changes: BTreeMap<Path, Change>,
    /// What a person is shown.
    pub(super) differences: Vec<Difference>,
}

/// A place where list and laptop differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The field, as lists name it.
    pub(super) field: String,
    /// Whose it is, where it is a member's.
    pub(super) member: Option<String>,
    /// What the laptop has.
    pub(super) here: Option<Text>,
    /// What the list has.
    pub(super) listed: Option<Text>,
    /// Why the laptop's stays; `None`: the list's is taken.
    pub(super) kept: Option<Kept>,
}

/// Why what is here stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// A surveyor typed it when adding the household.
    Typed,
    /// It was answered in the interview; the list's value stands beside it.
    Answered,
    /// It is in conflict, which people settle.
    InConflict,
}

impl Kept {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::Answered => "answered",
            Self::InConflict => "in_conflict",
        }
    }
}

impl Known {
    pub(super) fn read(reader: &Reader<'_>, household: &Subject) -> Result<Self, AppError> {
        let edits = reader.edits_of(household)?;
        if edits.is_empty() {
            let (record, document) = Default::default();
            return Ok(Self { record, document, by_hand: BTreeSet::new() });
        }
        let added = Path::field("origin").ok();
        let is_added = |change: &Change| *change == Change::Set(Value::Choice("added".to_owned()));
        let by_hand = edits.iter().filter(|stored| {
            added.as_ref().and_then(|path| stored.edit.changes.get(path)).is_some_and(is_added)
        });
        let by_hand = by_hand.map(|stored| stored.edit.id).collect();
        let document = rasoat_casework::fold(edits.iter().map(|stored| &stored.edit));
        Ok(Self { record: Record::of(&document), document, by_hand })
    }

    pub(super) fn is_withdrawn(&self) -> bool {
        super::is_withdrawn(&self.record)
    }

    /// Why the value of a place stays whatever a list says.
    fn keeps(&self, path: &Path) -> Option<Kept> {
        let state = self.document.fields.get(path)?;
        if state.in_conflict() {
            return Some(Kept::InConflict);
        }
        let by_hand = |state: &FieldState| {
            state.candidates.last().is_some_and(|candidate| self.by_hand.contains(&candidate.edit))
        };
        (by_hand(state) && state.value().is_some()).then_some(Kept::Typed)
    }
}

/// Only what differs. A field that the list leaves out stays; a member that it no longer names goes, unless people brought it
/// or the list speaks of heads only.
pub(super) fn compare(
    profile: &Profile,
    known: &Known,
    wanted: &Fields,
    (heads_only, take_list): (bool, bool),
    interview: Option<&Record>,
) -> Compared {
    let mut compared = Compared { changes: BTreeMap::new(), differences: Vec::new() };
    let is_new = known.record.0.is_empty();
    for (path, change) in &wanted.0 {
        let Change::Set(listed) = change else { continue };
        let here = known.record.0.get(path);
        if here == Some(listed) {
            continue;
        }
        let kept = known.keeps(path).filter(|kept| *kept == Kept::InConflict || !take_list);
        if kept.is_none() {
            compared.changes.insert(path.clone(), change.clone());
        }
        let answer = interview.and_then(|interview| interview.0.get(path)).filter(|answer| *answer != listed);
        let shown = match (answer, kept) {
            (Some(answer), None) => Some((Some(answer), Some(Kept::Answered))),
            _ if is_new => None,
            (_, kept) => Some((here, kept)),
        };
        if let Some((here, kept)) = shown {
            compared.differences.extend(difference(
                profile,
                (known, wanted),
                path,
                (here, Some(listed)),
                kept,
            ));
        }
    }
    if !heads_only {
        remove_members(known, wanted, &mut compared);
    }
    if known.is_withdrawn()
        && let Ok(path) = Path::field(WITHDRAWN)
    {
        compared.changes.insert(path, Change::Removed);
    }
    compared
}

/// Members that the list no longer names.
fn remove_members(known: &Known, wanted: &Fields, compared: &mut Compared) {
    for person in known.record.members() {
        let Ok(place) = Path::instance(MEMBERS, &person.id) else { continue };
        let named = wanted.0.keys().any(|path| path.is_within(&place));
        let in_conflict =
            known.document.fields.iter().any(|(path, state)| state.in_conflict() && path.is_within(&place));
        // Whom a merge brought along, and whom a surveyor added, no list had to know.
        let brought = person.text(TAKEN_FROM).is_some()
            || place.child("full_name").is_ok_and(|path| known.keeps(&path) == Some(Kept::Typed));
        if named || brought || in_conflict {
            continue;
        }
        let name = person.text("full_name").unwrap_or_default();
        compared.differences.push(Difference {
            field: "member_name".to_owned(),
            member: Some(name.clone()),
            here: Some(plain(name)),
            listed: None,
            kept: None,
        });
        compared.changes.insert(place, Change::Removed);
    }
}

/// What a person is shown of a place; nothing of those that only the program knows.
fn difference(
    profile: &Profile,
    (known, wanted): (&Known, &Fields),
    path: &Path,
    (here, listed): (Option<&Value>, Option<&Value>),
    kept: Option<Kept>,
) -> Option<Difference> {
    let name = path.field_name()?;
    let field = field_name(name)?;
    let show = |value: &Value| shown(profile, name, value);
    let member = path.enclosing_instance().map(|place| {
        let named = |path: &Path| match wanted.0.get(path) {
            Some(Change::Set(value)) => Some(value.to_string()),
            Some(Change::Removed) | None => known.record.0.get(path).map(ToString::to_string),
        };
        place.child("full_name").ok().and_then(|path| named(&path)).unwrap_or_default()
    });
    Some(Difference { field: field.to_owned(), member, here: here.map(show), listed: listed.map(show), kept })
}

/// How lists name what a household's document has; `None`: nothing to show.
fn field_name(name: &str) -> Option<&str> {
    const NAMES: &[(&str, &str)] = &[
        ("household_code", "household_code"),
        ("village_name", "village"),
        ("address", "address"),
        ("phone", "phone"),
        ("previous_class", "class"),
        ("previous_b1", "b1"),
        ("previous_b2", "b2"),
        ("list_year", "list_year"),
        ("decision_number", "decision_number"),
        ("decision_date", "decision_date"),
        ("listed_minority", "minority"),
        ("listed_no_labour", "no_labour"),
        ("listed_merit", "merit"),
        ("listed_causes", "causes"),
        ("full_name", "member_name"),
        ("relation", "relation"),
        ("birth", "birth"),
        ("sex", "sex"),
        ("citizen_id", "citizen_id"),
        ("ethnicity", "ethnicity"),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, shown)| *shown)
}

/// A value in words: of choices those of the form, of citizen IDs what a list may show.
fn shown(profile: &Profile, name: &str, value: &Value) -> Text {
    if let Value::Choice(choice) = value {
        return profile.form.choice_label(name, choice);
    }
    let text = value.to_string();
    plain(match text.parse::<CitizenId>() {
        Ok(id) if name == "citizen_id" => id.masked(),
        Ok(_) | Err(_) => text,
    })
}

fn plain(text: String) -> Text {
    Text(BTreeMap::from([("vi".to_owned(), text)]))
}
