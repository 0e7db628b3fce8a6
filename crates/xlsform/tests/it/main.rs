//! Sheets in, forms or problems out; forms in, sheets out.
#![expect(clippy::expect_used, reason = "the helpers of a test fail by panicking")]

mod coverage;
mod describe;
mod fixtures;
mod forms;
mod hostile;
mod properties;
mod refusals;
mod workbooks;
