//! What travels, made, spoilt and read.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

mod attachments;
mod batches_and_receipts;
mod blobs;
mod bundles;
mod enrolments;
mod messages;
mod packing;
mod recovery;
mod succession;
mod support;
mod vectors;
