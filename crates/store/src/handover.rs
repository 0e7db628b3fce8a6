//! From one key of the database to the next. The key file holds the next one wrapped by the one before, until everybody who opens
//! the database has done so by their passphrase and it is wrapped for each of them; then nothing leads to the key before any more.

use std::path::Path;

use rasoat_secrets::{NONCE_BYTES, Params, SALT_BYTES, WrappedSecret};
use rusqlite::Connection;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::connection;
use crate::error::StoreError;
use crate::files;
use crate::keys::{DataKey, KeyFile, data_key_of, hex, random, unhex};
use crate::users::UserId;

/// The key before is random itself: guessing it costs enough.
const COSTS: Params = Params { m_cost: 8, t_cost: 1, p: 1 };

/// The next key, on its way to everybody.
#[derive(Serialize, Deserialize)]
pub(crate) struct Handover {
    /// Hex of it, wrapped by the key before.
    next: String,
    /// Hex of it, sealed to the province.
    sealed: String,
    /// Whether the database is known to be under it.
    done: bool,
}

impl Handover {
    fn open(&self, before: &DataKey) -> Result<DataKey, StoreError> {
        let wrapped = unhex(&self.next).ok_or(StoreError::Damaged)?;
        let wrapped = WrappedSecret::from_bytes(&wrapped).map_err(|_| StoreError::Damaged)?;
        let digits = Zeroizing::new(hex(before.expose_secret()));
        let next = rasoat_secrets::unwrap(&wrapped, &digits).map_err(|_| StoreError::Damaged)?;
        data_key_of(&next)
    }
}

impl KeyFile {
    /// Whether somebody still opens the database by the key before.
    pub(crate) fn is_handing_over(&self) -> bool {
        self.handover.is_some()
    }

    /// Makes the next key and puts it beside the one in use. To be on the disk before the database is under it.
    pub(crate) fn begin_handover(&mut self, before: &DataKey) -> Result<DataKey, StoreError> {
        let mut key = Box::new([0; 32]);
        random(key.as_mut_slice())?;
        let next = DataKey::new(key);
        let mut salt = [0; SALT_BYTES];
        random(&mut salt)?;
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce)?;
        let digits = Zeroizing::new(hex(before.expose_secret()));
        let wrapped = rasoat_secrets::wrap(next.expose_secret(), &digits, salt, nonce, COSTS)
            .map_err(|_| StoreError::UnusableKeys)?;
        let sealed = self.seal_to_province(&next)?;
        self.handover = Some(Handover { next: hex(&wrapped.to_bytes()), sealed, done: false });
        Ok(next)
    }

    /// Ends a handover that was broken off, for who knows the key that the database is under: it is the one before, and there is
    /// none, or the next.
    pub(crate) fn settle_handover(
        &mut self,
        in_use: &DataKey,
        at_hand: Option<(UserId, &SecretString)>,
    ) -> Result<(), StoreError> {
        match &self.handover {
            Some(handover) if !handover.done && handover.open(in_use).is_ok() => {
                self.handover = None;
                Ok(())
            }
            Some(handover) if !handover.done => self.end_handover(in_use, at_hand),
            Some(_) | None => Ok(()),
        }
    }

    /// The database is under the next key: the province gets it, whoever's passphrase is at hand too, and all others are behind.
    pub(crate) fn end_handover(
        &mut self,
        next: &DataKey,
        at_hand: Option<(UserId, &SecretString)>,
    ) -> Result<(), StoreError> {
        if let Some(handover) = &mut self.handover {
            handover.done = true;
            let sealed = handover.sealed.clone();
            self.replace_sealed(sealed);
        }
        for user in &mut self.users {
            user.behind = true;
        }
        match at_hand {
            Some((user, passphrase)) => self.catch_up(user, next, passphrase),
            None => Ok(()),
        }
    }

    /// Opens the database for a user whose passphrase gave `own`: by that key, or by the one that it leads to.
    pub(crate) fn connect(
        &mut self,
        dir: &Path,
        user: UserId,
        own: DataKey,
        passphrase: &SecretString,
    ) -> Result<(Connection, DataKey), StoreError> {
        let file = files::database(dir);
        let Some(handover) = &self.handover else {
            let connection = connection::open(&file, &own)?;
            return Ok((connection, own));
        };
        let is_done = handover.done;
        let is_behind = self.holder(Some(user))?.behind;
        if !is_behind {
            match connection::open(&file, &own) {
                Err(StoreError::Damaged) if !is_done => {}
                Err(error) => return Err(error),
                Ok(connection) => {
                    if !is_done {
                        // It was broken off before the database was under the next key.
                        self.handover = None;
                        self.write_if_there_is_room(&files::keys(dir))?;
                    }
                    return Ok((connection, own));
                }
            }
        }
        let handover = self.handover.as_ref().ok_or(StoreError::Damaged)?;
        let next = handover.open(&own)?;
        let connection = connection::open(&file, &next)?;
        if is_done {
            self.catch_up(user, &next, passphrase)?;
        } else {
            self.end_handover(&next, Some((user, passphrase)))?;
        }
        self.write_if_there_is_room(&files::keys(dir))?;
        Ok((connection, next))
    }

    /// The key in use, for a user whose passphrase gave `own`, which may be the one before.
    pub(crate) fn key_in_use(&mut self, user: UserId, own: DataKey) -> Result<DataKey, StoreError> {
        let is_behind = self.holder(Some(user))?.behind;
        match &self.handover {
            Some(handover) if handover.done && is_behind => handover.open(&own),
            Some(_) | None => Ok(own),
        }
    }

    /// Opens the database by the key that the province opened: the one in use, or, where a handover was broken off, the one that it
    /// leads to.
    pub(crate) fn connect_by_province(
        &mut self,
        dir: &Path,
        sealed: DataKey,
    ) -> Result<(Connection, DataKey), StoreError> {
        let file = files::database(dir);
        let opened = connection::open(&file, &sealed);
        match (&self.handover, opened) {
            (Some(handover), Err(StoreError::Damaged)) if !handover.done => {
                let next = handover.open(&sealed)?;
                let connection = connection::open(&file, &next)?;
                self.end_handover(&next, None)?;
                Ok((connection, next))
            }
            (_, opened) => Ok((opened?, sealed)),
        }
    }

    /// A user has the key in use; once nobody is behind, nothing leads to the one before.
    fn catch_up(
        &mut self,
        user: UserId,
        next: &DataKey,
        passphrase: &SecretString,
    ) -> Result<(), StoreError> {
        self.holder(Some(user))?.rewrap_as_before(next, passphrase.expose_secret())?;
        self.forget_key_before();
        Ok(())
    }

    /// Throws away what leads from the key before to the next, if nobody needs it any more.
    pub(crate) fn forget_key_before(&mut self) {
        let is_done = self.handover.as_ref().is_some_and(|handover| handover.done);
        if is_done && self.users.iter().all(|user| !user.behind) {
            self.handover = None;
        }
    }
}
