//! What goes into the next request, and when it goes. Pure: chance and time are passed in.

use rasoat_casework::EditId;
use rasoat_exchange::{CarrierError, MAX_BATCH_BYTES, MAX_BATCHES, MAX_EDITS, Problem, ProblemCode};

use crate::exchange::ExchangeError;

/// An edit that the province has not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsent {
    /// Which.
    pub id: EditId,
    /// Its length as sealed.
    pub bytes: usize,
}

/// One batch holds about this much, which is one or two kilobytes on the way: what a cut costs at most. An edit is never
/// divided.
const BATCH_BYTES: usize = 96 * 1024;
/// Batches of a request before those that may hold twice as much: a link that carried them is not one of those that break at once.
/// A batch has its price for the province, as it is verified and answered by itself.
const FIRST_BATCHES: usize = 2;
/// What a batch adds to the edits in it, at most: header and length of each edit.
const BATCH_OVERHEAD: usize = 512;
const MOST_BYTES: usize = 8 * 1024 * 1024;
const FEWEST_BYTES: usize = 512;
/// Kilobytes of changes asked for at once: some twenty on the way.
const MOST_ROOM: u32 = 1024;
/// Batches asked after at once: as many as arrive before most cuts.
const MOST_ASKED: usize = 32;
/// The parameter of a refusal that says after how many seconds to come again.
pub(crate) const RETRY_AFTER_S: &str = "retry_after_s";
const FIRST_WAIT_MILLIS: u64 = 2_000;
const LONGEST_WAIT_MILLIS: u64 = 10 * 60 * 1000;

const _: () = assert!(2 * BATCH_BYTES + MAX_EDITS * 3 + BATCH_OVERHEAD < MAX_BATCH_BYTES);

/// What a failed exchange says of how to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// There was no way to the province: the same again, later.
    NoWay,
    /// The province has too much to do: the same again, and not before so many seconds.
    Busy {
        /// As the province said; 0 where it did not.
        seconds: u32,
    },
    /// The way broke under way: less at once.
    Broken,
    /// The province will refuse again until something changes, or somebody here wants it to wait: seldom.
    Refused,
}

/// How much to send at once and how long to wait, learned from what went before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// Bytes of edits in one request. A single edit always fits.
    bytes: usize,
    /// Bytes of edits in one batch. A single edit always fits.
    batch: usize,
    /// What broke last: growth is careful from half of it on.
    ceiling: usize,
    /// Failures since the last success.
    failures: u32,
    /// Whether the last failure was a refusal.
    refused: bool,
    /// How long the province asked to be left alone.
    asked_wait_millis: u64,
    /// Kilobytes of changes to ask for at once.
    room: u32,
    /// Batches to ask after at once.
    asked: usize,
    /// Something broke under way since news last came: edits go first, and no answer may be larger than it must.
    poor: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            bytes: MOST_BYTES,
            batch: BATCH_BYTES,
            ceiling: MOST_BYTES,
            failures: 0,
            refused: false,
            asked_wait_millis: 0,
            room: MOST_ROOM,
            asked: MOST_ASKED,
            poor: false,
        }
    }
}

impl Pace {
    /// An exchange came through: more at once next time, up to where it broke before and then in small steps.
    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.refused = false;
        let step = if self.bytes < self.ceiling { self.bytes } else { self.bytes / 8 };
        self.bytes = (self.bytes + step).min(MOST_BYTES);
        if self.bytes > self.ceiling {
            self.ceiling = self.bytes;
        }
        self.batch = (self.batch + self.batch / 4).min(BATCH_BYTES);
    }

    /// Bytes of edits in the batch of that place in a request.
    fn batch_at(&self, place: usize) -> usize {
        let broke = self.batch < BATCH_BYTES;
        if broke || place < FIRST_BATCHES { self.batch } else { 2 * self.batch }
    }

    /// Whether to ask for nothing but receipts while edits wait.
    pub fn is_poor(&self) -> bool {
        self.poor
    }

    /// Kilobytes of changes to ask for at once; one edit comes however few they are.
    pub fn room(&self) -> u32 {
        self.room
    }

    /// After how many batches to ask at once, the first that were sent: what came of further ones shows when they are sent again.
    pub fn asked(&self) -> usize {
        self.asked
    }

    /// An answer with news came through.
    pub fn news_came(&mut self) {
        self.poor = false;
        self.room = self.room.saturating_mul(2).min(MOST_ROOM);
        self.asked = (self.asked * 2).min(MOST_ASKED);
    }

    /// A request broke under way, but some of its batches had arrived: no waiting, and requests may stay as large.
    pub fn arrived_in_part(&mut self) {
        self.failures = 0;
        self.refused = false;
    }

    /// A request of `sent_bytes` broke under way and nothing of it had arrived: less at once.
    pub fn nothing_arrived(&mut self, sent_bytes: usize) {
        if sent_bytes > 0 {
            self.bytes = (sent_bytes.min(self.bytes) / 2).max(FEWEST_BYTES);
            self.ceiling = self.bytes;
        }
    }

    /// An exchange failed with a request of `sent_bytes` of edits.
    pub fn failed(&mut self, failure: Failure, sent_bytes: usize) {
        self.failures = self.failures.saturating_add(1);
        self.refused = failure == Failure::Refused;
        self.asked_wait_millis = match failure {
            Failure::Busy { seconds } => u64::from(seconds) * 1000,
            Failure::NoWay | Failure::Broken | Failure::Refused => 0,
        };
        if failure == Failure::Broken {
            self.poor = true;
            // A mere question that broke says nothing of what may be sent, but of what may be asked.
            if sent_bytes > 0 {
                self.batch = (sent_bytes.min(self.batch) / 2).max(FEWEST_BYTES);
            } else {
                self.room = (self.room / 4).max(1);
                self.asked = (self.asked / 2).max(1);
            }
        }
    }

    /// The network came back, or someone asks for it now: no more waiting. What was learned of sizes stays.
    pub fn wake(&mut self) {
        self.failures = 0;
        self.refused = false;
    }

    /// Milliseconds to wait before the next exchange: nothing after a success; after failures 2 s, 4 s, … up to 10 min, the
    /// longest at once after a refusal; each between half and whole by `chance` (0.0–1.0), so that a hundred laptops that
    /// lost one server do not come back in one moment. Where the province said how long, not before that, and up to twice as long.
    pub fn wait_millis(&self, chance: f64) -> u64 {
        if self.failures == 0 {
            return 0;
        }
        let doubled = FIRST_WAIT_MILLIS.saturating_mul(1 << (self.failures - 1).min(20));
        let whole = if self.refused { LONGEST_WAIT_MILLIS } else { doubled.min(LONGEST_WAIT_MILLIS) };
        let chance = if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 1.0 };
        let asked = self.asked_wait_millis.min(LONGEST_WAIT_MILLIS);
        let least = asked.max(whole / 2);
        least + (chance * least as f64) as u64
    }
}

/// Seconds that a busy province asks to wait; 0 where it does not say.
fn asked_wait(problem: &Problem) -> u32 {
    problem.params.get(RETRY_AFTER_S).and_then(|text| text.parse().ok()).unwrap_or(0)
}

impl Failure {
    /// What an error says of how to go on.
    pub fn of(error: &ExchangeError) -> Self {
        match error {
            ExchangeError::Carrier(CarrierError::Stalled | CarrierError::CutOff)
            | ExchangeError::TooMuch
            | ExchangeError::Unanswered => Self::Broken,
            ExchangeError::Carrier(CarrierError::Refused(problem)) => match problem.code {
                ProblemCode::BodyTooLarge => Self::Broken,
                ProblemCode::ServerBusy => Self::Busy { seconds: asked_wait(problem) },
                ProblemCode::ProtocolTooNew
                | ProblemCode::ProtocolTooOld
                | ProblemCode::UnknownDevice
                | ProblemCode::DeviceRevoked
                | ProblemCode::BadSignature
                | ProblemCode::UnknownDictionary
                | ProblemCode::Unreadable
                | ProblemCode::UnknownCode
                | ProblemCode::Other => Self::Refused,
            },
            ExchangeError::Carrier(
                CarrierError::Unreachable
                | CarrierError::Tls
                | CarrierError::NotTheProvince { .. }
                | CarrierError::AnswerTooLarge
                | CarrierError::NoAddress,
            )
            | ExchangeError::Answer(_)
            | ExchangeError::ForeignReceipt => Self::NoWay,
        }
    }
}

/// The next request: which edits in which batches. Every writer's edits go in the order they were made, and none before one
/// that it follows, so that the province can check each chain and a household's edits arrive in order. Empty only if
/// nothing is unsent.
pub fn plan(unsent: &[Unsent], pace: &Pace) -> Vec<Vec<EditId>> {
    let mut unsent = unsent.to_vec();
    unsent.sort_by_key(|edit| edit.id);
    unsent.dedup_by_key(|edit| edit.id);

    let mut batches: Vec<Vec<EditId>> = Vec::new();
    let (mut in_request, mut in_batch) = (0usize, 0usize);
    for edit in unsent {
        if in_request > 0 && in_request.saturating_add(edit.bytes) > pace.bytes {
            break;
        }
        let place = batches.len().saturating_sub(1);
        let fits = in_batch.saturating_add(edit.bytes) <= pace.batch_at(place);
        let full = batches.len() == MAX_BATCHES;
        match batches.last_mut() {
            Some(batch) if fits && batch.len() < MAX_EDITS => {
                batch.push(edit.id);
                in_batch += edit.bytes;
            }
            Some(_) if full => break,
            Some(_) | None => {
                batches.push(vec![edit.id]);
                in_batch = edit.bytes;
            }
        }
        in_request += edit.bytes;
    }
    batches
}
