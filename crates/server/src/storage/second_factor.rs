//! A second factor as a storage holds it.

/// What an account logs in with beside its password.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// What its app counts from.
    pub secret: Vec<u8>,
    /// Since when it is in force; none before it was confirmed.
    pub confirmed_at: Option<i64>,
    /// The step of the code that was used last.
    pub last_step: i64,
    /// Recovery codes that were not used.
    pub recovery_codes: u32,
}
