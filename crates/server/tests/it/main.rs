//! The server over real sockets, and every storage through one story.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod accounts;
mod attachments;
mod audit;
mod bundles;
mod commands;
mod conflicts;
mod dashboard;
mod dataset;
mod exchange;
mod faults;
mod feed;
mod first_open;
mod hostile;
mod keys;
mod laptops;
mod library;
mod measures;
mod merges;
mod next_round;
mod operations;
mod overview;
mod papers;
mod postgres;
mod rebuild;
mod recover;
mod refusals;
mod report_files;
mod reports;
mod requests;
mod rounds;
mod second_factor;
mod storage;
mod streaming;
mod support;
mod tokens;
