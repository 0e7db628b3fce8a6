//! The engine seen from outside.

mod session;
mod support;
