//! The key file: the database's random key, wrapped by the passphrase and sealed to the province, and the count of wrong
//! tries. It stands outside the database, because it is needed before the database opens.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use rasoat_secrets::{MAX_PASSPHRASE_BYTES, NONCE_BYTES, Params, SALT_BYTES, UnwrapError, WrappedSecret};
use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroize;

use crate::attempts::Attempts;
use crate::error::StoreError;
use crate::files;

const FORMAT: u32 = 1;
/// A key file is a few hundred bytes; more is not ours.
const LONGEST_FILE: u64 = 64 * 1024;
/// Characters (after composition to NFC) a passphrase must have.
pub const LEAST_PASSPHRASE_CHARS: u32 = 8;

/// The database's key: 32 random bytes, wiped from memory when dropped.
pub(crate) type DataKey = SecretBox<[u8; 32]>;

/// What is in the key file.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyFile {
    format: u32,
    /// Hex of a [`WrappedSecret`].
    wrapped: String,
    recovery: Recovery,
    pub(crate) attempts: Attempts,
    /// What may be shown before unlocking.
    pub(crate) facts: BTreeMap<String, String>,
}

/// The data key sealed to the province.
#[derive(Serialize, Deserialize)]
struct Recovery {
    /// age recipient: `age1…`.
    recipient: String,
    /// Hex of an age file with the 32 bytes.
    sealed: String,
}

impl KeyFile {
    /// Makes a new data key.
    pub(crate) fn new(
        passphrase: &str,
        recovery_recipient: &str,
        costs: Params,
        facts: BTreeMap<String, String>,
    ) -> Result<(Self, DataKey), StoreError> {
        check_passphrase(passphrase)?;
        let recipient: age::x25519::Recipient =
            recovery_recipient.parse().map_err(|_| StoreError::UnusableKeys)?;
        let mut key = [0; 32];
        random(&mut key)?;
        let data_key = DataKey::new(Box::new(key));
        key.zeroize();

        let mut salt = [0; SALT_BYTES];
        random(&mut salt)?;
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce)?;
        let wrapped = rasoat_secrets::wrap(data_key.expose_secret(), passphrase, salt, nonce, costs)
            .map_err(|_| StoreError::UnusableKeys)?;
        let sealed =
            age::encrypt(&recipient, data_key.expose_secret()).map_err(|_| StoreError::UnusableKeys)?;
        let file = Self {
            format: FORMAT,
            wrapped: hex(&wrapped.to_bytes()),
            recovery: Recovery { recipient: recipient.to_string(), sealed: hex(&sealed) },
            attempts: Attempts::default(),
            facts,
        };
        Ok((file, data_key))
    }

    /// Reads the key file of a folder.
    pub(crate) fn read(dir: &Path) -> Result<Self, StoreError> {
        let path = files::keys(dir);
        let found = fs::metadata(&path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                StoreError::KeysMissing
            } else {
                StoreError::from(error)
            }
        })?;
        if found.len() > LONGEST_FILE {
            return Err(StoreError::Damaged);
        }
        let bytes = fs::read(&path)?;
        let Versioned { format } = serde_json::from_slice(&bytes)?;
        if format > FORMAT {
            return Err(StoreError::NewerFile);
        }
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Writes it whole or not at all.
    pub(crate) fn write(&self, dir: &Path) -> Result<(), StoreError> {
        self.write_to(&files::keys(dir))
    }

    /// The same under another name.
    pub(crate) fn write_to(&self, path: &Path) -> Result<(), StoreError> {
        files::replace(path, &serde_json::to_vec_pretty(self)?)
    }

    /// As [`KeyFile::write`], but a disk without room, or one that cannot be written to, does not keep people from their
    /// data: then only the count of tries is not kept.
    pub(crate) fn write_if_there_is_room(&self, dir: &Path) -> Result<(), StoreError> {
        match self.write(dir) {
            Err(StoreError::DiskFull | StoreError::ReadOnly) => Ok(()),
            written => written,
        }
    }

    /// The data key, for whoever knows the passphrase. `None`: the passphrase is another.
    pub(crate) fn unwrap(&self, passphrase: &str) -> Result<Option<DataKey>, StoreError> {
        let wrapped = unhex(&self.wrapped).ok_or(StoreError::Damaged)?;
        let opened = WrappedSecret::from_bytes(&wrapped)
            .and_then(|wrapped| rasoat_secrets::unwrap(&wrapped, passphrase));
        match opened {
            Ok(secret) => {
                let mut key = Box::new([0; 32]);
                if secret.len() != key.len() {
                    return Err(StoreError::Damaged);
                }
                key.copy_from_slice(&secret);
                Ok(Some(DataKey::new(key)))
            }
            Err(UnwrapError::WrongPassphrase) => Ok(None),
            Err(UnwrapError::Damaged) => Err(StoreError::Damaged),
            Err(UnwrapError::NewerFormat(_)) => Err(StoreError::NewerFile),
        }
    }
}

/// Read first: a newer file may have other fields.
#[derive(Deserialize)]
struct Versioned {
    format: u32,
}

fn check_passphrase(passphrase: &str) -> Result<(), StoreError> {
    if passphrase.nfc().count() < LEAST_PASSPHRASE_CHARS as usize {
        return Err(StoreError::WeakPassphrase { least_chars: LEAST_PASSPHRASE_CHARS });
    }
    if passphrase.len() > MAX_PASSPHRASE_BYTES {
        return Err(StoreError::LongPassphrase { most_bytes: MAX_PASSPHRASE_BYTES as u32 });
    }
    Ok(())
}

/// Fills with the operating system's randomness.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(|_| StoreError::InputOutput)
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
