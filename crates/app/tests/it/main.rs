//! The use-cases over a true store in a temporary folder, with the shipped form and standards.
#![cfg(test)]

mod access;
mod attachments;
mod audit;
mod bundles;
mod changes;
mod conflicts;
mod desks;
mod duplicates;
mod history;
mod interview;
mod keys;
mod list_import;
mod recovery;
mod retention;
mod start;
mod support;
mod sync;
mod updates;
mod users;
