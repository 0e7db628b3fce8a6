//! The shipped form and standards, and the classes they give.
#![expect(clippy::expect_used, reason = "the helpers of a test fail by panicking")]

mod checks;
mod facts;
mod generated;
mod golden;
mod household;
mod points;
mod scoring;
mod shipped;
mod standard;
mod targets;
mod turning;
mod what_if;
