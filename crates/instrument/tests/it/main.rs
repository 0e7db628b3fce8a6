//! The engine seen from outside.

mod expressions;
mod session;
mod support;
