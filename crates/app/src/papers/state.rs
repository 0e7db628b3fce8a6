//! Writing a paper: one at a time, told of and ended from outside.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rasoat_documents::{DocumentError, Watch};

use crate::error::AppError;

/// What writing keeps in memory.
#[derive(Default)]
pub(crate) struct PapersState {
    running: AtomicBool,
    cancelled: AtomicBool,
    progress: Mutex<Option<(usize, usize)>>,
}

/// Writing under way; it ends with this.
pub(super) struct Work<'a>(&'a PapersState);

impl PapersState {
    pub(super) fn begin(&self) -> Result<Work<'_>, AppError> {
        if self.running.swap(true, Ordering::AcqRel) {
            return Err(AppError::new("papers_busy"));
        }
        self.cancelled.store(false, Ordering::Release);
        Ok(Work(self))
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }

    /// How much is done, of how much.
    pub(super) fn told(&self) -> Option<(usize, usize)> {
        *self.progress()
    }

    fn progress(&self) -> MutexGuard<'_, Option<(usize, usize)>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work<'_> {
    /// Says how much is done.
    pub(super) fn at(&self, done: usize, total: usize) -> Result<(), AppError> {
        *self.0.progress() = Some((done, total));
        if self.0.cancelled.load(Ordering::Acquire) { Err(AppError::new("papers_cancelled")) } else { Ok(()) }
    }

    /// Makes a document that tells and ends as this does.
    pub(super) fn watched<T>(
        &self,
        make: impl FnOnce(&mut Watch<'_>) -> Result<T, DocumentError>,
    ) -> Result<T, AppError> {
        let mut tell = |done, total| *self.0.progress() = Some((done, total));
        Ok(make(&mut Watch::new(&mut tell, &self.0.cancelled))?)
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        *self.0.progress() = None;
        self.0.running.store(false, Ordering::Release);
    }
}

impl From<DocumentError> for AppError {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Cancelled => Self::new("papers_cancelled"),
            DocumentError::Provisional { households } => {
                Self::new("papers_provisional").with("households", households)
            }
            DocumentError::Nothing => Self::new("papers_nothing"),
            DocumentError::Template(_) | DocumentError::Workbook(_) => Self::new("papers_failed"),
        }
    }
}
