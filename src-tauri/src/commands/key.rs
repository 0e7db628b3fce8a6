//! The key that this laptop signs with.

use rasoat_app::view::KeyView;
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn key(app: State<'_, App>) -> Result<KeyView, AppError> {
    app.key()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_key(app: State<'_, App>) -> Result<KeyView, AppError> {
    app.change_key()
}
