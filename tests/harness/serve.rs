//! HTTP in front of Tauri's mock runtime. Beside the commands: `POST /visit/HOUSEHOLD` interviews a poor household and signs it,
//! `POST /ask/HOUSEHOLD` leaves the signing to the screen.

use std::io::Read;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use rasoat_app::{App, AppConfig};
use rasoat_testkit::interviewer::{Preferences, surely_poor};
use rasoat_testkit::visit;
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{Manager as _, WebviewWindow};

struct Harness {
    window: WebviewWindow<MockRuntime>,
    screens: PathBuf,
    /// Where the window's pages would come from.
    origin: tauri::Url,
}

/// Serves until standard input ends, so that a browser test that dies takes its harness along.
pub(crate) fn serve(data: PathBuf, screens: PathBuf, listen: SocketAddr) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let app = App::start(AppConfig { data_dir: data, now: Arc::new(now) })?;
    let shell = mock_builder()
        .invoke_handler(rasoat_desktop::commands::<MockRuntime>().invoke_handler())
        .manage(app)
        .build(mock_context(noop_assets()))
        .context("the mock shell")?;
    let window = tauri::WebviewWindowBuilder::new(&shell, "main", Default::default()).build()?;
    let screens = screens.canonicalize().context("the built screens")?;
    let harness = Arc::new(Harness { window, screens, origin: "tauri://localhost".parse()? });
    // The window's own carrier has no limit: a photo is larger than what this one takes by itself.
    let invoked = post(invoke).layer(axum::extract::DefaultBodyLimit::disable());
    let router = Router::new()
        .route("/ipc/{command}", invoked)
        .route("/visit/{household}", post(visited))
        .route("/ask/{household}", post(asked))
        .fallback(screen)
        .with_state(harness);
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        println!("http://{}", listener.local_addr()?);
        let ended = tokio::task::spawn_blocking(|| {
            let mut rest = Vec::new();
            // Whatever ends it, reading has ended: the test is gone.
            drop(std::io::stdin().read_to_end(&mut rest));
        });
        axum::serve(listener, router)
            .with_graceful_shutdown(async {
                drop(ended.await);
            })
            .await?;
        anyhow::Ok(())
    })
}

/// Milliseconds since 1970 on this machine's clock.
fn now() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// One command, as the window would call it.
async fn invoke(State(harness): State<Arc<Harness>>, Path(command): Path<String>, body: Bytes) -> Response {
    let Ok(arguments) = serde_json::from_slice::<Value>(if body.is_empty() { b"{}" } else { &body }) else {
        return (StatusCode::BAD_REQUEST, "the body is not JSON").into_response();
    };
    let answer = tokio::task::spawn_blocking(move || {
        let request = InvokeRequest {
            cmd: command,
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: harness.origin.clone(),
            body: InvokeBody::Json(arguments),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&harness.window, request).map(|body| body.deserialize::<Value>())
    })
    .await;
    match answer {
        Ok(Ok(Ok(value))) => axum::Json(json!({ "ok": value })).into_response(),
        Ok(Err(error)) => axum::Json(json!({ "error": error })).into_response(),
        Ok(Ok(Err(error))) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Interviews a household that has nothing to answer yet, and signs it; its class is no provisional one.
async fn visited(harness: State<Arc<Harness>>, household: Path<String>) -> Response {
    interviewed(harness, household, visit::complete).await
}

/// Asks a household whatever is still to be answered, and signs nothing.
async fn asked(harness: State<Arc<Harness>>, household: Path<String>) -> Response {
    interviewed(harness, household, visit::fill).await
}

/// How a household is asked; the answers that were given, by path.
type Way = fn(&App, &str, &Preferences) -> Result<Vec<(String, String)>>;

async fn interviewed(
    State(harness): State<Arc<Harness>>,
    Path(household): Path<String>,
    way: Way,
) -> Response {
    let work = move || way(&harness.window.state::<App>(), &household, &surely_poor());
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(given)) => axum::Json(json!({ "ok": given.len() })).into_response(),
        Ok(Err(error)) => axum::Json(json!({ "error": format!("{error:#}") })).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// A file of the built screens; the router lives in the fragment, so there is no other page.
async fn screen(State(harness): State<Arc<Harness>>, uri: Uri) -> Response {
    let name = uri.path().trim_start_matches('/');
    let name = if name.is_empty() { "index.html" } else { name };
    let Ok(path) = harness.screens.join(name).canonicalize() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !path.starts_with(&harness.screens) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = match path.extension().and_then(|e| e.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        Some(_) | None => "application/octet-stream",
    };
    match tokio::fs::read(path).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
