//! Keeping projections up with edits: after each batch, after a crash, and all of them on demand.

use crate::assess::assess;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, StorageError};

/// Households taken at once.
const STEP: u32 = 200;
/// More edits may come in while a household is assessed; then it is assessed again, so often at most.
const ATTEMPTS: u32 = 50;

/// Makes every projection that is older than its edits.
///
/// # Errors
/// When the storage fails; what is left is marked still.
pub(crate) async fn catch_up(state: &State) -> Result<(), StorageError> {
    // One at a time: whoever waits finds most of its households done.
    let _turn = state.projecting.lock().await;
    loop {
        let stale = state.storage.stale_households(STEP).await?;
        if stale.is_empty() {
            return Ok(());
        }
        for household in stale {
            refresh(state, household).await?;
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

async fn refresh(state: &State, household: HouseholdKeyRef) -> Result<(), StorageError> {
    for _ in 0..ATTEMPTS {
        let edits = state.storage.edits_of(household.clone()).await?;
        let library = state.library.clone();
        let key = household.clone();
        let row = tokio::task::spawn_blocking(move || assess(&library, &edits).row(key, &edits))
            .await
            .map_err(|_| StorageError::Failed(-1))?;
        if state.storage.put_household(row).await? {
            return Ok(());
        }
    }
    Err(StorageError::Busy)
}
