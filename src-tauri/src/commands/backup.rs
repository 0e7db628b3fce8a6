//! Backups, and putting one in the place of the database.

use rasoat_app::view::{
    AppStateView, AsideView, BackupPreviewView, BackupProgressView, BackupStatusView, BackupView,
    FoundBackupsView, RestoreForm, RestoreOfferView,
};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_status(app: State<'_, App>) -> Result<BackupStatusView, AppError> {
    app.backup_status()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_now(app: State<'_, App>, folder: Option<String>) -> Result<BackupView, AppError> {
    let app = app.inner().clone();
    apart(move || app.backup_now(folder.as_deref())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_progress(app: State<'_, App>) -> Result<Option<BackupProgressView>, AppError> {
    Ok(app.backup_progress())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_cancel(app: State<'_, App>) -> Result<(), AppError> {
    app.backup_cancel();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn backups_in(app: State<'_, App>, folder: String) -> Result<FoundBackupsView, AppError> {
    let app = app.inner().clone();
    apart(move || app.backups_in(&folder)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_backup(app: State<'_, App>, path: String) -> Result<BackupPreviewView, AppError> {
    let app = app.inner().clone();
    apart(move || app.check_backup(&path)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_offer(app: State<'_, App>) -> Result<RestoreOfferView, AppError> {
    let app = app.inner().clone();
    apart(move || app.restore_offer()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(app: State<'_, App>, form: RestoreForm) -> Result<AppStateView, AppError> {
    app.restore_backup(form).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn begin_anew(app: State<'_, App>) -> Result<AppStateView, AppError> {
    app.begin_anew()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn asides(app: State<'_, App>) -> Result<Vec<AsideView>, AppError> {
    app.asides()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_aside(app: State<'_, App>, name: String) -> Result<Vec<AsideView>, AppError> {
    let app = app.inner().clone();
    apart(move || app.remove_aside(&name)).await
}
