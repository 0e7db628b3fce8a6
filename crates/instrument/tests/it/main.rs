//! The engine seen from outside.

mod expressions;
mod grammar;
mod hostile;
mod prepared;
mod properties;
mod repeats;
mod rounds;
mod session;
mod support;
