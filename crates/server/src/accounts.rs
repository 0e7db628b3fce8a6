//! Making and changing accounts, by an administrator or by the command line.

use std::collections::BTreeSet;

use rasoat_casework::CommuneCode;
use zeroize::Zeroizing;

use crate::audit;
use crate::auth::account_name;
use crate::enrol::COMMAND_LINE;
use crate::password;
use crate::random::NoRandomness;
use crate::state::State;
use crate::storage::{Account, StorageError};
use crate::tokens;
use crate::view::Role;

/// Letters of an account name at most.
const LONGEST_NAME: usize = 40;

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The communes it is for; none for the whole province.
    pub communes: BTreeSet<CommuneCode>,
}

/// An account could not be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Not a name for an account.
    #[error("not a name for an account")]
    Name,
    /// There is an account of this name.
    #[error("there is an account of this name")]
    Exists,
    /// Supervisors are for communes; administrators and officers are for the whole province.
    #[error("this role needs communes, or may have none")]
    Scope,
    /// A commune that is not on the code list.
    #[error("unknown commune")]
    UnknownCommune,
    /// No such account.
    #[error("no such account")]
    NoAccount,
    /// The operating system.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The storage.
    #[error(transparent)]
    Storage(StorageError),
}

impl From<StorageError> for AccountError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Exists => Self::Exists,
            StorageError::Busy
            | StorageError::DiskFull
            | StorageError::NotOpened
            | StorageError::Damaged(_)
            | StorageError::Failed(_) => Self::Storage(error),
        }
    }
}

/// Every account, by name.
///
/// # Errors
/// When the storage does not answer.
pub async fn accounts(state: &State) -> Result<Vec<Account>, AccountError> {
    Ok(state.storage.accounts().await?)
}

/// Makes an account, on the command line, and returns the password of its first log-in, which is kept nowhere.
///
/// # Errors
/// When the name, the role's communes or the storage do not allow it.
pub async fn add_account(state: &State, new: NewAccount) -> Result<Zeroizing<String>, AccountError> {
    add_as(state, COMMAND_LINE, new).await
}

/// Gives an account a new password for one log-in, on the command line. A lock-out and all of its sessions end.
///
/// # Errors
/// When there is no such account.
pub async fn reset_password(state: &State, name: &str) -> Result<Zeroizing<String>, AccountError> {
    reset_as(state, COMMAND_LINE, name).await
}

/// Disables or enables an account, on the command line. Its sessions end.
///
/// # Errors
/// When there is no such account.
pub async fn set_disabled(state: &State, name: &str, disabled: bool) -> Result<(), AccountError> {
    let account = one(state, name).await?;
    let new = NewAccount { name: account.name, role: account.role, communes: account.communes };
    edit_as(state, COMMAND_LINE, new, disabled).await
}

pub(crate) async fn add_as(
    state: &State,
    actor: &str,
    new: NewAccount,
) -> Result<Zeroizing<String>, AccountError> {
    let name = account_name(&new.name);
    let is_right_length = (2..=LONGEST_NAME).contains(&name.chars().count());
    let is_plain =
        name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '.' | '-' | '_'));
    // Names that stand for nobody's account in the audit log.
    if !is_right_length || !is_plain || [COMMAND_LINE, "unknown", tokens::ACTOR].contains(&name.as_str()) {
        return Err(AccountError::Name);
    }
    check_scope(state, &new)?;
    let password = password::random()?;
    let now = state.now();
    let account = Account {
        name: name.clone(),
        role: new.role,
        communes: new.communes,
        password_hash: hashed(password.clone()).await?,
        must_change: true,
        created_at: now,
        last_login_at: None,
        disabled_at: None,
    };
    state.storage.add_account(account, now).await?;
    audit::note(state, actor, "account_added", &name).await?;
    Ok(password)
}

pub(crate) async fn reset_as(
    state: &State,
    actor: &str,
    name: &str,
) -> Result<Zeroizing<String>, AccountError> {
    let account = one(state, name).await?;
    let password = password::random()?;
    let name = account.name.clone();
    let account = Account { password_hash: hashed(password.clone()).await?, must_change: true, ..account };
    state.storage.put_account(account, None).await?;
    state.storage.forget_login_failures(name.clone()).await?;
    audit::note(state, actor, "password_reset", &name).await?;
    Ok(password)
}

/// Changes role, communes and standing. The account's sessions end where anything was changed.
pub(crate) async fn edit_as(
    state: &State,
    actor: &str,
    new: NewAccount,
    disabled: bool,
) -> Result<(), AccountError> {
    let was = one(state, &new.name).await?;
    check_scope(state, &new)?;
    let disabled_at = disabled.then(|| was.disabled_at.unwrap_or_else(|| state.now()));
    let account = Account { role: new.role, communes: new.communes, disabled_at, ..was.clone() };
    if account == was {
        return Ok(());
    }
    let act = match (was.disabled_at, disabled_at) {
        (None, Some(_)) => "account_disabled",
        (Some(_), None) => "account_enabled",
        (None, None) | (Some(_), Some(_)) => "account_changed",
    };
    state.storage.put_account(account, None).await?;
    Ok(audit::note(state, actor, act, &was.name).await?)
}

/// One account.
pub(crate) async fn one(state: &State, name: &str) -> Result<Account, AccountError> {
    state.storage.account(account_name(name)).await?.ok_or(AccountError::NoAccount)
}

/// Hashes a password where it keeps nobody waiting.
pub(crate) async fn hashed(password: Zeroizing<String>) -> Result<String, NoRandomness> {
    tokio::task::spawn_blocking(move || password::hash(&password)).await.map_err(|_| NoRandomness)?
}

fn check_scope(state: &State, new: &NewAccount) -> Result<(), AccountError> {
    let is_right = match new.role {
        Role::Administrator | Role::Officer => new.communes.is_empty(),
        Role::Supervisor => !new.communes.is_empty(),
        Role::Reader => true,
    };
    if !is_right {
        return Err(AccountError::Scope);
    }
    let library = state.library();
    let known = &library.units().communes;
    if new.communes.iter().any(|code| !known.contains_key(code)) {
        return Err(AccountError::UnknownCommune);
    }
    Ok(())
}
