//! Which round is open, once another was opened after the one that laptops were enrolled for.

use serde::{Deserialize, Serialize};

use rasoat_casework::Round;

/// The province's word on the round that is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRound {
    /// Which round. All before it are locked.
    pub round: Round,
    /// When it was opened: milliseconds since 1970 on the server's clock.
    pub opened_at_millis: i64,
}
