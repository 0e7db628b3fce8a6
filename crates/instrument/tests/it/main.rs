//! The engine seen from outside.

mod expressions;
mod prepared;
mod properties;
mod session;
mod support;
