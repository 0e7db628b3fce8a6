//! The people who use this laptop.
//!
//! Full names are kept in the database and stand under what their owners seal. Outside of it stands one short name each, to
//! choose oneself by before unlocking, and only where there are several people.

use std::collections::BTreeMap;

use rasoat_store::{Act, NewUser, Op, Reader, Store, StoreError, Tx, UserId};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::backup::note_backups;
use crate::error::AppError;
use crate::view::{
    AddUserForm, AppStateView, ChangePassphraseForm, RemoveUserForm, RenameUserForm, UserView,
};

const PEOPLE: &str = "people";

type People = BTreeMap<Uuid, String>;

/// Full names, as far as they were said.
pub(crate) fn people(reader: &Reader<'_>) -> Result<BTreeMap<Uuid, String>, StoreError> {
    Ok(reader.setting(PEOPLE)?.unwrap_or_default())
}

/// The full name of who opened the database, if it was ever said.
pub(crate) fn full_name(reader: &Reader<'_>) -> Result<Option<String>, StoreError> {
    Ok(people(reader)?.remove(&reader.user().0))
}

/// Keeps somebody's full name.
pub(crate) fn keep_full_name(tx: &Tx<'_>, user: UserId, name: &str) -> Result<(), StoreError> {
    let mut people: People = tx.setting(PEOPLE)?.unwrap_or_default();
    people.insert(user.0, name.to_owned());
    tx.set_setting(PEOPLE, &people)
}

/// A full name as it is kept: composed, blanks made single.
pub(crate) fn tidy(name: &str) -> String {
    rasoat_casework::nfc_name(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The given name, which Vietnamese names end with.
fn short_name(name: &str) -> &str {
    name.split_whitespace().next_back().unwrap_or_default()
}

/// Who is meant, as screens name them.
pub(crate) fn user_of(id: Option<&str>) -> Result<Option<UserId>, AppError> {
    id.map(|id| Uuid::parse_str(id).map(UserId).map_err(|_| AppError::new("unknown_user"))).transpose()
}

impl App {
    /// Adds somebody. Who is in says their passphrase once more.
    pub fn add_user(&self, form: AddUserForm) -> Result<AppStateView, AppError> {
        let opened = self.need_open()?;
        let full = tidy(&form.name);
        if full.is_empty() {
            return Err(AppError::new("unusable_name"));
        }
        // Who was alone until now chose no name; from here on there is somebody to be told from.
        let own = self.own_row(&opened)?;
        if own.name.is_empty() {
            opened.store.rename_user(opened.store.user(), short_name(&opened.profile.author))?;
        }
        let short = if form.short_name.trim().is_empty() { short_name(&full) } else { &form.short_name };
        let new = NewUser { name: short, passphrase: form.passphrase.secret(), costs: self.costs() };
        let user = opened.store.add_user(form.own_passphrase.secret(), &new, self.now())?;
        let now = self.now();
        opened.store.transact(Op::Settings, |tx| {
            keep_full_name(tx, user, &full)?;
            tx.audit(Act::UserAdded, &[("user", user.0.to_string())], now)
        })?;
        tracing::info!("a user was added");
        Ok(self.state())
    }

    /// Gives somebody another name; what was sealed keeps the name it was sealed under.
    pub fn rename_user(&self, form: RenameUserForm) -> Result<AppStateView, AppError> {
        let opened = self.need_open()?;
        let user = user_of(Some(&form.user))?.ok_or_else(|| AppError::new("unknown_user"))?;
        let full = tidy(&form.name);
        if full.is_empty() {
            return Err(AppError::new("unusable_name"));
        }
        let users = Store::users(self.data_dir(), self.now())?;
        let row = users.iter().find(|row| row.id == user).ok_or_else(|| AppError::new("unknown_user"))?;
        // Who is alone needs no name outside the database.
        if !form.short_name.trim().is_empty() && form.short_name.trim() != row.name {
            opened.store.rename_user(user, &form.short_name)?;
        }
        let now = self.now();
        opened.store.transact(Op::Settings, |tx| {
            keep_full_name(tx, user, &full)?;
            tx.audit(Act::UserRenamed, &[("user", user.0.to_string())], now)
        })?;
        self.read_profile_anew(&opened)?;
        tracing::info!("a user was renamed");
        Ok(self.state())
    }

    /// Takes somebody's way in; never one's own. The database goes under another key, which backups of before do not open. Who is
    /// in says their passphrase once more.
    pub fn remove_user(&self, form: RemoveUserForm) -> Result<AppStateView, AppError> {
        let opened = self.need_open()?;
        let user = user_of(Some(&form.user))?.ok_or_else(|| AppError::new("unknown_user"))?;
        let (now, backups) = (self.now(), self.latest_backup());
        opened.store.remove_user(form.own_passphrase.secret(), user, now)?;
        opened.store.transact(Op::Settings, |tx| {
            tx.need_other_key()?;
            note_backups(tx, backups)?;
            tx.audit(Act::UserRemoved, &[("user", user.0.to_string())], now)
        })?;
        let is_done = self.write_anew(&opened, Some(form.own_passphrase.secret()));
        tracing::info!(is_done, "a user was removed");
        Ok(self.state())
    }

    /// Changes the passphrase of who is in.
    pub fn change_passphrase(&self, form: ChangePassphraseForm) -> Result<AppStateView, AppError> {
        let opened = self.need_open()?;
        let (old, new) = (form.old.secret(), form.new.secret());
        opened.store.change_passphrase(old, new, self.costs(), self.now())?;
        opened.account(Act::PassphraseChanged, &[], self.now());
        tracing::info!("a passphrase was changed");
        Ok(self.state())
    }

    /// Those who may open the database; with full names where it is open.
    pub(crate) fn user_views(&self, opened: Option<&Opened>) -> Vec<UserView> {
        // A key file that cannot be read is told by unlocking.
        let users = Store::users(self.data_dir(), self.now()).unwrap_or_default();
        let people: People = opened
            .and_then(|opened| opened.store.read(|reader| reader.setting(PEOPLE)).ok().flatten())
            .unwrap_or_default();
        let view = |row: rasoat_store::UserRow| {
            let own = opened.is_some_and(|opened| opened.store.user() == row.id);
            let full = people.get(&row.id.0).cloned();
            UserView {
                id: row.id.0.to_string(),
                name: row.name,
                full_name: match opened.filter(|_| own) {
                    Some(opened) => Some(opened.profile.author.clone()),
                    None => full,
                },
                own,
                retry_after_s: row.retry_after_s,
            }
        };
        users.into_iter().map(view).collect()
    }

    fn own_row(&self, opened: &Opened) -> Result<rasoat_store::UserRow, AppError> {
        let users = Store::users(self.data_dir(), self.now())?;
        let own = users.into_iter().find(|row| row.id == opened.store.user());
        own.ok_or_else(|| AppError::new("unknown_user"))
    }
}
