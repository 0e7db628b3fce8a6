//! Moves what was committed from the log to the database while others go on writing. Done by the thread that writes, as SQLite does it
//! by itself, all would wait for it: a tenth of the time when much comes in.

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::JoinHandle;

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use crate::storage::StorageError;

/// Pages in the log before they go to the database: pages that change often go there once for many times.
const PAGES: c_int = 8_000;
/// More than that the log does not hold: then who writes waits.
const MOST_PAGES: c_int = 3 * PAGES;

thread_local! {
    /// Pages in the log after the last commit of this thread.
    static LOGGED: Cell<c_int> = const { Cell::new(0) };
}

/// The thread that moves pages, seen from the one that writes.
pub(super) struct Checkpoints {
    wanted: Option<SyncSender<()>>,
    /// Most of the log is in the database: what is left is soon done, and then the log begins anew.
    moved: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// `writer` is the connection that writes, `own` another one to the same database.
    pub(super) fn start(writer: &Connection, own: Connection) -> Result<Self, StorageError> {
        // In place of the hook by which SQLite does it itself.
        writer.wal_hook(Some(note));
        let moved = Arc::new(AtomicBool::new(false));
        let (wanted, wishes) = mpsc::sync_channel(1);
        let say = Arc::clone(&moved);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || work(&own, &wishes, &say))
            .map_err(|_| StorageError::Busy)?;
        Ok(Self { wanted: Some(wanted), moved, thread: Some(thread) })
    }

    /// To be called by the thread that writes, between its transactions.
    pub(super) fn look(&self, writer: &Connection) {
        let logged = LOGGED.get();
        if self.moved.swap(false, Ordering::AcqRel) || logged > MOST_PAGES {
            checkpoint(writer);
            LOGGED.set(0);
        } else if let Some(wanted) = self.wanted.as_ref().filter(|_| logged > PAGES) {
            // One wish is enough.
            _ = wanted.try_send(());
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wanted.take();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a hook of SQLite's is")]
fn note(_: &Wal, pages: c_int) -> rusqlite::Result<()> {
    LOGGED.set(pages);
    Ok(())
}

fn work(connection: &Connection, wishes: &Receiver<()>, moved: &AtomicBool) {
    while wishes.recv().is_ok() {
        checkpoint(connection);
        // What was wished meanwhile is done.
        while wishes.try_recv().is_ok() {}
        moved.store(true, Ordering::Release);
    }
}

/// Moves what no reader needs in the log. Where that fails it is tried again after a later commit: the log is as good.
fn checkpoint(connection: &Connection) {
    let done = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = done {
        tracing::warn!(%error, "the log stays as it is");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_much_writing_leaves_in_the_log_goes_to_the_database_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.db");
        let connect = || {
            let connection = Connection::open(&path).unwrap();
            connection.pragma_update(None, "journal_mode", "WAL").unwrap();
            connection
        };
        let writer = connect();
        writer.execute_batch("CREATE TABLE rows (bytes BLOB)").unwrap();
        let checkpoints = Checkpoints::start(&writer, connect()).unwrap();
        let size = || std::fs::metadata(&path).unwrap().len();
        let before = size();
        for _ in 0..10 {
            writer.execute("INSERT INTO rows VALUES (randomblob(4000000))", []).unwrap();
            checkpoints.look(&writer);
        }
        // Waits for what was asked of the other thread.
        drop(checkpoints);
        assert!(size() > before + 30_000_000, "{} of {}", size(), before);
        let rows: i64 =
            connect().query_row("SELECT sum(length(bytes)) FROM rows", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 40_000_000);
    }
}
