//! What households are found by, and which of them may be the same, as far as no storage is needed for it.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    Agreement, Birth, CitizenId, CommuneCode, KnownPerson, VillageId, duplicates_of, fold_name,
};
use uuid::Uuid;

use super::facts::Person;
use super::{HouseholdKeyRef, HouseholdRow, SharedPerson, StorageError};

/// A citizen ID in more households than these is one that people type when they have none.
pub(super) const MOST_SHARING_AN_ID: u32 = 8;
/// A name with a birth in more households than these says nothing.
pub(super) const MOST_NAMESAKES: u32 = 20;
/// Before the reversed digits of a citizen ID: asking for its last digits is asking for the beginning of this word.
const REVERSED: &str = "zz";
/// Before a commune's code.
const COMMUNE: &str = "zc";
/// With fewer digits, every number would be looked for in citizen IDs.
const LEAST_LAST_DIGITS: usize = 3;

/// A member of a household as households are compared by.
pub(super) struct PersonRow {
    pub(super) member: String,
    pub(super) is_head: bool,
    pub(super) name: String,
    pub(super) folded: String,
    pub(super) birth: Option<String>,
    /// Where it could have been issued.
    pub(super) citizen_id: Option<String>,
}

pub(super) fn persons_in(row: &HouseholdRow) -> Vec<PersonRow> {
    let person = |person: &Person| PersonRow {
        member: person.member.clone(),
        is_head: person.is_head,
        name: person.name.clone(),
        folded: fold_name(&person.name),
        birth: person.birth.clone(),
        citizen_id: issued(person.citizen_id.as_deref()).map(|id| id.as_str().to_owned()),
    };
    row.persons.iter().map(person).collect()
}

/// A household that is compared: its number in the index, and its members with their names as they were typed.
pub(super) struct Compared {
    pub(super) id: i64,
    pub(super) key: HouseholdKeyRef,
    persons: Vec<(KnownPerson, String)>,
}

impl Compared {
    pub(super) fn new(id: i64, key: HouseholdKeyRef) -> Self {
        Self { id, key, persons: Vec::new() }
    }

    pub(super) fn add(&mut self, village_name: &str, person: PersonRow) -> Result<(), StorageError> {
        let Ok(member) = person.member.parse() else { return Ok(()) };
        let known = KnownPerson {
            household: self.key.household,
            place: (self.key.commune.clone(), village_id(village_name)?),
            member,
            is_head: person.is_head,
            name: person.folded,
            birth: person.birth.and_then(|birth| birth.parse::<Birth>().ok()),
            citizen_id: issued(person.citizen_id.as_deref()),
        };
        self.persons.push((known, person.name));
        Ok(())
    }
}

/// Two households that may be one, by their numbers in the index.
pub(super) struct Pair {
    pub(super) first: i64,
    pub(super) second: i64,
    pub(super) score: u32,
    pub(super) communes: (CommuneCode, CommuneCode),
    /// JSON.
    pub(super) shared: String,
}

/// The pairs of a household with any of the others.
pub(super) fn pairs_of(own: Uuid, households: &[&Compared]) -> Result<Vec<Pair>, StorageError> {
    let places: BTreeMap<Uuid, (i64, &CommuneCode)> =
        households.iter().map(|one| (one.key.household, (one.id, &one.key.commune))).collect();
    let (mut persons, mut names) = (Vec::new(), BTreeMap::new());
    for (person, name) in households.iter().flat_map(|one| &one.persons) {
        names.insert((person.household, person.member.to_string()), name);
        persons.push(person.clone());
    }
    let mut pairs = Vec::new();
    for pair in duplicates_of(own, &persons, &BTreeSet::new()) {
        let (Some(first), Some(second)) = (places.get(&pair.first), places.get(&pair.second)) else {
            continue;
        };
        let name = |household: Uuid, member: &str| {
            names.get(&(household, member.to_owned())).copied().cloned().unwrap_or_default()
        };
        let shared: Vec<SharedPerson> = pair
            .shared
            .iter()
            .map(|shared| SharedPerson {
                first: name(pair.first, shared.first.as_str()),
                second: name(pair.second, shared.second.as_str()),
                agreement: agreement(shared.agreement).to_owned(),
                ids_differ: shared.ids_differ,
            })
            .collect();
        let shared = serde_json::to_string(&shared).map_err(|_| StorageError::Damaged("pair"))?;
        let communes = (first.1.clone(), second.1.clone());
        pairs.push(Pair { first: first.0, second: second.0, score: pair.score, communes, shared });
    }
    Ok(pairs)
}

/// A village's name as an id: the province's households know no other.
fn village_id(name: &str) -> Result<VillageId, StorageError> {
    let id: String = fold_name(name)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .chain(['-'])
        .take(60)
        .collect();
    id.parse().map_err(|_| StorageError::Damaged("village"))
}

fn issued(typed: Option<&str>) -> Option<CitizenId> {
    typed?.parse::<CitizenId>().ok().filter(CitizenId::could_be_issued)
}

fn agreement(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::CitizenId => "citizen_id",
        Agreement::NameAndDate => "name_and_date",
        Agreement::NameAndYear => "name_and_year",
        Agreement::NameAndNearYear => "name_and_near_year",
    }
}

/// The words a household is found by.
pub(super) fn words_of(row: &HouseholdRow) -> String {
    let mut words: BTreeSet<String> = parts(&row.head_name).collect();
    words.extend(parts(&row.village_name));
    if let Some(code) = &row.code {
        words.extend(parts(code));
        // A code is found with its punctuation (as several words) and without.
        words.insert(parts(code).collect());
    }
    for person in &row.persons {
        words.extend(parts(&person.name));
        if let Some(id) = &person.citizen_id {
            words.insert(format!("{REVERSED}{}", id.chars().rev().collect::<String>()));
            words.insert(id.clone());
        }
    }
    words.insert(format!("{COMMUNE}{}", row.key.commune));
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// What is asked of the index: each of these, and within a commune.
pub(super) struct Asked {
    /// Beginnings of words, one of which is to be found.
    pub(super) each: Vec<Vec<String>>,
    /// A whole word.
    pub(super) within: Option<String>,
    /// Whether it is whole words, not beginnings.
    pub(super) whole: bool,
}

impl Asked {
    /// The same, where what was typed is taken for whole words. It finds a part of what the beginnings find, without putting together first
    /// where all words that begin so are: where that is more than is looked at, it does.
    pub(super) fn of_whole_words(&self) -> Self {
        let each = self.each.iter().filter_map(|any| any.first().map(|typed| vec![typed.clone()]));
        Self { each: each.collect(), within: self.within.clone(), whole: true }
    }
}

/// What is asked of the index for words that were typed, each of which must be found.
pub(super) fn asked_for(words: &[String], communes: Option<&BTreeSet<CommuneCode>>) -> Asked {
    let each = words.iter().flat_map(|word| parts(word).collect::<Vec<_>>()).map(|word| {
        let digits = word.len() >= LEAST_LAST_DIGITS && word.bytes().all(|byte| byte.is_ascii_digit());
        let reversed = digits.then(|| format!("{REVERSED}{}", word.chars().rev().collect::<String>()));
        std::iter::once(word).chain(reversed).collect()
    });
    let within = communes.filter(|communes| communes.len() == 1).and_then(BTreeSet::first);
    Asked { each: each.collect(), within: within.map(|commune| format!("{COMMUNE}{commune}")), whole: false }
}

/// Folded words of letters and digits alone: nothing that a question to the index reads as its own.
fn parts(text: &str) -> impl Iterator<Item = String> {
    let folded = fold_name(text);
    let words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}
