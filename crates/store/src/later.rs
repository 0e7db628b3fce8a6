//! How far interviews are, written a little later than the answers that it follows from.
//!
//! An answer is on the disk when its transaction returns, as a row of its own ([`crate::given`]). That an interview was begun,
//! counts, findings and the class, that only lists show, can wait until somebody looks at a list. After a crash they are worked
//! out anew when the database is unlocked, of interviews that have a draft.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::error::StoreError;
use crate::given;
use crate::households::{HouseholdState, Progress};
use crate::store::{Op, Store, Tx};

/// What waits, by household.
type Waiting = BTreeMap<Uuid, Progress>;

/// What of an open store waits to be written.
#[derive(Default)]
pub(crate) struct Later(Mutex<Waiting>);

impl Later {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be written along with an act; of answers nothing is.
    pub(crate) fn take(&self, op: Op) -> Waiting {
        if op == Op::Answer { Waiting::new() } else { std::mem::take(&mut *self.waiting()) }
    }

    /// What was taken waits again, unless there is something newer.
    pub(crate) fn put_back(&self, taken: Waiting) {
        let mut waiting = self.waiting();
        for (household, progress) in taken {
            waiting.entry(household).or_insert(progress);
        }
    }

    /// After a commit: what it has left for later, or has written itself.
    pub(crate) fn note(&self, said: BTreeMap<Uuid, Option<Progress>>) {
        let mut waiting = self.waiting();
        for (household, progress) in said {
            match progress {
                Some(progress) => waiting.insert(household, progress),
                None => waiting.remove(&household),
            };
        }
    }
}

impl Store {
    /// Writes what waits, so that whoever reads next sees it. Where that cannot be, it goes on waiting.
    pub(crate) fn write_later(&self) {
        if self.later.waiting().is_empty() && !self.answers_wait() {
            return;
        }
        if let Err(error) = self.transact(Op::Counts, |_| Ok::<_, StoreError>(())) {
            tracing::warn!(code = error.code(), "counts of interviews wait on");
        }
    }

    /// Whether answers wait, of this program or another. Where that cannot be read, whoever reads next says why.
    fn answers_wait(&self) -> bool {
        given::waits(&self.connection()).unwrap_or_default()
    }
}

impl Tx<'_> {
    /// Keeps how far a household's interview is, as [`Tx::set_progress`] does. Where its state follows from there being answers, or
    /// is as it was kept last, that may be lost in a crash, and is written at the latest before this store is read or closed.
    pub fn set_progress_later(
        &self,
        household: Uuid,
        before: &Progress,
        progress: &Progress,
    ) -> Result<(), StoreError> {
        let begins = (before.state, progress.state) == (HouseholdState::Listed, HouseholdState::Started);
        if before.state != progress.state && !begins {
            return self.set_progress(household, progress);
        }
        self.said_of_progress.borrow_mut().insert(household, Some(progress.clone()));
        self.note(|changed| changed.households = true);
        Ok(())
    }
}
