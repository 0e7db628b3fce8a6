//! The engine seen from outside.

mod expressions;
mod grammar;
mod hostile;
mod properties;
mod session;
mod support;
