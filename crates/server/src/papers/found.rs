//! In which papers households stand, as it was found when somebody last looked: only those of which something came in since are
//! read again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rasoat_casework::CommuneCode;
use rasoat_casework::papers::Places;
use uuid::Uuid;

use super::look::Rules;
use crate::line::Filed;
use crate::scoring::Scoring;
use crate::storage::HouseholdKeyRef;

/// A village by its id and by the name that its households give it.
pub(super) type Village = (String, Option<String>);

/// What was found of one household.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Of how many edits.
    pub(super) edits: u32,
    pub(super) village: Arc<Village>,
    pub(super) places: Places,
}

/// What was found of a commune's households.
#[derive(Debug, Clone, Default)]
pub(super) struct Commune {
    basis: [u8; 32],
    villages: BTreeMap<Village, Arc<Village>>,
    households: BTreeMap<Uuid, Found>,
}

impl Commune {
    /// Nothing, found by these rules.
    fn new(basis: [u8; 32]) -> Self {
        Self { basis, ..Self::default() }
    }

    /// A household of which nothing came in since it was found.
    pub(super) fn found(&self, key: &HouseholdKeyRef, edits: u32) -> Option<&Found> {
        self.households.get(&key.household).filter(|found| found.edits == edits)
    }

    pub(super) fn put(&mut self, key: &HouseholdKeyRef, edits: u32, one: &Filed) {
        let village = self.villages.entry(one.village.clone()).or_insert_with(|| one.village.clone().into());
        let village = Arc::clone(village);
        self.households
            .insert(key.household, Found { edits, village, places: one.household.on_paper.places() });
    }
}

/// What was found of each commune that somebody looked at.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<BTreeMap<CommuneCode, Arc<Commune>>>);

impl Kept {
    /// What of a commune was found by the same rules.
    pub(super) fn of(&self, commune: &CommuneCode, basis: [u8; 32]) -> Arc<Commune> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(commune).filter(|kept| kept.basis == basis).map(Arc::clone);
        kept.unwrap_or_else(|| Arc::new(Commune::new(basis)))
    }

    pub(super) fn keep(&self, commune: CommuneCode, found: Arc<Commune>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(commune, found);
    }
}

/// Equal where households are found in the same papers.
pub(super) fn basis(scoring: &Scoring, rules: &Rules) -> [u8; 32] {
    let mut basis = scoring.basis();
    basis.update(format!("{:?}", rules.certified()).as_bytes());
    // By its standards last year's class is told.
    if let Some(form) = scoring.library.latest() {
        basis.update(form.files.hash.as_bytes());
    }
    *basis.finalize().as_bytes()
}
