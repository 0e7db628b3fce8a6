//! Answering requests, on a socket and until a moment that the caller chooses.

use std::future::Future;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::serve::Listener;

use crate::cases;
use crate::project;
use crate::routes;
use crate::state::State;

/// Requests that are under way when the server is to stop have so long to end. What a laptop sent and has no receipt for, it sends
/// again.
const LAST: Duration = Duration::from_secs(30);

/// Answers requests on `listener` until `shutdown` comes true, then finishes those under way, but no longer than half a minute.
///
/// # Errors
/// When the socket fails.
pub async fn serve<L>(
    listener: L,
    state: State,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()>
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    let keeping_up = tokio::spawn(project::keep_up(state.clone()));
    let counting = tokio::spawn(cases::keep_up(state.clone()));
    let (stop, asked) = tokio::sync::oneshot::channel();
    let stopping = state.stopping.clone();
    let shutdown = async move {
        shutdown.await;
        stopping.store(true, Ordering::Release);
        // Nobody waits for it where everything has ended already.
        stop.send(()).ok();
    };
    let served = axum::serve(listener, routes::router(state)).with_graceful_shutdown(shutdown);
    let last = async {
        if asked.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(LAST).await;
    };
    let ended = tokio::select! {
        ended = served.into_future() => ended,
        () = last => Ok(()),
    };
    keeping_up.abort();
    counting.abort();
    ended
}
