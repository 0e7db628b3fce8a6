//! What is processed no further: kept and counted, and in no list by name and in no export.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use uuid::Uuid;

use super::Deed;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, HouseholdRow, RequestAct, StorageError};

/// The households that are restricted, as they were read last. Where one member is, their household is: a line of a list tells of all.
#[derive(Debug, Default)]
pub(crate) struct Restricted {
    number: u64,
    households: BTreeSet<Uuid>,
}

impl Restricted {
    /// Whether a household is. By its id alone: it may be known in several communes.
    pub(crate) fn has(&self, household: &HouseholdKeyRef) -> bool {
        self.households.contains(&household.household)
    }

    /// Takes name and number from a restricted line; whether it is one.
    pub(crate) fn mask(&self, row: &mut HouseholdRow) -> bool {
        let is_restricted = self.has(&row.key);
        if is_restricted {
            row.head_name = String::new();
            row.citizen_id = None;
        }
        is_restricted
    }

    /// Takes restricted ones out; how many there were.
    pub(crate) fn leave_out<T>(&self, rows: &mut Vec<T>, key: impl Fn(&T) -> &HouseholdKeyRef) -> u32 {
        let before = rows.len();
        rows.retain(|row| !self.has(key(row)));
        u32::try_from(before - rows.len()).unwrap_or(u32::MAX)
    }
}

/// Whether a restriction is in force after acts of these codes.
pub(crate) fn is_in_force<'c>(codes: impl DoubleEndedIterator<Item = &'c str>) -> bool {
    let (restricted, lifted) = codes_of();
    codes.rev().find(|code| [restricted, lifted].contains(code)) == Some(restricted)
}

fn codes_of() -> (&'static str, &'static str) {
    let reason = String::new;
    (Deed::Restricted { reason: reason() }.code(), Deed::RestrictionLifted { reason: reason() }.code())
}

/// What is restricted now. It is read again only where something was done about a request since, by whichever server.
pub(crate) async fn restricted(state: &State) -> Result<Arc<Restricted>, StorageError> {
    let last = state.storage.last_request_act().await?;
    let known = Arc::clone(&state.restricted.lock().unwrap_or_else(PoisonError::into_inner));
    if known.number == last {
        return Ok(known);
    }
    let acts = state.storage.request_acts().await?;
    let read = Arc::new(of(&acts));
    *state.restricted.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&read);
    Ok(read)
}

fn of(acts: &[RequestAct]) -> Restricted {
    let mut requests: BTreeMap<Uuid, Vec<&RequestAct>> = BTreeMap::new();
    for act in acts {
        requests.entry(act.request).or_default().push(act);
    }
    let in_force = requests.into_values().filter(|acts| is_in_force(acts.iter().map(|act| act.act.as_str())));
    Restricted {
        number: acts.iter().map(|act| act.number).max().unwrap_or_default(),
        households: in_force.filter_map(|acts| Some(acts.first()?.household.household)).collect(),
    }
}
