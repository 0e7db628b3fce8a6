//! A transaction, or a connection for one question, as the modules beside use it: statements prepared once for each connection, and
//! rows read by their place.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use deadpool_postgres::{Object, Transaction};
use rasoat_casework::{CommuneCode, DeviceId};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Error, Row, Statement};
use uuid::Uuid;

use super::sealed::Sealer;
use crate::storage::StorageError;

/// What an act comes to.
pub(super) type Doing<'t, T> = Pin<Box<dyn Future<Output = Result<T, StorageError>> + Send + 't>>;

/// An act over `D` in one transaction. It may be done more than once: what it did before was undone then.
pub(super) type Act<D, T> = for<'t> fn(&'t Tx<'t>, &'t D) -> Doing<'t, T>;

/// Values for a statement.
pub(super) type Params<'p> = &'p [&'p (dyn ToSql + Sync)];

/// A transaction, or a connection where one statement is all, and what opens the bytes in it.
pub(super) struct Tx<'c> {
    on: On<'c>,
    pub(super) sealer: Arc<Sealer>,
}

enum On<'c> {
    Transaction(Transaction<'c>),
    /// Each statement is a transaction of its own.
    Connection(Object),
}

impl<'c> Tx<'c> {
    pub(super) fn within(transaction: Transaction<'c>, sealer: Arc<Sealer>) -> Self {
        Self { on: On::Transaction(transaction), sealer }
    }

    pub(super) fn alone(connection: Object, sealer: Arc<Sealer>) -> Self {
        Self { on: On::Connection(connection), sealer }
    }

    pub(super) async fn commit(self) -> Result<(), Error> {
        match self.on {
            On::Transaction(transaction) => transaction.commit().await,
            On::Connection(_) => Ok(()),
        }
    }

    /// Several statements without values.
    pub(super) async fn batch(&self, sql: &str) -> Result<(), StorageError> {
        match &self.on {
            On::Transaction(transaction) => transaction.batch_execute(sql).await?,
            On::Connection(connection) => connection.batch_execute(sql).await?,
        }
        Ok(())
    }

    async fn prepared(&self, sql: &str) -> Result<Statement, Error> {
        match &self.on {
            On::Transaction(transaction) => transaction.prepare_cached(sql).await,
            On::Connection(connection) => connection.prepare_cached(sql).await,
        }
    }

    pub(super) async fn rows(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, StorageError> {
        let statement = self.prepared(sql).await?;
        Ok(match &self.on {
            On::Transaction(transaction) => transaction.query(&statement, params).await?,
            On::Connection(connection) => connection.query(&statement, params).await?,
        })
    }

    /// What a statement gives that is not worth being prepared.
    pub(super) async fn rows_once(&self, sql: &str) -> Result<Vec<Row>, StorageError> {
        Ok(match &self.on {
            On::Transaction(transaction) => transaction.query(sql, &[]).await?,
            On::Connection(connection) => connection.query(sql, &[]).await?,
        })
    }

    pub(super) async fn row(&self, sql: &str, params: Params<'_>) -> Result<Option<Row>, StorageError> {
        let statement = self.prepared(sql).await?;
        Ok(match &self.on {
            On::Transaction(transaction) => transaction.query_opt(&statement, params).await?,
            On::Connection(connection) => connection.query_opt(&statement, params).await?,
        })
    }

    /// A row that is there whatever was asked.
    pub(super) async fn sure(&self, sql: &str, params: Params<'_>) -> Result<Row, StorageError> {
        self.row(sql, params).await?.ok_or(StorageError::Damaged("row"))
    }

    pub(super) async fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64, StorageError> {
        let statement = self.prepared(sql).await?;
        Ok(match &self.on {
            On::Transaction(transaction) => transaction.execute(&statement, params).await?,
            On::Connection(connection) => connection.execute(&statement, params).await?,
        })
    }
}

/// A column by its place.
pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, place: usize) -> Result<T, StorageError> {
    row.try_get(place).map_err(|_| StorageError::Damaged("row"))
}

pub(super) fn count(row: &Row, place: usize) -> Result<u32, StorageError> {
    u32::try_from(get::<i64>(row, place)?).map_err(|_| StorageError::Damaged("count"))
}

pub(super) fn number(row: &Row, place: usize) -> Result<u64, StorageError> {
    u64::try_from(get::<i64>(row, place)?).map_err(|_| StorageError::Damaged("number"))
}

pub(super) fn hash<const N: usize>(row: &Row, place: usize) -> Result<[u8; N], StorageError> {
    get::<&[u8]>(row, place)?.try_into().map_err(|_| StorageError::Damaged("hash"))
}

pub(super) fn commune(row: &Row, place: usize) -> Result<CommuneCode, StorageError> {
    get::<&str>(row, place)?.parse().map_err(|_| StorageError::Damaged("commune"))
}

pub(super) fn device(row: &Row, place: usize) -> Result<DeviceId, StorageError> {
    Ok(DeviceId(get::<Uuid>(row, place)?))
}

/// Beyond what the column holds there is nothing.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Text as a column takes it: NUL, which a damaged or hostile edit may bring, is shown as a sign that it cannot be.
pub(super) fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        let Some(state) = error.code() else {
            // Where the connection is gone, or was never there, another may come; all else is a defect of ours.
            let is_io = std::error::Error::source(&error).is_some_and(|source| source.is::<std::io::Error>());
            let is_away = is_io || error.is_closed() || error.to_string().starts_with("error connecting");
            return if is_away { Self::Busy } else { Self::Failed(-1) };
        };
        match state {
            &SqlState::UNIQUE_VIOLATION => Self::Exists,
            &SqlState::DISK_FULL => Self::DiskFull,
            &SqlState::T_R_SERIALIZATION_FAILURE
            | &SqlState::T_R_DEADLOCK_DETECTED
            | &SqlState::ADMIN_SHUTDOWN
            | &SqlState::CRASH_SHUTDOWN
            | &SqlState::CANNOT_CONNECT_NOW
            | &SqlState::TOO_MANY_CONNECTIONS
            | &SqlState::LOCK_NOT_AVAILABLE
            | &SqlState::QUERY_CANCELED => Self::Busy,
            &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => Self::Damaged("database"),
            &SqlState::INVALID_PASSWORD
            | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION
            | &SqlState::INVALID_CATALOG_NAME => Self::NotOpened,
            other => Self::Failed(state_number(other.code())),
        }
    }
}

/// A state's five signs as a number, in base 36.
fn state_number(code: &str) -> i32 {
    i32::from_str_radix(code, 36).unwrap_or(-1)
}
