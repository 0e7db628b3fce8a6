//! The way back in when passphrases are forgotten: the province opens the sealed data key and seals it to a recipient that this
//! laptop made for this one recovery.

use std::fs;
use std::io;
use std::path::Path;

use rasoat_secrets::Params;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::error::StoreError;
use crate::files;
use crate::keys::{KeyFile, data_key_of, hex, unhex};
use crate::store::Store;
use crate::users::UserId;

const FORMAT: u32 = 1;
/// Requests are some hundred bytes.
const LONGEST_FILE: u64 = 64 * 1024;

/// What the province needs.
pub struct RecoveryParts {
    /// The data key, sealed to the province's recovery key.
    pub sealed: Vec<u8>,
    /// To whom it is to be sealed again: `age1…`.
    pub recipient: String,
}

/// Kept while an answer is waited for; only its owner may read it.
#[derive(Serialize, Deserialize)]
struct Begun {
    format: u32,
    /// Opens the answer.
    identity: String,
    /// Hex of the request as it was written out.
    request: String,
}

impl Store {
    /// Begins a recovery, in place of one that was begun before: answers to that one are of no use any more. `request`: writes
    /// what is given out; kept as well, so that it can be given out again.
    pub fn begin_recovery(
        dir: &Path,
        request: impl FnOnce(&RecoveryParts) -> Vec<u8>,
    ) -> Result<Vec<u8>, StoreError> {
        let _lock = files::lock(dir)?;
        let identity = age::x25519::Identity::generate();
        let sealed = KeyFile::read(dir)?.sealed_to_province()?;
        let request = request(&RecoveryParts { sealed, recipient: identity.to_public().to_string() });
        let text = identity.to_string().expose_secret().to_owned();
        let begun = Begun { format: FORMAT, identity: text, request: hex(&request) };
        let bytes = Zeroizing::new(serde_json::to_vec(&begun)?);
        files::replace(&files::recovery(dir), &bytes)?;
        Ok(request)
    }

    /// The request of the recovery that was begun; `None` when none was.
    pub fn begun_recovery(dir: &Path) -> Result<Option<Vec<u8>>, StoreError> {
        let begun = Begun::read(dir)?;
        begun.map(|begun| unhex(&begun.request).ok_or(StoreError::Damaged)).transpose()
    }

    /// Ends a recovery: `answer` is the data key sealed by the province. The user gets the new passphrase and the database
    /// opens.
    pub fn recover(
        dir: &Path,
        answer: &[u8],
        user: Option<UserId>,
        passphrase: &SecretString,
        costs: Params,
    ) -> Result<Self, StoreError> {
        let _lock = files::lock(dir)?;
        let begun = Begun::read(dir)?.ok_or(StoreError::NoRecovery)?;
        let identity: age::x25519::Identity = begun.identity.parse().map_err(|_| StoreError::Damaged)?;
        let opened = age::decrypt(&identity, answer).map(Zeroizing::new);
        let data_key = data_key_of(&opened.map_err(|_| StoreError::UnusableAnswer)?)
            .map_err(|_| StoreError::UnusableAnswer)?;
        // Whoever answered may have sealed anything: what does not open the database changes nothing.
        let mut keys = KeyFile::read(dir)?;
        let user = keys.holder(user)?.id;
        let found = keys.connect_by_province(dir, data_key);
        if matches!(found, Err(StoreError::Damaged)) {
            return Err(StoreError::UnusableAnswer);
        }
        let (connection, data_key) = found?;
        keys.holder(Some(user))?.rewrap(&data_key, passphrase.expose_secret(), costs)?;
        keys.forget_key_before();
        keys.write(dir)?;
        files::remove(&files::recovery(dir))?;
        Self::over_older(dir, data_key, connection, user)
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.identity.zeroize();
    }
}

impl Begun {
    fn read(dir: &Path) -> Result<Option<Self>, StoreError> {
        let path = files::recovery(dir);
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
            Ok(about) if about.len() > LONGEST_FILE => return Err(StoreError::Damaged),
            Ok(_) => {}
        }
        let bytes = Zeroizing::new(fs::read(&path)?);
        let begun: Self = serde_json::from_slice(&bytes)?;
        if begun.format > FORMAT { Err(StoreError::NewerFile) } else { Ok(Some(begun)) }
    }
}
