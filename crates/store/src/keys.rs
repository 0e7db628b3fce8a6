//! The key file: the database's random key, wrapped for each user by a passphrase and sealed to the province, and the count of
//! wrong tries of each. It stands outside the database, because it is needed before the database opens.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use rasoat_secrets::{MAX_PASSPHRASE_BYTES, NONCE_BYTES, Params, SALT_BYTES, UnwrapError, WrappedSecret};
use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;
use zeroize::Zeroize;

use crate::attempts::Attempts;
use crate::error::StoreError;
use crate::files;
use crate::handover::Handover;
use crate::users::UserId;

const FORMAT: u32 = 2;
/// A key file is some hundred bytes for each user; more is not ours.
const LONGEST_FILE: u64 = 256 * 1024;
/// Characters (after composition to NFC) a passphrase must have.
pub const LEAST_PASSPHRASE_CHARS: u32 = 8;

/// The database's key: 32 random bytes, wiped from memory when dropped.
pub(crate) type DataKey = SecretBox<[u8; 32]>;

/// What is in the key file.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyFile {
    format: u32,
    /// In the order in which they were added; never empty.
    pub(crate) users: Vec<KeyHolder>,
    recovery: Recovery,
    /// What may be shown before unlocking.
    pub(crate) facts: BTreeMap<String, String>,
    /// Which states of the database may follow ([`crate::place`]): one, or two while it is being replaced.
    #[serde(default)]
    pub(crate) generations: Vec<Uuid>,
    /// The next key, while not everybody has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) handover: Option<Handover>,
}

/// The data key as one person opens it.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyHolder {
    pub(crate) id: UserId,
    /// To choose oneself by before unlocking; not encrypted.
    pub(crate) name: String,
    /// Hex of a [`WrappedSecret`].
    wrapped: String,
    pub(crate) attempts: Attempts,
    /// Whether that is the key before the one in use.
    #[serde(default)]
    pub(crate) behind: bool,
}

/// The data key sealed to the province.
#[derive(Serialize, Deserialize)]
struct Recovery {
    /// age recipient: `age1…`.
    recipient: String,
    /// Hex of an age file with the 32 bytes.
    sealed: String,
}

/// Format 1: one person without a name.
#[derive(Deserialize)]
struct First {
    wrapped: String,
    recovery: Recovery,
    attempts: Attempts,
    facts: BTreeMap<String, String>,
}

impl From<First> for KeyFile {
    fn from(First { wrapped, recovery, attempts, facts }: First) -> Self {
        let only = KeyHolder { id: UserId::FIRST, name: String::new(), wrapped, attempts, behind: false };
        let (users, generations) = (vec![only], Vec::new());
        Self { format: FORMAT, users, recovery, facts, generations, handover: None }
    }
}

impl KeyFile {
    /// Makes a new data key, for one person.
    pub(crate) fn new(
        name: &str,
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

        let first = KeyHolder::new(name, &data_key, passphrase, costs)?;
        let sealed =
            age::encrypt(&recipient, data_key.expose_secret()).map_err(|_| StoreError::UnusableKeys)?;
        let file = Self {
            format: FORMAT,
            users: vec![first],
            recovery: Recovery { recipient: recipient.to_string(), sealed: hex(&sealed) },
            facts,
            generations: Vec::new(),
            handover: None,
        };
        Ok((file, data_key))
    }

    /// Reads the key file of a folder.
    pub(crate) fn read(dir: &Path) -> Result<Self, StoreError> {
        Self::read_from(&files::keys(dir))
    }

    /// The same under another name.
    pub(crate) fn read_from(path: &Path) -> Result<Self, StoreError> {
        let found = fs::metadata(path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                StoreError::KeysMissing
            } else {
                StoreError::from(error)
            }
        })?;
        if found.len() > LONGEST_FILE {
            return Err(StoreError::Damaged);
        }
        let bytes = fs::read(path)?;
        let Versioned { format } = serde_json::from_slice(&bytes)?;
        let keys: Self = match format {
            1 => serde_json::from_slice::<First>(&bytes)?.into(),
            FORMAT => serde_json::from_slice(&bytes)?,
            0 => return Err(StoreError::Damaged),
            _ => return Err(StoreError::NewerFile),
        };
        if keys.users.is_empty() { Err(StoreError::Damaged) } else { Ok(keys) }
    }

    /// Writes it whole or not at all.
    pub(crate) fn write(&self, dir: &Path) -> Result<(), StoreError> {
        self.write_to(&files::keys(dir))
    }

    /// The same under another name.
    pub(crate) fn write_to(&self, path: &Path) -> Result<(), StoreError> {
        files::replace(path, &serde_json::to_vec_pretty(self)?)
    }

    /// As [`KeyFile::write_to`], but a disk without room, or one that cannot be written to, does not keep people from their
    /// data: then only the count of tries is not kept.
    pub(crate) fn write_if_there_is_room(&self, path: &Path) -> Result<(), StoreError> {
        match self.write_to(path) {
            Err(StoreError::DiskFull | StoreError::ReadOnly) => Ok(()),
            written => written,
        }
    }

    /// Whose passphrase is meant: the one named, or the only one.
    pub(crate) fn holder(&mut self, user: Option<UserId>) -> Result<&mut KeyHolder, StoreError> {
        match (user, self.users.as_mut_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(StoreError::UnknownUser),
            (Some(id), users) => users.iter_mut().find(|user| user.id == id).ok_or(StoreError::UnknownUser),
        }
    }

    /// The data key for whoever knows the passphrase. Tries are counted, and on the disk before the passphrase is looked at.
    pub(crate) fn open(
        &mut self,
        dir: &Path,
        user: Option<UserId>,
        passphrase: &str,
        now_millis: i64,
    ) -> Result<(UserId, DataKey), StoreError> {
        self.open_counting(&files::keys(dir), user, passphrase, now_millis)
    }

    /// The same, with the tries counted in a file of another name.
    pub(crate) fn open_counting(
        &mut self,
        tries: &Path,
        user: Option<UserId>,
        passphrase: &str,
        now_millis: i64,
    ) -> Result<(UserId, DataKey), StoreError> {
        let holder = self.holder(user)?;
        let id = holder.id;
        holder.attempts.follow_clock(now_millis);
        let retry_after_s = holder.attempts.retry_after_s(now_millis);
        if retry_after_s > 0 {
            self.write_if_there_is_room(tries)?;
            return Err(StoreError::TryLater { retry_after_s });
        }
        holder.attempts.note(now_millis);
        self.write_if_there_is_room(tries)?;
        let holder = self.holder(Some(id))?;
        let Some(data_key) = holder.unwrap(passphrase)? else {
            return Err(StoreError::WrongPassphrase {
                retry_after_s: holder.attempts.retry_after_s(now_millis),
            });
        };
        holder.attempts = Attempts::default();
        self.write_if_there_is_room(tries)?;
        Ok((id, data_key))
    }

    /// Whether both hold the key of one database: it was sealed to the province once.
    pub(crate) fn is_of_database_of(&self, other: &Self) -> bool {
        self.recovery.sealed == other.recovery.sealed
    }

    /// A key as the province alone opens it, in hex.
    pub(crate) fn seal_to_province(&self, data_key: &DataKey) -> Result<String, StoreError> {
        let recipient: age::x25519::Recipient =
            self.recovery.recipient.parse().map_err(|_| StoreError::UnusableKeys)?;
        let sealed = age::encrypt(&recipient, data_key.expose_secret());
        Ok(hex(&sealed.map_err(|_| StoreError::UnusableKeys)?))
    }

    /// Puts another sealed key in place.
    pub(crate) fn replace_sealed(&mut self, sealed: String) {
        self.recovery.sealed = sealed;
    }

    /// The data key as the province alone opens it.
    pub(crate) fn sealed_to_province(&self) -> Result<Vec<u8>, StoreError> {
        unhex(&self.recovery.sealed).ok_or(StoreError::Damaged)
    }
}

impl KeyHolder {
    /// Wraps the data key for one more person.
    pub(crate) fn new(
        name: &str,
        data_key: &DataKey,
        passphrase: &str,
        costs: Params,
    ) -> Result<Self, StoreError> {
        let mut bytes = [0; 16];
        random(&mut bytes)?;
        let id = UserId(uuid::Builder::from_random_bytes(bytes).into_uuid());
        let wrapped = wrap(data_key, passphrase, costs)?;
        Ok(Self { id, name: name.to_owned(), wrapped, attempts: Attempts::default(), behind: false })
    }

    /// Puts another passphrase in place.
    pub(crate) fn rewrap(
        &mut self,
        data_key: &DataKey,
        passphrase: &str,
        costs: Params,
    ) -> Result<(), StoreError> {
        self.wrapped = wrap(data_key, passphrase, costs)?;
        self.attempts = Attempts::default();
        self.behind = false;
        Ok(())
    }

    /// Puts another key under the same passphrase, at the same costs.
    pub(crate) fn rewrap_as_before(
        &mut self,
        data_key: &DataKey,
        passphrase: &str,
    ) -> Result<(), StoreError> {
        let wrapped = unhex(&self.wrapped).ok_or(StoreError::Damaged)?;
        let costs = WrappedSecret::from_bytes(&wrapped).map_err(|_| StoreError::Damaged)?.params();
        self.rewrap(data_key, passphrase, costs)
    }

    /// `None`: the passphrase is another.
    fn unwrap(&self, passphrase: &str) -> Result<Option<DataKey>, StoreError> {
        let wrapped = unhex(&self.wrapped).ok_or(StoreError::Damaged)?;
        let opened = WrappedSecret::from_bytes(&wrapped)
            .and_then(|wrapped| rasoat_secrets::unwrap(&wrapped, passphrase));
        match opened {
            Ok(secret) => data_key_of(&secret).map(Some),
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

/// The data key from its bytes; what is of another length is none.
pub(crate) fn data_key_of(bytes: &[u8]) -> Result<DataKey, StoreError> {
    let mut key = Box::new([0; 32]);
    if bytes.len() != key.len() {
        return Err(StoreError::Damaged);
    }
    key.copy_from_slice(bytes);
    Ok(DataKey::new(key))
}

fn wrap(data_key: &DataKey, passphrase: &str, costs: Params) -> Result<String, StoreError> {
    check_passphrase(passphrase)?;
    let mut salt = [0; SALT_BYTES];
    random(&mut salt)?;
    let mut nonce = [0; NONCE_BYTES];
    random(&mut nonce)?;
    let wrapped = rasoat_secrets::wrap(data_key.expose_secret(), passphrase, salt, nonce, costs)
        .map_err(|_| StoreError::UnusableKeys)?;
    Ok(hex(&wrapped.to_bytes()))
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

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
