//! What lists show of a household, made from its documents.

use rasoat_casework::{CitizenId, CommuneCode, VillageId, fold_name, interview_id};
pub(crate) use rasoat_casework::{MEMBERS, Person, Record, is_meta};
use rasoat_store::{NewHousehold, PersonKeys, SearchWords};
use uuid::Uuid;

use crate::profile::Profile;
use crate::start::count;

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
