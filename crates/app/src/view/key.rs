//! This laptop's key.

use serde::Serialize;
use specta::Type;

/// The key that this laptop signs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct KeyView {
    /// The beginning of the public key (`A0AF C40F FC10 0944`), to compare with what the province shows.
    pub fingerprint: String,
    /// How often it was changed since the enrolment.
    pub changes: u32,
    /// A new one waits for the province.
    pub waiting: bool,
}
