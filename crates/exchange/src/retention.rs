//! How long laptops keep what they collected, once a round is locked and the province has it.

use serde::{Deserialize, Serialize};

use rasoat_casework::Round;

/// A day, in milliseconds.
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// The longest term worth saying: ten years.
pub const MOST_RETENTION_DAYS: u32 = 3_660;

/// The province's word on a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Which round.
    pub round: Round,
    /// When it was locked: milliseconds since 1970 on the server's clock.
    pub locked_at_millis: i64,
    /// Days from then on that laptops keep its households.
    pub days: u32,
}

impl Retention {
    /// From when on they are to be removed: milliseconds since 1970 on the server's clock.
    pub fn due_millis(&self) -> i64 {
        let days = i64::from(self.days.min(MOST_RETENTION_DAYS));
        self.locked_at_millis.saturating_add(days * DAY_MILLIS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_ends_so_many_days_after_the_lock_and_no_term_is_longer_than_ten_years() {
        let term = Retention { round: Round(2026), locked_at_millis: 1_000, days: 30 };
        assert_eq!(term.due_millis(), 1_000 + 30 * DAY_MILLIS);
        let endless = Retention { days: u32::MAX, ..term };
        assert_eq!(endless.due_millis(), 1_000 + 3_660 * DAY_MILLIS);
        assert_eq!(Retention { locked_at_millis: i64::MAX, ..term }.due_millis(), i64::MAX);
    }
}
