//! What lines that are written do to the counts by mark, gathered until it is brought to the tables at once. The same for every storage.

use std::collections::BTreeMap;

use super::facts::DAY;
use super::line::Borne;

/// What is to be added to the counts.
#[derive(Default)]
pub(super) struct Tally {
    /// By commune, village and mark.
    pub(super) villages: BTreeMap<(String, String, String), i64>,
    pub(super) communes: BTreeMap<(String, String), i64>,
    pub(super) received: BTreeMap<String, i64>,
}

impl Tally {
    /// What a household was counted as before, and what it is now.
    pub(super) fn note(&mut self, commune: &str, before: Option<&Borne>, after: Option<&Borne>) {
        if before == after {
            return;
        }
        for (borne, by) in [(before, -1), (after, 1)] {
            let Some(borne) = borne else { continue };
            for mark in borne.marks.split_whitespace() {
                *self.communes.entry((commune.to_owned(), mark.to_owned())).or_default() += by;
                if !mark.starts_with(DAY) {
                    let village = (commune.to_owned(), borne.village.clone(), mark.to_owned());
                    *self.villages.entry(village).or_default() += by;
                }
            }
        }
    }

    pub(super) fn note_received(&mut self, commune: &str, at: i64) {
        let last = self.received.entry(commune.to_owned()).or_insert(at);
        *last = (*last).max(at);
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
