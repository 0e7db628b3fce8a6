//! Putting a backup in the place of a database.
//!
//! Everything is made ready in a folder of its own; its renaming to `restoring` decides. From then on whatever is cut off is
//! finished at the next start: what stood in the place goes aside as it is, never away, and the new files take their names. So a
//! database with its log, and never a log without its database or of another one, stands in either place.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::backup::{Backup, BackupProgress, Written, copy_hashed};
use crate::connection;
use crate::error::StoreError;
use crate::files;
use crate::keys::{DataKey, KeyFile, random};
use crate::migrations;
use crate::salvage::{self, Brought};
use crate::store::Store;
use crate::users::UserId;

/// What goes aside of a folder, and whether it has a counterpart in what takes its place. The database comes last: where it has
/// its name, all is done.
const PARTS: [&str; 6] =
    ["rasoat.db-wal", "rasoat.db-shm", "rasoat.db-journal", "rasoat.commits", "rasoat.keys", "rasoat.db"];
/// Names the folder into which the files before go.
const ASIDE: &str = "aside.txt";
/// Stands beside files that were put aside, where all of them was brought over: nothing is in them that is not in the database.
const BROUGHT: &str = "brought.txt";
/// Pages of progress, in bytes.
const PAGE: u64 = 4096;
/// Restores of one name.
const MOST_OF_A_NAME: u32 = 1000;

/// What to restore.
pub struct Restore<'a> {
    /// The backup's folder.
    pub from: &'a Path,
    /// Who opens it; `None`: its only user.
    pub user: Option<UserId>,
    /// Opens the backup: that of today where the keys of today are here, or the one of when it was made.
    pub passphrase: &'a SecretString,
    /// A name for what stands in the place now: a date.
    pub aside: &'a str,
    /// Milliseconds since 1970 on the laptop's clock.
    pub now_millis: i64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The backup.
    pub backup: Backup,
    /// What was brought over from the database before; `None` where there was none, or nothing of it can be read.
    pub brought: Option<Brought>,
}

impl Store {
    /// Puts a backup in the place of a folder's database, which must not be open. What the database there holds beyond the backup
    /// is brought over as far as it can be read, and its files go aside as they are. `progress` says whether to go on; `None`: it
    /// said no, and all is as before.
    ///
    /// # Errors
    /// Those of unlocking; [`StoreError::Damaged`] where the backup is not as it was written. All is as before.
    pub fn restore(
        dir: &Path,
        plan: &Restore<'_>,
        mut progress: impl FnMut(BackupProgress) -> ControlFlow<()>,
    ) -> Result<Option<Restored>, StoreError> {
        fs::create_dir_all(dir)?;
        let _lock = files::lock(dir)?;
        finish(dir)?;
        let written = Written::read(plan.from)?;
        let (keys, data_key) = unlock(dir, plan)?;
        let ready = files::restoring(dir);
        let unfinished = files::beside(&ready, files::UNFINISHED);
        files::remove_folder(&unfinished)?;
        fs::create_dir(&unfinished)?;
        let made = prepare(dir, plan, (&written, keys, &data_key), &unfinished, &mut progress);
        match made {
            Ok(Some(brought)) => {
                files::rename(&unfinished, &ready)?;
                finish(dir)?;
                files::remove(&files::restore_tries(dir))?;
                tracing::warn!(
                    edits = brought.map_or(0, |brought| brought.edits),
                    whole = brought.is_some_and(|brought| brought.whole),
                    "restored from a backup"
                );
                Ok(Some(Restored { backup: written.backup, brought }))
            }
            Ok(None) => files::remove_folder(&unfinished).map(|()| None),
            Err(error) => {
                // The error that matters is why it could not be made ready.
                let _ = files::remove_folder(&unfinished);
                Err(error)
            }
        }
    }

    /// Whether the passphrase opens a backup here. Wrong ones count as at unlocking.
    ///
    /// # Errors
    /// Those of unlocking, and of reading the backup.
    pub fn may_restore(dir: &Path, plan: &Restore<'_>) -> Result<(), StoreError> {
        fs::create_dir_all(dir)?;
        let _lock = files::lock(dir)?;
        Written::read(plan.from)?;
        unlock(dir, plan).map(|_| ())
    }

    /// Finishes a restore that was cut off after it was decided. Whether there was one.
    pub fn finish_restore(dir: &Path) -> Result<bool, StoreError> {
        if !files::restoring(dir).exists() {
            return Ok(false);
        }
        let _lock = files::lock(dir)?;
        finish(dir)
    }

    /// Moves what is left of a database aside as it is, so that another can be made in its place.
    pub fn set_aside(dir: &Path, name: &str) -> Result<(), StoreError> {
        let _lock = files::lock(dir)?;
        let to = files::aside(dir).join(free_name(dir, name)?);
        fs::create_dir_all(&to)?;
        for part in PARTS {
            move_if_there(&dir.join(part), &to.join(part))?;
        }
        Ok(())
    }
}

/// Files that stood in the place of the database before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// The folder's name: when they were put aside.
    pub name: String,
    /// Their size.
    pub bytes: u64,
    /// Whether all that was in them was brought over into the database; else it may be that they alone hold something.
    pub brought: bool,
}

impl Aside {
    /// What was put aside in a folder, the first first.
    pub fn all(dir: &Path) -> Result<Vec<Self>, StoreError> {
        let mut all = Vec::new();
        let entries = match fs::read_dir(files::aside(dir)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(all),
            entries => entries?,
        };
        for entry in entries {
            let folder = entry?.path();
            let Some(name) = folder.file_name().and_then(|name| name.to_str()) else { continue };
            if folder.is_dir() {
                let mut bytes = 0;
                for file in fs::read_dir(&folder)? {
                    bytes += file?.metadata()?.len();
                }
                all.push(Self { name: name.to_owned(), bytes, brought: folder.join(BROUGHT).exists() });
            }
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// Removes it.
    pub fn remove(&self, dir: &Path) -> Result<(), StoreError> {
        let folder = files::aside(dir).join(&self.name);
        files::remove_folder(&folder)
    }
}

/// The keys to go on with, and the database's key. Those of today first: passphrases were changed and people added since.
fn unlock(dir: &Path, plan: &Restore<'_>) -> Result<(KeyFile, DataKey), StoreError> {
    let mut of_backup = KeyFile::read(plan.from)?;
    let passphrase = plan.passphrase.expose_secret();
    if let Ok(mut today) = KeyFile::read(dir)
        && today.is_of_database_of(&of_backup)
    {
        match today.open(dir, plan.user, passphrase, plan.now_millis) {
            Ok((user, key)) => {
                let key = today.key_in_use(user, key)?;
                return Ok((today, key));
            }
            // Perhaps that of when the backup was made.
            Err(StoreError::WrongPassphrase { .. } | StoreError::UnknownUser) => {}
            Err(error) => return Err(error),
        }
    }
    let tries = files::restore_tries(dir);
    if let Ok(counted) = KeyFile::read_from(&tries)
        && counted.is_of_database_of(&of_backup)
    {
        for user in &mut of_backup.users {
            let counted = counted.users.iter().find(|known| known.id == user.id);
            user.attempts = counted.map(|known| known.attempts).unwrap_or_default();
        }
    }
    let (user, key) = of_backup.open_counting(&tries, plan.user, passphrase, plan.now_millis)?;
    let key = of_backup.key_in_use(user, key)?;
    Ok((of_backup, key))
}

/// Makes everything ready in a folder. `None`: it was not to go on.
fn prepare(
    dir: &Path,
    plan: &Restore<'_>,
    (written, mut keys, data_key): (&Written, KeyFile, &DataKey),
    to: &Path,
    progress: &mut impl FnMut(BackupProgress) -> ControlFlow<()>,
) -> Result<Option<Option<Brought>>, StoreError> {
    let database = files::database(to);
    let mut file = File::create_new(&database)?;
    let pages = |bytes: u64| u32::try_from(bytes / PAGE).unwrap_or(u32::MAX);
    let total = pages(written.backup.bytes);
    let copied = copy_hashed(&files::database(plan.from), &mut file, &mut |done| {
        progress(BackupProgress { done: pages(done).min(total), total }).is_continue()
    })?;
    let Some(hash) = copied else { return Ok(None) };
    if !written.is_database(&hash) {
        return Err(StoreError::Damaged);
    }
    drop(file);

    let mut copy = connection::open_unchecked(&database, data_key)?;
    connection::check(&copy)?;
    migrations::bring_up(&mut copy)?;
    let before = files::database(dir);
    let brought = if before.exists() { salvage::bring_over(&copy, &before, data_key)? } else { None };
    copy.execute_batch(include_str!("restore/begin_anew.sql"))?;
    // One file, without a log beside it.
    copy.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")?;
    copy.close().map_err(|(_, error)| StoreError::from(error))?;
    File::open(&database)?.sync_all()?;

    // Keys that know of a state that the database does not: that it is another life shows whatever file system this is.
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    keys.generations = vec![Uuid::from_bytes(bytes)];
    keys.write(to)?;
    files::replace(&to.join(ASIDE), free_name(dir, plan.aside)?.as_bytes())?;
    if brought.is_some_and(|brought| brought.whole) {
        files::replace(&to.join(BROUGHT), b"")?;
    }
    Ok(Some(brought))
}

/// Exchanges what stands in the place for what was made ready, from wherever it was cut off.
fn finish(dir: &Path) -> Result<bool, StoreError> {
    let ready = files::restoring(dir);
    if !ready.exists() {
        return Ok(false);
    }
    let database = "rasoat.db";
    if ready.join(database).exists() {
        let name = fs::read_to_string(ready.join(ASIDE))?;
        let aside = files::aside(dir).join(name);
        fs::create_dir_all(&aside)?;
        for part in PARTS {
            // A part that came into its place already is not the one from before; the others belong to the database there.
            let came = part == "rasoat.keys" && !ready.join(part).exists();
            if !came {
                move_if_there(&dir.join(part), &aside.join(part))?;
            }
        }
        move_if_there(&ready.join(BROUGHT), &aside.join(BROUGHT))?;
        move_if_there(&files::keys(&ready), &files::keys(dir))?;
        files::rename(&ready.join(database), &dir.join(database))?;
    }
    files::remove_folder(&ready)?;
    Ok(true)
}

fn move_if_there(from: &Path, to: &Path) -> Result<(), StoreError> {
    if from.exists() { files::rename(from, to) } else { Ok(()) }
}

/// A name under which nothing was set aside.
fn free_name(dir: &Path, name: &str) -> Result<String, StoreError> {
    let numbered = |number| if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
    let mut names = (1..=MOST_OF_A_NAME).map(numbered);
    names.find(|name| !files::aside(dir).join(name).exists()).ok_or(StoreError::AlreadyExists)
}
