//! The one thread that writes. What is asked of it while it commits, it does next in one transaction, so that many acts cost one
//! wait for the disk; each is whole or undone by itself, and answered after the commit.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::storage::StorageError;

/// Acts in one transaction.
const MOST: usize = 256;

/// Takes acts in the order in which they are asked for.
pub(super) struct Writer {
    queue: Option<Sender<Vec<Box<dyn Job>>>>,
    thread: Option<JoinHandle<()>>,
}

/// An act, and who waits for what it comes to.
pub(super) trait Job: Send {
    /// Acts, and says whether it is to stay.
    fn run(&mut self, tx: &Transaction<'_>) -> bool;
    /// Answers once it is known whether the transaction is on disk.
    fn answer(self: Box<Self>, committed: Result<(), StorageError>);
}

/// What is answered, in time.
pub(super) type Answered<T> = oneshot::Receiver<Result<T, StorageError>>;

struct Act<T, F> {
    act: Option<F>,
    result: Result<T, StorageError>,
    waits: oneshot::Sender<Result<T, StorageError>>,
}

/// An act as a job, and where its answer comes.
pub(super) fn job<T, F>(act: F) -> (Box<dyn Job>, Answered<T>)
where
    T: Send + 'static,
    F: FnOnce(&Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
{
    let (waits, answer) = oneshot::channel();
    (Box::new(Act { act: Some(act), result: Err(StorageError::Failed(-1)), waits }), answer)
}

impl<T, F> Job for Act<T, F>
where
    T: Send,
    F: FnOnce(&Transaction<'_>) -> Result<T, StorageError> + Send,
{
    fn run(&mut self, tx: &Transaction<'_>) -> bool {
        if let Some(act) = self.act.take() {
            // A defect in one act must not end the thread that all others need.
            let done = std::panic::catch_unwind(AssertUnwindSafe(|| act(tx)));
            self.result = done.unwrap_or(Err(StorageError::Failed(-1)));
        }
        self.result.is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), StorageError>) {
        // Whoever asked may be gone.
        drop(self.waits.send(self.result.and_then(|value| committed.map(|()| value))));
    }
}

impl Writer {
    pub(super) fn start(mut connection: Connection) -> Result<Self, StorageError> {
        let (queue, jobs) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("storage".to_owned())
            .spawn(move || work(&mut connection, &jobs))
            .map_err(|_| StorageError::Busy)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Has jobs done, in one transaction unless they are very many.
    pub(super) fn take(&self, jobs: Vec<Box<dyn Job>>) -> Result<(), StorageError> {
        let sent = self.queue.as_ref().map(|queue| queue.send(jobs));
        if matches!(sent, Some(Ok(()))) { Ok(()) } else { Err(StorageError::Failed(-1)) }
    }
}

impl Drop for Writer {
    /// Waits until what was asked for is done and the database is closed.
    fn drop(&mut self) {
        self.queue.take();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn work(connection: &mut Connection, queue: &Receiver<Vec<Box<dyn Job>>>) {
    while let Ok(mut jobs) = queue.recv() {
        while jobs.len() < MOST
            && let Ok(more) = queue.try_recv()
        {
            jobs.extend(more);
        }
        let committed = commit(connection, &mut jobs);
        for job in jobs {
            job.answer(committed);
        }
    }
}

fn commit(connection: &mut Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), StorageError> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in jobs {
        tx.prepare_cached("SAVEPOINT job")?.execute([])?;
        if !job.run(&tx) {
            tx.prepare_cached("ROLLBACK TO job")?.execute([])?;
        }
        tx.prepare_cached("RELEASE job")?.execute([])?;
    }
    Ok(tx.commit()?)
}
