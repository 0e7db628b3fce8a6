//! A copy of the server's data, made while it answers, and the way back.
//!
//! A copy is a directory: the database as it was at one moment, the configuration, the term of laptops, and `backup.json`, which
//! says what each of them is. The keys go along only where that is asked for: without them nobody can read a copy, and whoever
//! has both has everything.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::data_dir::{self, DataDir, DataDirError};
use crate::storage::{StorageError, sqlite};

/// What a copy is.
const ABOUT: &str = "backup.json";
/// The version of its layout.
const FORMAT: u32 = 1;

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerBackup {
    format: u32,
    /// Whose it is.
    pub server: Uuid,
    /// When it was begun (RFC 3339).
    pub made_at: String,
    /// Its files: bytes and BLAKE3, by name.
    files: BTreeMap<String, About>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    bytes: u64,
    blake3: String,
}

/// No copy could be made, or none put in place.
#[derive(Debug, thiserror::Error)]
pub enum ServerBackupError {
    /// The server's directory, or the one that is to be.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The database, or its copy.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is no copy, or one of a later version.
    #[error("no backup in {0}")]
    NotABackup(PathBuf),
    /// A file of it is not as it was written.
    #[error("{0} of the backup is damaged")]
    Damaged(String),
    /// What came in is in PostgreSQL, which is copied by its own means.
    #[error("the database is PostgreSQL")]
    OnPostgres,
    /// Neither in the copy nor given.
    #[error("no keys")]
    NoKeys,
    /// The operating system refused.
    #[error("{1}: {0}")]
    Io(#[source] io::Error, PathBuf),
}

impl ServerBackup {
    /// Bytes of all its files.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|about| about.bytes).sum()
    }
}

/// Writes a copy into a new directory and reads it again. The server may go on answering.
///
/// # Errors
/// [`ServerBackupError::OnPostgres`] for a server without a file of its own; [`DataDirError::NotEmpty`] where there is something already; what of it is written when the disk is full stays without
/// `backup.json` and is no backup.
pub fn back_up(
    dir: &DataDir,
    to: &Path,
    with_keys: bool,
    now_millis: i64,
) -> Result<ServerBackup, ServerBackupError> {
    let (config, keys) = (dir.config()?, dir.keys()?);
    if config.database.is_some() {
        // A file that was moved from may still be there: it is not what the server holds.
        return Err(ServerBackupError::OnPostgres);
    }
    let target = DataDir::at(to);
    target.must_be_empty()?;
    target.make()?;
    sqlite::copy(&dir.database(), &target.database(), &keys.storage)?;
    sqlite::check(&target.database(), &keys.storage)?;
    let mut names = vec![data_dir::DATABASE.to_owned()];
    let mut wanted = vec![data_dir::CONFIG.to_owned()];
    if dir.retention().exists() {
        wanted.push(data_dir::RETENTION.to_owned());
    }
    if with_keys {
        wanted.extend(data_dir::key_files());
    }
    for name in wanted {
        copy(&dir.path().join(&name), &to.join(&name))?;
        names.push(name);
    }
    let mut files = BTreeMap::new();
    for name in names {
        files.insert(name.clone(), about(&to.join(&name))?);
    }
    let made =
        ServerBackup { format: FORMAT, server: config.id, made_at: crate::time::rfc3339(now_millis), files };
    let text = serde_json::to_vec_pretty(&made).map_err(io::Error::other);
    // Last: a directory with it is a whole copy.
    text.and_then(|text| write(&to.join(ABOUT), &text)).map_err(|error| failed(error, &to.join(ABOUT)))?;
    Ok(made)
}

/// Puts a copy in place in an empty directory, once it is known to be as it was written and to open with the keys.
///
/// # Errors
/// When the copy is damaged, the keys are not its own, or the directory holds anything.
pub fn restore(from: &Path, keys: Option<&Path>, dir: &DataDir) -> Result<ServerBackup, ServerBackupError> {
    dir.must_be_empty()?;
    let text = fs::read(from.join(ABOUT)).map_err(|_| ServerBackupError::NotABackup(from.to_owned()))?;
    let backup: ServerBackup =
        serde_json::from_slice(&text).map_err(|_| ServerBackupError::NotABackup(from.to_owned()))?;
    if backup.format != FORMAT || !backup.files.contains_key(data_dir::CONFIG) {
        return Err(ServerBackupError::NotABackup(from.to_owned()));
    }
    for (name, written) in &backup.files {
        if !data_dir::is_ours(name) || about(&from.join(name)).ok().as_ref() != Some(written) {
            return Err(ServerBackupError::Damaged(name.clone()));
        }
    }
    let key_files = data_dir::key_files();
    let keys_from = match keys {
        Some(keys) => keys.to_owned(),
        None if key_files.iter().all(|name| backup.files.contains_key(name)) => from.join(data_dir::KEYS),
        None => return Err(ServerBackupError::NoKeys),
    };
    dir.make()?;
    for name in &key_files {
        let name_alone = Path::new(name).file_name().unwrap_or_default();
        copy(&keys_from.join(name_alone), &dir.path().join(name))?;
    }
    let others = backup.files.keys().filter(|name| !key_files.contains(name) && *name != data_dir::CONFIG);
    for name in others {
        copy(&from.join(name), &dir.path().join(name))?;
    }
    sqlite::check(&dir.database(), &dir.keys()?.storage)?;
    // Last: a directory with a configuration is a whole one.
    copy(&from.join(data_dir::CONFIG), &dir.path().join(data_dir::CONFIG))?;
    Ok(backup)
}

fn about(path: &Path) -> Result<About, ServerBackupError> {
    let mut file = File::open(path).map_err(|error| failed(error, path))?;
    let (mut hash, mut bytes, mut piece) = (blake3::Hasher::new(), 0, vec![0; 256 * 1024]);
    loop {
        let read = file.read(&mut piece).map_err(|error| failed(error, path))?;
        if read == 0 {
            return Ok(About { bytes, blake3: hash.finalize().to_hex().to_string() });
        }
        hash.update(&piece[..read]);
        bytes += read as u64;
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), ServerBackupError> {
    let mut source = File::open(from).map_err(|error| failed(error, from))?;
    let copied = create(to).and_then(|mut file| {
        io::copy(&mut source, &mut file)?;
        file.sync_all()
    });
    copied.map_err(|error| failed(error, to))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new file that only its owner may read.
fn create(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn failed(error: io::Error, path: &Path) -> ServerBackupError {
    if error.kind() == io::ErrorKind::StorageFull {
        return StorageError::DiskFull.into();
    }
    ServerBackupError::Io(error, path.to_owned())
}
