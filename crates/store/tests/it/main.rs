//! The store from outside: what is kept, what is found, what strangers see, what happens when machines fail.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a step of a test that fails is the test failing"
)]

mod attachments;
mod audit;
mod backup;
mod blobs;
mod collisions;
mod custody;
mod damage;
mod duplicates;
mod durability;
mod erasure;
mod given;
mod lists;
mod paper;
mod place;
mod processes;
mod restore;
mod sealing;
mod search;
mod secrecy;
mod sticks;
mod support;
mod users;
mod versions;
