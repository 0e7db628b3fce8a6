//! First start, unlocking, locking, language, size of text and looks, practising, and what this program is.

use rasoat_app::view::{
    AboutView, AppStateView, Contrast, EnrolForm, EnrolmentView, FetchForm, FetchedView, Theme, UnlockForm,
};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

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
pub(crate) async fn set_form_language(
    app: State<'_, App>,
    language: Option<String>,
) -> Result<AppStateView, AppError> {
    app.set_form_language(language.as_deref())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn about(app: State<'_, App>) -> Result<AboutView, AppError> {
    app.about()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn begin_practice(app: State<'_, App>) -> Result<AppStateView, AppError> {
    let app = app.inner().clone();
    apart(move || app.begin_practice()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn end_practice(app: State<'_, App>) -> Result<AppStateView, AppError> {
    let app = app.inner().clone();
    apart(move || Ok(app.end_practice())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_text_size(app: State<'_, App>, size: u32) -> Result<AppStateView, AppError> {
    app.set_text_size(size)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_looks(
    app: State<'_, App>,
    theme: Theme,
    contrast: Contrast,
) -> Result<AppStateView, AppError> {
    app.set_looks(theme, contrast)
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
    let app = app.inner().clone();
    apart(move || app.enrol(form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock(app: State<'_, App>, form: UnlockForm) -> Result<AppStateView, AppError> {
    let app = app.inner().clone();
    apart(move || app.unlock(form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(app: State<'_, App>) -> Result<AppStateView, AppError> {
    app.lock()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn activity(app: State<'_, App>) -> Result<AppStateView, AppError> {
    Ok(app.activity())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_lock_after(app: State<'_, App>, minutes: u32) -> Result<AppStateView, AppError> {
    app.set_lock_after(minutes)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_restored(app: State<'_, App>) -> Result<AppStateView, AppError> {
    app.dismiss_restored()
}
