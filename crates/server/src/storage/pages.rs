//! Lists over communes, as far as no storage is needed for them: the order of households, and where in it a page begins and ends.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use rasoat_casework::sort_key;
use uuid::Uuid;

use super::facts::{ALL, CHECK, DAY, DOUBTFUL, LATE};
use super::{HouseholdKeyRef, ListQuery, MOST_MARKS, StorageError};

/// Households that words fit and that are looked at, at most: who finds more asks for more.
pub(super) const MOST_FOUND: u32 = 2_000;

/// Marks that few households bear, or how they begin: those with any of them have an index of their own. The migrations and the lists'
/// statements name them, too.
const RARE: [&str; 8] = [
    "conflict",
    "returned",
    "unscored",
    DOUBTFUL,
    "stage.complaint",
    "stage.refused",
    "stage.meeting_rejected",
    LATE,
];

/// A place in the order of all households.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    commune: String,
    village_order: Vec<u8>,
    village: String,
    name_order: Vec<u8>,
    household: Uuid,
}

impl Place {
    pub(super) fn new(commune: &str, village: &str, name_order: Vec<u8>, household: Uuid) -> Self {
        Self {
            commune: commune.to_owned(),
            village_order: sort_key(village),
            village: village.to_owned(),
            name_order,
            household,
        }
    }

    /// Whether it lies in none of the communes before this one.
    pub(super) fn may_be_before(&self, commune: &str) -> bool {
        self.commune.as_str() <= commune
    }
}

/// The marks that are asked for.
pub(super) struct AskedMarks {
    /// Counted by village.
    pub(super) of_villages: BTreeSet<String>,
    /// Counted by commune: those and the days.
    pub(super) of_communes: BTreeSet<String>,
}

impl AskedMarks {
    pub(super) fn of(query: &ListQuery) -> Self {
        let mut of_villages: BTreeSet<String> =
            query.marks.iter().filter(|mark| !mark.starts_with(DAY)).cloned().collect();
        if of_villages.is_empty() {
            of_villages.insert(ALL.to_owned());
        }
        let of_communes = of_villages.union(&query.marks).cloned().collect();
        Self { of_villages, of_communes }
    }

    /// Whether whoever bears all of them has a mark that few bear.
    pub(super) fn are_rare(&self) -> bool {
        // With any check goes the mark that there is one.
        let is_rare = |mark: &String| {
            RARE.contains(&mark.as_str()) || mark.starts_with(LATE) || mark.starts_with(CHECK)
        };
        self.of_villages.iter().any(is_rare)
    }

    /// Of one mark the counts know how many bear it; of several, no more than how many bear the rarest.
    pub(super) fn is_counted(&self) -> bool {
        self.of_communes.len() == 1
    }
}

/// Marks as they are found in a household's text: between blanks. Where fewer are asked for, a blank stands for the others: it is in
/// every text, so that a row is looked at by plain comparisons alone.
pub(super) fn needles(query: &ListQuery) -> Result<[String; MOST_MARKS], StorageError> {
    if query.marks.len() > MOST_MARKS {
        return Err(StorageError::Damaged("marks"));
    }
    let mut marks = query.marks.iter();
    Ok(std::array::from_fn(|_| marks.next().map_or_else(|| " ".to_owned(), |mark| format!(" {mark} "))))
}

/// A village with households that may be asked for.
pub(super) struct Village {
    order: Vec<u8>,
    pub(super) name: String,
    pub(super) households: u32,
}

impl Village {
    pub(super) fn new(name: String, households: u32) -> Self {
        Self { order: sort_key(&name), name, households }
    }

    /// Behind which name and household of it to read; `None` where all of it lies before the place.
    pub(super) fn behind<'p>(&self, commune: &str, place: Option<&'p Place>) -> Option<(&'p [u8], Uuid)> {
        let begin = (&[][..], Uuid::nil());
        let Some(place) = place.filter(|place| place.commune == commune) else { return Some(begin) };
        match (&self.order, &self.name).cmp(&(&place.village_order, &place.village)) {
            Ordering::Less => None,
            Ordering::Equal => Some((&place.name_order, place.household)),
            Ordering::Greater => Some(begin),
        }
    }
}

/// The villages of a commune in order.
pub(super) fn in_order(mut villages: Vec<Village>) -> Vec<Village> {
    villages.sort_by(|one, other| (&one.order, &one.name).cmp(&(&other.order, &other.name)));
    villages
}

/// A page of what words found.
pub(super) struct FoundPage {
    /// How many were found.
    pub(super) total: u32,
    /// The page, in order.
    pub(super) keys: Vec<HouseholdKeyRef>,
    /// Whether there are more behind it.
    pub(super) more: bool,
}

impl FoundPage {
    /// The page behind a place of what was found.
    pub(super) fn of(mut found: Vec<Place>, after: Option<&Place>, limit: u32) -> Result<Self, StorageError> {
        found.sort();
        let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let mut behind = found.into_iter().filter(|place| after.is_none_or(|after| place > after));
        let page = behind.by_ref().take(limit as usize);
        let keys = page.map(|place| {
            let commune = place.commune.parse().map_err(|_| StorageError::Damaged("commune"))?;
            Ok(HouseholdKeyRef::new(commune, place.household))
        });
        Ok(Self { total, keys: keys.collect::<Result<_, StorageError>>()?, more: behind.next().is_some() })
    }
}

/// Places of villages in their order, each made once.
#[derive(Default)]
pub(super) struct VillageOrders(HashMap<String, Vec<u8>>);

impl VillageOrders {
    pub(super) fn place(
        &mut self,
        commune: String,
        village: String,
        name_order: Vec<u8>,
        household: Uuid,
    ) -> Place {
        let village_order = match self.0.get(&village) {
            Some(order) => order.clone(),
            None => self.0.entry(village.clone()).or_insert_with_key(|name| sort_key(name)).clone(),
        };
        Place { commune, village_order, village, name_order, household }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_rare_marks_and_what_asks_it_name_the_same_marks() {
        for sql in [
            include_str!("sqlite/migrations/V19__rare_marks.sql"),
            include_str!("sqlite/sql/village_list_rare.sql"),
            include_str!("postgres/migrations/V7__rare_marks.sql"),
            include_str!("postgres/sql/village_list_rare.sql"),
        ] {
            let quoted = sql.split('\'').skip(1).step_by(2);
            assert_eq!(quoted.map(str::trim).collect::<Vec<_>>(), RARE, "{sql}");
        }
    }
}
