//! Today.

use rasoat_app::view::OverviewView;
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(app: State<'_, App>) -> Result<OverviewView, AppError> {
    app.overview()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_announcement(app: State<'_, App>, id: String) -> Result<(), AppError> {
    app.dismiss_announcement(&id)
}
