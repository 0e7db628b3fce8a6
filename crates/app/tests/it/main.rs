//! The use-cases over a true store in a temporary folder, with the shipped form and standards.
#![cfg(test)]

mod about;
mod access;
mod attachments;
mod audit;
mod backups;
mod bundles;
mod carried;
mod changes;
mod conflicts;
mod desks;
mod duplicates;
mod every_page;
mod full;
mod guidance;
mod history;
mod interview;
mod keys;
mod list_import;
mod lock;
mod paper;
mod papers;
mod pictures;
mod plain_lists;
mod practice;
mod print;
mod procedure;
mod recovery;
mod retention;
mod start;
mod support;
mod sync;
mod updates;
mod users;
