//! Which household here a line of a list is: by code, else by the head's citizen ID, else by village, name and birth. Where
//! these leave a choice, a person has it.

use std::collections::BTreeMap;

use rasoat_casework::{Birth, CitizenId, fold_name};
use rasoat_lists::ListedHousehold;
use rasoat_store::{HeadFound, Reader, VillageRow};
use uuid::Uuid;

use super::plan::Choice;
use crate::error::AppError;

/// What a line was found to be.
pub(super) enum Match {
    /// This household, which is here or is to be.
    Known { id: Uuid, is_here: bool },
    /// One of these, or a new one.
    Doubt(Doubt, Vec<Candidate>),
}

/// Why a person has to say which household it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Several households have its code.
    SeveralWithCode,
    /// The code names one household, the head another.
    CodeAgainstHead,
    /// The household with its code has nobody of its people.
    CodeOfOthers,
    /// Several households have somebody with the head's citizen ID.
    SeveralWithCitizenId,
    /// The head lives in another household, whose head is somebody else.
    HeadElsewhere,
    /// Several households of the village have a head of that name.
    SeveralWithName,
    /// A head of that name in the village has another citizen ID.
    NameWithOtherId,
    /// A head of that name lives in the village, and nothing else is known of one of the two.
    NameAlone,
}

impl Doubt {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::SeveralWithCode => "several_with_code",
            Self::CodeAgainstHead => "code_against_head",
            Self::CodeOfOthers => "code_of_others",
            Self::SeveralWithCitizenId => "several_with_citizen_id",
            Self::HeadElsewhere => "head_elsewhere",
            Self::SeveralWithName => "several_with_name",
            Self::NameWithOtherId => "name_with_other_id",
            Self::NameAlone => "name_alone",
        }
    }
}

/// A household that a line may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) household: Uuid,
    /// `code`, `citizen_id` or `name`.
    pub(super) by: &'static str,
}

/// Finds the household of a line. `own` is the id that its head's number, or its village and head's name and birth, give.
pub(super) fn find(
    reader: &Reader<'_>,
    line: &ListedHousehold,
    village: &VillageRow,
    own: Uuid,
    choice: Option<Choice>,
) -> Result<Match, AppError> {
    let own_is_here = reader.household(own)?.is_some();
    let itself = Match::Known { id: own, is_here: own_is_here };
    match choice {
        Some(Choice::Household(id)) => {
            let row = reader.household(id)?.filter(|row| row.commune == line.commune);
            let row = row.ok_or_else(|| AppError::new("unknown_household"))?;
            return Ok(Match::Known { id: row.id, is_here: true });
        }
        Some(Choice::New) => return Ok(itself),
        Some(Choice::TakeList | Choice::Skip) | None => {}
    }
    let with_code = match &line.code {
        Some(code) => reader.with_code(&line.commune, code)?,
        None => Vec::new(),
    };
    let by_code = || with_code.iter().map(|id| Candidate { household: *id, by: "code" }).collect::<Vec<_>>();
    if with_code.len() > 1 {
        // Its own is among them where two households of one list shared a code.
        return Ok(if with_code.contains(&own) {
            itself
        } else {
            Match::Doubt(Doubt::SeveralWithCode, by_code())
        });
    }
    if own_is_here {
        return Ok(match with_code.first() {
            Some(other) if *other != own => {
                let head = Candidate { household: own, by: if by_id(line) { "citizen_id" } else { "name" } };
                Match::Doubt(Doubt::CodeAgainstHead, [by_code(), vec![head]].concat())
            }
            Some(_) | None => itself,
        });
    }
    let head = by_head(reader, line, village)?;
    let Some(coded) = with_code.first() else { return Ok(head.unwrap_or(itself)) };
    match &head {
        Some(Match::Known { id, .. }) if id != coded => {
            let head = Candidate { household: *id, by: if by_id(line) { "citizen_id" } else { "name" } };
            Ok(Match::Doubt(Doubt::CodeAgainstHead, [by_code(), vec![head]].concat()))
        }
        _ if !shares_people(reader, line, *coded)? => Ok(Match::Doubt(Doubt::CodeOfOthers, by_code())),
        Some(_) | None => Ok(Match::Known { id: *coded, is_here: true }),
    }
}

fn by_id(line: &ListedHousehold) -> bool {
    line.head_member().is_some_and(|head| head.citizen_id.is_some())
}

/// By the head: the citizen ID, else the name and birth in the village. `None`: nobody like that is here.
fn by_head(
    reader: &Reader<'_>,
    line: &ListedHousehold,
    village: &VillageRow,
) -> Result<Option<Match>, AppError> {
    let head = line.head_member();
    let id = head.and_then(|head| head.citizen_id.as_ref()).filter(|id| id.could_be_issued());
    let with_id = match id {
        Some(id) => one_each(reader.with_citizen_id(&line.commune, id)?),
        None => Vec::new(),
    };
    match with_id.as_slice() {
        [] => {}
        [only] if only.is_head => return Ok(Some(Match::Known { id: only.household, is_here: true })),
        [_] => return Ok(Some(doubt(Doubt::HeadElsewhere, &with_id, "citizen_id"))),
        [_, ..] => return Ok(Some(doubt(Doubt::SeveralWithCitizenId, &with_id, "citizen_id"))),
    }
    let mut namesakes = one_each(reader.heads_named(&line.commune, &fold_name(&line.head))?);
    let birth: Option<Birth> = head.and_then(|head| head.birth.as_deref()?.parse().ok());
    let year = birth.map(Birth::year);
    let of_year = |found: &HeadFound| found.birth.map(Birth::year);
    let apart = |one: Option<i16>, other: Option<i16>| one.is_some() && other.is_some() && one != other;
    namesakes.retain(|found| found.village == village.id && !apart(year, of_year(found)));
    let ids_differ = |found: &HeadFound| {
        let both = id.zip(found.citizen_id.as_ref());
        both.is_some_and(|(one, other): (&CitizenId, &CitizenId)| one != other)
    };
    Ok(match namesakes.as_slice() {
        [] => None,
        [only] if ids_differ(only) => Some(doubt(Doubt::NameWithOtherId, &namesakes, "name")),
        [only] if year.is_none() || of_year(only).is_none() => {
            Some(doubt(Doubt::NameAlone, &namesakes, "name"))
        }
        [only] => Some(Match::Known { id: only.household, is_here: true }),
        [_, ..] => Some(doubt(Doubt::SeveralWithName, &namesakes, "name")),
    })
}

/// Each household once, by its head where the head is among the found.
fn one_each(found: Vec<HeadFound>) -> Vec<HeadFound> {
    let mut each: BTreeMap<Uuid, HeadFound> = BTreeMap::new();
    for found in found {
        let known = each.entry(found.household).or_insert_with(|| found.clone());
        if found.is_head {
            *known = found;
        }
    }
    each.into_values().collect()
}

fn doubt(doubt: Doubt, found: &[HeadFound], by: &'static str) -> Match {
    let candidates = found.iter().map(|found| Candidate { household: found.household, by });
    Match::Doubt(doubt, candidates.collect())
}

/// Whether anybody of the line lives in a household: by name or by citizen ID.
fn shares_people(reader: &Reader<'_>, line: &ListedHousehold, household: Uuid) -> Result<bool, AppError> {
    let there = reader.persons_of(household)?;
    Ok(line.members.iter().any(|member| {
        let name = fold_name(&member.name);
        there.iter().any(|person| {
            let same_id = member.citizen_id.is_some() && member.citizen_id == person.citizen_id;
            same_id || (!name.is_empty() && name == person.name)
        })
    }))
}
