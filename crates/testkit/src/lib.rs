//! Builders, generated households, temporary stores and servers. For tests only.
//!
//! No person here is real: names are put together at random from common parts, citizen IDs are random digits that agree with sex
//! and birth year. The same seed gives the same households.

mod clock;
pub mod demo;
pub mod disk;
pub mod interviewer;
pub mod laptop;
mod people;
pub mod postgres;
pub mod province;
pub mod reviewed;
pub mod visit;
pub mod workbook;

pub use clock::{HandClock, machine_clock};
pub use people::{Household, Member, Village, household, households, villages};
