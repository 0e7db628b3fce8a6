//! The engine seen from outside.
#![cfg(test)]

mod expressions;
mod grammar;
mod hostile;
mod prepared;
mod properties;
mod repeats;
mod rounds;
mod session;
mod support;
