//! Who is let in. So many exchanges go on at once, with so many bytes on their way; a short queue waits behind them, and whoever comes
//! on top of that is told at once when to come again, before their body is read. Laptops come again by themselves: an hour in which
//! everybody sends takes longer, and nothing of it is lost.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// What is let in at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Exchanges. Most of them wait for a slow link, so there are many more than can be worked on.
    pub(crate) exchanges: usize,
    /// KiB of bodies that may have come and are not taken in.
    pub(crate) kib: usize,
    /// Exchanges that wait for one of these to end.
    pub(crate) queue: usize,
    /// How long they wait.
    pub(crate) patience: Duration,
    /// Exchanges whose batches are unpacked, looked at and stored: what is unpacked is ten times as large.
    pub(crate) worked_on: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { exchanges: 1024, kib: 96 * 1024, queue: 512, patience: Duration::from_secs(2), worked_on: 8 }
    }
}

/// Of a body so much may wait at once, in KiB: what the connection reads ahead. Of one whose length nobody told, too.
const READ_AHEAD_KIB: u64 = 512;

/// Lets exchanges in.
#[derive(Debug)]
pub(crate) struct Admission {
    exchanges: Arc<Semaphore>,
    kib: Arc<Semaphore>,
    queue: Semaphore,
    patience: Duration,
    worked_on: Semaphore,
}

/// An exchange that was let in. It is over when this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    _exchange: OwnedSemaphorePermit,
    _kib: OwnedSemaphorePermit,
}

/// There is no room, nor will there be soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl Default for Admission {
    fn default() -> Self {
        Self::within(Bounds::default())
    }
}

impl Admission {
    pub(crate) fn within(bounds: Bounds) -> Self {
        Self {
            exchanges: Arc::new(Semaphore::new(bounds.exchanges)),
            kib: Arc::new(Semaphore::new(bounds.kib)),
            queue: Semaphore::new(bounds.queue),
            patience: bounds.patience,
            worked_on: Semaphore::new(bounds.worked_on),
        }
    }

    /// Lets an exchange in, at once or after a short while. `announced` is how long its body will be.
    pub(crate) async fn admit(&self, announced: Option<u64>) -> Result<Admitted, NoRoom> {
        let bytes = announced.unwrap_or(u64::MAX).div_ceil(1024);
        let kib = u32::try_from(bytes.clamp(1, READ_AHEAD_KIB)).map_err(|_| NoRoom)?;
        if let Ok(exchange) = Arc::clone(&self.exchanges).try_acquire_owned()
            && let Ok(kib) = Arc::clone(&self.kib).try_acquire_many_owned(kib)
        {
            return Ok(Admitted { _exchange: exchange, _kib: kib });
        }
        let _queued = self.queue.try_acquire().map_err(|_| NoRoom)?;
        let room = async {
            let exchange = Arc::clone(&self.exchanges).acquire_owned().await.map_err(|_| NoRoom)?;
            let kib = Arc::clone(&self.kib).acquire_many_owned(kib).await.map_err(|_| NoRoom)?;
            Ok(Admitted { _exchange: exchange, _kib: kib })
        };
        tokio::time::timeout(self.patience, room).await.unwrap_or(Err(NoRoom))
    }

    /// Waits for the turn to be worked on, as long as it takes: who was let in has been promised that.
    pub(crate) async fn work(&self) -> Result<SemaphorePermit<'_>, NoRoom> {
        self.worked_on.acquire().await.map_err(|_| NoRoom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(queue: usize, patience: Duration) -> Admission {
        Admission::within(Bounds { exchanges: 3, kib: 1024, queue, patience, worked_on: 1 })
    }

    #[tokio::test]
    async fn whoever_comes_on_top_of_the_queue_is_refused_at_once() {
        let admission = small(0, Duration::from_secs(3_600));
        let held = [
            admission.admit(Some(10)).await.unwrap(),
            admission.admit(Some(10)).await.unwrap(),
            admission.admit(Some(10)).await.unwrap(),
        ];
        assert_eq!(admission.admit(Some(10)).await.unwrap_err(), NoRoom);
        drop(held);
        admission.admit(Some(10)).await.unwrap();
    }

    #[tokio::test]
    async fn long_bodies_take_the_room_of_many_short_ones_and_unknown_lengths_that_of_long_ones() {
        let admission = small(0, Duration::ZERO);
        let long = admission.admit(Some(900_000_000)).await.unwrap();
        let unknown = admission.admit(None).await.unwrap();
        assert_eq!(admission.admit(Some(1)).await.unwrap_err(), NoRoom);
        drop(long);
        admission.admit(Some(400 * 1024)).await.unwrap();
        drop(unknown);
    }

    #[tokio::test]
    async fn whoever_waits_is_let_in_as_soon_as_there_is_room_and_refused_when_there_is_none_in_time() {
        let admission = small(1, Duration::from_secs(3_600));
        let first = admission.admit(None).await.unwrap();
        let _second = admission.admit(None).await.unwrap();
        let waiting = admission.admit(Some(1));
        tokio::pin!(waiting);
        // It waits: nothing is there yet.
        assert!(tokio::time::timeout(Duration::ZERO, &mut waiting).await.is_err());
        drop(first);
        waiting.await.unwrap();

        let admission = small(1, Duration::ZERO);
        let _held = [admission.admit(None).await.unwrap(), admission.admit(None).await.unwrap()];
        assert_eq!(admission.admit(None).await.unwrap_err(), NoRoom);
    }
}
