//! What comes out of a round: the official tables, a resolution's targets and measures of poverty, counted from classified households.
//!
//! Pure: no file, socket, SQL, clock or randomness. A [`Case`] is all that is counted of a household; it bears no name and no number
//! of a person.

mod case;
pub mod dataset;
mod make;
mod pack;
pub mod poverty;
#[cfg(feature = "sample")]
pub mod sample;
pub mod tables;
pub mod targets;
pub mod what_if;

pub use case::{Case, Class, Gone, Holding, Outcome, Progress};
pub use make::{CaseMaker, Listed, STANDARDS};
pub use pack::{PackError, pack, unpack};
