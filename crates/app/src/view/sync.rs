//! What is on this machine, and what the province has confirmed.

use serde::Serialize;
use specta::Type;

use crate::view::household::Custody;
use crate::view::overview::CustodyView;

/// The sync screen.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SyncView {
    /// The province's server by name.
    pub server_name: String,
    /// Its address in use.
    pub address: String,
    /// "Máy 07".
    pub device_name: String,
    /// Where the households are.
    pub custody: CustodyView,
    /// Edits that wait.
    pub unsent_edits: u32,
    /// Files beside the answers that wait; they go after all edits.
    pub files: FilesView,
    /// An exchange is under way.
    pub running: bool,
    /// How far the request that is under way has left this machine. It is confirmed only by its receipt.
    pub leaving: Option<LeavingView>,
    /// Counts up whenever something came down that changes what screens show: when it differs from last time, what is
    /// shown of households is to be asked for again.
    pub news: u32,
    /// Last exchange that succeeded (RFC 3339).
    pub last_success: Option<String>,
    /// What went wrong the last time, until an exchange succeeds.
    pub problem: Option<ProblemView>,
    /// How far this machine's clock is from the server's, seconds, when that matters (more than 10 minutes).
    pub clock_off_s: Option<f64>,
    /// Households with something to send or refused first, then confirmed ones; at most 200.
    pub households: Vec<SyncHouseholdView>,
    /// Exchanges, newest first, at most 50.
    pub exchanges: Vec<ExchangeView>,
}

/// A request on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct LeavingView {
    /// Edits in it.
    pub edits: u32,
    /// Bytes of it that left.
    pub bytes: u32,
    /// All its bytes.
    pub of_bytes: u32,
}

/// Files that the province does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
pub struct FilesView {
    /// How many.
    pub waiting: u32,
    /// All of them, in kilobytes (1,024 bytes).
    pub kilobytes: u32,
    /// Of these, what the province was last known to have.
    pub arrived_kilobytes: u32,
    /// Files that the province does not take, by why.
    pub refused: std::collections::BTreeMap<String, u32>,
}

/// A problem as a code with parameters (never personal data).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ProblemView {
    /// Stable code.
    pub code: String,
    /// Parameters of the sentence.
    pub params: std::collections::BTreeMap<String, String>,
}

/// One household on the sync screen.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SyncHouseholdView {
    /// Household id.
    pub id: String,
    /// Head's name.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// Where its answers are.
    pub custody: Custody,
    /// Edits that wait.
    pub unsent: u32,
    /// When the province confirmed the last edit (server time, RFC 3339).
    pub confirmed_at: Option<String>,
    /// Why it was refused.
    pub refusal: Option<ProblemView>,
    /// Since when all of what waits is on a stick (RFC 3339). It waits all the same.
    pub on_stick_since: Option<String>,
}

/// One exchange with the province.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ExchangeView {
    /// Names it on this laptop.
    pub number: u32,
    /// When it began (RFC 3339).
    pub at: String,
    /// Edits sent.
    pub sent: u32,
    /// Edits confirmed.
    pub confirmed: u32,
    /// Bytes sent.
    pub bytes_up: u32,
    /// Bytes received.
    pub bytes_down: u32,
    /// What went wrong, if it did.
    pub problem: Option<ProblemView>,
}
