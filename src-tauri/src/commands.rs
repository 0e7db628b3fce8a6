//! A file per screen; each command is a door, not a room.

pub(crate) mod attachment;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod bundle;
pub(crate) mod conflicts;
pub(crate) mod duplicates;
pub(crate) mod history;
pub(crate) mod household;
pub(crate) mod interview;
pub(crate) mod key;
pub(crate) mod list_import;
pub(crate) mod overview;
pub(crate) mod paper;
pub(crate) mod papers;
pub(crate) mod print;
pub(crate) mod procedure;
pub(crate) mod retention;
pub(crate) mod review;
pub(crate) mod start;
pub(crate) mod sync;
pub(crate) mod transfers;
pub(crate) mod user;

use rasoat_app::AppError;

/// What takes long holds up no other command.
async fn apart<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let ended = tauri::async_runtime::spawn_blocking(act).await;
    ended.unwrap_or_else(|_| Err(AppError { code: "internal".to_owned(), params: Default::default() }))
}
