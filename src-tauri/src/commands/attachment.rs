//! Files beside the answers.

use rasoat_app::view::{AttachForm, AttachmentView, InterviewChangeView};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn attach(app: State<'_, App>, form: AttachForm) -> Result<InterviewChangeView, AppError> {
    let app = app.inner().clone();
    apart(move || app.attach(form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn attachment(app: State<'_, App>, name: String) -> Result<AttachmentView, AppError> {
    let app = app.inner().clone();
    apart(move || app.attachment(&name)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn want_attachment(app: State<'_, App>, name: String) -> Result<AttachmentView, AppError> {
    app.want_attachment(&name)
}
