//! What lists show of a household, made from its documents.

use std::collections::BTreeMap;

use rasoat_casework::{CitizenId, CommuneCode, Document, VillageId, fold_name, interview_id};
use rasoat_instrument::{InstanceId, Path, Segment, Value};
use rasoat_store::{NewHousehold, PersonKeys, SearchWords};
use uuid::Uuid;

use crate::profile::Profile;
use crate::start::count;

/// The repeat of members, in forms and household documents alike.
pub(crate) const MEMBERS: &str = "members";
/// Paths of an interview document that are not the form's begin so.
const META: &str = "meta_";

/// The values of a document or of an open form, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record(pub(crate) BTreeMap<Path, Value>);

/// One member's values by field name.
pub(crate) struct Person<'a> {
    pub(crate) id: InstanceId,
    fields: BTreeMap<&'a str, &'a Value>,
}

impl Person<'_> {
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.fields.get(name).map(|value| value.to_string())
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).copied()
    }

    fn position(&self) -> i64 {
        match self.fields.get(rasoat_instrument::POSITION) {
            Some(Value::Integer(position)) => *position,
            Some(_) | None => 0,
        }
    }

    pub(crate) fn is_head(&self) -> bool {
        self.text("relation").as_deref() == Some("head")
    }
}

impl Record {
    /// Every field of a document; its word on instances being there is left out.
    pub(crate) fn of(document: &Document) -> Self {
        Self(document.values().into_iter().filter(|(path, _)| path.field_name().is_some()).collect())
    }

    /// The value of a field outside repeats.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        Path::field(name).ok().and_then(|path| self.0.get(&path))
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(ToString::to_string)
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// Members in their order.
    pub(crate) fn members(&self) -> Vec<Person<'_>> {
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
    pub(crate) fn without_meta(mut self) -> Self {
        self.0.retain(|path, _| !is_meta(path));
        self
    }
}

/// Whether a place of an interview document is the program's own.
pub(crate) fn is_meta(path: &Path) -> bool {
    path.field_name().is_some_and(|name| name.starts_with(META))
}

/// A household's line from its documents; what was answered in the interview is newer than the list.
pub(crate) fn line(
    profile: &Profile,
    (id, commune, village): (Uuid, &CommuneCode, &VillageId),
    listed: &Record,
    interview: Option<&Record>,
) -> NewHousehold {
    let newest = |name: &str| interview.and_then(|record| record.text(name)).or_else(|| listed.text(name));
    let members = interview.map(Record::members).filter(|members| !members.is_empty());
    let members = members.unwrap_or_else(|| listed.members());
    let citizen_id =
        |person: &Person<'_>| person.text("citizen_id").and_then(|text| text.parse::<CitizenId>().ok());
    let head = members.iter().find(|person| person.is_head()).or(members.first());
    NewHousehold {
        id,
        interview: interview_id(id, profile.enrolled.round),
        commune: commune.clone(),
        village: village.clone(),
        head_name: head
            .and_then(|person| person.text("full_name"))
            .or_else(|| listed.text("head_name"))
            .unwrap_or_default(),
        code: newest("household_code"),
        address: newest("address"),
        citizen_id: head.and_then(citizen_id),
        members: count(members.len()),
        previous_class: listed.text("previous_class"),
        words: SearchWords {
            names: members.iter().filter_map(|person| person.text("full_name")).collect(),
            citizen_ids: members.iter().filter_map(citizen_id).collect(),
        },
        persons: members
            .iter()
            .map(|person| PersonKeys {
                member: person.id.clone(),
                is_head: head.is_some_and(|head| head.id == person.id),
                name: fold_name(&person.text("full_name").unwrap_or_default()),
                birth: person.text("birth").and_then(|text| text.parse().ok()),
                citizen_id: citizen_id(person),
            })
            .collect(),
    }
}
