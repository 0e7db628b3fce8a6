//! The one thread that writes. What is asked of it while it commits, it does next in one transaction, so that many acts cost one
//! wait for the disk; each is whole or undone by itself, and answered after the commit. What need not be done before the answer it
//! does when much of it waits.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::backlog::Backlog;
use super::checkpoint::Checkpoints;
use crate::storage::StorageError;

/// Acts in one transaction.
const MOST: usize = 256;

/// Takes acts in the order in which they are asked for.
pub(super) struct Writer {
    queue: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

/// An act, and who waits for what it comes to.
pub(super) trait Job: Send {
    /// Acts, and says whether it is to stay.
    fn run(&mut self, tx: &Transaction<'_>, backlog: &mut Backlog) -> bool;
    /// Answers once it is known whether the transaction is on disk.
    fn answer(self: Box<Self>, committed: Result<(), StorageError>);
}

/// What is answered, in time.
pub(super) type Answered<T> = oneshot::Receiver<Result<T, StorageError>>;

struct Act<T, F> {
    act: Option<F>,
    /// None before it acted.
    result: Option<Result<T, StorageError>>,
    waits: oneshot::Sender<Result<T, StorageError>>,
}

/// An act as a job, and where its answer comes.
pub(super) fn job<T, F>(act: F) -> (Box<dyn Job>, Answered<T>)
where
    T: Send + 'static,
    F: FnOnce(&Transaction<'_>, &mut Backlog) -> Result<T, StorageError> + Send + 'static,
{
    let (waits, answer) = oneshot::channel();
    (Box::new(Act { act: Some(act), result: None, waits }), answer)
}

impl<T, F> Job for Act<T, F>
where
    T: Send,
    F: FnOnce(&Transaction<'_>, &mut Backlog) -> Result<T, StorageError> + Send,
{
    fn run(&mut self, tx: &Transaction<'_>, backlog: &mut Backlog) -> bool {
        if let Some(act) = self.act.take() {
            // A defect in one act must not end the thread that all others need.
            let done = std::panic::catch_unwind(AssertUnwindSafe(|| act(tx, backlog)));
            self.result = Some(done.unwrap_or(Err(StorageError::Failed(-1))));
        }
        matches!(self.result, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, committed: Result<(), StorageError>) {
        let answer = match (self.result, committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Ok(_)) | None, Err(error)) | (Some(Err(error)), _) => Err(error),
            (None, Ok(())) => Err(StorageError::Failed(-1)),
        };
        // Whoever asked may be gone.
        drop(self.waits.send(answer));
    }
}

impl Writer {
    /// `other` is a second connection to the same database.
    pub(super) fn start(mut connection: Connection, other: Connection) -> Result<Self, StorageError> {
        let checkpoints = Checkpoints::start(&connection, other)?;
        let (queue, jobs) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("storage".to_owned())
            .spawn(move || work(&mut connection, &checkpoints, &jobs))
            .map_err(|_| StorageError::Busy)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Has a job done.
    pub(super) fn take(&self, job: Box<dyn Job>) -> Result<(), StorageError> {
        let sent = self.queue.as_ref().map(|queue| queue.send(job));
        if matches!(sent, Some(Ok(()))) { Ok(()) } else { Err(StorageError::Failed(-1)) }
    }
}

impl Drop for Writer {
    /// Waits until what was asked for is done and the database is closed.
    fn drop(&mut self) {
        self.queue.take();
        // An act may hold the last handle of the storage: then this is the thread itself.
        let other = |thread: &JoinHandle<()>| thread.thread().id() != std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(other) {
            drop(thread.join());
        }
    }
}

fn work(connection: &mut Connection, checkpoints: &Checkpoints, queue: &Receiver<Box<dyn Job>>) {
    let mut backlog = Backlog::default();
    while let Some(first) = next(connection, &mut backlog, queue) {
        let mut jobs = vec![first];
        jobs.extend(queue.try_iter().take(MOST - 1));
        let committed = all_or_nothing(&mut backlog, |backlog| commit(connection, &mut jobs, backlog));
        for job in jobs {
            job.answer(committed);
        }
        if backlog.is_too_large() {
            settle(connection, &mut backlog, Backlog::settle_some);
        }
        checkpoints.look(connection);
    }
    settle(connection, &mut backlog, Backlog::settle);
}

/// The next job; while there is none, some of what waits is settled. `None` when nobody can ask any more.
fn next(
    connection: &mut Connection,
    backlog: &mut Backlog,
    queue: &Receiver<Box<dyn Job>>,
) -> Option<Box<dyn Job>> {
    while backlog.is_large() {
        match queue.try_recv() {
            Ok(job) => return Some(job),
            Err(TryRecvError::Empty) if settle(connection, backlog, Backlog::settle_some) => {}
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
        }
    }
    queue.recv().ok()
}

/// Settles what waits, or some of it, and says whether that is on disk. Where that fails it waits on: whoever asks for it next is
/// told why.
fn settle(
    connection: &mut Connection,
    backlog: &mut Backlog,
    act: impl FnOnce(&mut Backlog, &Transaction<'_>) -> Result<(), StorageError>,
) -> bool {
    let settled = all_or_nothing(backlog, |backlog| {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        act(backlog, &tx)?;
        Ok(tx.commit()?)
    });
    if let Err(error) = settled {
        tracing::error!(%error, "stored edits wait to be settled");
    }
    settled.is_ok()
}

/// What a transaction does to the backlog counts once it is on disk.
fn all_or_nothing(
    backlog: &mut Backlog,
    transaction: impl FnOnce(&mut Backlog) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let begin = backlog.mark();
    let committed = transaction(backlog);
    match committed {
        Ok(()) => backlog.committed(),
        Err(_) => backlog.back_to(begin),
    }
    committed
}

/// One transaction. A job that fails is undone alone; when it is the first, by beginning anew, as most often it is the only one.
fn commit(
    connection: &mut Connection,
    mut jobs: &mut [Box<dyn Job>],
    backlog: &mut Backlog,
) -> Result<(), StorageError> {
    while let Some((first, rest)) = jobs.split_first_mut() {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let begin = backlog.mark();
        if !first.run(&tx, backlog) {
            tx.rollback()?;
            backlog.back_to(begin);
            jobs = rest;
            continue;
        }
        for job in rest {
            tx.prepare_cached("SAVEPOINT job")?.execute([])?;
            let before = backlog.mark();
            if !job.run(&tx, backlog) {
                tx.prepare_cached("ROLLBACK TO job")?.execute([])?;
                backlog.back_to(before);
            }
            tx.prepare_cached("RELEASE job")?.execute([])?;
        }
        return Ok(tx.commit()?);
    }
    Ok(())
}
