//! What documents say, by the names of fields; and what is known of a household before it is asked.

use std::collections::BTreeMap;

use rasoat_instrument::{InstanceId, POSITION, Path, Segment, Value};

use crate::edit::{Edit, Hlc};
use crate::fold::Document;

/// The repeat of members, in forms and household documents alike.
pub const MEMBERS: &str = "members";
/// Paths of an interview document that are not the form's begin so.
const META: &str = "meta_";
/// When a list says something of a household it names its year.
const LIST_YEAR: &str = "list_year";
/// What a list says of a member; everything else about one is last year's answer.
const LISTED_OF_MEMBERS: [&str; 7] =
    ["full_name", "relation", "birth", "sex", "citizen_id", "ethnicity", POSITION];

/// The values of a document or of an open form, by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record(pub BTreeMap<Path, Value>);

/// One member's values by field name.
#[derive(Debug, Clone)]
pub struct Person<'a> {
    /// The member's.
    pub id: InstanceId,
    fields: BTreeMap<&'a str, &'a Value>,
}

impl Person<'_> {
    /// The canonical text of a field.
    pub fn text(&self, name: &str) -> Option<String> {
        self.fields.get(name).map(|value| value.to_string())
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).copied()
    }

    /// Whether this is who the household is named by.
    pub fn is_head(&self) -> bool {
        self.text("relation").as_deref() == Some("head")
    }

    fn position(&self) -> i64 {
        match self.fields.get(POSITION) {
            Some(Value::Integer(position)) => *position,
            Some(_) | None => 0,
        }
    }
}

impl Record {
    /// Every field of a document; its word on instances being there is left out.
    pub fn of(document: &Document) -> Self {
        Self(document.values().into_iter().filter(|(path, _)| path.field_name().is_some()).collect())
    }

    /// The value of a field outside repeats.
    pub fn get(&self, name: &str) -> Option<&Value> {
        Path::field(name).ok().and_then(|path| self.0.get(&path))
    }

    /// Its canonical text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(ToString::to_string)
    }

    /// The same as a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// Members in their order.
    pub fn members(&self) -> Vec<Person<'_>> {
        let mut people: BTreeMap<InstanceId, Person<'_>> = BTreeMap::new();
        for (path, value) in &self.0 {
            let mut steps = path.segments();
            let (Some(Segment::Instance(repeat, _)), Some(Segment::Field(name)), None, Some(id)) =
                (steps.next(), steps.next(), steps.next(), path.instance_id())
            else {
                continue;
            };
            if repeat == MEMBERS && path.facet().is_none() {
                people
                    .entry(id.clone())
                    .or_insert_with(|| Person { id, fields: BTreeMap::new() })
                    .fields
                    .insert(name, value);
            }
        }
        let mut people: Vec<Person<'_>> = people.into_values().collect();
        people.sort_by_key(Person::position);
        people
    }

    /// The same without what the program itself adds to an interview.
    pub fn without_meta(mut self) -> Self {
        self.0.retain(|path, _| !is_meta(path));
        self
    }

    fn put(&mut self, name: &str, value: Option<Value>) {
        if let (Ok(path), Some(value)) = (Path::field(name), value) {
            self.0.insert(path, value);
        }
    }
}

/// Whether a place of an interview document is the program's own.
pub fn is_meta(path: &Path) -> bool {
    path.field_name().is_some_and(|name| name.starts_with(META))
}

/// When a list last said something of a household, by the household's edits.
pub fn listed_at<'e>(edits: impl IntoIterator<Item = &'e Edit>) -> Option<Hlc> {
    let of_list = |edit: &&Edit| edit.changes.keys().any(|path| path.field_name() == Some(LIST_YEAR));
    edits.into_iter().filter(of_list).map(|edit| edit.at).max()
}

/// The interview of the round before.
#[derive(Debug, Clone, Copy)]
pub struct LastYear<'a> {
    /// The round's year.
    pub year: u16,
    /// When it was last worked on.
    pub at: Hlc,
    /// What was answered.
    pub answers: &'a Record,
    /// The id of the standard that decided then.
    pub standard: Option<&'a str>,
}

/// What is known of a household before it is asked in a round: what the list says, or last year's interview where the list is older
/// than that.
pub fn known_before(listed: Record, listed_at: Option<Hlc>, last: LastYear<'_>) -> Record {
    if listed_at.is_some_and(|listed_at| listed_at > last.at) {
        return listed;
    }
    let LastYear { year, answers, standard, .. } = last;
    let mut known = listed;
    if !answers.members().is_empty() {
        known.0.retain(|path, _| !path.as_str().starts_with("members."));
        let of_list = answers.0.iter().filter(|(path, _)| {
            path.as_str().starts_with("members.")
                && path.facet().is_none()
                && path.field_name().is_some_and(|name| LISTED_OF_MEMBERS.contains(&name))
        });
        known.0.extend(of_list.map(|(path, value)| (path.clone(), value.clone())));
    }
    for name in ["household_code", "address", "phone"] {
        known.put(name, answers.get(name).cloned());
    }
    if let Some(class) = standard.and_then(|standard| class_under(standard, answers)) {
        for name in ["previous_b1", "previous_b2", "decision_number", "decision_date"] {
            known.0.retain(|path, _| path.field_name() != Some(name));
        }
        known.put("previous_class", Some(Value::Choice(class)));
        known.put(LIST_YEAR, Some(Value::Integer(i64::from(year))));
    }
    known
}

/// The class that was signed under a standard.
fn class_under(standard: &str, answers: &Record) -> Option<String> {
    let classes = answers.text("meta_classes")?;
    let mut each = classes.split_whitespace().filter_map(|one| one.split_once('='));
    each.find(|(known, _)| *known == standard).map(|(_, class)| class.to_owned())
}
