//! The server's directory: configuration, keys and database. Keys are files that only their owner may read.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use rasoat_casework::{DeviceId, HouseholdKey, MAX_ATTACHMENT_BYTES, Round};
use rasoat_exchange::{ServerId, SigningKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::hex;
use crate::metrics::MetricsAddress;
use crate::second_factor::SecondFactorRule;
use crate::tls::TlsFiles;

/// A server's directory.
#[derive(Debug, Clone)]
pub struct DataDir {
    path: PathBuf,
    /// The database to use in place of the configured one.
    database: Option<DatabaseUrl>,
}

/// Where a PostgreSQL database is: `postgres://user:password@host/name`, or `postgres:///name?host=/run/postgresql` for a socket. Never
/// shown, as it may hold a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// An address.
    pub fn new(address: impl Into<String>) -> Self {
        Self(address.into())
    }

    /// The address, for whoever connects.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DatabaseUrl(…)")
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let is_one = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if is_one { Ok(Self(text.to_owned())) } else { Err(NotAnAddress) }
    }
}

/// A text is no address of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address begins with postgres://")]
pub struct NotAnAddress;

/// `rasoat-server.toml`. A key that is not here is refused: a misspelt one must not pass for its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The server's id. Laptops pin it: never change it.
    pub id: Uuid,
    /// The server's name as people see it.
    pub name: String,
    /// Where laptops and browsers reach the server: `https://…`, or `http://` on loopback.
    pub public_url: String,
    /// The round's year.
    pub round: Round,
    /// The PostgreSQL database that holds what came in; without it that is one file in the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseUrl>,
    /// How much of files beside the answers is kept.
    #[serde(default)]
    pub attachments: AttachmentLimits,
    /// The certificate, where the server itself speaks TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsFiles>,
    /// Where what the server counts is shown, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<MetricsAddress>,
    /// Who must log in with more than a password.
    #[serde(default, skip_serializing_if = "SecondFactorRule::is_empty")]
    pub second_factor: SecondFactorRule,
}

/// How much of files beside the answers is kept, in bytes. What is beyond stays on the laptops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttachmentLimits {
    /// Of one file; never more than the program's own limit.
    pub file_bytes: u32,
    /// Of one laptop.
    pub device_bytes: u64,
    /// Of one commune.
    pub commune_bytes: u64,
}

impl Default for AttachmentLimits {
    fn default() -> Self {
        Self { file_bytes: MAX_ATTACHMENT_BYTES, device_bytes: 2 << 30, commune_bytes: 8 << 30 }
    }
}

/// The directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// `init` was asked to write into a directory that holds something.
    #[error("not empty: {0}")]
    NotEmpty(PathBuf),
    /// There is no server here.
    #[error("no server in {0}")]
    NotInitialised(PathBuf),
    /// `rasoat-server.toml` cannot be understood.
    #[error("configuration refused: {0}")]
    Config(String),
    /// A key file is not a key.
    #[error("key file {0} is damaged")]
    Key(&'static str),
    /// The operating system refused.
    #[error("{1}: {0}")]
    Io(#[source] std::io::Error, PathBuf),
}

pub(crate) const CONFIG: &str = "rasoat-server.toml";
pub(crate) const DATABASE: &str = "rasoat.db";
pub(crate) const RETENTION: &str = "retention.toml";
pub(crate) const KEYS: &str = "keys";
/// Files under `keys/`, as hexadecimal digits or, for the last, an age identity.
const SIGNING: &str = "signing.key";
const STORAGE: &str = "database.key";
const HOUSEHOLDS: &str = "household.key";
const RECOVERY: &str = "recovery.age-identity";
const RECOVERY_RECIPIENT: &str = "recovery.age-recipient";

/// The files of the keys, from the server's directory.
pub(crate) fn key_files() -> Vec<String> {
    [SIGNING, STORAGE, HOUSEHOLDS, RECOVERY, RECOVERY_RECIPIENT].map(|name| format!("{KEYS}/{name}")).into()
}

/// Whether a file of this name is one of a server's directory.
pub(crate) fn is_ours(name: &str) -> bool {
    [CONFIG, DATABASE, RETENTION].contains(&name) || key_files().iter().any(|file| file == name)
}

/// The server's secrets.
pub struct Keys {
    /// Signs receipts, answers and enrolments.
    pub signing: SigningKey,
    /// SQLCipher's raw key.
    pub storage: Zeroizing<[u8; 32]>,
    /// From which ids of households are derived.
    pub households: HouseholdKey,
    /// The age recipient that laptops seal their data key to.
    pub recovery_recipient: String,
}

impl DataDir {
    /// A directory by path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), database: None }
    }

    /// The same with another database than the configured one, if one is given.
    #[must_use]
    pub fn with_database(mut self, database: Option<DatabaseUrl>) -> Self {
        self.database = database.or(self.database);
        self
    }

    /// Has the server use a database from its next start on.
    ///
    /// # Errors
    /// When the configuration cannot be read or written, or names a database.
    pub(crate) fn set_database(&self, database: &DatabaseUrl) -> Result<(), DataDirError> {
        let path = self.path.join(CONFIG);
        let text = fs::read_to_string(&path).map_err(|error| self.io(error, CONFIG))?;
        let line = toml::Value::String(database.as_str().to_owned());
        // Before the first table, or it would be a key of the last one. What stands in the file stays as it was written.
        let text = format!("database = {line}\n{text}");
        toml::from_str::<Config>(&text).map_err(|error| DataDirError::Config(error.message().to_owned()))?;
        let draft = self.path.join("rasoat-server.toml.new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&draft).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&draft, &path)).map_err(|error| self.io(error, CONFIG))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the database is.
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Where it is said how long laptops keep a round's households.
    pub(crate) fn retention(&self) -> PathBuf {
        self.path.join(RETENTION)
    }

    /// Makes the directory with configuration and fresh keys from `random`.
    ///
    /// # Errors
    /// [`DataDirError::NotEmpty`] when it holds anything.
    pub fn create(&self, config: &Config, keys: &Keys, recovery_identity: &str) -> Result<(), DataDirError> {
        self.make()?;
        self.write(SIGNING, &hex::of(&*keys.signing.to_seed()))?;
        self.write(STORAGE, &hex::of(&*keys.storage))?;
        self.write(HOUSEHOLDS, &hex::of(&keys.households.0))?;
        self.write(RECOVERY, recovery_identity)?;
        self.write(RECOVERY_RECIPIENT, &keys.recovery_recipient)?;
        let text = toml::to_string(config).map_err(|error| DataDirError::Config(error.to_string()))?;
        // Last: a directory with a configuration is a whole one.
        fs::write(self.path.join(CONFIG), text).map_err(|error| self.io(error, CONFIG))
    }

    /// Makes the directory, for its owner alone.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub(crate) fn make(&self) -> Result<(), DataDirError> {
        fs::create_dir_all(self.path.join(KEYS)).map_err(|error| self.io(error, ""))?;
        restrict(&self.path, 0o700).map_err(|error| self.io(error, ""))
    }

    /// Refuses a directory that holds anything.
    ///
    /// # Errors
    /// [`DataDirError::NotEmpty`].
    pub fn must_be_empty(&self) -> Result<(), DataDirError> {
        match fs::read_dir(&self.path) {
            Ok(mut entries) => match entries.next() {
                Some(_) => Err(DataDirError::NotEmpty(self.path.clone())),
                None => Ok(()),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(self.io(error, "")),
        }
    }

    /// Reads the configuration.
    ///
    /// # Errors
    /// [`DataDirError::NotInitialised`] when there is none; [`DataDirError::Config`] for an unknown key.
    pub fn config(&self) -> Result<Config, DataDirError> {
        let text = match fs::read_to_string(self.path.join(CONFIG)) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(DataDirError::NotInitialised(self.path.clone()));
            }
            Err(error) => return Err(self.io(error, CONFIG)),
        };
        // The message alone: the line beside it may hold a password.
        let mut config: Config =
            toml::from_str(&text).map_err(|error| DataDirError::Config(error.message().to_owned()))?;
        if let Some(database) = &self.database {
            config.database = Some(database.clone());
        }
        Ok(config)
    }

    /// Reads the keys.
    ///
    /// # Errors
    /// [`DataDirError::Key`] for a file that is not a key.
    pub fn keys(&self) -> Result<Keys, DataDirError> {
        Ok(Keys {
            signing: SigningKey::from_seed(*self.key(SIGNING)?),
            storage: self.key(STORAGE)?,
            households: HouseholdKey(*self.key(HOUSEHOLDS)?),
            recovery_recipient: self.read(RECOVERY_RECIPIENT)?.trim().to_owned(),
        })
    }

    /// The age identity that opens the keys of laptops, as it stands in its file.
    ///
    /// # Errors
    /// When there is none.
    pub fn recovery_identity(&self) -> Result<Zeroizing<String>, DataDirError> {
        Ok(Zeroizing::new(self.read(RECOVERY)?.trim().to_owned()))
    }

    fn key(&self, name: &'static str) -> Result<Zeroizing<[u8; 32]>, DataDirError> {
        hex::parse(self.read(name)?.trim()).map(Zeroizing::new).ok_or(DataDirError::Key(name))
    }

    fn read(&self, name: &str) -> Result<Zeroizing<String>, DataDirError> {
        let path = self.path.join(KEYS).join(name);
        fs::read_to_string(&path).map(Zeroizing::new).map_err(|error| DataDirError::Io(error, path))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), DataDirError> {
        let path = self.path.join(KEYS).join(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        });
        written.map_err(|error| DataDirError::Io(error, path))
    }

    fn io(&self, error: std::io::Error, name: &str) -> DataDirError {
        DataDirError::Io(error, self.path.join(name))
    }
}

fn restrict(path: &Path, mode: u32) -> std::io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

impl Config {
    /// The server's id as laptops pin it.
    pub fn server_id(&self) -> ServerId {
        ServerId(self.id)
    }

    /// What signs the province's own edits, named as devices are.
    pub fn device_id(&self) -> DeviceId {
        DeviceId(self.id)
    }

    /// Whether browsers reach the server by https, so that cookies are for https alone.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
