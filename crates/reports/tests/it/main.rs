//! Cases, and what is counted from them.

mod packed;
mod tables;
mod targets;
