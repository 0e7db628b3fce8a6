//! What the import screen keeps in memory: the list that was read last, and work under way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::AppError;
use crate::start::count;
use crate::view::{ListProblemView, ListProgressView, ListRowView};

/// What reading and taking in keep in memory.
#[derive(Default)]
pub(crate) struct ListState {
    /// One at a time.
    running: AtomicBool,
    cancelled: AtomicBool,
    progress: Mutex<Option<ListProgressView>>,
    prepared: Mutex<Option<Arc<Prepared>>>,
}

/// A list that was read, as screens page through it.
pub(super) struct Prepared {
    /// Of the file's bytes.
    pub(super) hash: blake3::Hash,
    pub(super) rows: Vec<ListRowView>,
    /// What leaves a household out first.
    pub(super) problems: Vec<ListProblemView>,
}

/// Work under way; it ends with this.
pub(crate) struct Work<'a>(&'a ListState);

impl ListState {
    pub(crate) fn begin(&self) -> Result<Work<'_>, AppError> {
        if self.running.swap(true, Ordering::AcqRel) {
            return Err(AppError::new("list_busy"));
        }
        self.cancelled.store(false, Ordering::Release);
        Ok(Work(self))
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }

    pub(super) fn progress(&self) -> Option<ListProgressView> {
        locked(&self.progress).clone()
    }

    pub(super) fn keep(&self, prepared: Prepared) {
        *locked(&self.prepared) = Some(Arc::new(prepared));
    }

    pub(super) fn forget(&self) {
        *locked(&self.prepared) = None;
    }

    pub(super) fn prepared(&self) -> Result<Arc<Prepared>, AppError> {
        locked(&self.prepared).clone().ok_or_else(|| AppError::new("list_not_read"))
    }
}

impl Work<'_> {
    /// Begins a part of the work.
    pub(super) fn phase(&self, phase: &str, total: usize) -> Result<(), AppError> {
        let progress = ListProgressView { phase: phase.to_owned(), done: 0, total: count(total) };
        *locked(&self.0.progress) = Some(progress);
        self.go_on()
    }

    /// So much of it is done.
    pub(super) fn done(&self, done: usize) -> Result<(), AppError> {
        if let Some(progress) = &mut *locked(&self.0.progress) {
            progress.done = progress.done.max(count(done));
        }
        self.go_on()
    }

    fn go_on(&self) -> Result<(), AppError> {
        if self.0.cancelled.load(Ordering::Acquire) { Err(AppError::new("list_cancelled")) } else { Ok(()) }
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        *locked(&self.0.progress) = None;
        self.0.running.store(false, Ordering::Release);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
