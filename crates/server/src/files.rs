//! Files that take a while: whoever asks for one is told how far it is, and ends the work by going away.
//!
//! Nothing of it is kept between requests, so that any server behind a database can answer. Where the request accepts [`PROGRESS`] the
//! answer is lines of JSON while the file is made, `{"done":1,"total":100}`, then `{"file":{"name":…,"media":…,"bytes":…}}` and behind
//! that line the bytes themselves; a refusal under way is `{"problem":{"status":…,"code":…,"params":…}}` and the end. Else it is the file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use rasoat_documents::{DocumentError, Watch};
use serde_json::{Value as Json, json};
use tokio::sync::{mpsc, watch};

use crate::problem::Refusal;
use crate::routes::exports::{PIECES, Piece, Pieces};

/// The media type of an answer that says how far the file is.
pub(crate) const PROGRESS: &str = "application/vnd.rasoat.progress";
/// Of a workbook.
pub(crate) const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Of what is to be printed.
pub(crate) const PDF: &str = "application/pdf";
/// Of a table as text.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";
/// Whoever waits for what is being counted asks again after this.
const AGAIN: Duration = Duration::from_millis(300);

/// Keeps nginx, and what does as it does, from holding an answer back until it is whole.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// A file that was made.
#[derive(Debug)]
pub(crate) struct File {
    /// Its name with its ending, in ASCII.
    pub(crate) name: String,
    pub(crate) media: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// The making of a file, as whoever makes it sees it: says how far it is and hears when nobody waits for it any more.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    told: watch::Sender<(usize, usize)>,
    cancelled: Arc<AtomicBool>,
    /// What was done before this part of it.
    before: usize,
    /// Whether whoever waits is told how far it is.
    is_told: bool,
}

impl Work {
    fn new(is_told: bool) -> Self {
        Self { told: watch::Sender::new((0, 0)), cancelled: Arc::default(), before: 0, is_told }
    }

    /// Work that nobody watches.
    #[cfg(test)]
    pub(crate) fn alone() -> Self {
        Self::new(false)
    }

    /// Says how much is done.
    ///
    /// # Errors
    /// [`Refusal::Cancelled`] once whoever asked is gone.
    pub(crate) fn at(&self, done: usize, total: usize) -> Result<(), Refusal> {
        self.tell(done, total);
        if self.cancelled.load(Ordering::Acquire) { Err(Refusal::Cancelled) } else { Ok(()) }
    }

    /// Makes a document that tells and ends as this does.
    ///
    /// # Errors
    /// [`Refusal::Cancelled`]; [`Refusal::PapersNothing`] and [`Refusal::PapersProvisional`] where the document refuses;
    /// [`Refusal::Busy`] where it cannot be made.
    pub(crate) fn watched<T>(
        &self,
        make: impl FnOnce(&mut Watch<'_>) -> Result<T, DocumentError>,
    ) -> Result<T, Refusal> {
        let mut told = |done, total| self.tell(done, total);
        let made = make(&mut Watch::new(&mut told, &self.cancelled));
        made.map_err(|error| match error {
            DocumentError::Cancelled => Refusal::Cancelled,
            DocumentError::Provisional { households } => Refusal::PapersProvisional { households },
            DocumentError::Nothing => Refusal::PapersNothing,
            DocumentError::Template(_) | DocumentError::Workbook(_) => {
                tracing::error!(%error, "a document cannot be made");
                Refusal::Busy
            }
        })
    }

    /// Asks for what is counted until it is, where whoever waits is told how far that is; else they are told to ask again.
    ///
    /// # Errors
    /// What `ask` says.
    pub(crate) async fn counted<T, R>(&self, ask: impl Fn() -> R) -> Result<T, Refusal>
    where
        R: Future<Output = Result<T, Refusal>>,
    {
        loop {
            match ask().await {
                Err(Refusal::ReportsPreparing { done, of }) if self.is_told => {
                    self.at(done as usize, of as usize)?;
                    tokio::time::sleep(AGAIN).await;
                }
                answer => return answer,
            }
        }
    }

    /// Makes something off the threads that answer requests.
    ///
    /// # Errors
    /// What `make` says; [`Refusal::Busy`] where it breaks.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        make: impl FnOnce(&Self) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let work = self.clone();
        tokio::task::spawn_blocking(move || make(&work)).await.map_err(|_| Refusal::Busy)?
    }

    /// The part of the work that comes behind so much.
    pub(crate) fn after(&self, before: usize) -> Self {
        Self { before: self.before.saturating_add(before), ..self.clone() }
    }

    fn tell(&self, done: usize, total: usize) {
        let (done, total) = (self.before.saturating_add(done), self.before.saturating_add(total));
        self.told.send_if_modified(|told| std::mem::replace(told, (done, total)) != (done, total));
    }
}

/// Ends the work when whoever waits for it is gone, and with it the task that makes it.
struct Waited(Work);

impl Drop for Waited {
    fn drop(&mut self) {
        self.0.cancelled.store(true, Ordering::Release);
    }
}

/// Answers with the file that `make` makes. Whoever closes the connection ends the work.
///
/// # Errors
/// What `make` says, where the request does not accept [`PROGRESS`]; where it does, that is in the answer.
pub(crate) async fn answer<F, R>(headers: &HeaderMap, make: F) -> Result<Response, Refusal>
where
    F: FnOnce(Work) -> R,
    R: Future<Output = Result<File, Refusal>> + Send + 'static,
{
    let is_told = wants_progress(headers);
    let waited = Waited(Work::new(is_told));
    let making = make(waited.0.clone());
    if !is_told {
        let file = making.await?;
        let headers = [
            (header::CONTENT_TYPE, file.media.to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
        ];
        return Ok((headers, file.bytes).into_response());
    }
    let (pieces, body) = mpsc::channel(PIECES);
    tokio::spawn(tell(waited, making, pieces));
    let media = (header::CONTENT_TYPE, HeaderValue::from_static(PROGRESS));
    Ok(([media, UNBUFFERED], Body::new(Pieces(body))).into_response())
}

fn wants_progress(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|media| media.trim() == PROGRESS)
}

/// Tells how far the file is until it is made, and hands it over.
async fn tell(
    waited: Waited,
    making: impl Future<Output = Result<File, Refusal>>,
    pieces: mpsc::Sender<Piece>,
) {
    let mut told = waited.0.told.subscribe();
    let mut making = std::pin::pin!(making);
    let made = loop {
        tokio::select! {
            biased;
            () = pieces.closed() => return,
            made = &mut making => break made,
            Ok(()) = told.changed() => {
                let (done, total) = *told.borrow_and_update();
                // Whoever reads slowly hears of the next one.
                pieces.try_send(line(&json!({ "done": done, "total": total }))).ok();
            }
        }
    };
    let last = match made {
        Ok(File { name, media, bytes }) => {
            let head = json!({ "file": { "name": name, "media": media, "bytes": bytes.len() } });
            vec![line(&head), Ok(Bytes::from(bytes))]
        }
        Err(refusal) => {
            let status = refusal.status().as_u16();
            let problem = refusal.view();
            vec![line(&json!({
                "problem": { "status": status, "code": problem.code, "params": problem.params }
            }))]
        }
    };
    for piece in last {
        // Whoever reads may be gone.
        if pieces.send(piece).await.is_err() {
            return;
        }
    }
}

fn line(json: &Json) -> Piece {
    Ok(Bytes::from(format!("{json}\n")))
}

#[cfg(test)]
mod tests;
