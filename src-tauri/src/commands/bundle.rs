//! Bundles: files on sticks.

use rasoat_app::view::{
    BundleExportForm, BundleExportView, BundleImportView, BundleProgressView, BundleStatusView,
};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn bundle_status(app: State<'_, App>) -> Result<BundleStatusView, AppError> {
    app.bundle_status()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bundle_export(
    app: State<'_, App>,
    form: BundleExportForm,
) -> Result<BundleExportView, AppError> {
    let app = app.inner().clone();
    apart(move || app.bundle_export(form)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bundle_import(app: State<'_, App>, path: String) -> Result<BundleImportView, AppError> {
    let app = app.inner().clone();
    apart(move || app.bundle_import(&path)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bundle_progress(app: State<'_, App>) -> Result<Option<BundleProgressView>, AppError> {
    app.bundle_progress()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bundle_cancel(app: State<'_, App>) -> Result<(), AppError> {
    app.bundle_cancel()
}
