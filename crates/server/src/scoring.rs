//! What households are scored by at one moment.

use std::sync::Arc;

use rasoat_casework::{AreaType, CommuneCode};

use crate::directives::{Said, said};
use crate::library::Library;
use crate::state::State;
use crate::storage::StorageError;

/// What was published, and what the administration has said of villages.
pub(crate) struct Scoring {
    pub(crate) library: Arc<Library>,
    said: Arc<Said>,
}

impl Scoring {
    /// As it is now.
    ///
    /// # Errors
    /// When the storage fails.
    pub(crate) async fn now(state: &State) -> Result<Self, StorageError> {
        let said = said(state).await?;
        Ok(Self { library: state.library(), said })
    }

    /// Which income line applies to a household: what the province has said of its village counts before what was recorded.
    pub(crate) fn area(
        &self,
        commune: &CommuneCode,
        village: impl FnOnce() -> Option<String>,
        recorded: Option<&str>,
    ) -> AreaType {
        self.said.area(commune, village).unwrap_or(match recorded {
            Some("urban") => AreaType::Urban,
            Some(_) | None => AreaType::Rural,
        })
    }
}
