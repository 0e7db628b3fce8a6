//! Counts, lists and pairs over all communes, as a storage gives them.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::CommuneCode;
use serde::{Deserialize, Serialize};

use super::{HouseholdKeyRef, HouseholdRow};

/// Households of a commune by mark: [`super::facts::marks_of`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommuneMarks {
    /// Which.
    pub commune: CommuneCode,
    /// How many households bear each mark; marks that none bears are left out.
    pub marks: BTreeMap<String, u32>,
    /// When something last came in.
    pub last_received_at: i64,
}

/// The same of a village.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VillageMarks {
    /// Its name as the households have it; empty where they have none.
    pub village_name: String,
    /// How many households bear each mark.
    pub marks: BTreeMap<String, u32>,
}

/// Marks that a list is asked for by, at most.
pub const MOST_MARKS: usize = 8;

/// Which households to list, over communes.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Of these communes; `None`: of all.
    pub communes: Option<BTreeSet<CommuneCode>>,
    /// Of the village of this name.
    pub village_name: Option<String>,
    /// Bearing all of these marks, [`MOST_MARKS`] at most.
    pub marks: BTreeSet<String>,
    /// Folded words, each the beginning of one of the household's or the end of a citizen ID.
    pub words: Vec<String>,
    /// Those behind this household.
    pub after: Option<HouseholdKeyRef>,
    /// Rows to return.
    pub limit: u32,
}

/// A page of such a list, in Vietnamese order by commune's code, village and head's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdList {
    /// How many there are in all; `None` where that would have to be counted.
    pub total: Option<u32>,
    /// Whether the words fit more households than are looked at.
    pub is_cut: bool,
    /// This page.
    pub rows: Vec<HouseholdRow>,
    /// Whether there are more behind it.
    pub more: bool,
}

/// A member of each of two households who may be one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedPerson {
    /// Name in the first household.
    pub first: String,
    /// Name in the second.
    pub second: String,
    /// What they agree in: `citizen_id`, `name_and_date`, `name_and_year`, `name_and_near_year`.
    pub agreement: String,
    /// Whether both have a citizen ID, and not the same.
    pub ids_differ: bool,
}

/// Two households that may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateRow {
    /// One.
    pub first: HouseholdRow,
    /// The other.
    pub second: HouseholdRow,
    /// The members in common, the surest first.
    pub shared: Vec<SharedPerson>,
}

/// Which pairs to list.
#[derive(Debug, Clone)]
pub struct DuplicateQuery {
    /// With a household of these communes; `None`: of all.
    pub communes: Option<BTreeSet<CommuneCode>>,
    /// Also those within one commune.
    pub within_too: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

/// Where a pair is in an order that what comes in leaves as it is: the numbers under which its households were indexed. A rebuild gives
/// others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PairPlace(pub i64, pub i64);

impl PairPlace {
    /// Before every pair.
    pub const BEGINNING: Self = Self(0, 0);
}

/// Which pairs to read in that order, also those within one commune.
#[derive(Debug, Clone)]
pub struct PairQuery {
    /// With both households of these communes; `None`: of all.
    pub communes: Option<BTreeSet<CommuneCode>>,
    /// Those behind this place.
    pub after: Option<PairPlace>,
    /// Rows to return.
    pub limit: u32,
}

/// A page of pairs, the likeliest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicatePage {
    /// How many there are.
    pub total: u32,
    /// This page.
    pub rows: Vec<DuplicateRow>,
}
