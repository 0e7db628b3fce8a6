//! The use-cases a desktop screen may ask for.
//!
//! Takes plain values, returns view models; joins store, sync and engine, which do not know one another. Knows no window.

mod error;
mod use_cases;
pub mod view;

pub use error::AppError;
pub use use_cases::{App, AppConfig};
