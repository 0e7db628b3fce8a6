//! Bad input, each with its own code, and nothing lost by any of it.

mod batches;
mod enrolments;
mod full_disk;
mod lists;
mod networks;
mod spoilt_lists;
