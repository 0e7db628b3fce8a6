//! What an account logs in with beside its password: codes of an app, and recovery codes for who lost it.
//!
//! Wrong codes count into the lock-out as wrong passwords do; a code opens once.

use serde::{Deserialize, Serialize};

use crate::accounts::{AccountError, one};
use crate::audit;
use crate::auth::{note_act, refuse_locked_out};
use crate::enrol::COMMAND_LINE;
use crate::password;
use crate::problem::Refusal;
use crate::random;
use crate::state::State;
use crate::storage::SecondFactor;
use crate::totp;
use crate::view::Role;

/// Recovery codes given out at once.
const RECOVERY_CODES: usize = 10;
/// Longer ones are no codes.
const LONGEST: usize = 100;

/// Who must have a second factor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecondFactorRule {
    /// Accounts of these roles see nothing before they have set one up.
    pub demanded_of: Vec<Role>,
}

impl SecondFactorRule {
    /// Whether nobody must.
    pub(crate) fn is_empty(&self) -> bool {
        self.demanded_of.is_empty()
    }
}

/// Whether an account must set up a second factor before anything else.
pub(crate) async fn is_missing(state: &State, name: &str, role: Role) -> Result<bool, Refusal> {
    if !state.config.second_factor.demanded_of.contains(&role) {
        return Ok(false);
    }
    Ok(in_force(state, name).await?.is_none())
}

/// The second factor of an account, if one is in force.
pub(crate) async fn in_force(state: &State, name: &str) -> Result<Option<SecondFactor>, Refusal> {
    let factor = state.storage.second_factor(name.to_owned()).await?;
    Ok(factor.filter(|factor| factor.confirmed_at.is_some()))
}

/// The second step of logging in, after the password: nothing where the account has none.
pub(crate) async fn check(state: &State, name: &str, typed: Option<&str>) -> Result<(), Refusal> {
    let Some(factor) = in_force(state, name).await? else { return Ok(()) };
    let typed = typed.unwrap_or_default().trim();
    if typed.is_empty() {
        return Err(Refusal::SecondFactorNeeded);
    }
    must_open(state, name, &factor, typed).await
}

/// Uses a code up; one that is wrong counts as a wrong password does.
async fn must_open(state: &State, name: &str, factor: &SecondFactor, typed: &str) -> Result<(), Refusal> {
    if use_up(state, name, factor, typed).await? {
        return Ok(());
    }
    state.storage.note_login_failure(name.to_owned(), state.now()).await?;
    note_act(state, name, "second_factor_failed", "").await?;
    Err(Refusal::WrongCode)
}

/// Uses a code of the app or a recovery code, if it is one that was not used.
async fn use_up(state: &State, name: &str, factor: &SecondFactor, typed: &str) -> Result<bool, Refusal> {
    let bare = bare(typed);
    if bare.len() > LONGEST {
        return Ok(false);
    }
    if let Some(step) = totp::step_of(&factor.secret, &bare, state.now()) {
        return Ok(state.storage.use_second_step(name.to_owned(), step).await?);
    }
    let is_one = state.storage.use_recovery_code(name.to_owned(), hash(name, &bare)).await?;
    if is_one {
        note_act(state, name, "recovery_code_used", "").await?;
    }
    Ok(is_one)
}

/// Begins anew: the secret, not yet in force.
pub(crate) async fn begin(state: &State, name: &str) -> Result<[u8; totp::SECRET], Refusal> {
    let secret: [u8; totp::SECRET] = random::bytes().map_err(|_| Refusal::Busy)?;
    if !state.storage.put_second_factor(name.to_owned(), secret.to_vec()).await? {
        return Err(Refusal::SecondFactorOn);
    }
    Ok(secret)
}

/// Puts what was begun in force by a first code; the recovery codes, which are kept nowhere.
pub(crate) async fn confirm(state: &State, name: &str, typed: &str) -> Result<Vec<String>, Refusal> {
    refuse_locked_out(state, name, state.now()).await?;
    let begun = state.storage.second_factor(name.to_owned()).await?.ok_or(Refusal::SecondFactorNotBegun)?;
    if begun.confirmed_at.is_some() {
        return Err(Refusal::SecondFactorOn);
    }
    let Some(step) = totp::step_of(&begun.secret, &bare(typed), state.now()) else {
        return Err(Refusal::WrongCode);
    };
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        codes.push(password::random().map_err(|_| Refusal::Busy)?.to_string());
    }
    let hashes = codes.iter().map(|code| hash(name, &bare(code))).collect();
    if !state.storage.confirm_second_factor(name.to_owned(), step, hashes, state.now()).await? {
        return Err(Refusal::SecondFactorOn);
    }
    note_act(state, name, "second_factor_on", "").await?;
    Ok(codes)
}

/// Switches one's own off by a code.
pub(crate) async fn switch_off(state: &State, name: &str, typed: &str) -> Result<(), Refusal> {
    refuse_locked_out(state, name, state.now()).await?;
    if let Some(factor) = in_force(state, name).await? {
        must_open(state, name, &factor, typed).await?;
    }
    if state.storage.drop_second_factor(name.to_owned()).await? {
        note_act(state, name, "second_factor_off", "").await?;
    }
    Ok(())
}

/// Switches the second factor of an account off, on the command line. Its sessions end.
///
/// # Errors
/// When there is no such account.
pub async fn reset_second_factor(state: &State, name: &str) -> Result<bool, AccountError> {
    reset_as(state, COMMAND_LINE, name).await
}

pub(crate) async fn reset_as(state: &State, actor: &str, name: &str) -> Result<bool, AccountError> {
    let account = one(state, name).await?;
    let was_on = state.storage.drop_second_factor(account.name.clone()).await?;
    if was_on {
        state.storage.close_sessions_of(account.name.clone(), None).await?;
        audit::note(state, actor, "second_factor_reset", &account.name).await?;
    }
    Ok(was_on)
}

/// A code without what people put between its signs.
fn bare(typed: &str) -> String {
    typed.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Recovery codes hold 80 random bits: a fast hash keeps them.
fn hash(name: &str, bare: &str) -> [u8; 32] {
    *blake3::Hasher::new().update(name.as_bytes()).update(&[0]).update(bare.as_bytes()).finalize().as_bytes()
}
