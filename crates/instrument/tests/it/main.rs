//! The engine seen from outside.

mod expressions;
mod properties;
mod session;
mod support;
