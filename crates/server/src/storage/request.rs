//! Requests of people whose data are held, as a storage holds them.

use uuid::Uuid;

use super::HouseholdKeyRef;

/// Something that was done about a request.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestAct {
    /// Its number over all requests.
    pub number: u64,
    /// The household that the request is about.
    pub household: HouseholdKeyRef,
    /// The request.
    pub request: Uuid,
    /// Its number in the request, from 1.
    pub step: u32,
    /// Stable code of what was done: `registered`, `restricted`, …
    pub act: String,
    /// What it says, as JSON. Personal: never logged.
    pub content: String,
    /// By whom.
    pub done_by: String,
    /// When.
    pub done_at: i64,
}

/// Something to be done about a request.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRequestAct {
    /// The household that the request is about.
    pub household: HouseholdKeyRef,
    /// The request.
    pub request: Uuid,
    /// How many acts were seen before it.
    pub over: u32,
    /// Stable code of what is done.
    pub act: String,
    /// What it says, as JSON. Personal: never logged.
    pub content: String,
    /// By whom.
    pub done_by: String,
    /// When.
    pub done_at: i64,
}
