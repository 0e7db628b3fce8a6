//! Who changed what of a household, taking it back, and writing out all that is held of one.

use rasoat_app::view::{
    AccessForm, AccessView, ConflictDocument, FieldHistoryView, HistoryChangeView, HistoryPageView, UndoForm,
    UndoPreviewView,
};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn household_history(
    app: State<'_, App>,
    household: String,
    offset: u32,
    limit: u32,
) -> Result<HistoryPageView, AppError> {
    app.household_history(&household, offset, limit)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sitting_changes(
    app: State<'_, App>,
    household: String,
    edits: Vec<String>,
) -> Result<Vec<HistoryChangeView>, AppError> {
    app.sitting_changes(&household, &edits)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn field_history(
    app: State<'_, App>,
    household: String,
    document: ConflictDocument,
    path: String,
) -> Result<FieldHistoryView, AppError> {
    app.field_history(&household, document, &path)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_undo(app: State<'_, App>, form: UndoForm) -> Result<UndoPreviewView, AppError> {
    app.preview_undo(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(app: State<'_, App>, form: UndoForm) -> Result<(), AppError> {
    app.undo(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn access_export(app: State<'_, App>, form: AccessForm) -> Result<AccessView, AppError> {
    let app = app.inner().clone();
    apart(move || app.access_export(&form)).await
}
