//! Household lists and pages.

use rasoat_app::view::{HouseholdPageView, HouseholdQuery, HouseholdView, NewHouseholdForm};
use rasoat_app::{App, AppError};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub(crate) async fn households(
    app: State<'_, App>,
    query: HouseholdQuery,
) -> Result<HouseholdPageView, AppError> {
    app.households(query)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn household(app: State<'_, App>, id: String) -> Result<HouseholdView, AppError> {
    app.household(&id)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_household(app: State<'_, App>, form: NewHouseholdForm) -> Result<String, AppError> {
    app.add_household(form)
}
