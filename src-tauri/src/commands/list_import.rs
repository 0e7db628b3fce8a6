//! Lists of households.

use rasoat_app::view::{
    ListColumnsView, ListImportRecordView, ListImportView, ListMappingForm, ListPreviewView, ListProblemView,
    ListProgressView, ListRowsQuery, ListRowsView, ListTakeForm, ListUndoView,
};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_columns(app: State<'_, App>, path: String) -> Result<ListColumnsView, AppError> {
    let app = app.inner().clone();
    apart(move || app.list_columns(&path)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_list(
    app: State<'_, App>,
    path: String,
    mapping: Option<ListMappingForm>,
) -> Result<ListPreviewView, AppError> {
    let app = app.inner().clone();
    apart(move || app.preview_list_as(&path, mapping.as_ref())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_rows(app: State<'_, App>, query: ListRowsQuery) -> Result<ListRowsView, AppError> {
    app.list_rows(query)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_problems(
    app: State<'_, App>,
    offset: u32,
) -> Result<Vec<ListProblemView>, AppError> {
    app.list_problems(offset)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn take_list(app: State<'_, App>, form: ListTakeForm) -> Result<ListImportView, AppError> {
    let app = app.inner().clone();
    apart(move || app.take_list(&form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_progress(app: State<'_, App>) -> Result<Option<ListProgressView>, AppError> {
    app.list_progress()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_cancel(app: State<'_, App>) -> Result<(), AppError> {
    app.list_cancel()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_imports(app: State<'_, App>) -> Result<Vec<ListImportRecordView>, AppError> {
    app.list_imports()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_list(app: State<'_, App>, number: String) -> Result<ListUndoView, AppError> {
    let app = app.inner().clone();
    apart(move || app.undo_list(&number)).await
}
