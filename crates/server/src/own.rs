//! Edits of the province itself: they come in by the door that all edits come in by, and go down to the laptops with the rest.

use std::collections::BTreeSet;

use rasoat_casework::{Chain, CommuneCode, Draft, Edit, Subject, WriterId};
use rasoat_exchange::{Batch, SignedBatch};
use tokio::sync::MutexGuard;

use crate::intake;
use crate::random;
use crate::state::State;
use crate::storage::{Device, HouseholdKeyRef, StorageError, StoredEdit};

/// The province's chain, while nobody else has it: a chain has one next number.
pub(crate) struct Own<'s> {
    kept: MutexGuard<'s, Option<Chain>>,
    chain: Chain,
}

impl<'s> Own<'s> {
    /// Waits for the chain. Where what was sealed is not stored in the end the chain is given up: nobody knows which of its numbers
    /// are taken.
    pub(crate) async fn take(state: &'s State) -> Result<Self, StorageError> {
        let mut kept = state.chain.lock().await;
        let chain = match kept.take() {
            Some(chain) => chain,
            None => Chain::new(WriterId(random::uuid().map_err(|_| StorageError::Failed(-1))?)),
        };
        Ok(Self { kept, chain })
    }

    /// Seals a draft, later than all that is stored of its subject.
    pub(crate) fn seal(
        &mut self,
        stored: &[StoredEdit],
        draft: Draft,
        now: i64,
    ) -> Result<Edit, StorageError> {
        for edit in of_subject(stored, &draft.subject) {
            self.chain.observe(edit.at);
        }
        self.chain.seal(draft, now).map_err(|_| StorageError::Failed(-1))
    }

    /// Takes sealed edits in, in as many batches as they need.
    pub(crate) async fn store(
        mut self,
        state: &State,
        commune: &CommuneCode,
        edits: &[Edit],
        now: i64,
    ) -> Result<(), StorageError> {
        let mut waiting = vec![edits];
        while let Some(edits) = waiting.pop() {
            if edits.is_empty() {
                continue;
            }
            let Ok(batch) = Batch::build(edits, state.config.device_id()) else {
                if edits.len() == 1 {
                    return Err(StorageError::Failed(-1));
                }
                let (first, second) = edits.split_at(edits.len() / 2);
                waiting.extend([second, first]);
                continue;
            };
            let signed = SignedBatch::sign(&batch, &state.signing, None);
            let opened = intake::Opened { device: province(state, commune, now), batch: batch.into() };
            let receipt = intake::store(state, signed, opened, now).await?;
            let receipt = receipt.open(&state.signing.verify_key());
            let receipt = receipt.map_err(|_| StorageError::Damaged("receipt"))?;
            if edits.iter().any(|edit| !receipt.accepts(edit.id)) {
                return Err(StorageError::Busy);
            }
        }
        *self.kept = Some(self.chain);
        Ok(())
    }
}

/// Seals what `drafts` makes of all that is stored of a household, and takes it in. Projections follow when this returns.
pub(crate) async fn write(
    state: &State,
    household: &HouseholdKeyRef,
    drafts: impl FnOnce(&[StoredEdit]) -> Vec<Draft>,
) -> Result<(), StorageError> {
    let mut own = Own::take(state).await?;
    let stored = state.storage.edits_of(household.clone()).await?;
    let now = state.now();
    let drafts = drafts(&stored).into_iter();
    let sealed = drafts.map(|draft| own.seal(&stored, draft, now)).collect::<Result<Vec<_>, _>>()?;
    own.store(state, &household.commune, &sealed, now).await?;
    crate::project::catch_up(state).await
}

/// The edits of one subject.
pub(crate) fn of_subject<'a>(
    edits: &'a [StoredEdit],
    subject: &'a Subject,
) -> impl Iterator<Item = &'a Edit> {
    edits.iter().map(|stored| &stored.edit).filter(move |edit| edit.subject == *subject)
}

/// The province as the one who signs a batch.
fn province(state: &State, commune: &CommuneCode, now: i64) -> Device {
    Device {
        id: state.config.device_id(),
        key: state.signing.verify_key(),
        former: Vec::new(),
        name: state.config.name.clone(),
        surveyor: String::new(),
        communes: BTreeSet::from([commune.clone()]),
        enrolled_at: now,
        expires_at: now,
        revoked_at: None,
        bundle_recipient: None,
    }
}
