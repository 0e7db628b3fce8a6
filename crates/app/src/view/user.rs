//! The people who use this laptop, and the way back in.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use specta::Type;

/// A passphrase on its way from a screen: wiped from memory when dropped, and never shown by `Debug`.
#[derive(Debug, Clone, Type)]
#[specta(transparent)]
pub struct Passphrase(#[specta(type = String)] SecretString);

impl Passphrase {
    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Passphrase {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::from)
    }
}

impl From<String> for Passphrase {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl From<&str> for Passphrase {
    fn from(text: &str) -> Self {
        Self(SecretString::from(text))
    }
}

/// Who opens the program.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct UnlockForm {
    /// Id of the user; `null`: the only one.
    pub user: Option<String>,
    /// Their passphrase.
    pub passphrase: Passphrase,
}

impl From<&str> for UnlockForm {
    fn from(passphrase: &str) -> Self {
        Self { user: None, passphrase: passphrase.into() }
    }
}

/// One person who may open the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct UserView {
    /// Id.
    pub id: String,
    /// To choose oneself by; empty where nobody needed to.
    pub name: String,
    /// The name that stands under what they seal; once open.
    pub full_name: Option<String>,
    /// Whether it is who is in.
    pub own: bool,
    /// Seconds until another passphrase of theirs may be tried, after wrong ones.
    pub retry_after_s: u32,
}

/// Somebody to add.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct AddUserForm {
    /// The name that stands under what they seal.
    pub name: String,
    /// To choose oneself by, readable for whoever turns the machine on; empty: the given name.
    pub short_name: String,
    /// What opens the program for them.
    pub passphrase: Passphrase,
    /// The passphrase of who is in.
    pub own_passphrase: Passphrase,
}

/// Another name.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct RenameUserForm {
    /// Whose.
    pub user: String,
    /// The name that stands under what they seal.
    pub name: String,
    /// To choose oneself by; empty: as it is.
    pub short_name: String,
}

/// Somebody's way in is taken.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct RemoveUserForm {
    /// Whose.
    pub user: String,
    /// The passphrase of who is in.
    pub own_passphrase: Passphrase,
}

/// Another passphrase for who is in.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct ChangePassphraseForm {
    /// The one so far.
    pub old: Passphrase,
    /// The one from now on.
    pub new: Passphrase,
}

/// The way back in when a passphrase was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct RecoveryView {
    /// The request that was written and not answered yet.
    pub begun: Option<BegunRecoveryView>,
}

/// A request that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BegunRecoveryView {
    /// Six digits that the province must see as well: `431610`.
    pub number: String,
    /// When it was made (RFC 3339).
    pub made_at: String,
}

/// Where to write a request.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct RecoveryRequestForm {
    /// A folder.
    pub folder: String,
    /// A new request in place of the one that waits.
    pub anew: bool,
}

/// A request that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct RecoveryRequestView {
    /// Name of the file.
    pub name: String,
    /// What it says.
    pub begun: BegunRecoveryView,
}

/// The province's answer.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct RecoverForm {
    /// Path of the file.
    pub path: String,
    /// Who gets the new passphrase; `null`: the only user.
    pub user: Option<String>,
    /// The new passphrase.
    pub passphrase: Passphrase,
}
