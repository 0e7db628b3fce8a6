//! Keeping projections up with edits: with each request, after a crash, and all of them on demand.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_casework::{Edit, SubjectKind};

use crate::assess::household_named_by;
use crate::library::Library;
use crate::line::line;
use crate::state::State;
use crate::storage::{Arrival, Arriving, HouseholdKeyRef, HouseholdRow, StorageError, StoredEdit};

/// Households taken at once.
const STEP: u32 = 400;
/// More edits may come in while households are scored; then they are scored again, so often at most without any success.
const ATTEMPTS: u32 = 50;

/// Makes every projection that is older than its edits.
///
/// # Errors
/// When the storage fails; what is left is marked still.
pub(crate) async fn catch_up(state: &State) -> Result<(), StorageError> {
    // One at a time: whoever waits finds most of its households done.
    let _turn = state.projecting.lock().await;
    let mut attempts = 0;
    loop {
        let stale = state.storage.stale_households(STEP).await?;
        if stale.is_empty() {
            return Ok(());
        }
        let edits = state.storage.edits_of_all(stale.clone()).await?;
        let rows = lines(&state.library, stale.into_iter().zip(edits).collect()).await?;
        attempts = if state.storage.put_households(rows).await? == 0 { attempts + 1 } else { 0 };
        if attempts == ATTEMPTS {
            return Err(StorageError::Busy);
        }
    }
}

/// Throws every projection away and makes it again from the edits.
///
/// # Errors
/// When the storage fails; run it again then.
pub async fn rebuild(state: &State) -> Result<(), StorageError> {
    state.storage.forget_projections().await?;
    catch_up(state).await
}

type Household = (HouseholdKeyRef, Vec<StoredEdit>);

/// The lines of households, half of them on each of two threads.
async fn lines(
    library: &Arc<Library>,
    mut households: Vec<Household>,
) -> Result<Vec<HouseholdRow>, StorageError> {
    let rest = households.split_off(households.len() / 2);
    let part = |households: Vec<Household>| {
        let library = Arc::clone(library);
        tokio::task::spawn_blocking(move || {
            let line = |(key, edits): Household| {
                let received_at = edits.iter().map(|stored| stored.received_at).max().unwrap_or_default();
                let edits: Vec<&Edit> = edits.iter().map(|stored| &stored.edit).collect();
                line(&library, key, &edits, received_at)
            };
            households.into_iter().map(line).collect::<Vec<_>>()
        })
    };
    let (first, second) = (part(households), part(rest));
    let mut rows = first.await.map_err(|_| StorageError::Failed(-1))?;
    rows.extend(second.await.map_err(|_| StorageError::Failed(-1))?);
    Ok(rows)
}

/// Adds to arrivals of one request the lines of the households that they bring, each to the last arrival with an edit of it.
/// Households of which edits were seen before are left to [`catch_up`].
pub(crate) fn add_lines(library: &Library, arrivals: &mut [Arrival]) {
    let mut households: BTreeMap<HouseholdKeyRef, Brought<'_>> = BTreeMap::new();
    for (number, arrival) in arrivals.iter().enumerate() {
        for arriving in &arrival.edits {
            let Arriving::Edit { edit, out_of_scope: false, .. } = arriving else { continue };
            let household = match edit.subject.kind {
                SubjectKind::Household => Some(edit.subject.id),
                SubjectKind::Interview => household_named_by(edit),
                SubjectKind::Case | SubjectKind::Remark => None,
            };
            let Some(household) = household else { continue };
            let key = HouseholdKeyRef::new(edit.subject.commune.clone(), household);
            let brought = households.entry(key).or_default();
            brought.arrival = number;
            brought.received_at = brought.received_at.max(arrival.received_at);
            brought.edits.push(edit);
        }
    }
    let is_new = |brought: &Brought<'_>| brought.edits.iter().all(|edit| edit.seen.0.is_empty());
    let new = households.into_iter().filter(|(_, brought)| is_new(brought));
    let made: Vec<(usize, HouseholdRow)> = new
        .map(|(key, brought)| (brought.arrival, line(library, key, &brought.edits, brought.received_at)))
        .collect();
    for (number, row) in made {
        if let Some(arrival) = arrivals.get_mut(number) {
            arrival.lines.push(row);
        }
    }
}

/// What a request brings of one household.
#[derive(Default)]
struct Brought<'a> {
    /// The last arrival with an edit of it.
    arrival: usize,
    received_at: i64,
    edits: Vec<&'a Edit>,
}
