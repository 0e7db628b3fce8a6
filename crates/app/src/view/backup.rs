//! Backups, and putting one in the place of the database.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::user::{Passphrase, UserView};

/// A backup, as it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BackupView {
    /// Its folder.
    pub path: String,
    /// When it was made, by the laptop's clock (RFC 3339).
    pub made_at: String,
    /// Why: `scheduled`, `closing`, `asked`, `before_restore`.
    pub reason: String,
    /// The laptop: "Máy 07".
    pub device_name: String,
    /// Households in it.
    pub households: u32,
    /// Of these, with an interview begun.
    pub interviews: u32,
    /// Sealed changes that were not sent when it was made.
    pub unsent_edits: u32,
    /// Answers that were not sealed.
    pub draft_answers: u32,
    /// Its size.
    pub kilobytes: u32,
}

/// What the backup section begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BackupStatusView {
    /// Those on this laptop's disk, the latest first.
    pub backups: Vec<BackupView>,
    /// Folders there that are no longer as they were written.
    pub unreadable: u32,
    /// Whether the latest holds all there is.
    pub up_to_date: bool,
    /// Changes that were not sent.
    pub unsent_edits: u32,
    /// When one was last made on a stick (RFC 3339).
    pub last_on_stick: Option<String>,
    /// Room on the disk.
    pub free_megabytes: Option<u32>,
}

/// How far making or restoring is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BackupProgressView {
    /// `copying`, `checking`, `restoring`.
    pub phase: String,
    /// So much of `total`.
    pub done: u32,
    /// 0 where it is not known.
    pub total: u32,
}

/// Backups that were found in a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FoundBackupsView {
    /// The latest first.
    pub backups: Vec<BackupView>,
    /// Folders that are no longer as they were written.
    pub unreadable: u32,
}

/// What is offered where the database is gone or damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct RestoreOfferView {
    /// The newest backup of which every byte is as it was written, and who opens it.
    pub best: Option<BackupPreviewView>,
    /// Newer ones that were passed over because they are damaged.
    pub passed_over: u32,
    /// The others, the latest first.
    pub others: Vec<BackupView>,
}

/// A backup that was looked at from end to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BackupPreviewView {
    /// The backup.
    pub backup: BackupView,
    /// Who opens it: with the passphrase of today, or with that of when it was made.
    pub users: Vec<UserView>,
}

/// What to restore.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct RestoreForm {
    /// The backup's folder.
    pub path: String,
    /// Who opens it; `null`: its only user.
    pub user: Option<String>,
    /// Their passphrase.
    pub passphrase: Passphrase,
}

/// What could be read of the database that a backup took the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReadBefore {
    /// There was none.
    Gone,
    /// Nothing.
    Nothing,
    /// Not all of it.
    Part,
    /// All of it: nothing is missing.
    All,
}

/// Files that a restore put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AsideView {
    /// By which it is named.
    pub name: String,
    /// When, by the laptop's clock (RFC 3339); `None` where the name does not say.
    pub at: Option<String>,
    /// Its size.
    pub kilobytes: u32,
    /// Whether all that was in them is in the database; else they alone may hold something.
    pub brought: bool,
}

/// What a restore came to, until the person has seen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RestoredView {
    /// When the backup was made (RFC 3339).
    pub made_at: String,
    /// What could be read of the database before.
    pub before: ReadBefore,
    /// Sealed changes that were brought over from it.
    pub edits: u32,
    /// Answers that were brought over.
    pub answers: u32,
}
