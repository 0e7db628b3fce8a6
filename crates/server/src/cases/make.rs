//! Making the cases of one commune, of those households alone that are not as they were.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rasoat_casework::CommuneCode;
use rasoat_reports::{Case, Class};
use uuid::Uuid;

use super::kept::{Keys, Living, Unpacked, packed, unpacked};
use super::{Earlier, is_among};
use crate::line::{Told, case};
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, KeptCases, StorageError, StoredEdit};

/// Households read at once.
const STEP: usize = 400;

/// What an earlier round says of a household.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    class: Option<Class>,
    once: [bool; 2],
    members: u8,
}

impl Before {
    /// By what was counted of it.
    pub(super) fn of(case: &Case) -> Self {
        let was = |slot: usize, class| case.once.get(slot) == Some(&true) || case.before == Some(class);
        Self {
            class: case.class(0),
            once: [was(0, Class::Poor), was(1, Class::NearPoor)],
            members: case.members,
        }
    }
}

/// What is to be done for one commune.
pub(super) struct Job {
    pub(super) commune: CommuneCode,
    /// Households as they are, with how many edits each has.
    households: Vec<(Uuid, u32)>,
    /// Cases that hold still.
    known: BTreeMap<Uuid, (u32, Case)>,
}

impl Job {
    /// What of a commune's cases still holds is taken over.
    pub(super) async fn of(
        state: &State,
        commune: CommuneCode,
        kept: Option<KeptCases>,
    ) -> Result<Self, StorageError> {
        let households = state.storage.edits_by_household(commune.clone()).await?.into_iter();
        let households: Vec<(Uuid, u32)> = households.map(|one| (one.household, one.edits)).collect();
        let mut known = BTreeMap::new();
        let keys = Keys::of(&state.library());
        // What cannot be read is made anew.
        if let Some(Unpacked { edits, cases, .. }) = kept.and_then(|kept| unpacked(&kept.bytes, &keys)) {
            known =
                edits.into_iter().zip(cases).map(|(edits, case)| (case.household, (edits, case))).collect();
        }
        let mut holding = BTreeMap::new();
        for (household, edits) in &households {
            if let Some(kept) = known.remove(household).filter(|(of, _)| of == edits) {
                holding.insert(*household, kept);
            }
        }
        Ok(Self { commune, households, known: holding })
    }

    /// Households that are to be counted anew.
    pub(super) fn waiting(&self) -> u32 {
        u32::try_from(self.households.len() - self.known.len()).unwrap_or(u32::MAX)
    }

    /// The commune's cases as bytes. `until`: what came in later is not looked at.
    pub(super) async fn made(
        mut self,
        state: &State,
        scoring: &Arc<Scoring>,
        until: Option<i64>,
        before: &Earlier,
        done: &AtomicU32,
    ) -> Result<Vec<u8>, StorageError> {
        let wanted: Vec<(Uuid, u32)> = self
            .households
            .iter()
            .filter(|(household, _)| !self.known.contains_key(household))
            .copied()
            .collect();
        for step in wanted.chunks(STEP) {
            let keys: Vec<HouseholdKeyRef> = step
                .iter()
                .map(|(household, _)| HouseholdKeyRef::new(self.commune.clone(), *household))
                .collect();
            let edits = state.storage.edits_of_all(keys.clone()).await?;
            let scoring = Arc::clone(scoring);
            let made = tokio::task::spawn_blocking(move || {
                keys.iter()
                    .zip(edits)
                    .map(|(key, edits)| one(&scoring, key, edits, until))
                    .collect::<Vec<_>>()
            });
            let made = made.await.map_err(|_| StorageError::Failed(-1))?;
            for ((household, edits), case) in step.iter().zip(made) {
                if let Some(mut case) = case {
                    if let Some(before) = before.get(household) {
                        // A list that is newer than that round's end says so itself.
                        case.before = before.class.or(case.before);
                        case.once = [case.once[0] || before.once[0], case.once[1] || before.once[1]];
                        case.members_before = before.members;
                        case.added = false;
                    }
                    self.known.insert(*household, (*edits, case));
                }
            }
            done.fetch_add(u32::try_from(step.len()).unwrap_or(0), Ordering::Relaxed);
        }
        let (edits, cases): (Vec<u32>, Vec<Case>) = self.known.into_values().unzip();
        let mut living = living(state, Some(&BTreeSet::from([self.commune.clone()]))).await?;
        let living = living.remove(&self.commune).unwrap_or_default();
        packed(living, Keys::of(&scoring.library), &edits, &cases)
    }
}

/// How many households live where in communes, as it is known now; `None`: in all.
pub(super) async fn living(
    state: &State,
    communes: Option<&BTreeSet<CommuneCode>>,
) -> Result<BTreeMap<CommuneCode, Living>, StorageError> {
    let library = state.library();
    let known = library.units().communes.keys().filter(|code| is_among(communes, code));
    let mut all: BTreeMap<CommuneCode, Living> = known.map(|code| (code.clone(), Living::new())).collect();
    for village in state.storage.villages_of(communes.cloned()).await? {
        if let Some(living) = all.get_mut(&village.commune) {
            living.insert(village.id.to_string(), (village.name, village.households));
        }
    }
    Ok(all)
}

/// `None` where nothing of it had come in.
fn one(scoring: &Scoring, key: &HouseholdKeyRef, edits: Vec<StoredEdit>, until: Option<i64>) -> Option<Case> {
    let told: Vec<Told<'_>> = edits
        .iter()
        .filter(|stored| until.is_none_or(|until| stored.received_at <= until))
        .map(|stored| Told::Whole(&stored.edit))
        .collect();
    (!told.is_empty()).then(|| case(scoring, key, &told))
}
