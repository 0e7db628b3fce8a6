//! A file per screen; each command is a door, not a room.

pub(crate) mod bundle;
pub(crate) mod conflicts;
pub(crate) mod household;
pub(crate) mod interview;
pub(crate) mod key;
pub(crate) mod list_import;
pub(crate) mod overview;
pub(crate) mod start;
pub(crate) mod sync;
