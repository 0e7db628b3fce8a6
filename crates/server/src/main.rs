//! The province's server.
fn main() {}
