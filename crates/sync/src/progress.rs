//! A request's body that notes when its bytes leave, so that a slow link is told from a dead one.

use std::pin::Pin;
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
}

impl Movement {
    pub(crate) fn begin() -> Self {
        Self { last: Arc::new(Mutex::new(Instant::now())) }
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
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
