//! Who is told how far the work is, and may end it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::DocumentError;

/// Who is told how far the work is, and may end it.
pub struct Watch<'a> {
    told: &'a mut dyn FnMut(usize, usize),
    cancelled: &'a AtomicBool,
}

impl<'a> Watch<'a> {
    /// `told` hears how much is done, of how much; a set `cancelled` ends the work at its next piece.
    pub fn new(told: &'a mut dyn FnMut(usize, usize), cancelled: &'a AtomicBool) -> Self {
        Self { told, cancelled }
    }

    /// Says how much is done.
    ///
    /// # Errors
    /// [`DocumentError::Cancelled`]
    pub fn at(&mut self, done: usize, total: usize) -> Result<(), DocumentError> {
        (self.told)(done, total);
        if self.cancelled.load(Ordering::Acquire) { Err(DocumentError::Cancelled) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("cancelled", &self.cancelled).finish_non_exhaustive()
    }
}
