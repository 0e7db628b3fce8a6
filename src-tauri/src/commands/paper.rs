//! Interviews typed from paper.

use rasoat_app::view::{
    ComparisonView, ExportDaysForm, InterviewView, PaperDeskView, SettleEntriesForm, SettledEntriesView,
    SignOffView, SignPaperForm,
};
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn paper_desk(app: State<'_, App>) -> Result<PaperDeskView, AppError> {
    app.paper_desk()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_paper(app: State<'_, App>, id: String) -> Result<InterviewView, AppError> {
    app.open_paper(&id)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_paper(app: State<'_, App>, id: String, keys: u32) -> Result<(), AppError> {
    app.leave_paper(&id, keys)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_paper(app: State<'_, App>, form: SignPaperForm) -> Result<SignOffView, AppError> {
    app.sign_paper(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn begin_second_entry(app: State<'_, App>, household: String) -> Result<String, AppError> {
    app.begin_second_entry(&household)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn compare_entries(app: State<'_, App>, entry: String) -> Result<ComparisonView, AppError> {
    app.compare_entries(&entry)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn settle_entries(
    app: State<'_, App>,
    form: SettleEntriesForm,
) -> Result<SettledEntriesView, AppError> {
    app.settle_entries(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn export_operator_days(
    app: State<'_, App>,
    form: ExportDaysForm,
) -> Result<String, AppError> {
    app.export_operator_days(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn erase_operator_days(app: State<'_, App>) -> Result<(), AppError> {
    app.erase_operator_days()
}
