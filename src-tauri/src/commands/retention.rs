//! What is removed from this laptop when the province's term is over, and going over to the next round.

use rasoat_app::view::{AppStateView, EraseForm, ErasedView, RetentionView};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn retention(app: State<'_, App>) -> Result<Option<RetentionView>, AppError> {
    let app = app.inner().clone();
    apart(move || app.retention()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn erase_due(app: State<'_, App>, form: EraseForm) -> Result<ErasedView, AppError> {
    let app = app.inner().clone();
    apart(move || app.erase_due(&form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn go_over(app: State<'_, App>) -> Result<AppStateView, AppError> {
    let app = app.inner().clone();
    apart(move || app.go_over()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_erased(app: State<'_, App>) -> Result<AppStateView, AppError> {
    app.dismiss_erased()
}
