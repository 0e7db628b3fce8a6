//! Lists and point tables as offices send them.
#![cfg(test)]

mod official_list;
mod plain_tables;
mod point_tables;
mod support;
