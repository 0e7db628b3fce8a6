//! What can go wrong, as a closed list. Nothing here carries what was stored.

use std::io;

use rusqlite::ffi;

/// Why the store could not do it. What was asked for was not done, not even in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The passphrase does not open the keys.
    #[error("wrong passphrase; the next try in {retry_after_s} s")]
    WrongPassphrase {
        /// Seconds until another try is allowed.
        retry_after_s: u32,
    },
    /// After wrong passphrases: this try came too early and was not looked at.
    #[error("too many wrong passphrases; the next try in {retry_after_s} s")]
    TryLater {
        /// Seconds until another try is allowed.
        retry_after_s: u32,
    },
    /// The new passphrase is too short.
    #[error("a passphrase has at least {least_chars} characters")]
    WeakPassphrase {
        /// Characters it must have.
        least_chars: u32,
    },
    /// The new passphrase is too long.
    #[error("a passphrase has at most {most_bytes} bytes")]
    LongPassphrase {
        /// Bytes of UTF-8 it may have.
        most_bytes: u32,
    },
    /// There is no such user, or it was not said which of several.
    #[error("no such user")]
    UnknownUser,
    /// Not a name to choose oneself by: empty or too long.
    #[error("the name cannot be used")]
    UnusableName,
    /// Another user has this name.
    #[error("another user has this name")]
    NameTaken,
    /// As many users as there may be.
    #[error("too many users")]
    TooManyUsers,
    /// Who is in cannot be removed, nor the last user.
    #[error("who is in cannot be removed")]
    OwnUser,
    /// An answer came to a recovery that was not begun here.
    #[error("no recovery was begun")]
    NoRecovery,
    /// The answer to a recovery does not open this database.
    #[error("the answer does not open this database")]
    UnusableAnswer,
    /// Another program works in this folder.
    #[error("another program works in this folder")]
    InUse,
    /// The province's recovery recipient, or the costs of the key derivation, cannot be used.
    #[error("the recovery recipient or the key derivation's costs cannot be used")]
    UnusableKeys,
    /// There is a database here; it is never overwritten.
    #[error("there is a database here already")]
    AlreadyExists,
    /// There is no database here.
    #[error("there is no database here")]
    Missing,
    /// The database is here, its key file is not.
    #[error("the key file is missing")]
    KeysMissing,
    /// The database or its key file is not as it was written.
    #[error("the database or its key file is damaged")]
    Damaged,
    /// Written by a newer program.
    #[error("the file was written by a newer program")]
    NewerFile,
    /// No room left on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// The disk or folder cannot be written to.
    #[error("the disk is read-only")]
    ReadOnly,
    /// Another process holds the database.
    #[error("the database is busy")]
    Busy,
    /// The disk failed to read or write.
    #[error("the disk failed to read or write")]
    InputOutput,
    /// One answer is longer than an edit may be.
    #[error("too large for one edit")]
    TooLarge,
    /// The province is not known to have it: it stays.
    #[error("the province is not known to have it")]
    NotConfirmed,
    /// What was to be changed is not here.
    #[error("not found")]
    NotFound,
    /// SQLite refused for another reason: a mistake of the program.
    #[error("the database refused, SQLite code {sqlite}")]
    Refused {
        /// SQLite's extended result code.
        sqlite: i32,
    },
}

impl StoreError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongPassphrase { .. } => "wrong_passphrase",
            Self::TryLater { .. } => "try_later",
            Self::WeakPassphrase { .. } => "weak_passphrase",
            Self::LongPassphrase { .. } => "long_passphrase",
            Self::UnknownUser => "unknown_user",
            Self::UnusableName => "unusable_name",
            Self::NameTaken => "name_taken",
            Self::TooManyUsers => "too_many_users",
            Self::OwnUser => "own_user",
            Self::NoRecovery => "no_recovery",
            Self::UnusableAnswer => "unusable_answer",
            Self::InUse => "in_use",
            Self::UnusableKeys => "unusable_keys",
            Self::AlreadyExists => "already_exists",
            Self::Missing => "missing",
            Self::KeysMissing => "keys_missing",
            Self::Damaged => "damaged",
            Self::NewerFile => "newer_file",
            Self::DiskFull => "disk_full",
            Self::ReadOnly => "read_only",
            Self::Busy => "busy",
            Self::InputOutput => "input_output",
            Self::TooLarge => "too_large",
            Self::NotConfirmed => "not_confirmed",
            Self::NotFound => "not_found",
            Self::Refused { .. } => "refused",
        }
    }

    /// The parameter of the sentence, if it has one: its name and value.
    pub fn param(self) -> Option<(&'static str, u32)> {
        match self {
            Self::WrongPassphrase { retry_after_s } | Self::TryLater { retry_after_s } => {
                Some(("retry_after_s", retry_after_s))
            }
            Self::WeakPassphrase { least_chars } => Some(("least_chars", least_chars)),
            Self::LongPassphrase { most_bytes } => Some(("most_bytes", most_bytes)),
            Self::Refused { sqlite } => Some(("sqlite", sqlite.unsigned_abs())),
            Self::UnknownUser
            | Self::UnusableName
            | Self::NameTaken
            | Self::TooManyUsers
            | Self::OwnUser
            | Self::NoRecovery
            | Self::UnusableAnswer
            | Self::InUse
            | Self::UnusableKeys
            | Self::AlreadyExists
            | Self::Missing
            | Self::KeysMissing
            | Self::Damaged
            | Self::NewerFile
            | Self::DiskFull
            | Self::ReadOnly
            | Self::Busy
            | Self::InputOutput
            | Self::TooLarge
            | Self::NotConfirmed
            | Self::NotFound => None,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let Some(failure) = error.sqlite_error() else {
            // Not SQLite itself: a column does not hold what was written into it.
            return Self::Damaged;
        };
        match (failure.extended_code, failure.extended_code & 0xff) {
            // The shared-memory file of the WAL could not grow.
            (_, ffi::SQLITE_FULL) | (ffi::SQLITE_IOERR_SHMSIZE, _) => Self::DiskFull,
            (_, ffi::SQLITE_READONLY | ffi::SQLITE_PERM) => Self::ReadOnly,
            (_, ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED) => Self::Busy,
            (_, ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB) => Self::Damaged,
            (_, ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN) => Self::InputOutput,
            (_, ffi::SQLITE_TOOBIG) => Self::TooLarge,
            (sqlite, _) => Self::Refused { sqlite },
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind;
        let kind = error.kind();
        if kind == ErrorKind::StorageFull || kind == ErrorKind::QuotaExceeded {
            Self::DiskFull
        } else if kind == ErrorKind::ReadOnlyFilesystem || kind == ErrorKind::PermissionDenied {
            Self::ReadOnly
        } else {
            Self::InputOutput
        }
    }
}

impl From<refinery::Error> for StoreError {
    fn from(error: refinery::Error) -> Self {
        if let refinery::error::Kind::Connection(_, cause) = error.kind()
            && let Some(failure) =
                cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error)
        {
            return Self::from(rusqlite::Error::SqliteFailure(*failure, None));
        }
        // The history of migrations in the file is not ours.
        Self::Damaged
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(_: serde_json::Error) -> Self {
        Self::Damaged
    }
}
