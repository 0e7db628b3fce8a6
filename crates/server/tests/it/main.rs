//! The server over real sockets, and every storage through one story.

mod commands;
mod dashboard;
mod exchange;
mod refusals;
mod storage;
mod support;
