//! Journeys across crates, and what holds of the house as a whole.
#![expect(clippy::expect_used, reason = "a step of a test that fails is the test failing")]
#![expect(clippy::print_stdout, reason = "what was random is told, so that a failure can be looked at again")]

mod architecture;
mod bad_input;
mod by_code;
mod changes;
mod exactly_once;
mod instruments;
mod journey;
mod kill;
mod kill_files;
mod kill_import;
mod kill_sync;
mod lost;
mod next_round;
mod older_files;
mod papers;
mod procedure;
mod recover;
mod reports;
mod requests;
mod review;
mod secrecy;
mod sticks;
mod support;
