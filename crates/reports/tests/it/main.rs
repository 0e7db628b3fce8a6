//! Cases, and what is counted from them.

mod dataset;
mod packed;
mod poverty;
mod tables;
mod targets;
mod what_if;
