//! Cases, and what is counted from them.
#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking")]

mod dataset;
mod packed;
mod poverty;
mod tables;
mod targets;
mod what_if;
