//! Answers that differ, and settling them.

use rasoat_app::view::{ConflictView, SettledView, SettlementForm, SettlementRule};
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn conflicts(app: State<'_, App>) -> Result<Vec<ConflictView>, AppError> {
    app.conflicts()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn settle_conflicts(
    app: State<'_, App>,
    places: Vec<SettlementForm>,
) -> Result<SettledView, AppError> {
    app.settle_conflicts(places)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn settle_conflicts_by(
    app: State<'_, App>,
    rule: SettlementRule,
    households: Vec<String>,
) -> Result<SettledView, AppError> {
    app.settle_conflicts_by(rule, households)
}
