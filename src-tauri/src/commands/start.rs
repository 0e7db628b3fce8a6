//! First start, unlocking, language.

use rasoat_app::view::{AppStateView, EnrolForm, EnrolmentView, FetchForm, FetchedView};
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn app_state(app: State<'_, App>) -> Result<AppStateView, AppError> {
    Ok(app.state())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_language(app: State<'_, App>, language: String) -> Result<AppStateView, AppError> {
    app.set_language(&language)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn inspect_enrolment(app: State<'_, App>, path: String) -> Result<EnrolmentView, AppError> {
    app.inspect_enrolment(&path)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn fetch_enrolment(app: State<'_, App>, form: FetchForm) -> Result<FetchedView, AppError> {
    app.fetch_enrolment(form).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn enrol(app: State<'_, App>, form: EnrolForm) -> Result<AppStateView, AppError> {
    app.enrol(form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock(app: State<'_, App>, passphrase: String) -> Result<AppStateView, AppError> {
    app.unlock(&passphrase)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(app: State<'_, App>) -> Result<AppStateView, AppError> {
    app.lock()
}
