//! Which round is open, locking it and opening it again, opening the next one, and what laptops keep of a locked one.
//!
//! While a round is locked laptops are told so with the term for which they keep its households. Each lock keeps what stood at its
//! moment; what changes afterwards shows beside it. Once the next round is open the one before stays locked for good.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{Round, case_id, interview_id};
use rasoat_exchange::{OpenRound, Retention};
use uuid::Uuid;

use crate::audit;
use crate::cases;
use crate::directives::{self, OpenedWord, RoundWord, Said, SayError, TermWord, said};
use crate::enrol::COMMAND_LINE;
use crate::project;
use crate::state::State;
use crate::storage::{DirectiveKind, StorageError};

/// The rounds that this province had, and the one that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rounds {
    /// The one that is worked on: it may be locked.
    pub(crate) open: Round,
    /// Those before it, each with the moment of its last lock.
    former: BTreeMap<Round, i64>,
    /// Those after it, where it is looked at as it was while it was open.
    later: BTreeSet<Round>,
}

impl Rounds {
    /// By what was said; `first` is the year that the server began with.
    pub(crate) fn of(said: &Said, first: Round) -> Self {
        let words = said.all(DirectiveKind::Opened).filter_map(directives::word::<OpenedWord>);
        let former: BTreeMap<Round, i64> =
            words.clone().map(|word| (Round(word.before), word.locked_at)).collect();
        let open = words.map(|word| Round(word.year)).max().unwrap_or(first);
        Self { open, former, later: BTreeSet::new() }
    }

    /// As it was while that one was open.
    pub(crate) fn at(&self, round: Round) -> Self {
        let former = self.former.range(..round).map(|(round, locked)| (*round, *locked)).collect();
        let all = self.former.keys().chain([&self.open]).chain(&self.later);
        Self { open: round, former, later: all.filter(|other| **other > round).copied().collect() }
    }

    /// Whether there is no other.
    pub(crate) fn is_only(&self) -> bool {
        self.former.is_empty() && self.later.is_empty()
    }

    /// Whether an interview is of the open round, as far as its id tells.
    pub(crate) fn has_interview(&self, household: Uuid, interview: Uuid) -> bool {
        let mut others = self.former.keys().chain(&self.later);
        !others.any(|round| interview_id(household, *round) == interview)
    }

    /// Whether an interview is of the open round by the year that it says.
    pub(crate) fn has_year(&self, year: Option<i64>) -> bool {
        let begins = |year: i64| self.former.is_empty() || year >= i64::from(self.open.0);
        let ends = |year: i64| self.later.is_empty() || year <= i64::from(self.open.0);
        year.is_none_or(|year| begins(year) && ends(year))
    }

    /// The case of the open round, once there is another before it.
    pub(crate) fn case(&self, household: Uuid) -> Option<Uuid> {
        (!self.is_only()).then(|| case_id(household, self.open))
    }

    /// The earlier round that an edit is late for: it came in after the round was locked.
    pub(crate) fn late_for(&self, household: Uuid, subject: Uuid, received_at: i64) -> Option<Round> {
        let mut late = self.former.iter().filter(|(_, locked_at)| received_at > **locked_at);
        let is_of = |round| [interview_id(household, round), case_id(household, round)].contains(&subject);
        late.find(|(round, _)| is_of(**round)).map(|(round, _)| *round)
    }

    /// The rounds before the open one, the latest first.
    pub(crate) fn former(&self) -> impl Iterator<Item = Round> {
        self.former.keys().rev().copied()
    }
}

/// Which round is open, and which were before it.
pub(crate) async fn rounds(state: &State) -> Result<Rounds, StorageError> {
    Ok(Rounds::of(&*said(state).await?, state.config.round))
}

/// The round that is open.
///
/// # Errors
/// When the storage fails.
pub async fn open_round(state: &State) -> Result<Round, StorageError> {
    Ok(rounds(state).await?.open)
}

/// By what a round's directives go.
pub(crate) fn key_of(round: Round) -> String {
    round.0.to_string()
}

/// The term of the open round while it is locked, else of the one before: a laptop that has not gone over holds to that.
///
/// # Errors
/// When the storage fails.
pub async fn retention(state: &State) -> Result<Option<Retention>, StorageError> {
    let said = said(state).await?;
    let rounds = Rounds::of(&said, state.config.round);
    if let Some(locked_at) = locked_at(&said, rounds.open) {
        return Ok(term_of(&said, rounds.open, locked_at));
    }
    let before = rounds.former.last_key_value();
    Ok(before.and_then(|(round, locked_at)| term_of(&said, *round, *locked_at)))
}

/// What laptops are told of a round that was opened after the server's first.
pub(crate) fn opened(said: &Said) -> Option<OpenRound> {
    let opened = said.all(DirectiveKind::Opened);
    let words =
        opened.filter_map(|directive| Some((directives::word::<OpenedWord>(directive)?.year, directive)));
    let (year, directive) = words.max_by_key(|(year, _)| *year)?;
    Some(OpenRound { round: Round(year), opened_at_millis: directive.said_at })
}

/// When a round was locked, while it is.
fn locked_at(said: &Said, round: Round) -> Option<i64> {
    let key = key_of(round);
    let is_locked = said.word(DirectiveKind::Round, &key).is_some_and(|word: RoundWord| word.locked);
    said.one(DirectiveKind::Round, &key).filter(|_| is_locked).map(|lock| lock.said_at)
}

fn term_of(said: &Said, round: Round, locked_at_millis: i64) -> Option<Retention> {
    let term: TermWord = said.word(DirectiveKind::Term, &key_of(round))?;
    Some(Retention { round, locked_at_millis, days: term.days })
}

/// Locks the round as of the term's moment, on the command line; where it is locked its term alone is changed.
///
/// # Errors
/// When the storage fails, or somebody says something else at the same time.
pub async fn set_retention(state: &State, term: Retention) -> Result<(), SayError> {
    let said = said(state).await?;
    let is_locked = locked_at(&said, term.round).is_some();
    set_term(state, COMMAND_LINE, term.days, said.over(DirectiveKind::Term, &key_of(term.round))).await?;
    if is_locked {
        return Ok(());
    }
    let over = said.over(DirectiveKind::Round, &key_of(term.round));
    lock_at(state, COMMAND_LINE, term.locked_at_millis, over).await
}

/// Opens the round again, on the command line: laptops that hear of it keep what they have.
///
/// # Errors
/// When the storage fails, or somebody says something else at the same time.
pub async fn clear_retention(state: &State) -> Result<(), SayError> {
    let said = said(state).await?;
    let open = Rounds::of(&said, state.config.round).open;
    if locked_at(&said, open).is_none() {
        return Ok(());
    }
    reopen(state, COMMAND_LINE, "", said.over(DirectiveKind::Round, &key_of(open))).await
}

/// Says for how long laptops keep the round's households once it is locked.
pub(crate) async fn set_term(state: &State, actor: &str, days: u32, over: u64) -> Result<(), SayError> {
    let key = key_of(open_round(state).await?);
    let of = (DirectiveKind::Term, key.as_str());
    directives::say(state, (actor, "term_changed"), of, &TermWord { days }, over).await
}

/// Locks the round and keeps what stands at this moment.
pub(crate) async fn lock_at(state: &State, actor: &str, at: i64, over: u64) -> Result<(), SayError> {
    project::catch_up(state).await?;
    let round = open_round(state).await?;
    let key = key_of(round);
    let word = RoundWord { locked: true, reason: String::new() };
    let new = directives::new(actor, at, (DirectiveKind::Round, &key), &word, over)?;
    let made = state.storage.lock_round(new, round.0).await?;
    let snapshot = made.ok_or(SayError::Meanwhile)?;
    tracing::info!(households = snapshot.households, "locked the round");
    if cases::keep_lock(state, snapshot).await.is_err() {
        tracing::warn!("what was counted at the lock is kept once somebody asks");
    }
    Ok(audit::note(state, actor, "round_locked", &key).await?)
}

/// Opens the round again.
pub(crate) async fn reopen(state: &State, actor: &str, reason: &str, over: u64) -> Result<(), SayError> {
    let key = key_of(open_round(state).await?);
    let word = RoundWord { locked: false, reason: reason.to_owned() };
    directives::say(state, (actor, "round_reopened"), (DirectiveKind::Round, &key), &word, over).await
}

/// Opens the round after the one that is locked by the directive of the number `over`. Lines are made anew behind it, bit by bit.
pub(crate) async fn open_next(state: &State, actor: &str, over: u64) -> Result<(), SayError> {
    let said = said(state).await?;
    let before = Rounds::of(&said, state.config.round).open;
    let locked_at = locked_at(&said, before).ok_or(SayError::Meanwhile)?;
    let next = Round(before.0 + 1);
    let word = OpenedWord { year: next.0, before: before.0, locked_at };
    let key = key_of(next);
    let new = directives::new(actor, state.now(), (DirectiveKind::Opened, &key), &word, 0)?;
    state.storage.open_round(new, before.0, over).await?.ok_or(SayError::Meanwhile)?;
    state.behind.notify_one();
    tracing::info!(round = next.0, "opened the round");
    Ok(audit::note(state, actor, "round_opened", &key).await?)
}
