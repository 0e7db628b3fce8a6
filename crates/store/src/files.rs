//! Names of the store's files, and writing a small file so that it is there whole or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::error::StoreError;

/// Unlocking and migrating take less.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// The database.
pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join("rasoat.db")
}

/// The database while it is being made; it takes its name when it is whole.
pub(crate) fn unfinished_database(dir: &Path) -> PathBuf {
    dir.join("rasoat.db.new")
}

/// The wrapped keys.
pub(crate) fn keys(dir: &Path) -> PathBuf {
    dir.join("rasoat.keys")
}

/// After the name of a folder that is being filled.
pub(crate) const UNFINISHED: &str = ".part";

/// What a backup says of itself.
pub(crate) fn about_backup(folder: &Path) -> PathBuf {
    folder.join("backup.json")
}

/// A backup on its way to the database's place: there as a whole, or not at all.
pub(crate) fn restoring(dir: &Path) -> PathBuf {
    dir.join("restoring")
}

/// Under which name a folder keeps what stood in its place before.
pub(crate) fn aside(dir: &Path) -> PathBuf {
    dir.join("aside")
}

/// Where wrong tries of a backup's passphrases are counted.
pub(crate) fn restore_tries(dir: &Path) -> PathBuf {
    dir.join("rasoat.restore")
}

/// How many transactions the database has committed ([`crate::commits`]).
pub(crate) fn commits(dir: &Path) -> PathBuf {
    dir.join("rasoat.commits")
}

/// What opens the answer to a recovery, while it is waited for.
pub(crate) fn recovery(dir: &Path) -> PathBuf {
    dir.join("rasoat.recovery")
}

/// Held by one process while it creates, unlocks or migrates. Released when dropped or when the process ends. Whoever holds it
/// for longer than [`LONGEST_WAIT`] keeps others out, not waiting.
pub(crate) fn lock(dir: &Path) -> Result<File, StoreError> {
    let file = open_lock(&dir.join("rasoat.lock"))?;
    match try_lock(&file, LONGEST_WAIT) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Tries until it has the lock or the time is over.
#[expect(clippy::disallowed_methods, reason = "nobody is told when another program lets go of a file's lock")]
fn try_lock(file: &File, longest: Duration) -> Result<(), TryLockError> {
    let until = Instant::now() + longest;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(BETWEEN_TRIES),
            tried => return tried,
        }
    }
}

/// Held by the program that works in a folder, as long as it runs; the operating system lets go of it when the program ends,
/// however it ends.
#[derive(Debug)]
pub struct Claim {
    _file: Option<File>,
}

impl Claim {
    /// Claims a folder. [`StoreError::InUse`] when another program has it and does not end within the time given. Where the file system knows no locks nobody is kept
    /// out: the database's own locks still keep it whole.
    pub fn of(dir: &Path, longest: Duration) -> Result<Self, StoreError> {
        let file = open_lock(&dir.join("rasoat.running"))?;
        match try_lock(&file, longest) {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
            Err(TryLockError::Error(_)) => Ok(Self { _file: None }),
        }
    }
}

fn open_lock(path: &Path) -> Result<File, StoreError> {
    Ok(OpenOptions::new().create(true).truncate(false).write(true).open(path)?)
}

/// Replaces a file: after a crash it holds the old bytes or the new ones.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let fresh = beside(path, ".new");
    let written = write_through(&fresh, bytes);
    if written.is_err() {
        // What is half written only takes room, and the error that matters is why.
        let _ = fs::remove_file(&fresh);
    }
    written?;
    rename(&fresh, path)
}

fn write_through(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Other accounts of a shared machine have no business with wrapped keys either.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

/// A file of the same name with something after it: `rasoat.db-wal`.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Removes a folder with all that is in it, if it is there.
pub(crate) fn remove_folder(path: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Gives a file, if it is there, a name under which nothing looks for it.
pub(crate) fn set_aside(path: &Path, now_millis: i64) -> Result<(), StoreError> {
    if path.exists() { rename(path, &beside(path, &format!(".{now_millis}.old"))) } else { Ok(()) }
}

/// Renames within one folder, and sees to it that the new name is on the disk.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to)?;
    // A folder can be synced where it can be opened as a file: everywhere but on Windows, which journals names itself.
    #[cfg(unix)]
    if let Some(dir) = to.parent() {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}
