//! Which storage a server has: the one place that knows more than one.

use std::sync::Arc;

use crate::data_dir::{Config, DataDir, DataDirError, DatabaseUrl, Keys};
use crate::storage::postgres::Postgres;
use crate::storage::sqlite::{self, Sqlite};
use crate::storage::{Storage, StorageError};

/// Opens the storage that is configured and brings it to this version.
///
/// # Errors
/// When it cannot be opened.
pub(crate) async fn storage(
    dir: &DataDir,
    config: &Config,
    keys: &Keys,
) -> Result<Arc<dyn Storage>, StorageError> {
    match &config.database {
        Some(database) => {
            let storage = Postgres::open(database.as_str(), &keys.storage).await?;
            tracing::warn!(
                "names, births, citizen IDs, villages and classes lie in PostgreSQL's files as they are, to be searched by (answers are sealed): the disk of the database's machine must be encrypted"
            );
            Ok(Arc::new(storage))
        }
        None => Ok(Arc::new(Sqlite::open(&dir.database(), &keys.storage)?)),
    }
}

/// Looks whether the storage that is configured is there and opens with the keys; nothing is changed.
///
/// # Errors
/// When it is not, or not as it was written.
pub(crate) fn check(dir: &DataDir, config: &Config, keys: &Keys) -> Result<(), StorageError> {
    let Some(database) = config.database.clone() else {
        return sqlite::check(&dir.database(), &keys.storage);
    };
    let key = keys.storage.clone();
    // Whoever asks may wait in a runtime of its own, in which no other can be entered.
    let looking = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| StorageError::Failed(-1))?;
        runtime.block_on(Postgres::check(database.as_str(), &key))
    });
    looking.join().unwrap_or(Err(StorageError::Failed(-1)))
}

/// How many edits and households were moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Edits.
    pub edits: u64,
    /// Households.
    pub households: u64,
}

/// What came in cannot be moved to another storage. The source is as it was, and the server uses it still.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The server's directory.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The server has PostgreSQL already.
    #[error("the server uses PostgreSQL already")]
    AlreadyThere,
    /// The target holds something.
    #[error("the target is not empty")]
    NotEmpty,
    /// What the target holds after it is not what the source holds.
    #[error("the target does not hold what the source holds")]
    NotEqual,
    /// A storage.
    #[error(transparent)]
    Storage(StorageError),
}

impl From<StorageError> for MoveError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Exists => Self::NotEmpty,
            StorageError::Damaged("move") => Self::NotEqual,
            StorageError::Busy
            | StorageError::DiskFull
            | StorageError::NotOpened
            | StorageError::Damaged(_)
            | StorageError::Failed(_) => Self::Storage(error),
        }
    }
}

/// Moves all that came in from the file in the directory into an empty PostgreSQL database, and has the server use that from its next start
/// on. All of it or nothing; the file stays as it is. The server must not run.
///
/// # Errors
/// When the target is not empty, either storage fails, or the two do not hold the same afterwards.
pub async fn move_to(dir: &DataDir, to: &DatabaseUrl) -> Result<Moved, MoveError> {
    let (config, keys) = (dir.config()?, dir.keys()?);
    if config.database.is_some() {
        return Err(MoveError::AlreadyThere);
    }
    let source = Sqlite::open(&dir.database(), &keys.storage)?;
    let target = Postgres::open(to.as_str(), &keys.storage).await?;
    let (give, given) = tokio::sync::mpsc::channel(4);
    let sink = move |rows| give.blocking_send(rows).map_err(|_| StorageError::Failed(-1));
    let (exported, imported) = tokio::join!(source.export(Box::new(sink)), target.import(given));
    // Where the target fails the source has nobody to hand over to.
    let digests = imported?;
    exported?;
    dir.set_database(to)?;
    let rows = |table| digests.get(table).map_or(0, crate::storage::moved::Digest::rows);
    Ok(Moved { edits: rows("edits"), households: rows("households") })
}
