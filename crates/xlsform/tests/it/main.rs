//! Sheets in, forms or problems out.

mod forms;
mod refusals;
