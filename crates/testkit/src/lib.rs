//! Builders, generated households, temporary stores and servers. For tests only.
//!
//! No person here is real: names are put together at random from common parts, citizen IDs are random digits that agree with sex
//! and birth year. The same seed gives the same households.

pub mod demo;
pub mod interviewer;
mod people;
pub mod workbook;

pub use people::{Household, Member, Village, households, villages};
