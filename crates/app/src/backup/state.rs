//! One backup or restore at a time: how far it is, and ending it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::AppError;
use crate::view::BackupProgressView;

/// What backing up and restoring keep in memory.
#[derive(Default)]
pub(crate) struct BackupState {
    running: AtomicBool,
    cancelled: AtomicBool,
    progress: Mutex<Option<BackupProgressView>>,
}

/// Work under way; it ends with this.
pub(super) struct Work<'a>(&'a BackupState);

impl BackupState {
    pub(super) fn begin(&self) -> Result<Work<'_>, AppError> {
        if self.running.swap(true, Ordering::AcqRel) {
            return Err(AppError::new("backup_busy"));
        }
        self.cancelled.store(false, Ordering::Release);
        Ok(Work(self))
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }

    pub(super) fn progress(&self) -> Option<BackupProgressView> {
        self.locked().clone()
    }

    fn locked(&self) -> MutexGuard<'_, Option<BackupProgressView>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work<'_> {
    /// Begins a part of the work.
    pub(super) fn phase(&self, phase: &str) {
        *self.0.locked() = Some(BackupProgressView { phase: phase.to_owned(), done: 0, total: 0 });
    }

    /// So much of the part is done.
    pub(super) fn step(&self, done: u32, total: u32) {
        if let Some(progress) = &mut *self.0.locked() {
            (progress.done, progress.total) = (done, total);
        }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        *self.0.locked() = None;
        self.0.running.store(false, Ordering::Release);
    }
}
