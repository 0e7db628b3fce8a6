//! The HTTP interface: a file per route.

pub(crate) mod communes;
pub(crate) mod devices;
pub(crate) mod households;
pub(crate) mod session;
