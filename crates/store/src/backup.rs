//! A copy of the database that opens with the same passphrases, made while entry goes on.
//!
//! A backup is a folder: the database, its keys, and what both are, from which it is known without a passphrase whether they are
//! as they were written.

mod folder;

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

use rusqlite::Connection;
use rusqlite::backup::{self, StepResult};

pub use folder::{Backup, BackupReason, NewBackup};
pub(crate) use folder::{Written, copy_hashed};

use crate::connection;
use crate::error::StoreError;
use crate::files;
use crate::keys::{DataKey, KeyFile};
use crate::migrations;
use crate::store::Store;

/// Pages copied between two looks at whether to go on: a megabyte.
const PAGES_AT_ONCE: i32 = 256;

/// How far copying is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupProgress {
    /// Pages copied.
    pub done: u32,
    /// Pages in all.
    pub total: u32,
}

/// Rows that must be in a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    households: u32,
    interviews: u32,
    edits: u32,
    unsent: u32,
    draft_answers: u32,
    commits: u64,
}

impl Store {
    /// Copies the database and its keys into a new folder, whole or not at all. The copy holds what was committed when it began:
    /// it is read from one snapshot, so that neither answers given meanwhile wait for it nor it for them. It is written under
    /// another name, opened and checked before it takes its own. `progress` says whether to go on; `None`: it said no, and
    /// nothing is left behind.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] where there is a folder of that name; [`StoreError::Damaged`] where the copy does not hold
    /// what the database holds.
    pub fn backup_to(
        &self,
        folder: &Path,
        new: NewBackup,
        mut progress: impl FnMut(BackupProgress) -> ControlFlow<()>,
    ) -> Result<Option<Backup>, StoreError> {
        if folder.exists() {
            return Err(StoreError::AlreadyExists);
        }
        self.write_later();
        let unfinished = files::beside(folder, files::UNFINISHED);
        files::remove_folder(&unfinished)?;
        fs::create_dir(&unfinished)?;
        let made = self.fill(&unfinished, new, &mut progress);
        match made {
            Ok(Some(backup)) => {
                files::rename(&unfinished, folder)?;
                tracing::info!(bytes = backup.bytes, reason = backup.reason.as_str(), "backed up");
                Ok(Some(backup))
            }
            Ok(None) => files::remove_folder(&unfinished).map(|()| None),
            Err(error) => {
                // The error that matters is why it could not be made.
                let _ = files::remove_folder(&unfinished);
                Err(error)
            }
        }
    }

    /// Size of the database with its log, in bytes.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let database = files::database(self.dir());
        let log = fs::metadata(files::beside(&database, "-wal")).map_or(0, |about| about.len());
        Ok(fs::metadata(database)?.len().saturating_add(log))
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

    fn fill(
        &self,
        folder: &Path,
        new: NewBackup,
        progress: &mut impl FnMut(BackupProgress) -> ControlFlow<()>,
    ) -> Result<Option<Backup>, StoreError> {
        let database = files::database(folder);
        let Some(held) = self.copy_checked(&database, progress)? else { return Ok(None) };
        let keys = KeyFile::read(self.dir())?;
        keys.write(folder)?;
        let backup = Backup {
            number: new.number,
            made_at_millis: new.made_at_millis,
            reason: new.reason,
            facts: keys.facts,
            schema: migrations::SCHEMA_VERSION,
            households: held.households,
            interviews: held.interviews,
            edits: held.edits,
            unsent: held.unsent,
            draft_answers: held.draft_answers,
            commits: held.commits,
            bytes: fs::metadata(&database)?.len(),
        };
        Written::of(folder, backup)?.write(folder).map(Some)
    }

    fn copy_checked(
        &self,
        to: &Path,
        progress: &mut impl FnMut(BackupProgress) -> ControlFlow<()>,
    ) -> Result<Option<Counts>, StoreError> {
        let source = connection::open_unchecked(&files::database(self.dir()), &self.key())?;
        source.execute_batch("BEGIN")?;
        // The first read takes the snapshot, which the transaction keeps.
        let held = Counts::of(&source)?;
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
        check_copy(to, &self.key(), held)?;
        Ok(Some(held))
    }
}

/// Opens a copy, reads all of it and counts.
fn check_copy(path: &Path, key: &DataKey, held: Counts) -> Result<(), StoreError> {
    let written = connection::open_copy(path, key)?;
    connection::check(&written)?;
    if Counts::of(&written)? != held {
        return Err(StoreError::Damaged);
    }
    written.close().map_err(|(_, error)| StoreError::from(error))
}

impl Counts {
    fn of(connection: &Connection) -> Result<Self, StoreError> {
        Ok(connection.query_row(include_str!("backup/counts.sql"), [], |row| {
            Ok(Self {
                households: row.get(0)?,
                interviews: row.get(1)?,
                edits: row.get(2)?,
                unsent: row.get(3)?,
                draft_answers: row.get(4)?,
                commits: u64::try_from(row.get::<_, i64>(5)?).unwrap_or_default(),
            })
        })?)
    }
}
