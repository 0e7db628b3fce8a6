//! A copy of the database that opens with the same passphrase, made while entry goes on.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

use rusqlite::Connection;
use rusqlite::backup::{self, StepResult};

use crate::connection;
use crate::error::StoreError;
use crate::files;
use crate::keys::KeyFile;
use crate::store::Store;

/// Pages copied between two looks at whether to go on: a megabyte.
const PAGES_AT_ONCE: i32 = 256;

/// How far a backup is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupProgress {
    /// Pages copied.
    pub done: u32,
    /// Pages in all.
    pub total: u32,
}

/// What a backup holds, as counted in the copy after it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backup {
    /// Households.
    pub households: u32,
    /// Sealed edits.
    pub edits: u32,
    /// Answers that are not sealed.
    pub draft_answers: u32,
    /// Size of the database, in bytes.
    pub bytes: u64,
}

/// Rows that must be in the copy.
type Counts = (u32, u32, u32);

impl Store {
    /// Copies the database to `path`, and its keys beside it (`path` and `.keys`), both whole or not at all; a file of that
    /// name is replaced. The copy holds what was committed when it began: it is read from one snapshot, so that neither
    /// answers given meanwhile wait for it nor it for them. It is written under another name, opened and checked before it
    /// takes its own. `progress` says whether to go on; `None`: it said no, and nothing is left behind.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the copy does not hold what the database holds.
    pub fn backup_to(
        &self,
        path: &Path,
        mut progress: impl FnMut(BackupProgress) -> ControlFlow<()>,
    ) -> Result<Option<Backup>, StoreError> {
        let unfinished = files::beside(path, ".new");
        remove_with_side_files(&unfinished)?;
        let made = self.copy_checked(&unfinished, &mut progress);
        match made {
            Ok(Some(backup)) => {
                KeyFile::read(self.dir())?.write_to(&files::beside(path, ".keys"))?;
                files::rename(&unfinished, path)?;
                tracing::info!(bytes = backup.bytes, "backed up");
                Ok(Some(backup))
            }
            Ok(None) => remove_with_side_files(&unfinished).map(|()| None),
            Err(error) => {
                // The error that matters is why it could not be made.
                let _ = remove_with_side_files(&unfinished);
                Err(error)
            }
        }
    }

    /// Whether opening left the file unchecked, because it is large: then [`Store::check`] is for a thread of its own.
    pub fn needs_check(&self) -> Result<bool, StoreError> {
        Ok(fs::metadata(files::database(self.dir()))?.len() > connection::CHECKED_AT_ONCE)
    }

    /// Checks the whole database, however large, on a connection of its own.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where something is not as it was written.
    pub fn check(&self) -> Result<(), StoreError> {
        let file = files::database(self.dir());
        let checked =
            connection::open_unchecked(&file, &self.key()).and_then(|opened| connection::check(&opened));
        if checked == Err(StoreError::Damaged) {
            self.damaged.store(true, Ordering::Relaxed);
        }
        checked
    }

    /// Whether [`Store::check`] found damage.
    pub fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    fn copy_checked(
        &self,
        to: &Path,
        progress: &mut impl FnMut(BackupProgress) -> ControlFlow<()>,
    ) -> Result<Option<Backup>, StoreError> {
        let source = connection::open_unchecked(&files::database(self.dir()), &self.key())?;
        source.execute_batch("BEGIN")?;
        // The first read takes the snapshot, which the transaction keeps.
        let held = counts(&source)?;
        let mut copy = connection::create_copy(to, &self.key())?;
        {
            let backup = backup::Backup::new(&source, &mut copy)?;
            loop {
                let step = backup.step(PAGES_AT_ONCE)?;
                let backup::Progress { remaining, pagecount } = backup.progress();
                let page = |count: i32| u32::try_from(count).unwrap_or_default();
                let done = page(pagecount - remaining);
                if progress(BackupProgress { done, total: page(pagecount) }).is_break() {
                    return Ok(None);
                }
                if step == StepResult::Done {
                    break;
                }
                // Nobody else has the copy, and whoever reads a snapshot does not wait: others do not happen.
                if step != StepResult::More {
                    return Err(StoreError::Busy);
                }
            }
        }
        source.execute_batch("COMMIT")?;
        // One file, without a log beside it.
        copy.execute_batch("PRAGMA journal_mode = DELETE")?;
        copy.close().map_err(|(_, error)| StoreError::from(error))?;
        File::open(to)?.sync_all()?;

        let written = connection::open_copy(to, &self.key())?;
        connection::check(&written)?;
        if counts(&written)? != held {
            return Err(StoreError::Damaged);
        }
        written.close().map_err(|(_, error)| StoreError::from(error))?;
        let (households, edits, draft_answers) = held;
        Ok(Some(Backup { households, edits, draft_answers, bytes: fs::metadata(to)?.len() }))
    }
}

fn counts(connection: &Connection) -> Result<Counts, StoreError> {
    Ok(connection.query_row(include_str!("backup/counts.sql"), [], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?)
}

fn remove_with_side_files(path: &Path) -> Result<(), StoreError> {
    ["", "-journal", "-wal", "-shm"].iter().try_for_each(|suffix| files::remove(&files::beside(path, suffix)))
}
