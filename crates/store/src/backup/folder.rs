//! What a backup's folder says of itself, and whether its files are as they were written.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::files;
use crate::keys::KeyFile;
use crate::users::UserRow;

const FORMAT: u32 = 1;
/// Bytes read between two looks at whether to go on.
const PIECE: usize = 1 << 20;
/// A backup says less of itself; more is not ours.
const LONGEST: u64 = 64 * 1024;

/// Why a backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupReason {
    /// Something had changed, and the time had come.
    Scheduled,
    /// The program was closed.
    Closing,
    /// Somebody asked for it.
    Asked,
    /// Another backup was about to take the database's place.
    BeforeRestore,
}

impl BackupReason {
    /// The name in the log and on screens.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Closing => "closing",
            Self::Asked => "asked",
            Self::BeforeRestore => "before_restore",
        }
    }
}

/// What is known of a backup before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewBackup {
    /// Counts up in one place: clocks are set back.
    pub number: u32,
    /// Milliseconds since 1970 on the laptop's clock.
    pub made_at_millis: i64,
    /// Why.
    pub reason: BackupReason,
}

/// What a backup holds, as counted in the copy after it was written. Not encrypted; nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Counts up in one place.
    pub number: u32,
    /// Milliseconds since 1970 on the laptop's clock.
    pub made_at_millis: i64,
    /// Why it was made.
    pub reason: BackupReason,
    /// What [`crate::Store::facts`] showed: the laptop's name, the round.
    pub facts: BTreeMap<String, String>,
    /// Version of the schema.
    pub schema: i64,
    /// Households.
    pub households: u32,
    /// Of these, with an interview begun.
    pub interviews: u32,
    /// Sealed edits.
    pub edits: u32,
    /// Of these, not sent.
    pub unsent: u32,
    /// Answers that are not sealed.
    pub draft_answers: u32,
    /// How many transactions the database had committed.
    pub commits: u64,
    /// Size of the database, in bytes.
    pub bytes: u64,
}

/// The file in which it stands.
#[derive(Serialize, Deserialize)]
pub(crate) struct Written {
    format: u32,
    pub(crate) backup: Backup,
    /// BLAKE3 of the database and of the key file, in hex.
    database: String,
    keys: String,
}

impl Backup {
    /// What a folder says of the backup in it. Whether its files are whole is for [`Backup::verify`] to say.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no backup; [`StoreError::Damaged`] where what it says is not as it was written;
    /// [`StoreError::NewerFile`].
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        Written::read(folder).map(|written| written.backup)
    }

    /// Reads all of a backup, without a passphrase: whether each byte is as it was written. `go_on` is told how many bytes were
    /// read, and says whether to go on; `None`: it said no.
    ///
    /// # Errors
    /// As [`Backup::read`].
    pub fn verify(folder: &Path, mut go_on: impl FnMut(u64) -> bool) -> Result<Option<Self>, StoreError> {
        let written = Written::read(folder)?;
        if hash(&files::keys(folder), &mut |_| true)?.as_deref() != Some(&written.keys) {
            return Err(StoreError::Damaged);
        }
        match hash(&files::database(folder), &mut go_on)? {
            None => Ok(None),
            Some(found) if found == written.database => Ok(Some(written.backup)),
            Some(_) => Err(StoreError::Damaged),
        }
    }

    /// Who may open a backup: its users, and before them those of a folder whose keys open the same database.
    pub fn users_here(folder: &Path, dir: &Path, now_millis: i64) -> Result<Vec<UserRow>, StoreError> {
        let of_backup = KeyFile::read(folder)?;
        let today = KeyFile::read(dir).ok().filter(|today| today.is_of_database_of(&of_backup));
        let mut users = today.map(|today| today.rows(now_millis)).unwrap_or_default();
        for user in of_backup.rows(now_millis) {
            if users.iter().all(|known| known.id != user.id) {
                users.push(user);
            }
        }
        Ok(users)
    }

    /// Removes a backup. Cut off under way, what is left is none.
    pub fn remove(folder: &Path) -> Result<(), StoreError> {
        files::remove(&files::about_backup(folder))?;
        files::remove_folder(folder)
    }
}

impl Written {
    /// Of the files in a folder, as they are now.
    pub(crate) fn of(folder: &Path, backup: Backup) -> Result<Self, StoreError> {
        let hash = |path| hash(path, &mut |_| true)?.ok_or(StoreError::InputOutput);
        Ok(Self {
            format: FORMAT,
            backup,
            database: hash(&files::database(folder))?,
            keys: hash(&files::keys(folder))?,
        })
    }

    /// One line: the hash of the rest, and the rest.
    pub(crate) fn write(self, folder: &Path) -> Result<Backup, StoreError> {
        let body = serde_json::to_string(&self)?;
        let text = format!("{}\n{body}\n", blake3::hash(body.as_bytes()).to_hex());
        files::replace(&files::about_backup(folder), text.as_bytes())?;
        Ok(self.backup)
    }

    pub(crate) fn read(folder: &Path) -> Result<Self, StoreError> {
        let path = files::about_backup(folder);
        match fs::metadata(&path) {
            Err(error) if is_absent(&error) => return Err(StoreError::Missing),
            Err(error) => return Err(error.into()),
            Ok(about) if about.len() > LONGEST => return Err(StoreError::Damaged),
            Ok(_) => {}
        }
        let bytes = fs::read(&path)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| StoreError::Damaged)?;
        let (check, body) = text.split_once('\n').ok_or(StoreError::Damaged)?;
        let body = body.strip_suffix('\n').ok_or(StoreError::Damaged)?;
        if blake3::hash(body.as_bytes()).to_hex().as_str() != check {
            return Err(StoreError::Damaged);
        }
        let Versioned { format } = serde_json::from_str(body)?;
        if format > FORMAT {
            return Err(StoreError::NewerFile);
        }
        Ok(serde_json::from_str(body)?)
    }

    /// Whether a database that was read had this hash.
    pub(crate) fn is_database(&self, hash: &str) -> bool {
        self.database == hash
    }
}

/// Read first: a newer file may have other fields.
#[derive(Deserialize)]
struct Versioned {
    format: u32,
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn hash(path: &Path, go_on: &mut dyn FnMut(u64) -> bool) -> Result<Option<String>, StoreError> {
    copy_hashed(path, &mut io::sink(), go_on)
}

/// Copies a file, and says its hash in hex. `None`: it was not to go on.
pub(crate) fn copy_hashed(
    from: &Path,
    to: &mut dyn Write,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<String>, StoreError> {
    // A file of a backup that is not there is one that is not as it was written.
    let mut file = match File::open(from) {
        Err(error) if is_absent(&error) => return Err(StoreError::Damaged),
        opened => opened?,
    };
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut done = 0_u64;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(Some(hasher.finalize().to_hex().to_string()));
        }
        hasher.update(&piece[..read]);
        to.write_all(&piece[..read])?;
        done += read as u64;
        if !go_on(done) {
            return Ok(None);
        }
    }
}
