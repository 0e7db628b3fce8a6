//! Checking what was signed.

use rasoat_app::view::{AcceptForm, CheckQueueView, CheckView, ReturnForm};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_queue(app: State<'_, App>) -> Result<CheckQueueView, AppError> {
    let app = app.inner().clone();
    apart(move || app.check_queue()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check(app: State<'_, App>, household: String) -> Result<CheckView, AppError> {
    let app = app.inner().clone();
    apart(move || app.check(&household)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn accept(app: State<'_, App>, form: AcceptForm) -> Result<(), AppError> {
    app.accept(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn return_with_comments(app: State<'_, App>, form: ReturnForm) -> Result<(), AppError> {
    app.return_with_comments(&form)
}
