//! A household's interview and result on paper.

use rasoat_app::view::{PrintForm, PrintView};
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn print_preview(app: State<'_, App>, household: String) -> Result<PrintView, AppError> {
    app.print_preview(&household)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn print_household(app: State<'_, App>, form: PrintForm) -> Result<PrintView, AppError> {
    app.print(&form)
}
