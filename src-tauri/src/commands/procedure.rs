//! The procedure: a village's board, acts over households, assignments.

use rasoat_app::view::{
    AssignForm, CertificateForm, ComplaintForm, CorrectionForm, DecisionForm, FindingForm, MeetingDoneView,
    MeetingForm, PostingForm, ProcedureBoardView, ProcedureHouseholdView, WithdrawForm,
};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn procedure_board(
    app: State<'_, App>,
    village: Option<String>,
) -> Result<ProcedureBoardView, AppError> {
    let app = app.inner().clone();
    apart(move || app.procedure_board(village.as_deref())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn procedure_household(
    app: State<'_, App>,
    household: String,
) -> Result<ProcedureHouseholdView, AppError> {
    app.procedure_household(&household)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn hold_meeting(
    app: State<'_, App>,
    form: MeetingForm,
) -> Result<MeetingDoneView, AppError> {
    app.hold_meeting(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn posted_until(app: State<'_, App>, from: String) -> Result<String, AppError> {
    app.posted_until(&from)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn post_results(app: State<'_, App>, form: PostingForm) -> Result<(), AppError> {
    app.post_results(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn note_complaint(app: State<'_, App>, form: ComplaintForm) -> Result<(), AppError> {
    app.note_complaint(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn note_finding(app: State<'_, App>, form: FindingForm) -> Result<(), AppError> {
    app.note_finding(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn decide_results(app: State<'_, App>, form: DecisionForm) -> Result<(), AppError> {
    app.decide_results(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn note_certificate(app: State<'_, App>, form: CertificateForm) -> Result<(), AppError> {
    app.note_certificate(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_correction(app: State<'_, App>, form: CorrectionForm) -> Result<(), AppError> {
    app.open_correction(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn withdraw_act(app: State<'_, App>, form: WithdrawForm) -> Result<(), AppError> {
    app.withdraw_act(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn assign(app: State<'_, App>, form: AssignForm) -> Result<(), AppError> {
    app.assign(&form)
}
