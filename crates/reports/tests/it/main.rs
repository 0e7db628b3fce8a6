//! Cases, and what is counted from them.

mod packed;
