//! The engine seen from outside.

mod expressions;
mod hostile;
mod properties;
mod session;
mod support;
