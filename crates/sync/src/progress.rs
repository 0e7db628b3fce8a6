//! A request's body that notes when its bytes leave, so that a slow link is told from a dead one.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

/// A piece small enough to leave within any patience.
const PIECE_BYTES: usize = 4 * 1024;

/// When a byte last moved.
#[derive(Debug, Clone)]
pub(crate) struct Movement {
    last: Arc<Mutex<Instant>>,
    /// Bytes that left.
    out: Arc<AtomicU64>,
}

impl Movement {
    /// From now on; what leaves is added to `out`.
    pub(crate) fn begin(out: Arc<AtomicU64>) -> Self {
        Self { last: Arc::new(Mutex::new(Instant::now())), out }
    }

    pub(crate) fn note(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Returns once nothing moved for `patience`.
    pub(crate) async fn stalled(&self, patience: Duration) {
        loop {
            let until = *self.last.lock().unwrap_or_else(PoisonError::into_inner) + patience;
            if until <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }
}

/// The body, given out in pieces as the connection takes them.
pub(crate) struct NotedBody {
    rest: Bytes,
    movement: Movement,
}

impl NotedBody {
    pub(crate) fn new(bytes: Bytes, movement: Movement) -> Self {
        Self { rest: bytes, movement }
    }
}

impl Body for NotedBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.movement.note();
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let piece = PIECE_BYTES.min(self.rest.len());
        self.movement.out.fetch_add(piece as u64, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
