//! Which storage a server has: the one place that knows more than one.

use std::sync::Arc;

use crate::data_dir::{Config, DataDir, Keys};
use crate::storage::postgres::Postgres;
use crate::storage::sqlite::Sqlite;
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
                "names, villages and classes lie in PostgreSQL's files as they are (answers are sealed): the disk of the database's machine must be encrypted"
            );
            Ok(Arc::new(storage))
        }
        None => Ok(Arc::new(Sqlite::open(&dir.database(), &keys.storage)?)),
    }
}
