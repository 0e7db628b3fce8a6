//! Members that go with a household that is merged into another, and come back when both are parted.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{Change, Subject};
use rasoat_instrument::{InstanceId, POSITION, Path, Segment, Value};
use rasoat_store::{HouseholdRow, HouseholdState, Reader, Tx};

use super::{TAKEN_FROM, meta};
use crate::error::AppError;
use crate::household::{Fields, household_subject, interview_subject};
use crate::procedure::lock;
use crate::profile::Profile;
use crate::projection::{MEMBERS, Person, Record};
use crate::start::count;

/// What goes along with a member that is taken over; the rest is asked.
const TAKEN_FIELDS: [&str; 6] = ["full_name", "relation", "birth", "sex", "citizen_id", "ethnicity"];

/// Adds members of a household to another, under the ids they have: two laptops that do the same add them once.
pub(super) fn take_over(
    profile: &Profile,
    tx: &Tx<'_>,
    (kept, merged): (&HouseholdRow, &HouseholdRow),
    wanted: &[String],
    now_millis: i64,
) -> Result<(), AppError> {
    if wanted.is_empty() {
        return Ok(());
    }
    if kept.progress.state == HouseholdState::Signed {
        return Err(AppError::new("signed_off"));
    }
    let (_, from) = newest_members(tx, merged)?;
    let (subject, to) = newest_members(tx, kept)?;
    let known: BTreeSet<InstanceId> = to.members().into_iter().map(|person| person.id).collect();
    let mut fields = Fields::default();
    fields.field(TAKEN_FROM, Some(Value::Text(merged.id.to_string())));
    let mut position = i64::from(count(known.len()));
    for person in from.members() {
        if !wanted.contains(&person.id.to_string()) || known.contains(&person.id) {
            continue;
        }
        position += 1;
        add_member(&mut fields, &person, position)?;
    }
    let is_interview = subject == interview_subject(kept);
    if is_interview {
        lock::must_be_open(profile, tx, kept)?;
    }
    let instrument = is_interview.then_some(profile.instrument);
    tx.settle(&subject, fields.0, &profile.author, instrument, now_millis)?;
    Ok(())
}

/// Takes members that came from a household out of the one that stood for it. What was answered of them there meanwhile goes along,
/// where the same is asked.
pub(super) fn give_back(
    profile: &Profile,
    tx: &Tx<'_>,
    (kept, merged): (&HouseholdRow, &HouseholdRow),
    now_millis: i64,
) -> Result<(), AppError> {
    let mut taken = BTreeSet::new();
    let subjects = [household_subject(kept), interview_subject(kept)];
    for subject in &subjects {
        for stored in tx.edits_of(subject)? {
            let from = stored.edit.changes.get(&meta(TAKEN_FROM)?);
            if matches!(from, Some(Change::Set(Value::Text(id))) if *id == merged.id.to_string()) {
                taken.extend(stored.edit.changes.keys().filter_map(member_of));
            }
        }
    }
    let (newest, now_there) = newest_members(tx, kept)?;
    let (home, was_there) = newest_members(tx, merged)?;
    let is_signed = |row: &HouseholdRow| row.progress.state == HouseholdState::Signed;
    let instrument =
        |subject: &Subject, row| (*subject == interview_subject(row)).then_some(profile.instrument);
    for subject in &subjects {
        let document = Record::of(&tx.document(subject)?);
        let here: Vec<InstanceId> =
            document.members().into_iter().map(|person| person.id).filter(|id| taken.contains(id)).collect();
        if here.is_empty() {
            continue;
        }
        if is_signed(kept) {
            return Err(AppError::new("signed_off"));
        }
        if *subject == interview_subject(kept) {
            lock::must_be_open(profile, tx, kept)?;
        }
        let mut changes = BTreeMap::from([(meta(TAKEN_FROM)?, Change::Removed)]);
        for member in &here {
            changes.insert(place_of(member)?, Change::Removed);
        }
        tx.settle(subject, changes, &profile.author, instrument(subject, kept), now_millis)?;
    }
    // An interview that was signed says what was signed.
    if is_signed(merged) {
        return Ok(());
    }
    let same_form = newest.kind == home.kind;
    let mut answered = BTreeMap::new();
    for (path, value) in &now_there.0 {
        let Some(member) = member_of(path).filter(|member| taken.contains(member)) else { continue };
        let lives_here = was_there.members().iter().any(|person| person.id == member);
        let name = path.field_name().unwrap_or_default();
        let is_asked = same_form || TAKEN_FIELDS.contains(&name);
        // How somebody is related to a head, and in which place they stand, was said of the other household.
        let is_of_place = name == "relation" || name == POSITION;
        if lives_here && is_asked && !is_of_place && was_there.0.get(path) != Some(value) {
            answered.insert(path.clone(), Change::Set(value.clone()));
        }
    }
    if !answered.is_empty() {
        if home == interview_subject(merged) {
            lock::must_be_open(profile, tx, merged)?;
        }
        tx.settle(&home, answered, &profile.author, instrument(&home, merged), now_millis)?;
    }
    Ok(())
}

/// The member whom a place belongs to.
fn member_of(path: &Path) -> Option<InstanceId> {
    match path.segments().next() {
        Some(Segment::Instance(repeat, id)) if repeat == MEMBERS => id.parse().ok(),
        Some(Segment::Instance(..) | Segment::Field(_)) | None => None,
    }
}

fn place_of(member: &InstanceId) -> Result<Path, AppError> {
    Path::instance(MEMBERS, member).map_err(|_| AppError::new("unknown_path"))
}

fn add_member(fields: &mut Fields, person: &Person<'_>, position: i64) -> Result<(), AppError> {
    let place = place_of(&person.id)?;
    for name in TAKEN_FIELDS {
        // A household has one head; how the other's is related to it is asked.
        if name != "relation" || !person.is_head() {
            fields.member(&place, name, person.value(name).cloned());
        }
    }
    fields.member(&place, POSITION, Some(Value::Integer(position)));
    Ok(())
}

/// The document in which a household's members stand: its interview's, once they are asked for there.
fn newest_members(reader: &Reader<'_>, row: &HouseholdRow) -> Result<(Subject, Record), AppError> {
    let interview = interview_subject(row);
    let answered = Record::of(&reader.document(&interview)?);
    if answered.members().is_empty() {
        let household = household_subject(row);
        let listed = Record::of(&reader.document(&household)?);
        return Ok((household, listed));
    }
    Ok((interview, answered))
}
