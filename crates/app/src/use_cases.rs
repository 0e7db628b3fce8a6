//! The door: everything a screen may ask for.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::AppError;
use crate::view::*;

/// What the program is started with.
pub struct AppConfig {
    /// Folder of the database, its keys, backups and the log.
    pub data_dir: PathBuf,
    /// Milliseconds since 1970 on the laptop's clock.
    pub now: Arc<dyn Fn() -> i64 + Send + Sync>,
}

/// The running program; cheap to clone, shared by all commands.
#[derive(Clone)]
pub struct App {}

impl App {
    /// Starts with what is in the data folder.
    pub fn start(_config: AppConfig) -> Result<Self, AppError> {
        todo!()
    }

    /// Which screen to open with.
    pub fn state(&self) -> AppStateView {
        todo!()
    }

    /// `vi` or `en`.
    pub fn set_language(&self, _language: &str) -> Result<AppStateView, AppError> {
        todo!()
    }

    /// Reads an enrolment file without using it.
    pub fn inspect_enrolment(&self, _path: &str) -> Result<EnrolmentView, AppError> {
        todo!()
    }

    /// Creates the database from an enrolment file, or renews an enrolment with the same server.
    pub fn enrol(&self, _form: EnrolForm) -> Result<AppStateView, AppError> {
        todo!()
    }

    /// Opens the database.
    pub fn unlock(&self, _passphrase: &str) -> Result<AppStateView, AppError> {
        todo!()
    }

    /// Closes the database and forgets the keys.
    pub fn lock(&self) -> Result<AppStateView, AppError> {
        todo!()
    }

    /// Today.
    pub fn overview(&self) -> Result<OverviewView, AppError> {
        todo!()
    }

    /// A page of households.
    pub fn households(&self, _query: HouseholdQuery) -> Result<HouseholdPageView, AppError> {
        todo!()
    }

    /// One household.
    pub fn household(&self, _id: &str) -> Result<HouseholdView, AppError> {
        todo!()
    }

    /// Adds a household that is not on the list; returns its id.
    pub fn add_household(&self, _form: NewHouseholdForm) -> Result<String, AppError> {
        todo!()
    }

    /// Reads an official list without taking it in.
    pub fn preview_list(&self, _path: &str) -> Result<ListPreviewView, AppError> {
        todo!()
    }

    /// Takes an official list in, in one transaction.
    pub fn import_list(&self, _path: &str) -> Result<ListImportView, AppError> {
        todo!()
    }

    /// The form of the round.
    pub fn form(&self) -> Result<FormView, AppError> {
        todo!()
    }

    /// Opens a household's interview, at the draft if there is one.
    pub fn open_interview(&self, _household: &str) -> Result<InterviewView, AppError> {
        todo!()
    }

    /// Gives one answer; it is on disk when this returns.
    pub fn answer(&self, _form: AnswerForm) -> Result<InterviewChangeView, AppError> {
        todo!()
    }

    /// Adds a member.
    pub fn add_member(&self, _household: &str, _repeat: &str) -> Result<InterviewChangeView, AppError> {
        todo!()
    }

    /// Removes a member; the answers stay in the history.
    pub fn remove_member(&self, _household: &str, _path: &str) -> Result<InterviewChangeView, AppError> {
        todo!()
    }

    /// Leaves the household: seals what changed as one edit.
    pub fn leave_interview(&self, _household: &str) -> Result<(), AppError> {
        todo!()
    }

    /// Signs off, unless findings block it.
    pub fn sign_off(&self, _household: &str) -> Result<SignOffView, AppError> {
        todo!()
    }

    /// Opens a signed interview for correction.
    pub fn reopen_interview(&self, _household: &str) -> Result<InterviewView, AppError> {
        todo!()
    }

    /// The sync screen.
    pub fn sync_status(&self) -> Result<SyncView, AppError> {
        todo!()
    }

    /// Exchanges with the province until nothing waits; answers with the screen's new state.
    pub async fn sync_now(&self) -> Result<SyncView, AppError> {
        todo!()
    }
}
