//! What waits to be taken in by this server. What comes while some is committed is taken next, together: many batches cost one wait for the
//! disk.

use std::sync::Arc;

use rasoat_exchange::SignedReceipt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, oneshot};

use super::Inner;
use super::intake::{self, Prepared, Taken};
use crate::storage::{Answer, Arrival, SignReceipt, StorageError};

/// Transactions at the same time: while one waits for the disk the next is made.
const WORKERS: usize = 2;
/// Batches, and edits, of one transaction at most, if there is more than one batch.
const MOST: usize = 256;
const MOST_EDITS: usize = 8_000;

/// The batches of one request, and who waits for their receipts.
struct Job {
    arrivals: Vec<Arc<Prepared>>,
    waits: oneshot::Sender<Taken>,
}

impl Job {
    fn edits(&self) -> usize {
        self.arrivals.iter().map(|one| one.edits()).sum()
    }
}

/// The way to the workers; they end when it is dropped.
pub(super) struct Queue {
    jobs: UnboundedSender<Job>,
}

impl Queue {
    pub(super) fn start(inner: &Inner) -> Self {
        let (jobs, waiting) = unbounded_channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..WORKERS {
            tokio::spawn(work(inner.clone(), Arc::clone(&waiting)));
        }
        Self { jobs }
    }

    pub(super) fn accept_all(&self, arrivals: Vec<(Arrival, SignReceipt)>) -> Answer<'static, Taken> {
        let arrivals = arrivals.into_iter().map(|arrival| Arc::new(Prepared::of(arrival))).collect();
        let (waits, answer) = oneshot::channel();
        let sent = self.jobs.send(Job { arrivals, waits });
        Box::pin(async move {
            sent.map_err(|_| StorageError::Failed(-1))?;
            answer.await.map_err(|_| StorageError::Failed(-1))
        })
    }

    pub(super) fn accept(&self, arrival: (Arrival, SignReceipt)) -> Answer<'static, SignedReceipt> {
        let taken = self.accept_all(vec![arrival]);
        Box::pin(async move { taken.await?.pop().unwrap_or(Err(StorageError::Failed(-1))) })
    }
}

async fn work(inner: Inner, waiting: Arc<Mutex<UnboundedReceiver<Job>>>) {
    loop {
        let mut jobs = Vec::new();
        {
            let mut waiting = waiting.lock().await;
            let Some(first) = waiting.recv().await else { return };
            let (mut batches, mut edits) = (first.arrivals.len(), first.edits());
            jobs.push(first);
            while batches < MOST && edits < MOST_EDITS {
                let Ok(next) = waiting.try_recv() else { break };
                batches += next.arrivals.len();
                edits += next.edits();
                jobs.push(next);
            }
        }
        let arrivals: Vec<Arc<Prepared>> = jobs.iter().flat_map(|job| job.arrivals.iter().cloned()).collect();
        let mut taken = take_in(&inner, arrivals).await.into_iter();
        for job in jobs {
            // Whoever asked may be gone.
            drop(job.waits.send(taken.by_ref().take(job.arrivals.len()).collect()));
        }
    }
}

/// Takes arrivals in together while that goes well, else one by one.
async fn take_in(inner: &Inner, arrivals: Vec<Arc<Prepared>>) -> Taken {
    let failed = match inner.write(&arrivals, |tx, arrivals| Box::pin(intake::accept(tx, arrivals))).await {
        Ok(taken) => return taken,
        Err(error) => error,
    };
    // One by one the database would not answer either.
    if arrivals.len() <= 1 || failed == StorageError::Busy {
        return arrivals.iter().map(|_| Err(failed)).collect();
    }
    let mut taken = Vec::with_capacity(arrivals.len());
    for one in arrivals {
        let one = inner.write(&[one], |tx, one| Box::pin(intake::accept(tx, one))).await;
        taken.push(one.and_then(|mut taken| taken.pop().unwrap_or(Err(StorageError::Failed(-1)))));
    }
    taken
}
