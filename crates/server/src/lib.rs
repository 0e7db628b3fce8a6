//! The province: receives batches, re-scores them, shows what came in. One binary.

mod openapi;
mod routes;
pub mod view;

pub use openapi::openapi;
