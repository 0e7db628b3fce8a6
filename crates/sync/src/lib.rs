//! What to send next, how much and when again: a pure plan, one exchange with all its checks, and the HTTP carrier.
//!
//! This crate knows no store and no household: it is told what is unsent, and says what a verified answer means.

mod exchange;
mod http;
mod pieces;
mod plan;
mod progress;

pub use exchange::{ExchangeError, Exchanged, Party, Question, exchange};
pub use http::HttpCarrier;
pub use pieces::Pieces;
pub use plan::{Failure, Pace, Unsent, plan};
