//! How long to wait after wrong passphrases.

use serde::{Deserialize, Serialize};

/// Seconds to wait after the first, second, … wrong passphrase in a row; the last for all that follow.
const WAITS_S: [u32; 8] = [0, 0, 2, 5, 15, 60, 120, 300];

/// Wrong passphrases in a row. Kept in the key file, so that a restart does not forget them. It slows down whoever sits
/// at the machine; against whoever copies the file stands the cost of each guess (Argon2id).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempts {
    /// Tries since the last right one.
    wrong: u32,
    /// When the last of them was made.
    last_at: i64,
}

impl Attempts {
    /// Tries since the last right one.
    pub(crate) fn wrong(self) -> u32 {
        self.wrong
    }

    /// Notes a try. To be on disk before the passphrase is looked at, so that ending the process gives no free try.
    pub(crate) fn note(&mut self, now_millis: i64) {
        self.wrong = self.wrong.saturating_add(1);
        self.last_at = now_millis;
    }

    /// A clock that was set back must not lock anybody out for years: the wait begins again at the time it shows.
    pub(crate) fn follow_clock(&mut self, now_millis: i64) {
        self.last_at = self.last_at.min(now_millis);
    }

    /// Seconds until the next try is allowed, rounded up.
    pub(crate) fn retry_after_s(self, now_millis: i64) -> u32 {
        let Some(last) = (self.wrong as usize).checked_sub(1) else { return 0 };
        let wait_millis = i64::from(WAITS_S[last.min(WAITS_S.len() - 1)]) * 1000;
        let passed = now_millis.saturating_sub(self.last_at).max(0);
        let left = wait_millis.saturating_sub(passed).max(0);
        u32::try_from(left.saturating_add(999) / 1000).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_with_every_wrong_try_and_then_stays() {
        let mut attempts = Attempts::default();
        assert_eq!(attempts.retry_after_s(0), 0);
        let waits: Vec<u32> = (0..10)
            .map(|_| {
                attempts.note(1_000_000);
                attempts.retry_after_s(1_000_000)
            })
            .collect();
        assert_eq!(waits, [0, 0, 2, 5, 15, 60, 120, 300, 300, 300]);
        assert_eq!(attempts.retry_after_s(1_000_000 + 299_001), 1);
        assert_eq!(attempts.retry_after_s(1_000_000 + 300_000), 0);
    }

    #[test]
    fn a_clock_set_back_by_years_makes_nobody_wait_longer_than_the_wait_itself() {
        let mut attempts = Attempts::default();
        for _ in 0..6 {
            attempts.note(1_800_000_000_000);
        }
        attempts.follow_clock(0);
        assert_eq!(attempts.retry_after_s(0), 60);
        assert_eq!(attempts.retry_after_s(60_000), 0);
    }
}
