//! The account of what was done on this laptop.

use rasoat_app::view::{AuditCheckView, AuditExportView, AuditGroup, AuditPageView};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn audit(
    app: State<'_, App>,
    group: Option<AuditGroup>,
    offset: u32,
    limit: u32,
) -> Result<AuditPageView, AppError> {
    app.audit(group, offset, limit)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_audit(app: State<'_, App>) -> Result<AuditCheckView, AppError> {
    let app = app.inner().clone();
    apart(move || app.check_audit()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn export_audit(app: State<'_, App>, folder: String) -> Result<AuditExportView, AppError> {
    let app = app.inner().clone();
    apart(move || app.export_audit(&folder)).await
}
