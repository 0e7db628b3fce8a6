//! The use-cases a desktop screen may ask for.
//!
//! Takes plain values, returns view models; joins store, sync and engine, which do not know one another. Knows no window.
//! The file of each use-case has the name of its screen; [`App`] is the door to all of them.

mod about;
mod access;
mod app;
mod attachments;
mod audit;
mod backup;
mod bundle;
mod conflicts;
mod costs;
mod duplicates;
mod error;
mod fetch;
mod files;
mod form;
mod guidance;
mod history;
mod household;
mod identity;
mod idle;
mod interview;
mod keys;
mod list_import;
mod log;
mod moment;
mod overview;
mod paper;
mod papers;
mod pictures;
mod practice;
mod preferences;
mod procedure;
mod profile;
mod projection;
mod recovery;
mod refresh;
mod retention;
mod review;
mod room;
mod rounds;
mod sittings;
mod start;
mod sync;
mod take_in;
mod transfers;
mod undo;
mod updates;
mod users;
pub mod view;
mod village;

pub use app::{App, AppConfig, Carrier, Options};
pub use error::AppError;
pub use log::{log_to, write_log};
pub use room::{Room, RoomOf};
