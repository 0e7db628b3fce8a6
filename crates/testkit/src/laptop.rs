//! A laptop: the desktop's use-cases over a folder, with the generated list taken in.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rasoat_app::view::{EnrolForm, HouseholdQuery, HouseholdRowView};
use rasoat_app::{App, AppConfig, AppError, Carrier, Options, Room};
use rasoat_store::Params;

use crate::province::Handover;

/// Opens the databases of these laptops.
pub const PASSPHRASE: &str = "mưa rào tháng sáu";
/// Guessing a passphrase is cheap here, so that tests open databases quickly.
pub const COSTS: Params = Params { m_cost: 8, t_cost: 1, p: 1 };

/// The program over a folder, by the clock given, sending over HTTP.
///
/// # Errors
/// When the folder cannot be used.
pub fn start(data_dir: &Path, now: Arc<dyn Fn() -> i64 + Send + Sync>) -> Result<App, AppError> {
    start_with(data_dir, now, None)
}

/// The same with another carrier of exchanges.
///
/// # Errors
/// When the folder cannot be used.
pub fn start_with(
    data_dir: &Path,
    now: Arc<dyn Fn() -> i64 + Send + Sync>,
    carrier: Option<Arc<dyn Carrier>>,
) -> Result<App, AppError> {
    App::start_with(
        AppConfig { data_dir: data_dir.to_owned(), now },
        Options { carrier, costs: Some(COSTS), room: Some(Arc::new(plenty)), ..Options::default() },
    )
}

/// A disk with room: how full this machine's is changes no test.
fn plenty(_folder: &Path) -> Option<Room> {
    Some(Room { free: 1 << 40, total: 1 << 41 })
}

/// Enrols with what was handed over.
///
/// # Errors
/// As the use-case.
pub fn enrol(app: &App, handover: &Handover) -> Result<(), AppError> {
    let form = EnrolForm {
        path: handover.file.display().to_string(),
        code: handover.code.clone(),
        name: String::new(),
        user: None,
        passphrase: PASSPHRASE.into(),
    };
    app.enrol(form).map(|_| ())
}

/// Takes in an Excel list from its bytes; returns how many households are new.
///
/// # Errors
/// When the file cannot be written or the use-case refuses.
pub fn import(app: &App, list: &[u8]) -> Result<u32> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("list.xlsx");
    std::fs::write(&path, list)?;
    Ok(app.import_list(path.to_str().context("a readable path")?)?.new)
}

/// Households found by words, at most 200.
///
/// # Errors
/// As the use-case.
pub fn households(app: &App, text: &str) -> Result<Vec<HouseholdRowView>, AppError> {
    let query = HouseholdQuery { text: text.to_owned(), limit: 200, ..HouseholdQuery::default() };
    Ok(app.households(query)?.rows)
}
