//! Households that may be one, and merging them.

use rasoat_app::view::{
    DuplicateView, DuplicatesView, LikelyHouseholdView, MergeForm, NewHouseholdForm, NotSameForm,
};
use rasoat_app::{App, AppError};
use tauri::State;

use super::apart;

#[tauri::command]
#[specta::specta]
pub(crate) async fn duplicates_list(
    app: State<'_, App>,
    offset: u32,
    limit: u32,
) -> Result<DuplicatesView, AppError> {
    let app = app.inner().clone();
    apart(move || app.duplicates_list(offset, limit)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn duplicates_of(
    app: State<'_, App>,
    household: String,
) -> Result<Vec<DuplicateView>, AppError> {
    app.duplicates_of(&household)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn duplicates_of_new(
    app: State<'_, App>,
    form: NewHouseholdForm,
) -> Result<Vec<LikelyHouseholdView>, AppError> {
    app.duplicates_of_new(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn duplicate_not_same(app: State<'_, App>, form: NotSameForm) -> Result<(), AppError> {
    app.duplicate_not_same(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn households_merge(app: State<'_, App>, form: MergeForm) -> Result<(), AppError> {
    app.households_merge(&form)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn merge_undo(app: State<'_, App>, merged: String) -> Result<(), AppError> {
    app.merge_undo(&merged)
}
