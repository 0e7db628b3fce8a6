//! What a line of a list says, as fields of the household's document.

use rasoat_casework::{Birth, CitizenId, fold_name, member_id};
use rasoat_instrument::{InstanceId, Number, POSITION, Path, Value};
use rasoat_lists::{ListedHousehold, ListedMember};
use rasoat_store::VillageRow;
use uuid::Uuid;

use crate::household::{Fields, text};
use crate::profile::Profile;
use crate::projection::{MEMBERS, Person, Record};

/// What the line says. Members that are known keep their places in the document, however they were named when they came.
pub(super) fn wanted(
    profile: &Profile,
    line: &ListedHousehold,
    (id, village): (Uuid, &VillageRow),
    known: &Record,
) -> Fields {
    let choice = |key: &str| Some(Value::Choice(key.to_owned()));
    let points = |points: f64| Number::new(points).map(Value::Decimal);
    let ticked = |ticked: bool| if ticked { choice("yes") } else { None };
    let mut fields = Fields::default();
    // That a surveyor added it stays true when a list names it later.
    fields.field("origin", known.get("origin").cloned().or_else(|| choice("list")));
    fields.field("household_code", line.code.as_deref().and_then(text));
    fields.field("village", Some(Value::Text(village.id.to_string())));
    // By the province's spelling: lists have several.
    fields.field("village_name", text(&village.name));
    fields.field("address", line.address.as_deref().and_then(text));
    fields.field("phone", line.phone.as_deref().and_then(text));
    fields.field("previous_class", line.class.as_deref().and_then(choice));
    fields.field("previous_b1", line.b1.and_then(points));
    fields.field("previous_b2", line.b2.and_then(points));
    fields.field("list_year", Some(Value::Integer(list_year(profile, line))));
    fields.field("decision_number", line.decision_number.as_deref().and_then(text));
    fields.field("decision_date", line.decision_date.as_deref().and_then(text));
    fields.field("listed_minority", ticked(line.minority));
    fields.field("listed_no_labour", ticked(line.no_labour));
    fields.field("listed_merit", ticked(line.merit));
    fields.field("listed_causes", text(&line.causes.join("; ")));
    let mut free: Vec<Option<Person<'_>>> = known.members().into_iter().map(Some).collect();
    for (index, member) in line.members.iter().enumerate() {
        let own = member_id(&profile.enrolled.household_key, id, &member.identity);
        let before = take_known(&mut free, &own, member);
        let place = before.as_ref().map_or(&own, |person| &person.id);
        // A list of heads says nothing of the order of others.
        let position = (!line.heads_only || known.0.is_empty()).then_some(index + 1);
        add_member(&mut fields, (place, position), member, before.as_ref());
    }
    fields
}

/// The member here that a member of the list is: by its own id, its citizen ID, or its name and what is known of its birth.
fn take_known<'a>(
    free: &mut [Option<Person<'a>>],
    own: &InstanceId,
    member: &ListedMember,
) -> Option<Person<'a>> {
    if free.is_empty() {
        return None;
    }
    let id = member.citizen_id.as_ref().map(CitizenId::as_str);
    let year = member.birth.as_deref().and_then(year);
    let name = fold_name(&member.name);
    let is_own = |person: &Person<'_>| person.id == *own;
    let has_id = |person: &Person<'_>| id.is_some() && person.text("citizen_id").as_deref() == id;
    let is_named = |person: &Person<'_>| {
        let (other_id, other_year) = (person.text("citizen_id"), person.text("birth"));
        let ids_differ = id.is_some() && other_id.is_some() && other_id.as_deref() != id;
        let other_year = other_year.as_deref().and_then(self::year);
        let years_differ = year.is_some() && other_year.is_some() && year != other_year;
        !ids_differ
            && !years_differ
            && person.text("full_name").is_some_and(|other| fold_name(&other) == name)
    };
    let tests: [&dyn Fn(&Person<'_>) -> bool; 3] = [&is_own, &has_id, &is_named];
    for test in tests {
        let mut fitting =
            free.iter().enumerate().filter(|(_, person)| person.as_ref().is_some_and(test)).map(|(at, _)| at);
        // Two that fit alike are told apart by nothing.
        if let (Some(at), None) = (fitting.next(), fitting.next()) {
            return free.get_mut(at).and_then(Option::take);
        }
    }
    None
}

fn year(birth: &str) -> Option<i16> {
    birth.parse().ok().map(Birth::year)
}

fn add_member(
    fields: &mut Fields,
    (id, position): (&InstanceId, Option<usize>),
    member: &ListedMember,
    before: Option<&Person<'_>>,
) {
    let Ok(place) = Path::instance(MEMBERS, id) else { return };
    let choice = |key: &String| Value::Choice(key.clone());
    // A year alone takes nothing from a day that is known.
    let birth = member.birth.as_deref().filter(|birth| {
        let known = before.and_then(|person| person.text("birth"));
        !known.is_some_and(|known| birth.len() == 4 && known.len() > 4 && known.starts_with(birth))
    });
    fields.member(&place, "full_name", text(&member.name));
    fields.member(&place, "relation", member.relation.as_ref().map(choice));
    fields.member(&place, "birth", birth.and_then(text));
    fields.member(&place, "sex", member.sex.as_ref().map(choice));
    fields.member(&place, "citizen_id", member.citizen_id.as_ref().map(CitizenId::as_str).and_then(text));
    fields.member(&place, "ethnicity", member.ethnicity.as_ref().map(choice));
    let position = position.and_then(|position| i64::try_from(position).ok());
    fields.member(&place, POSITION, position.map(Value::Integer));
}

/// The year of the decision; lists without one are of the year before the round.
fn list_year(profile: &Profile, line: &ListedHousehold) -> i64 {
    let decided =
        line.decision_date.as_deref().and_then(|date| date.get(..4)).and_then(|year| year.parse().ok());
    decided.unwrap_or(i64::from(profile.enrolled.round.0) - 1)
}
