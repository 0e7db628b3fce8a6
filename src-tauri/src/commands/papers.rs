//! Lists and papers of a village or of all.

use rasoat_app::view::{PaperProgressView, PaperWriteForm, PaperWrittenView, PapersView};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn papers(app: State<'_, App>, village: Option<String>) -> Result<PapersView, AppError> {
    let app = app.inner().clone();
    apart(move || app.papers(village.as_deref())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn write_paper(
    app: State<'_, App>,
    form: PaperWriteForm,
) -> Result<PaperWrittenView, AppError> {
    let app = app.inner().clone();
    apart(move || app.write_paper(&form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn papers_progress(app: State<'_, App>) -> Result<Option<PaperProgressView>, AppError> {
    app.papers_progress()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn papers_cancel(app: State<'_, App>) -> Result<(), AppError> {
    app.papers_cancel()
}
