//! The people who use this laptop, and the way back in when a passphrase was forgotten.

use rasoat_app::view::{
    AddUserForm, AppStateView, ChangePassphraseForm, RecoverForm, RecoveryRequestForm, RecoveryRequestView,
    RecoveryView, RemoveUserForm, RenameUserForm,
};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_user(app: State<'_, App>, form: AddUserForm) -> Result<AppStateView, AppError> {
    let app = app.inner().clone();
    apart(move || app.add_user(form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_user(app: State<'_, App>, form: RenameUserForm) -> Result<AppStateView, AppError> {
    app.rename_user(form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_user(app: State<'_, App>, form: RemoveUserForm) -> Result<AppStateView, AppError> {
    let app = app.inner().clone();
    apart(move || app.remove_user(form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_passphrase(
    app: State<'_, App>,
    form: ChangePassphraseForm,
) -> Result<AppStateView, AppError> {
    let app = app.inner().clone();
    apart(move || app.change_passphrase(form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recovery(app: State<'_, App>) -> Result<RecoveryView, AppError> {
    let app = app.inner().clone();
    apart(move || app.recovery()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn request_recovery(
    app: State<'_, App>,
    form: RecoveryRequestForm,
) -> Result<RecoveryRequestView, AppError> {
    let app = app.inner().clone();
    apart(move || app.request_recovery(&form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recover(app: State<'_, App>, form: RecoverForm) -> Result<AppStateView, AppError> {
    let app = app.inner().clone();
    apart(move || app.recover(&form)).await
}
