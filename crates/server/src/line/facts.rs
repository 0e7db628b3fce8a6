//! What a household is counted, searched and compared by, from its folded edits. Pure.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::procedure::{Proceeding, Stage, way};
use rasoat_casework::{
    Case, CitizenId, Document, Edit, Round, Standing, SubjectKind, VersionVector, case_id, fold, version_mark,
};
use rasoat_instrument::{Answer, Path, Value};
use uuid::Uuid;

use super::{Among, Told, is_same, of_kind, text, value};
use crate::assess::IN_FORCE;
use crate::storage::facts::Person;
use crate::storage::{HouseholdKeyRef, State, StoredClass};
use crate::time::day_in_vietnam;
use crate::view::{Check, ProcedureStage};

/// A member, with what only the checks look at.
pub(super) struct Member {
    person: Person,
    sex: Option<String>,
}

/// What the checks look at.
pub(super) struct Seen<'a> {
    pub(super) state: State,
    /// Under the standard in force and under the coming one.
    pub(super) classes: [(&'static str, Option<&'a StoredClass>); 2],
    /// Whether the form is known, so that classes could be found.
    pub(super) is_scored: bool,
    pub(super) all: Among<'a, 'a>,
    pub(super) members: &'a [Member],
    pub(super) last_received_at: i64,
}

/// The case of that id, folded; else of the interview's round, or of the last there is a case of where there is no interview.
pub(super) fn latest_case(
    key: &HouseholdKeyRef,
    edits: &[Told<'_>],
    case: Option<Uuid>,
    round: Option<i64>,
) -> Option<Document> {
    let of_case: Vec<Told<'_>> = of_kind(edits, SubjectKind::Case).collect();
    let round = round.and_then(|round| u16::try_from(round).ok()).map(Round);
    let wanted: Uuid = match (case, round) {
        (Some(case), _) => case,
        (None, Some(round)) => case_id(key.household, round),
        (None, None) => {
            of_case.iter().map(|told| told.head()).max_by_key(|edit| (edit.at, edit.id))?.subject.id
        }
    };
    let own: Vec<Edit> = of_case
        .into_iter()
        .filter(|told| told.head().subject.id == wanted)
        .map(|told| match told {
            Told::Whole(edit) => edit.clone(),
            Told::Loose(edit) => edit.clone().into_edit(),
        })
        .collect();
    (!own.is_empty()).then(|| fold(&own))
}

/// Where a household is on its way, and whether its interview goes back to whoever signed it.
pub(super) fn way_of(
    case: Option<&Document>,
    state: State,
    version: Option<&VersionVector>,
) -> (ProcedureStage, bool) {
    let begun = state != State::Listed;
    let Some(document) = case else {
        return (if begun { ProcedureStage::Interviewed } else { ProcedureStage::Listed }, false);
    };
    let case = Case::of(document);
    let nothing = VersionVector::default();
    let version = version.unwrap_or(&nothing);
    let standing = case.standing(state == State::Signed, version);
    let accepted = (standing == Standing::Accepted).then(|| version_mark(version));
    let stage = stage(way(&Proceeding::of(document), begun, accepted.as_deref()).stage);
    (stage, standing == Standing::Returned)
}

/// A stage as it is counted.
pub(crate) fn stage(stage: Stage) -> ProcedureStage {
    match stage {
        Stage::Listed => ProcedureStage::Listed,
        Stage::Assigned => ProcedureStage::Assigned,
        Stage::MeetingRejected => ProcedureStage::MeetingRejected,
        Stage::Interviewed => ProcedureStage::Interviewed,
        Stage::Scored => ProcedureStage::Accepted,
        Stage::MeetingAgreed => ProcedureStage::MeetingAgreed,
        Stage::Complaint => ProcedureStage::Complaint,
        Stage::Reverified => ProcedureStage::Reverified,
        Stage::Posted => ProcedureStage::Posted,
        Stage::Refused => ProcedureStage::Refused,
        Stage::Recognised => ProcedureStage::Recognised,
        Stage::Certified => ProcedureStage::Certified,
    }
}

/// The members; the head is who is said to be, else the first.
pub(super) fn members(values: Among<'_, '_>) -> Vec<Member> {
    let mut found: Vec<Member> = Vec::new();
    let mut head = None;
    // Neighbours lie in one instance: it is looked at once.
    let (mut around, mut outermost) = (None, None);
    for answer in values {
        if !is_same(answer.around, around) {
            around = answer.around;
            outermost = around.and_then(Path::outermost_of);
        }
        let Some(("members", id)) = outermost else { continue };
        if found.last().is_none_or(|last| last.person.member != id) {
            let around = format!("members.{id}");
            let of = |field| Answer::find(values, Some(&around), field).map(ToString::to_string);
            let person = Person {
                member: id.to_owned(),
                is_head: false,
                name: of("full_name").unwrap_or_default(),
                birth: of("birth"),
                citizen_id: of("citizen_id"),
            };
            let is_head =
                Answer::find(values, Some(&around), "relation").and_then(Value::as_name) == Some("head");
            if is_head && head.is_none() {
                head = Some(found.len());
            }
            found.push(Member { person, sex: of("sex") });
        }
    }
    if let Some(member) = found.get_mut(head.unwrap_or(0)) {
        member.person.is_head = true;
    }
    found
}

/// The members without what only the checks look at.
pub(super) fn persons(members: Vec<Member>) -> Vec<Person> {
    members.into_iter().map(|member| member.person).collect()
}

/// What is doubtful.
pub(super) fn checks(seen: &Seen<'_>) -> BTreeSet<Check> {
    let mut found = ids(seen);
    if seen.state == State::Listed {
        return found;
    }
    let reported = text(seen.all, "meta_classes").unwrap_or_default();
    let reported: BTreeMap<&str, &str> =
        reported.split_whitespace().filter_map(|word| word.split_once('=')).collect();
    let differs = seen.classes.iter().any(|(id, class)| {
        let shown = reported.iter().find(|(standard, _)| standard.starts_with(id));
        shown.is_some_and(|(_, shown)| class.is_none_or(|class| class.key != **shown))
    });
    let ahead = match value(seen.all, "interview_date") {
        Some(Value::Date(date)) => *date > day_in_vietnam(seen.last_received_at),
        Some(_) | None => false,
    };
    // Under the standard in force: the coming one asks for more than some forms do.
    let is_classed = seen.classes.iter().any(|(id, class)| *id == IN_FORCE && class.is_some());
    let signed_without = seen.state == State::Signed && seen.is_scored && !is_classed;
    let flags = [
        (Check::ClassDiffers, seen.is_scored && differs),
        (Check::SignedWithoutClass, signed_without),
        (Check::DatedAhead, ahead),
    ];
    found.extend(flags.into_iter().filter(|(_, holds)| *holds).map(|(check, _)| check));
    found
}

/// What is doubtful in the citizen IDs.
fn ids(seen: &Seen<'_>) -> BTreeSet<Check> {
    let mut found = BTreeSet::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for Member { person, sex } in seen.members {
        let Some(typed) = person.citizen_id.as_deref() else {
            if person.is_head && seen.state != State::Listed {
                found.insert(Check::NoCitizenId);
            }
            continue;
        };
        if !known.insert(typed) {
            found.insert(Check::CitizenIdTwice);
        }
        match typed.parse::<CitizenId>() {
            Ok(id) if id.could_be_issued() => {
                if !id.could_be_of(person.birth.as_deref(), sex.as_deref()) {
                    found.insert(Check::BirthAgainstCitizenId);
                }
            }
            Ok(_) | Err(_) => {
                found.insert(Check::ImpossibleCitizenId);
            }
        }
    }
    found
}
