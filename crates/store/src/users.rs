//! The people who open the database, each with a passphrase of their own.
//!
//! Their names here stand in the key file, not encrypted: only what is needed to choose oneself. Full names are kept in the
//! database by whoever uses it.

use std::path::Path;

use rasoat_secrets::Params;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use crate::error::StoreError;
use crate::files;
use crate::keys::{KeyFile, KeyHolder};
use crate::store::Store;

/// Characters (after composition to NFC) a name may have.
const MOST_NAME_CHARS: usize = 40;
/// More people than this do not share a laptop.
const MOST_USERS: usize = 50;

/// One person who opens the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub Uuid);

impl UserId {
    /// Who opened the database when key files knew one person only.
    pub(crate) const FIRST: Self = Self(Uuid::nil());
}

/// What may be known of a user before unlocking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Who.
    pub id: UserId,
    /// To choose oneself by; empty for who was alone and chose none.
    pub name: String,
    /// Seconds until a passphrase of this user may be tried.
    pub retry_after_s: u32,
}

/// Somebody to add.
pub struct NewUser<'a> {
    /// To choose oneself by.
    pub name: &'a str,
    /// Opens the database from now on.
    pub passphrase: &'a SecretString,
    /// What guessing it costs.
    pub costs: Params,
}

impl Store {
    /// Who may open the database of a folder, in the order in which they were added.
    pub fn users(dir: &Path, now_millis: i64) -> Result<Vec<UserRow>, StoreError> {
        Ok(KeyFile::read(dir)?.rows(now_millis))
    }

    /// Adds a user. The passphrase of who is in is asked for again: whoever finds an open laptop must not make themselves a way
    /// in for later.
    pub fn add_user(
        &self,
        own_passphrase: &SecretString,
        new: &NewUser<'_>,
        now_millis: i64,
    ) -> Result<UserId, StoreError> {
        let _lock = files::lock(self.dir())?;
        let mut keys = KeyFile::read(self.dir())?;
        let name = free_name(&keys, new.name, None)?;
        if keys.users.len() >= MOST_USERS {
            return Err(StoreError::TooManyUsers);
        }
        let own = own_passphrase.expose_secret();
        keys.open(self.dir(), Some(self.user()), own, now_millis)?;
        let user = KeyHolder::new(&name, &self.key(), new.passphrase.expose_secret(), new.costs)?;
        let id = user.id;
        keys.users.push(user);
        keys.write(self.dir())?;
        Ok(id)
    }

    /// Whether who is in knows their passphrase. Wrong tries count as at unlocking.
    pub fn confirm_passphrase(&self, passphrase: &SecretString, now_millis: i64) -> Result<(), StoreError> {
        let _lock = files::lock(self.dir())?;
        let mut keys = KeyFile::read(self.dir())?;
        keys.open(self.dir(), Some(self.user()), passphrase.expose_secret(), now_millis).map(|_| ())
    }

    /// Gives a user another name.
    pub fn rename_user(&self, user: UserId, name: &str) -> Result<(), StoreError> {
        let _lock = files::lock(self.dir())?;
        let mut keys = KeyFile::read(self.dir())?;
        let name = free_name(&keys, name, Some(user))?;
        keys.holder(Some(user))?.name = name;
        keys.write(self.dir())
    }

    /// Takes a user's way in. Never that of who is in, and so never the last one. The passphrase of who is in is asked for, for the
    /// key that is to follow: [`Store::scrub`] puts the database under another one, which whoever kept a copy of the key file
    /// cannot open.
    pub fn remove_user(
        &self,
        own_passphrase: &SecretString,
        user: UserId,
        now_millis: i64,
    ) -> Result<(), StoreError> {
        let _lock = files::lock(self.dir())?;
        let mut keys = KeyFile::read(self.dir())?;
        keys.holder(Some(user))?;
        if user == self.user() || keys.users.len() == 1 {
            return Err(StoreError::OwnUser);
        }
        keys.open(self.dir(), Some(self.user()), own_passphrase.expose_secret(), now_millis)?;
        keys.users.retain(|known| known.id != user);
        keys.forget_key_before();
        keys.write(self.dir())
    }

    /// Puts another passphrase in place of the one of who is in. Wrong tries of the old one count as at unlocking.
    pub fn change_passphrase(
        &self,
        old: &SecretString,
        new: &SecretString,
        costs: Params,
        now_millis: i64,
    ) -> Result<(), StoreError> {
        let _lock = files::lock(self.dir())?;
        let mut keys = KeyFile::read(self.dir())?;
        let (user, _) = keys.open(self.dir(), Some(self.user()), old.expose_secret(), now_millis)?;
        keys.holder(Some(user))?.rewrap(&self.key(), new.expose_secret(), costs)?;
        keys.forget_key_before();
        keys.write(self.dir())
    }
}

impl KeyFile {
    /// What may be known of the users before unlocking.
    pub(crate) fn rows(self, now_millis: i64) -> Vec<UserRow> {
        let row = |mut user: KeyHolder| {
            user.attempts.follow_clock(now_millis);
            UserRow { id: user.id, name: user.name, retry_after_s: user.attempts.retry_after_s(now_millis) }
        };
        self.users.into_iter().map(row).collect()
    }
}

/// A name as it is kept, if it is one and nobody else has it.
fn free_name(keys: &KeyFile, name: &str, of: Option<UserId>) -> Result<String, StoreError> {
    let name = tidy_name(name);
    if name.is_empty() || name.chars().count() > MOST_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(StoreError::UnusableName);
    }
    let same = |known: &KeyHolder| Some(known.id) != of && known.name.to_lowercase() == name.to_lowercase();
    if keys.users.iter().any(same) { Err(StoreError::NameTaken) } else { Ok(name) }
}

/// Composed to NFC, blanks made single.
pub(crate) fn tidy_name(name: &str) -> String {
    let composed: String = name.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}
