//! Answering requests, on a socket and until a moment that the caller chooses.

use std::future::Future;

use tokio::net::TcpListener;

use crate::project;
use crate::routes;
use crate::state::State;

/// Answers requests on `listener` until `shutdown` comes true, then finishes those under way.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    listener: TcpListener,
    state: State,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let keeping_up = tokio::spawn(project::keep_up(state.clone()));
    let served = axum::serve(listener, routes::router(state)).with_graceful_shutdown(shutdown).await;
    keeping_up.abort();
    served
}
