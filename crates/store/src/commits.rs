//! How many transactions were committed: in the database, and in a small file beside it.
//!
//! SQLite takes a log of which a part is not as it was written for the end of the log: what was committed behind that part is
//! left out without a word. The file knows better. It is written after the commit and not brought to the disk by force, so that
//! after a power cut it may be behind, which says nothing, and is never ahead of what was kept.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::columns;
use crate::error::StoreError;
use crate::files;
use crate::store::Tx;

/// Digits of the number in the file, which is written over in place.
const DIGITS: usize = 20;

/// The file beside the database.
pub(crate) struct CommitNote {
    /// `None` where it cannot be kept: then nothing is noticed, and nothing else is different.
    file: Option<Mutex<File>>,
}

impl CommitNote {
    /// Opens the file of a folder, and says how many commits it knows of; 0 where it says nothing.
    pub(crate) fn open(dir: &Path) -> (Self, u64) {
        let path = files::commits(dir);
        let opened = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
        let Ok(mut file) = opened else { return (Self { file: None }, 0) };
        let mut text = String::new();
        let read = (&mut file).take(DIGITS as u64).read_to_string(&mut text);
        let known = read.ok().and_then(|_| text.trim().parse().ok()).unwrap_or_default();
        (Self { file: Some(Mutex::new(file)) }, known)
    }

    /// Notes a commit.
    pub(crate) fn put(&self, number: u64) {
        let Some(file) = &self.file else { return };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(format!("{number:>width$}", width = DIGITS).as_bytes()));
        if let Err(error) = written {
            tracing::debug!(kind = ?error.kind(), "the count of commits could not be noted");
        }
    }
}

impl Tx<'_> {
    /// Counts this transaction. The number of an answer stands in its row.
    pub(crate) fn count_commit(&self) -> Result<(), StoreError> {
        if self.has_given.get() {
            return Ok(());
        }
        let number = columns::seq_column(self.number)?;
        self.connection.prepare_cached(include_str!("commits/count.sql"))?.execute([number])?;
        Ok(())
    }
}

/// How many transactions the database has committed.
pub(crate) fn number(connection: &Connection) -> Result<u64, StoreError> {
    let mut statement = connection.prepare_cached(include_str!("commits/number.sql"))?;
    let number: i64 = statement.query_row([], |row| row.get(0))?;
    u64::try_from(number).map_err(|_| StoreError::Damaged)
}
