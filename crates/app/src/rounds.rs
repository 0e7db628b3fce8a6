//! Going over to the round that the province has opened after the one that this laptop works in.
//!
//! It is done by itself once nothing of the round before waits here: all that was sealed is confirmed, and no answers lie in a draft.
//! A person may go over before that, but not while something was not sent. From then on every line is of the new round; whatever of
//! the earlier ones is here stays, to be read and to be carried over.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use rasoat_casework::{
    LastYear, Round, Subject, SubjectKind, interview_id, known_before as known_before_asking, listed_at,
    second_entry_id,
};
use rasoat_exchange::OpenRound;
use rasoat_store::{Act, HouseholdRow, Op, Reader, Store, StoreError, Tx};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::interview::Interviews;
use crate::profile::Profile;
use crate::projection::Record;
use crate::refresh;
use crate::start::{count, facts_of};
use crate::sync::CURSOR;
use crate::view::{AppStateView, NextRoundView};

/// The round that the province has opened last, as it came.
const OPENED: &str = "round_opened";
/// How many rounds back anything here is looked for.
pub(crate) const ROUNDS_BACK: u16 = 10;

/// Keeps the province's word, unless a later round is known of.
pub(crate) fn keep(tx: &Tx<'_>, opened: &OpenRound) -> Result<(), StoreError> {
    let known: Option<OpenRound> = tx.setting(OPENED)?.flatten();
    if known.is_some_and(|known| known.round >= opened.round) {
        return Ok(());
    }
    tx.set_setting(OPENED, &Some(*opened))
}

/// The round to go over to; `None` where this is it.
fn ahead(profile: &Profile, reader: &Reader<'_>) -> Result<Option<Round>, StoreError> {
    let known: Option<OpenRound> = reader.setting(OPENED)?.flatten();
    Ok(known.map(|known| known.round).filter(|round| *round > profile.enrolled.round))
}

/// What of this round keeps the laptop in it, once there is another to go over to.
pub(crate) fn next(profile: &Profile, reader: &Reader<'_>) -> Result<Option<NextRoundView>, StoreError> {
    let Some(round) = ahead(profile, reader)? else { return Ok(None) };
    let mut unfinished = HashSet::new();
    for subject in reader.drafted()? {
        unfinished.extend(drafted_here(reader, &subject)?);
    }
    let unsent = reader.unsent_count()?;
    Ok(Some(NextRoundView { round: round.0, unsent, unfinished: count(unfinished.len()) }))
}

/// The household that a draft of this round is of; drafts of earlier rounds keep nobody.
fn drafted_here(reader: &Reader<'_>, subject: &Subject) -> Result<Option<Uuid>, StoreError> {
    if subject.kind != SubjectKind::Interview {
        return Ok(None);
    }
    match reader.second_entry(subject.id)? {
        Some(entry) => {
            let row = reader.household(entry.household)?;
            let is_of_round = row.is_some_and(|row| is_second_of(&row, entry.id, entry.user.0));
            Ok(is_of_round.then_some(entry.household))
        }
        None => reader.household_of(subject.id),
    }
}

/// Whether a second entry is of the interview that a household has in this round.
pub(crate) fn is_second_of(row: &HouseholdRow, entry: Uuid, user: Uuid) -> bool {
    second_entry_id(row.interview, user) == entry
}

/// Goes over if there is a round to go over to and nothing of this one waits; `by_hand`: even though answers were not signed.
/// Says whether it did.
pub(crate) fn go_over(
    profile: &Profile,
    store: &Store,
    by_hand: bool,
    now_millis: i64,
) -> Result<bool, AppError> {
    let Some(next) = store.read(|reader| next(profile, reader))? else { return Ok(false) };
    if next.unsent > 0 || (next.unfinished > 0 && !by_hand) {
        return Ok(false);
    }
    store.transact(Op::Enrol, |tx| {
        Profile::begin_round(tx, Round(next.round))?;
        if tx.erased_count()? > 0 {
            // What was removed after the round before is there again for this one.
            tx.forget_erased()?;
            tx.set_setting(CURSOR, &[] as &[u8])?;
        }
        tx.audit(Act::Enrol, &[("round", next.round.to_string())], now_millis)?;
        list_anew(tx, now_millis)
    })?;
    // What the locked screen says; the next unlocking writes it where the disk is full now.
    if let Err(error) = store.set_facts(facts_of(&store.read(Profile::enrolled)?)) {
        tracing::warn!(code = error.code(), "the round could not be kept for the locked screen");
    }
    tracing::info!(round = next.round, "went over to the next round");
    Ok(true)
}

/// Makes the line of every household anew, for the round that the database is in.
pub(crate) fn list_anew(tx: &Tx<'_>, now_millis: i64) -> Result<(), AppError> {
    let profile = Profile::read(tx)?;
    let unlisted = tx.unlisted_households()?;
    for (commune, id) in tx.all_households()?.into_iter().chain(unlisted) {
        refresh::household(&profile, tx, (&commune, id), now_millis)?;
    }
    Ok(())
}

/// What is known of a household before it is asked in this round: what the list says, or last year's interview where the list is
/// older than that.
pub(crate) fn known_before(
    profile: &Profile,
    reader: &Reader<'_>,
    household: &Subject,
    listed: Record,
) -> Result<Record, StoreError> {
    let Some(year) = profile.enrolled.round.0.checked_sub(1) else { return Ok(listed) };
    let interview = interview_id(household.id, Round(year));
    let subject = Subject { id: interview, kind: SubjectKind::Interview, ..household.clone() };
    let asked_at = reader.edits_of(&subject)?.iter().map(|stored| stored.edit.at).max();
    let Some(at) = asked_at else { return Ok(listed) };
    let listed_at = listed_at(reader.edits_of(household)?.iter().map(|stored| &stored.edit));
    let answers = &Record::of(&reader.document(&subject)?);
    let standard = profile.standard_in(year).map(|standard| &*standard.id);
    Ok(known_before_asking(listed, listed_at, LastYear { year, at, answers, standard }))
}

/// Interviews that were opened since the laptop went over while it was open; none is named where it did not. A screen of the round
/// before answers nothing in this one.
#[derive(Default)]
pub(crate) struct OpenedSince(Option<Mutex<HashSet<Uuid>>>);

impl OpenedSince {
    fn going_over() -> Self {
        Self(Some(Mutex::default()))
    }

    /// A screen was given the interview as it is in this round.
    pub(crate) fn note(&self, id: Uuid) {
        if let Some(since) = &self.0 {
            since.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        }
    }

    /// Whether a screen may act on the interview.
    ///
    /// # Errors
    /// `round_changed`
    pub(crate) fn must_have(&self, id: Uuid) -> Result<(), AppError> {
        let has =
            |since: &Mutex<HashSet<Uuid>>| since.lock().unwrap_or_else(PoisonError::into_inner).contains(&id);
        if self.0.as_ref().is_none_or(has) { Ok(()) } else { Err(AppError::new("round_changed")) }
    }

    /// For whatever takes the place of what is open, in the same round.
    pub(crate) fn again(&self) -> Self {
        Self(
            self.0
                .as_ref()
                .map(|since| Mutex::new(since.lock().unwrap_or_else(PoisonError::into_inner).clone())),
        )
    }
}

impl App {
    /// Goes over to the next round, although answers of this one lie in drafts that are not signed: they stay where they are.
    ///
    /// # Errors
    /// `round_unsent`: something was not sent; `no_next_round`.
    pub fn go_over(&self) -> Result<AppStateView, AppError> {
        let opened = self.need_open()?;
        let next = opened.store.read(|reader| next(&opened.profile, reader))?;
        let next = next.ok_or_else(|| AppError::new("no_next_round"))?;
        if next.unsent > 0 || !self.go_over_now(&opened, true)? {
            return Err(AppError::new("round_unsent"));
        }
        Ok(self.state())
    }

    /// Goes over in the database that is open; what works with the profile of before ends. Says whether it did.
    pub(crate) fn go_over_now(&self, opened: &Arc<Opened>, by_hand: bool) -> Result<bool, AppError> {
        // Nobody answers meanwhile.
        let mut open = opened.interviews.lock();
        if !go_over(&opened.profile, &opened.store, by_hand, self.now())? {
            return Ok(false);
        }
        open.clear();
        self.read_profile_anew_with(opened, OpenedSince::going_over())?;
        drop(open);
        opened.sync.news.fetch_add(1, Ordering::Relaxed);
        self.wake().notify_waiters();
        Ok(true)
    }

    fn read_profile_anew_with(&self, opened: &Arc<Opened>, since: OpenedSince) -> Result<(), AppError> {
        self.replace_open_of(&opened.store, |before| {
            let profile = before.store.read(Profile::read)?;
            Ok(Opened { interviews: Interviews::since(since), ..Opened::anew(before, profile) })
        })
    }
}
