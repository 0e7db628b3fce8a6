//! Making a server: keys, configuration, database, what ships, and one account.

use std::collections::BTreeSet;

use age::secrecy::ExposeSecret as _;
use rasoat_casework::{HouseholdKey, Round};
use rasoat_exchange::SigningKey;
use zeroize::Zeroizing;

use crate::data_dir::{AttachmentLimits, Config, DataDir, DatabaseUrl, Keys};
use crate::enrol::COMMAND_LINE;
use crate::password;
use crate::random::{self, NoRandomness};
use crate::second_factor::SecondFactorRule;
use crate::state::{OpenError, State};
use crate::storage::{Account, AuditEntry};
use crate::view::Role;

/// The name of the account that `init` makes.
pub const FIRST_ACCOUNT: &str = "admin";

/// What a new server is told.
#[derive(Debug, Clone)]
pub struct NewServer {
    /// Its name as people see it.
    pub name: String,
    /// Where laptops and browsers reach it.
    pub public_url: String,
    /// The round's year.
    pub round: Round,
    /// The PostgreSQL database for what comes in; none for a file in the directory.
    pub database: Option<DatabaseUrl>,
}

/// A server could not be made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// Its directory, storage or library.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The operating system.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Makes a server in an empty directory and returns the password of [`FIRST_ACCOUNT`], which is kept nowhere.
///
/// # Errors
/// When the directory holds anything, or what ships does not pass its checks.
pub async fn init(dir: &DataDir, new: NewServer) -> Result<Zeroizing<String>, InitError> {
    dir.must_be_empty().map_err(OpenError::from)?;
    crate::library::checked().map_err(OpenError::from)?;
    let recovery = age::x25519::Identity::generate();
    let keys = Keys {
        signing: SigningKey::from_seed(random::bytes()?),
        storage: Zeroizing::new(random::bytes()?),
        households: HouseholdKey(random::bytes()?),
        recovery_recipient: recovery.to_public().to_string(),
    };
    let config = Config {
        id: random::uuid()?,
        name: new.name,
        public_url: new.public_url,
        round: new.round,
        attachments: AttachmentLimits::default(),
        tls: None,
        metrics: None,
        second_factor: SecondFactorRule::default(),
        database: new.database,
    };
    dir.create(&config, &keys, recovery.to_string().expose_secret()).map_err(OpenError::from)?;
    let state = State::open(dir).await?;
    let (password, now) = (password::random()?, state.now());
    let account = Account {
        name: FIRST_ACCOUNT.to_owned(),
        role: Role::Administrator,
        communes: BTreeSet::new(),
        password_hash: password::hash(&password)?,
        must_change: false,
        created_at: now,
        last_login_at: None,
        disabled_at: None,
    };
    state.storage.add_account(account, now).await.map_err(OpenError::from)?;
    let entry = AuditEntry {
        at: now,
        actor: COMMAND_LINE.to_owned(),
        act: "server_made".to_owned(),
        object: config.id.to_string(),
    };
    state.storage.note_act(entry).await.map_err(OpenError::from)?;
    Ok(password)
}
