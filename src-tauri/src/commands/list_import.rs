//! The official household list.

use rasoat_app::view::{ListImportView, ListPreviewView};
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_list(app: State<'_, App>, path: String) -> Result<ListPreviewView, AppError> {
    app.preview_list(&path)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn import_list(app: State<'_, App>, path: String) -> Result<ListImportView, AppError> {
    app.import_list(&path)
}
