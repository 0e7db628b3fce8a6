//! The interview.

use rasoat_app::view::{AnswerForm, FormView, InterviewChangeView, InterviewView, SignOffView};
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn form(app: State<'_, App>) -> Result<FormView, AppError> {
    app.form()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_interview(
    app: State<'_, App>,
    household: String,
) -> Result<InterviewView, AppError> {
    app.open_interview(&household)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn answer(app: State<'_, App>, form: AnswerForm) -> Result<InterviewChangeView, AppError> {
    app.answer(form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_answers(
    app: State<'_, App>,
    household: String,
    paths: Vec<String>,
) -> Result<InterviewChangeView, AppError> {
    app.confirm_answers(&household, &paths)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_member(
    app: State<'_, App>,
    household: String,
    repeat: String,
) -> Result<InterviewChangeView, AppError> {
    app.add_member(&household, &repeat)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_member(
    app: State<'_, App>,
    household: String,
    path: String,
) -> Result<InterviewChangeView, AppError> {
    app.remove_member(&household, &path)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_interview(app: State<'_, App>, household: String) -> Result<(), AppError> {
    app.leave_interview(&household)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_off(app: State<'_, App>, household: String) -> Result<SignOffView, AppError> {
    app.sign_off(&household)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reopen_interview(
    app: State<'_, App>,
    household: String,
) -> Result<InterviewView, AppError> {
    app.reopen_interview(&household)
}
