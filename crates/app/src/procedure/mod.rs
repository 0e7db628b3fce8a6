//! The procedure after checking: meetings, postings, complaints, decisions, certificates; who goes to which household; and the
//! lock of a round.
//!
//! Every act is an edit of the household's case, over the version of the interview that is accepted, and travels as all edits do.

mod acts;
mod assign;
mod board;
pub(crate) mod law;
pub(crate) mod lock;
mod looked;
mod withdraw;

pub(crate) use looked::{Desk, Looked};
