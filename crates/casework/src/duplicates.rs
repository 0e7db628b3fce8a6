//! Households that may be one: found by what their members have in common, ranked, each with its reasons.
//!
//! Nothing is compared with everything: persons meet over a citizen ID or over a folded name, and nobody else is looked at.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::str::FromStr;

use jiff::civil::Date;
use rasoat_instrument::InstanceId;
use uuid::Uuid;

use crate::id::{CitizenId, CommuneCode, IdError, VillageId};

/// The field of a merged household's document that has the id of the one that stands for it.
pub const MERGED_INTO: &str = "meta_merged_into";

/// The field of a household's document that says that the list that brought it was undone. Lists leave it out until somebody works
/// on it.
pub const WITHDRAWN: &str = "meta_withdrawn";

/// A citizen ID in more households than these is one that people type when they have none.
const MOST_SHARING_AN_ID: usize = 8;
/// A name in more households than these says something within a village only.
const MOST_NAMESAKES: usize = 200;

/// Points for one member in common.
const SAME_ID: u32 = 200;
const SAME_DATE: u32 = 40;
const SAME_YEAR: u32 = 20;
const NEAR_YEAR: u32 = 12;
/// For each member in common after the first: two that agree say more than any one without a citizen ID.
const FURTHER_MEMBER: u32 = 40;
const SAME_VILLAGE: u32 = 10;
const BOTH_HEADS: u32 = 8;
/// Below this nothing is shown: a name and a year twice in a commune prove nothing.
const LEAST_SCORE: u32 = 30;

/// When somebody was born, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Birth {
    /// The year alone. The first of January is read as this too: it is what papers say where the day is not known.
    Year(i16),
    /// The day.
    Date(Date),
}

/// A member of a household, with what duplicates are found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPerson {
    /// The household.
    pub household: Uuid,
    /// Where it lives.
    pub place: (CommuneCode, VillageId),
    /// The member, unique within the household.
    pub member: InstanceId,
    /// Whether the household goes by this member's name.
    pub is_head: bool,
    /// The name as [`crate::fold_name`] gives it.
    pub name: String,
    /// Birth, if anything is known of it.
    pub birth: Option<Birth>,
    /// Citizen ID, if there is one.
    pub citizen_id: Option<CitizenId>,
}

/// What two members agree in; a later one says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// Name, and years of birth one apart.
    NameAndNearYear,
    /// Name and year of birth; of one at least no more than the year is known.
    NameAndYear,
    /// Name and day of birth.
    NameAndDate,
    /// Citizen ID.
    CitizenId,
}

/// One member of each household who may be one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedMember {
    /// The member of the first household.
    pub first: InstanceId,
    /// The member of the second household.
    pub second: InstanceId,
    /// What they agree in.
    pub agreement: Agreement,
    /// Whether both have a citizen ID, and not the same: counts for half.
    pub ids_differ: bool,
}

/// Two households that may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicatePair {
    /// The household with the smaller id.
    pub first: Uuid,
    /// The other.
    pub second: Uuid,
    /// How much speaks for it; means something only beside other pairs'.
    pub score: u32,
    /// The members in common, the surest first; never empty.
    pub shared: Vec<SharedMember>,
    /// Whether both live in one village.
    pub same_village: bool,
    /// Whether the two heads are among the members in common.
    pub both_heads: bool,
}

impl Birth {
    /// The year.
    pub fn year(self) -> i16 {
        match self {
            Self::Year(year) => year,
            Self::Date(date) => date.year(),
        }
    }
}

impl FromStr for Birth {
    type Err = IdError;

    /// `1984-03-12` or `1987`.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = IdError { expected: "date or year of birth" };
        if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::Year).map_err(|_| wrong);
        }
        let date: Date = text.parse().map_err(|_| wrong)?;
        Ok(if (date.month(), date.day()) == (1, 1) { Self::Year(date.year()) } else { Self::Date(date) })
    }
}

impl std::fmt::Display for Birth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Date(date) => write!(f, "{date}"),
        }
    }
}

/// The unordered pair of two households, the smaller id first; `None` where they are one.
pub fn household_pair(one: Uuid, other: Uuid) -> Option<(Uuid, Uuid)> {
    (one != other).then(|| (one.min(other), one.max(other)))
}

/// Every pair of households that may be one, the likeliest first, without those that people said are `not_same`.
pub fn duplicates(persons: &[KnownPerson], not_same: &BTreeSet<(Uuid, Uuid)>) -> Vec<DuplicatePair> {
    search(persons, not_same, None)
}

/// The same pairs, of one household alone. `persons` are at least its own members and those of every household that has
/// a name or a citizen ID in common with it.
pub fn duplicates_of(
    household: Uuid,
    persons: &[KnownPerson],
    not_same: &BTreeSet<(Uuid, Uuid)>,
) -> Vec<DuplicatePair> {
    search(persons, not_same, Some(household))
}

/// Of households marked as merged into others, each with the one that stands for it in the end. A household that is not
/// `known` stands for nobody: the mark waits until it is. Of a circle (two laptops that merged each other's way) the
/// smallest id is kept, so that nobody vanishes and everybody finds the same.
pub fn merged_into(marks: &BTreeMap<Uuid, Uuid>, known: &BTreeSet<Uuid>) -> BTreeMap<Uuid, Uuid> {
    let next = |id: Uuid| marks.get(&id).copied().filter(|to| *to != id && known.contains(to));
    let mut found = BTreeMap::new();
    for start in marks.keys().copied() {
        let mut way = vec![start];
        let mut at = start;
        let kept = loop {
            match next(at) {
                None => break at,
                Some(to) => match way.iter().position(|passed| *passed == to) {
                    Some(place) => break way[place..].iter().copied().min().unwrap_or(to),
                    None => {
                        way.push(to);
                        at = to;
                    }
                },
            }
        };
        if kept != start {
            found.insert(start, kept);
        }
    }
    found
}

/// What two persons come to be compared over.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Id(&'a str),
    Name(&'a str),
}

/// Members in common of each pair of households, the members as places in the list of persons.
type Meetings = BTreeMap<(Uuid, Uuid), Vec<(usize, usize)>>;

fn search(
    persons: &[KnownPerson],
    not_same: &BTreeSet<(Uuid, Uuid)>,
    only: Option<Uuid>,
) -> Vec<DuplicatePair> {
    let mut groups: HashMap<Key<'_>, Vec<usize>> = HashMap::new();
    for (index, person) in persons.iter().enumerate() {
        if let Some(id) = person.citizen_id.as_ref().filter(|id| id.could_be_issued()) {
            groups.entry(Key::Id(id.as_str())).or_default().push(index);
        }
        if person.birth.is_some() && !person.name.is_empty() {
            groups.entry(Key::Name(&person.name)).or_default().push(index);
        }
    }
    let mut meetings = Meetings::new();
    let mut note = |one: usize, other: usize| {
        let (a, b) = (persons[one].household, persons[other].household);
        let Some(pair) = household_pair(a, b) else { return };
        let asked = only.is_none_or(|only| a == only || b == only);
        if asked && !not_same.contains(&pair) {
            meetings.entry(pair).or_default().push(if a == pair.0 { (one, other) } else { (other, one) });
        }
    };
    for (key, mut group) in groups {
        let households: BTreeSet<Uuid> = group.iter().map(|index| persons[*index].household).collect();
        match key {
            Key::Id(_) if households.len() > MOST_SHARING_AN_ID => {}
            Key::Id(_) => each_pair(&group, |_, _| true, &mut note),
            Key::Name(_) => {
                let common = households.len() > MOST_NAMESAKES;
                let place = |index: usize| common.then(|| &persons[index].place);
                let year = |index: usize| persons[index].birth.map_or(0, Birth::year);
                group.sort_by_key(|index| (place(*index), year(*index)));
                let near = |one: usize, other: usize| {
                    place(one) == place(other) && year(other).saturating_sub(year(one)) <= 1
                };
                each_pair(&group, near, &mut note);
            }
        }
    }
    let pairs = meetings.into_iter().filter_map(|(pair, met)| weigh(persons, pair, &met));
    let mut pairs: Vec<DuplicatePair> = pairs.filter(|pair| pair.score >= LEAST_SCORE).collect();
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.first, pair.second));
    pairs
}

/// Each two of a sorted group, as far as `near` holds: where it fails for one, it fails for all behind.
fn each_pair(group: &[usize], near: impl Fn(usize, usize) -> bool, note: &mut impl FnMut(usize, usize)) {
    for (place, one) in group.iter().enumerate() {
        for other in group[place + 1..].iter().take_while(|other| near(*one, **other)) {
            note(*one, *other);
        }
    }
}

/// Each member stands for one person of the other household at most; the surest agreement decides for whom.
fn weigh(
    persons: &[KnownPerson],
    (first, second): (Uuid, Uuid),
    met: &[(usize, usize)],
) -> Option<DuplicatePair> {
    let mut found: Vec<(SharedMember, bool)> = Vec::new();
    for (one, other) in met.iter().map(|(one, other)| (&persons[*one], &persons[*other])) {
        found.extend(shared(one, other).map(|shared| (shared, one.is_head && other.is_head)));
    }
    let member = |shared: &SharedMember| (shared.first.clone(), shared.second.clone());
    found.sort_by_key(|(shared, heads)| (std::cmp::Reverse((points(shared), *heads)), member(shared)));
    let (mut used, mut shared, mut both_heads) = ((BTreeSet::new(), BTreeSet::new()), Vec::new(), false);
    for (candidate, heads) in found {
        if !used.0.contains(&candidate.first) && !used.1.contains(&candidate.second) {
            used.0.insert(candidate.first.clone());
            used.1.insert(candidate.second.clone());
            both_heads |= heads;
            shared.push(candidate);
        }
    }
    let (one, other) = met.first().map(|(one, other)| (&persons[*one], &persons[*other]))?;
    let same_village = one.place == other.place;
    let agreeing = shared.iter().filter(|shared| !shared.ids_differ).count();
    let further = u32::try_from(agreeing.saturating_sub(1)).unwrap_or(u32::MAX);
    let score = shared.iter().map(points).sum::<u32>()
        + FURTHER_MEMBER.saturating_mul(further)
        + if same_village { SAME_VILLAGE } else { 0 }
        + if both_heads { BOTH_HEADS } else { 0 };
    (!shared.is_empty()).then_some(DuplicatePair { first, second, score, shared, same_village, both_heads })
}

/// What two persons who met agree in, if anything.
fn shared(one: &KnownPerson, other: &KnownPerson) -> Option<SharedMember> {
    let ids = one.citizen_id.as_ref().zip(other.citizen_id.as_ref());
    let same_id = ids.is_some_and(|(a, b)| a == b && a.could_be_issued());
    let agreement = if same_id {
        Agreement::CitizenId
    } else {
        let (a, b) = one.birth.zip(other.birth).filter(|_| one.name == other.name)?;
        match (a, b) {
            (Birth::Date(a), Birth::Date(b)) if a == b => Agreement::NameAndDate,
            // Two days of one year that differ are two persons, or a slip: as much as a year beside.
            (Birth::Date(_), Birth::Date(_)) if a.year() == b.year() => Agreement::NameAndNearYear,
            _ if a.year() == b.year() => Agreement::NameAndYear,
            _ if a.year().abs_diff(b.year()) == 1 => Agreement::NameAndNearYear,
            _ => return None,
        }
    };
    let ids_differ = ids.is_some_and(|(a, b)| a != b && a.could_be_issued() && b.could_be_issued());
    // Of two people with a number each, name and year are no sign; a day is: numbers are mistyped.
    (!ids_differ || agreement == Agreement::NameAndDate).then(|| SharedMember {
        first: one.member.clone(),
        second: other.member.clone(),
        agreement,
        ids_differ,
    })
}

fn points(shared: &SharedMember) -> u32 {
    let whole = match shared.agreement {
        Agreement::CitizenId => SAME_ID,
        Agreement::NameAndDate => SAME_DATE,
        Agreement::NameAndYear => SAME_YEAR,
        Agreement::NameAndNearYear => NEAR_YEAR,
    };
    if shared.ids_differ { whole / 2 } else { whole }
}
