//! What a laptop said of itself with its last exchange.

use serde::{Deserialize, Serialize};

use super::StorageError;

/// How a laptop is doing. Kept as one text beside the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// When it said so, by the server's clock.
    pub at: i64,
    /// The server's clock less the laptop's, in milliseconds, and the way of the request with it.
    pub clock_offset: i64,
    /// The version of its program.
    pub program: String,
    /// Edits that still waited on it.
    pub waiting_edits: u32,
    /// Files that still waited on it.
    pub waiting_files: u32,
    /// Free space where its database is, in MiB.
    pub free_mib: Option<u32>,
}

impl Health {
    pub(super) fn to_text(&self) -> Result<String, StorageError> {
        serde_json::to_string(self).map_err(|_| StorageError::Damaged("health"))
    }

    pub(super) fn of_text(text: &str) -> Result<Self, StorageError> {
        serde_json::from_str(text).map_err(|_| StorageError::Damaged("health"))
    }
}
