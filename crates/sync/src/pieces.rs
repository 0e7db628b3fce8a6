//! How files go: how large a piece of one is at once, and when to try again. Pure: chance is passed in.

use rasoat_exchange::MAX_PIECE;

use crate::plan::{Failure, Pace};

const FIRST_BYTES: u32 = 64 * 1024;
const FEWEST_BYTES: u32 = 4 * 1024;

/// How much of a file to send or fetch at once, learned from what went before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces {
    bytes: u32,
    /// What broke last: growth is careful from half of it on.
    ceiling: u32,
    /// What is waited after failures, as with exchanges.
    waits: Pace,
}

impl Default for Pieces {
    fn default() -> Self {
        Self { bytes: FIRST_BYTES, ceiling: MAX_PIECE, waits: Pace::default() }
    }
}

impl Pieces {
    /// Bytes of the next piece, at most: what a cut costs.
    pub fn bytes(&self) -> u32 {
        self.bytes
    }

    /// A piece came through: more at once next time, up to where it broke before and then in small steps.
    pub fn succeeded(&mut self) {
        self.waits.wake();
        let step = if self.bytes < self.ceiling { self.bytes } else { self.bytes / 8 };
        self.bytes = (self.bytes + step).min(MAX_PIECE);
        if self.bytes > self.ceiling {
            self.ceiling = self.bytes;
        }
    }

    /// A request failed. Where the way broke, the next piece is half as long.
    pub fn failed(&mut self, failure: Failure) {
        self.waits.failed(failure, 0);
        if failure == Failure::Broken {
            self.bytes = (self.bytes / 2).max(FEWEST_BYTES);
            self.ceiling = self.bytes;
        }
    }

    /// The network came back, or someone asks for it now: no more waiting. What was learned of sizes stays.
    pub fn wake(&mut self) {
        self.waits.wake();
    }

    /// Milliseconds to wait before the next try; as [`Pace::wait_millis`].
    pub fn wait_millis(&self, chance: f64) -> u64 {
        self.waits.wait_millis(chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_shrink_with_cuts_to_the_fewest_and_grow_again() {
        let mut pieces = Pieces::default();
        assert_eq!((pieces.bytes(), pieces.wait_millis(1.0)), (64 * 1024, 0));
        pieces.succeeded();
        pieces.succeeded();
        pieces.succeeded();
        assert_eq!(pieces.bytes(), MAX_PIECE);
        for _ in 0..20 {
            pieces.failed(Failure::Broken);
        }
        assert_eq!(pieces.bytes(), FEWEST_BYTES);
        assert!(pieces.wait_millis(0.0) > 0);
        pieces.succeeded();
        // In small steps from where it broke.
        assert_eq!((pieces.bytes(), pieces.wait_millis(1.0)), (FEWEST_BYTES + FEWEST_BYTES / 8, 0));
        for _ in 0..100 {
            pieces.succeeded();
        }
        assert_eq!(pieces.bytes(), MAX_PIECE);
    }

    #[test]
    fn no_way_and_refusals_say_nothing_of_sizes() {
        let mut pieces = Pieces::default();
        pieces.failed(Failure::NoWay);
        let short = pieces.wait_millis(1.0);
        pieces.failed(Failure::Refused);
        assert_eq!(pieces.bytes(), FIRST_BYTES);
        assert!(pieces.wait_millis(1.0) > short && short > 0);
        pieces.wake();
        assert_eq!(pieces.wait_millis(1.0), 0);
    }
}
