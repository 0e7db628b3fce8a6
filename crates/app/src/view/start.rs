//! First start and unlocking.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::backup::RestoredView;
use super::retention::ErasedByItselfView;
use super::user::{Passphrase, UserView};

/// Which screen the program opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Not enrolled: asks for the enrolment file.
    Fresh,
    /// Enrolled, the database is closed: asks for the passphrase.
    Locked,
    /// Open.
    Open,
    /// Another program works in this folder: nothing can be done here.
    InUse,
    /// The database is gone or cannot be read: a backup is offered.
    Damaged,
    /// Nothing can be written into the folder of the data.
    ReadOnly,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark words on light ground.
    Light,
    /// Light words on dark ground.
    Dark,
}

/// How strongly words and lines stand out from the ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Contrast {
    /// As designed, unless the system asks for more.
    #[default]
    Normal,
    /// More, for weak eyes and strong sun.
    High,
}

/// How everything looks, as the person chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LooksView {
    /// `vi` or `en`.
    pub language: String,
    /// Size of all text in hundredths of the usual one.
    pub text_size: u32,
    /// Light or dark.
    pub theme: Theme,
    /// How strongly words and lines stand out.
    pub contrast: Contrast,
}

/// The program as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AppStateView {
    /// Which screen to open with.
    pub stage: Stage,
    /// `vi` or `en`.
    pub language: String,
    /// Name of the device, once enrolled: "Máy 07".
    pub device_name: Option<String>,
    /// The name of who is in, once open.
    pub surveyor: Option<String>,
    /// The communes in scope, once open: "Đoàn Kết".
    pub communes: Vec<String>,
    /// The round's year, once enrolled.
    pub round: Option<u16>,
    /// Those who may open it, once enrolled.
    pub users: Vec<UserView>,
    /// Minutes without activity after which it locks by itself, once open; 0: never.
    pub lock_after_minutes: u32,
    /// Size of all text in hundredths of the usual one.
    pub text_size: u32,
    /// Light or dark.
    pub theme: Theme,
    /// How strongly words and lines stand out.
    pub contrast: Contrast,
    /// Seconds until another passphrase may be tried, after wrong ones, where there is one user only.
    pub retry_after_s: u32,
    /// Warnings about this machine: `clock_wrong`, `disk_nearly_full`, `disk_full_soon`, `restored_or_copied`, `damaged`,
    /// `answers_lost`, `stick_backup_old`.
    pub warnings: Vec<String>,
    /// What is wrong with the database or its folder, at the stages that say so: `missing`, `damaged`, `keys_missing`,
    /// `input_output`; `read_only`, `file_not_readable`, ….
    pub trouble: Option<String>,
    /// The folder of the data, where nothing can be written into it.
    pub folder: Option<String>,
    /// Room on the disk, where little is left.
    pub free_megabytes: Option<u32>,
    /// Days since a backup was last made on a stick, where that is too long ago.
    pub stick_backup_days: Option<u32>,
    /// What the last restore came to, until the person has seen it.
    pub restored: Option<RestoredView>,
    /// What was removed by itself because the province's term was over, until the person has seen it.
    pub erased: Option<ErasedByItselfView>,
    /// Whether somebody practises: what is shown are made-up households of a made-up commune.
    pub practice: bool,
    /// The language of the form's words, where one was chosen; `null`: that of the screens.
    pub form_language: Option<String>,
    /// Every language that the form has words in, once open.
    pub form_languages: Vec<String>,
    /// The program's version.
    pub version: String,
}

/// What an enrolment file says, before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct EnrolmentView {
    /// The province's server: "Sở Nông nghiệp và Môi trường Lạng Sơn".
    pub server_name: String,
    /// First characters of the server key's fingerprint, to compare by eye.
    pub server_fingerprint: String,
    /// "Máy 07".
    pub device_name: String,
    /// The surveyor it was made for.
    pub surveyor: String,
    /// Communes in scope.
    pub communes: Vec<String>,
    /// Number of villages in scope.
    pub villages: u32,
    /// The round's year.
    pub round: u16,
    /// Until when the file may be used (RFC 3339).
    pub expires_at: String,
    /// Warnings: `clock_wrong`.
    pub warnings: Vec<String>,
}

/// First start without a file: what the person filled in.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct FetchForm {
    /// Where the province is: `rasoat.tinh.gov.vn`, `https://…`.
    pub address: String,
    /// The one-time code.
    pub code: String,
}

/// An enrolment file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FetchedView {
    /// Where it lies; to be given to the enrolment.
    pub path: String,
    /// What it says.
    pub enrolment: EnrolmentView,
}

/// First start: what the person filled in.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct EnrolForm {
    /// Path of the enrolment file.
    pub path: String,
    /// The one-time code that came with it.
    pub code: String,
    /// Who will use the laptop, as it is to stand under what they seal; empty: for whom the file was made.
    pub name: String,
    /// Who renews an enrolment, where there are several; `null`: the only one.
    pub user: Option<String>,
    /// The passphrase that will open the database.
    pub passphrase: Passphrase,
}
