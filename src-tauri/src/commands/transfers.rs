//! What went when and how.

use rasoat_app::view::{MovedView, TransferView};
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn exchange_households(app: State<'_, App>, number: u32) -> Result<MovedView, AppError> {
    app.exchange_households(number)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bundle_households(app: State<'_, App>, number: u32) -> Result<MovedView, AppError> {
    app.bundle_households(number)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn household_transfers(
    app: State<'_, App>,
    household: String,
) -> Result<Vec<TransferView>, AppError> {
    app.household_transfers(&household)
}
