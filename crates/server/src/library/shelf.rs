//! The library in use, read anew when somebody changed its versions: here, or at another server of the same database.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::{Library, LibraryError};
use crate::storage::Storage;

/// Whether somebody changed it elsewhere is looked at no more often.
const LOOKED_AT: Duration = Duration::from_secs(2);

/// Holds the library in use.
pub(crate) struct Shelf {
    current: RwLock<Arc<Library>>,
    looked: Mutex<Instant>,
    /// Held by whoever reads it anew.
    turn: tokio::sync::Mutex<()>,
}

impl Shelf {
    pub(crate) fn new(library: Library) -> Self {
        Self {
            current: RwLock::new(Arc::new(library)),
            looked: Mutex::new(Instant::now()),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The library in use.
    pub(crate) fn library(&self) -> Arc<Library> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads it anew where it was changed and nobody has looked for some seconds. What fails leaves it as it was.
    pub(crate) async fn freshen(&self, storage: &dyn Storage) {
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if looked.elapsed() < LOOKED_AT {
                return;
            }
            *looked = Instant::now();
        }
        if let Err(error) = self.freshen_now(storage).await {
            tracing::error!(%error, "what was published cannot be read: what was read before is used still");
        }
    }

    /// Reads it anew where it was changed. Where households are scored in another way by it, all of them are to be: another
    /// request may have written lines by the library before.
    ///
    /// # Errors
    /// When the storage fails, or holds what this program cannot read; the library before stays in use.
    pub(crate) async fn freshen_now(&self, storage: &dyn Storage) -> Result<(), LibraryError> {
        if storage.library_number().await? == self.library().number() {
            return Ok(());
        }
        // One at a time: whoever waits finds it done.
        let _turn = self.turn.lock().await;
        let before = self.library();
        let versions = storage.library_items().await?;
        if versions.number == before.number() {
            return Ok(());
        }
        let reading = Arc::clone(&before);
        let read = tokio::task::spawn_blocking(move || Library::of(&versions, Some(&reading))).await;
        let library = read.map_err(|_| LibraryError::Missing("library"))??;
        let scores_alike = library.scores_as(&before);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(library);
        if !scores_alike {
            storage.mark_all_stale().await?;
        }
        Ok(())
    }
}
