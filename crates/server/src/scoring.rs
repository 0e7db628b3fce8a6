//! What households are scored by at one moment.

use std::sync::Arc;

use rasoat_casework::{AreaType, CommuneCode, Round};

use crate::directives::{Said, said};
use crate::library::Library;
use crate::rounds::Rounds;
use crate::state::State;
use crate::storage::StorageError;

/// What was published, and what the administration has said of villages.
pub(crate) struct Scoring {
    pub(crate) library: Arc<Library>,
    /// Lines are of the open one.
    pub(crate) rounds: Rounds,
    said: Arc<Said>,
}

impl Scoring {
    /// As it is now.
    ///
    /// # Errors
    /// When the storage fails.
    pub(crate) async fn now(state: &State) -> Result<Self, StorageError> {
        let said = said(state).await?;
        let rounds = Rounds::of(&said, state.config.round);
        Ok(Self { library: state.library(), rounds, said })
    }

    /// The same while an earlier round was open.
    pub(crate) fn at(&self, round: Round) -> Self {
        let (library, said) = (Arc::clone(&self.library), Arc::clone(&self.said));
        Self { library, rounds: self.rounds.at(round), said }
    }

    /// Whether lines that were made by this are what they would be now.
    ///
    /// # Errors
    /// When the storage fails.
    pub(crate) async fn still_holds(&self, state: &State) -> Result<bool, StorageError> {
        let rounds = crate::rounds::rounds(state).await?;
        Ok(rounds == self.rounds && state.library().scores_as(&self.library))
    }

    /// Equal where households are scored and counted alike.
    pub(crate) fn basis(&self) -> blake3::Hasher {
        let mut basis = blake3::Hasher::new();
        self.library.counted_as(&mut basis);
        for (village, area) in self.said.areas() {
            basis.update(village.as_bytes()).update(&[b' ', u8::from(area == AreaType::Urban)]);
        }
        basis.update(format!("{:?}", self.rounds).as_bytes());
        basis
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
