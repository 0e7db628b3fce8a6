//! What is here, and what the province has.

use rasoat_app::view::SyncView;
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_status(app: State<'_, App>) -> Result<SyncView, AppError> {
    app.sync_status()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_stop(app: State<'_, App>) -> Result<SyncView, AppError> {
    app.sync_stop()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(app: State<'_, App>) -> Result<SyncView, AppError> {
    app.inner().clone().sync_now().await
}
