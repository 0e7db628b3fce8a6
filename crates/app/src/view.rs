//! What screens are given. Shapes only; words for users are codes that the interface turns into sentences.

mod access;
mod attachment;
mod audit;
mod backup;
mod bundle;
mod conflict;
mod duplicate;
mod form;
mod history;
mod household;
mod interview;
mod key;
mod list_import;
mod overview;
mod retention;
mod start;
mod sync;
mod user;

pub use access::*;
pub use attachment::*;
pub use audit::*;
pub use backup::*;
pub use bundle::*;
pub use conflict::*;
pub use duplicate::*;
pub use form::*;
pub use history::*;
pub use household::*;
pub use interview::*;
pub use key::*;
pub use list_import::*;
pub use overview::*;
pub use retention::*;
pub use start::*;
pub use sync::*;
pub use user::*;
