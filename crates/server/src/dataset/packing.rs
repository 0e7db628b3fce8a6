//! A ZIP that goes out while it is made.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use crate::routes::exports::Piece;
use crate::storage::StorageError;

/// Bytes that are waited for before they go out.
const PIECE: usize = 64 * 1024;

/// What was packed and has not gone out.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<Vec<u8>>>);

impl Write for Waiting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The ZIP. Its list of files goes out with [`Packing::finish`] and not before: what breaks off has none.
pub(super) struct Packing<'p> {
    zip: ZipWriter<StreamWriter<Waiting>>,
    waiting: Waiting,
    pieces: &'p mpsc::Sender<Piece>,
}

impl<'p> Packing<'p> {
    pub(super) fn new(pieces: &'p mpsc::Sender<Piece>) -> Self {
        let waiting = Waiting::default();
        Self { zip: ZipWriter::new_stream(waiting.clone()), waiting, pieces }
    }

    /// Begins a file.
    pub(super) fn file(&mut self, name: &str) -> Result<(), StorageError> {
        self.zip.start_file(name, SimpleFileOptions::default()).map_err(|_| StorageError::Damaged("zip"))
    }

    /// Goes on with it.
    pub(super) async fn write(&mut self, text: &str) -> Result<(), StorageError> {
        self.zip.write_all(text.as_bytes()).map_err(|_| StorageError::Damaged("zip"))?;
        self.send(PIECE).await
    }

    pub(super) async fn finish(self) -> Result<(), StorageError> {
        let Self { zip, waiting, pieces } = self;
        zip.finish().map_err(|_| StorageError::Damaged("zip"))?;
        let rest = std::mem::take(&mut *waiting.0.lock().unwrap_or_else(PoisonError::into_inner));
        pieces.send(Ok(Bytes::from(rest))).await.map_err(|_| StorageError::Failed(-1))
    }

    async fn send(&mut self, least: usize) -> Result<(), StorageError> {
        let piece = {
            let mut waiting = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.len() < least {
                return Ok(());
            }
            std::mem::take(&mut *waiting)
        };
        self.pieces.send(Ok(Bytes::from(piece))).await.map_err(|_| StorageError::Failed(-1))
    }
}
