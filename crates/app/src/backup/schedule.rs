//! Backing up by itself: while the program is open, and when it is closed.

use std::sync::Arc;
use std::time::Duration;

use rasoat_store::BackupReason;

use super::keep::{Last, is_due};
use super::{To, found_in};
use crate::app::{App, Opened};
use crate::error::AppError;

/// A laptop that slept is looked at again soon after it woke.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Whoever closes the program does not wait longer.
const LONGEST_CLOSING: Duration = Duration::from_secs(60);

impl App {
    /// Backs up whenever something has changed and the time has come, as long as the program runs. To be spawned once; ends
    /// never.
    pub async fn watch_backups(&self) {
        loop {
            let app = self.clone();
            // What went wrong is logged; the next look tries again.
            drop(tokio::task::spawn_blocking(move || app.backup_if_due()).await);
            let woken = self.wake().notified();
            let look = tokio::time::sleep(LOOK_EVERY);
            tokio::select! { () = look => {}, () = woken => {} }
        }
    }

    /// Backs up if something has changed and the time has come; whether it did.
    pub fn backup_if_due(&self) -> Result<bool, AppError> {
        let Some(opened) = self.opened() else { return Ok(false) };
        // Somebody's own is under way.
        if self.backup_progress().is_some() || !self.is_backup_due(&opened)? {
            return Ok(false);
        }
        self.back_up(&opened, To::Disk, BackupReason::Scheduled).map(|_| true)
    }

    /// Whether closing has something to back up, and so takes a moment.
    pub fn closing_takes_time(&self) -> bool {
        self.opened()
            .is_some_and(|opened| self.has_changed(&opened).unwrap_or(false) || self.is_erasure_due(&opened))
    }

    /// Removes what is due, backs up what has changed, for a minute at most, and closes the database.
    pub async fn close_down(&self) {
        if let Some(opened) = self.opened()
            && self.closing_takes_time()
        {
            let app = self.clone();
            let mut made = tokio::task::spawn_blocking(move || {
                let is_backed_up = app.erase_by_itself(&opened, None);
                if !is_backed_up && app.has_changed(&opened).unwrap_or(false) {
                    drop(app.back_up(&opened, To::Disk, BackupReason::Closing));
                }
            });
            let in_time = tokio::time::timeout(LONGEST_CLOSING, &mut made).await;
            if in_time.is_err() {
                self.backup_cancel();
                tracing::warn!("closing waited no longer for the backup");
                drop(made.await);
            }
        }
        self.close("closing");
    }

    fn is_backup_due(&self, opened: &Arc<Opened>) -> Result<bool, AppError> {
        Ok(is_due(self.now(), self.last_backup(), opened.store.commits()?))
    }

    fn has_changed(&self, opened: &Arc<Opened>) -> Result<bool, AppError> {
        let commits = opened.store.commits()?;
        Ok(self.last_backup().is_none_or(|last| last.commits != commits))
    }

    fn last_backup(&self) -> Option<Last> {
        let (found, _) = found_in(&self.backup_folder());
        found
            .first()
            .map(|found| Last { made_at_millis: found.backup.made_at_millis, commits: found.backup.commits })
    }
}
