//! What lines that are written do to the counts by mark, gathered until it is brought to the tables at once. The same for every storage.

use std::collections::{BTreeMap, HashMap};

use super::facts::DAY;
use super::line::Borne;

/// What lines do to the counts. Many households bear the same marks: they are told apart once all are gathered.
#[derive(Default)]
pub(super) struct Tally {
    /// By commune, and by village and marks.
    borne: BTreeMap<String, HashMap<Borne, i64>>,
    received: BTreeMap<String, i64>,
}

/// What is to be added to the counts, each that changes.
pub(super) struct Sums {
    /// By commune, village and mark.
    pub(super) villages: BTreeMap<(String, String, String), i64>,
    /// By commune and mark.
    pub(super) communes: BTreeMap<(String, String), i64>,
    /// When edits of a commune came in last.
    pub(super) received: BTreeMap<String, i64>,
}

impl Tally {
    /// What a household was counted as before, and what it is now.
    pub(super) fn note(&mut self, commune: &str, before: Option<&Borne>, after: Option<&Borne>) {
        if before == after {
            return;
        }
        if !self.borne.contains_key(commune) {
            self.borne.insert(commune.to_owned(), HashMap::new());
        }
        let Some(of_commune) = self.borne.get_mut(commune) else { return };
        for (borne, by) in [(before, -1), (after, 1)] {
            let Some(borne) = borne else { continue };
            match of_commune.get_mut(borne) {
                Some(count) => *count += by,
                None => drop(of_commune.insert(borne.clone(), by)),
            }
        }
    }

    pub(super) fn note_received(&mut self, commune: &str, at: i64) {
        match self.received.get_mut(commune) {
            Some(last) => *last = (*last).max(at),
            None => drop(self.received.insert(commune.to_owned(), at)),
        }
    }

    /// All that was gathered, by mark.
    pub(super) fn sums(self) -> Sums {
        let (mut villages, mut communes) = (BTreeMap::new(), BTreeMap::new());
        for (commune, borne) in self.borne {
            for (Borne { village, marks }, by) in borne {
                for mark in marks.split_whitespace() {
                    *communes.entry((commune.clone(), mark.to_owned())).or_default() += by;
                    if !mark.starts_with(DAY) {
                        let place = (commune.clone(), village.clone(), mark.to_owned());
                        *villages.entry(place).or_default() += by;
                    }
                }
            }
        }
        villages.retain(|_, by| *by != 0);
        communes.retain(|_, by| *by != 0);
        Sums { villages, communes, received: self.received }
    }
}

/// A household as it stands in the table.
pub(super) struct Standing {
    pub(super) borne: Borne,
    pub(super) is_merged: bool,
    pub(super) is_withdrawn: bool,
}

impl Standing {
    /// What it is counted as; `None` where it is counted nowhere.
    pub(super) fn counted(self) -> Option<Borne> {
        (!self.is_merged && !self.is_withdrawn).then_some(self.borne)
    }
}
