//! Locking a round and opening it again, and what laptops keep of a locked one.
//!
//! While a round is locked laptops are told so with the term for which they keep its households. Each lock keeps what stood at its
//! moment; what changes afterwards shows beside it.

use rasoat_casework::Round;
use rasoat_exchange::Retention;

use crate::audit;
use crate::directives::{self, RoundWord, SayError, TermWord, said};
use crate::enrol::COMMAND_LINE;
use crate::project;
use crate::state::State;
use crate::storage::{DirectiveKind, StorageError};

/// By what a round's directives go.
pub(crate) fn key_of(round: Round) -> String {
    round.0.to_string()
}

/// The term of a locked round; `None` while it is open: laptops keep what they have.
///
/// # Errors
/// When the storage fails.
pub async fn retention(state: &State) -> Result<Option<Retention>, StorageError> {
    let (said, key) = (said(state).await?, key_of(state.config.round));
    let locked = said.one(DirectiveKind::Round, &key);
    let is_locked = said.word(DirectiveKind::Round, &key).is_some_and(|word: RoundWord| word.locked);
    let term: Option<TermWord> = said.word(DirectiveKind::Term, &key);
    Ok(locked.filter(|_| is_locked).zip(term).map(|(lock, term)| Retention {
        round: state.config.round,
        locked_at_millis: lock.said_at,
        days: term.days,
    }))
}

/// Locks the round as of the term's moment, on the command line; where it is locked its term alone is changed.
///
/// # Errors
/// When the storage fails, or somebody says something else at the same time.
pub async fn set_retention(state: &State, term: Retention) -> Result<(), SayError> {
    let (said, key) = (said(state).await?, key_of(term.round));
    let is_locked = said.word(DirectiveKind::Round, &key).is_some_and(|word: RoundWord| word.locked);
    set_term(state, COMMAND_LINE, term.days, said.over(DirectiveKind::Term, &key)).await?;
    if is_locked {
        return Ok(());
    }
    lock_at(state, COMMAND_LINE, term.locked_at_millis, said.over(DirectiveKind::Round, &key)).await
}

/// Opens the round again, on the command line: laptops that hear of it keep what they have.
///
/// # Errors
/// When the storage fails, or somebody says something else at the same time.
pub async fn clear_retention(state: &State) -> Result<(), SayError> {
    if retention(state).await?.is_none() {
        return Ok(());
    }
    let over = said(state).await?.over(DirectiveKind::Round, &key_of(state.config.round));
    reopen(state, COMMAND_LINE, "", over).await
}

/// Says for how long laptops keep the round's households once it is locked.
pub(crate) async fn set_term(state: &State, actor: &str, days: u32, over: u64) -> Result<(), SayError> {
    let key = key_of(state.config.round);
    let of = (DirectiveKind::Term, key.as_str());
    directives::say(state, (actor, "term_changed"), of, &TermWord { days }, over).await
}

/// Locks the round and keeps what stands at this moment.
pub(crate) async fn lock_at(state: &State, actor: &str, at: i64, over: u64) -> Result<(), SayError> {
    project::catch_up(state).await?;
    let key = key_of(state.config.round);
    let word = RoundWord { locked: true, reason: String::new() };
    let new = directives::new(actor, at, (DirectiveKind::Round, &key), &word, over)?;
    let made = state.storage.lock_round(new, state.config.round.0).await?;
    let snapshot = made.ok_or(SayError::Meanwhile)?;
    tracing::info!(households = snapshot.households, "locked the round");
    Ok(audit::note(state, actor, "round_locked", &key).await?)
}

/// Opens the round again.
pub(crate) async fn reopen(state: &State, actor: &str, reason: &str, over: u64) -> Result<(), SayError> {
    let key = key_of(state.config.round);
    let word = RoundWord { locked: false, reason: reason.to_owned() };
    directives::say(state, (actor, "round_reopened"), (DirectiveKind::Round, &key), &word, over).await
}
