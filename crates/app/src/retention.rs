//! Removing households once their round is locked and the province's term is over: only what the province has, shown beforehand,
//! and accounted for. It is done by itself when the database is opened or closed, or by a person before that.

use std::collections::BTreeSet;

use rasoat_casework::{Round, interview_id};
use rasoat_exchange::Retention;
use rasoat_store::{Act, HouseholdRow, Op, Reader, StoreError, Tx};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::backup::note_backups;
use crate::error::AppError;
use crate::household::need_row;
use crate::moment::rfc3339;
use crate::profile::Profile;
use crate::review;
use crate::rounds::ROUNDS_BACK;
use crate::start::count;
use crate::updates;
use crate::view::{AppStateView, EraseForm, ErasedByItselfView, ErasedView, RetainedView, RetentionView};

/// The province's term, as it came.
const RETENTION: &str = "retention";
/// When the province last said so: by its own clock.
const HEARD: &str = "retention_heard_millis";
/// What was removed by itself, until the person has seen it.
const ERASED: &str = "erased_by_itself";
/// Households listed of each kind.
const MOST_LISTED: usize = 200;

/// What was removed by itself.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Note {
    at_millis: i64,
    round: u16,
    households: u32,
}

/// Keeps the province's term; `None`: there is none, or none any more.
pub(crate) fn keep(tx: &Tx<'_>, term: Option<&Retention>) -> Result<(), StoreError> {
    tx.set_setting(RETENTION, &term)
}

/// The province was asked for its term, and the one that is here is what it said at this time by its own clock.
pub(crate) fn hear(tx: &Tx<'_>, said_millis: i64) -> Result<(), StoreError> {
    tx.set_setting(HEARD, &Some(said_millis))
}

/// Of a database that was restored or copied nobody knows what the province has said since: it is to say it again.
pub(crate) fn forget_heard(tx: &Tx<'_>) -> Result<(), StoreError> {
    tx.set_setting(HEARD, &None::<i64>)
}

fn heard(reader: &Reader<'_>) -> Result<Option<i64>, StoreError> {
    Ok(reader.setting::<Option<i64>>(HEARD)?.flatten())
}

/// Takes the word of news, unless a later one is here; says whether it did.
pub(crate) fn take_word(tx: &Tx<'_>, term: Option<&Retention>, said_millis: i64) -> Result<bool, StoreError> {
    if heard(tx)?.is_some_and(|heard| heard >= said_millis) {
        return Ok(false);
    }
    let before: Option<Retention> = tx.setting(RETENTION)?.flatten();
    if before.as_ref() != term {
        keep(tx, term)?;
        updates::forget_catalogue(tx)?;
    }
    hear(tx, said_millis)?;
    Ok(true)
}

impl App {
    /// The province's term and what it means here; `None` where there is none for this round.
    pub fn retention(&self) -> Result<Option<RetentionView>, AppError> {
        let opened = self.need_open()?;
        opened.store.read(|reader| {
            let Some(term) = term(&opened, reader)? else { return Ok(None) };
            let going = going(&opened, reader)?;
            let all: Vec<Uuid> = reader.all_households()?.into_iter().map(|(_, id)| id).collect();
            let staying: Vec<Uuid> = all.into_iter().filter(|id| !going.contains(id)).collect();
            let going: Vec<Uuid> = going.into_iter().collect();
            Ok(Some(RetentionView {
                round: term.round.0,
                locked_at: rfc3339(term.locked_at_millis),
                days: term.days,
                due_at: rfc3339(term.due_millis()),
                is_due: is_due(reader, &term)?,
                more_going: count(going.len().saturating_sub(MOST_LISTED)),
                going: views(reader, &going)?,
                more_staying: count(staying.len().saturating_sub(MOST_LISTED)),
                staying: views(reader, &staying)?,
                pending: reader.is_erasure_pending()?,
            }))
        })
    }

    /// Removes what is due. What of it was on the disk is written over as far as that can be done.
    ///
    /// # Errors
    /// `retention_not_due`, `wrong_passphrase`, and the database's.
    pub fn erase_due(&self, form: &EraseForm) -> Result<ErasedView, AppError> {
        let opened = self.need_open()?;
        let passphrase = form.passphrase.secret();
        opened.store.confirm_passphrase(passphrase, self.now())?;
        let households = self.erase(&opened, false)?;
        let pending = !self.write_anew(&opened, Some(passphrase));
        let backups_left = self.has_backups_of_before(&opened);
        Ok(ErasedView { households, pending, backups_left })
    }

    /// The person has seen what was removed by itself.
    pub fn dismiss_erased(&self) -> Result<AppStateView, AppError> {
        let opened = self.need_open()?;
        opened.store.transact(Op::Settings, |tx| tx.set_setting(ERASED, &None::<Note>))?;
        Ok(self.state())
    }

    /// Whether something is due that can be removed.
    pub(crate) fn is_erasure_due(&self, opened: &Opened) -> bool {
        let due = opened.store.read(|reader| {
            let term = term(opened, reader)?;
            let is_over = term.map(|term| is_due(reader, &term)).transpose()?.unwrap_or_default();
            Ok::<_, AppError>(is_over && !going(opened, reader)?.is_empty())
        });
        due.unwrap_or_default()
    }

    /// Removes what is due and ends what an earlier removal left over, where nobody works with the database. What does not work
    /// out is left for the next time. Says whether it made a backup of how it is afterwards.
    pub(crate) fn erase_by_itself(&self, opened: &Opened, passphrase: Option<&SecretString>) -> bool {
        let (turn, bundles, lists) =
            (opened.sync.turn.try_lock(), opened.bundles.begin(), opened.lists.begin());
        if turn.is_err() || bundles.is_err() || lists.is_err() || self.backup_progress().is_some() {
            return false;
        }
        if self.is_erasure_due(opened)
            && let Err(error) = self.erase(opened, true)
        {
            tracing::warn!(code = %error.code, "what is due could not be removed");
        }
        let is_pending = opened.store.read(|reader| reader.is_erasure_pending()).unwrap_or_default();
        let is_left_over = is_pending || self.has_backups_of_before(opened);
        is_left_over && self.write_anew(opened, passphrase) && !self.has_backups_of_before(opened)
    }

    /// What was removed by itself and nobody has seen yet.
    pub(crate) fn erased_by_itself(&self, opened: &Opened) -> Option<ErasedByItselfView> {
        let read = opened.store.read(|reader| {
            Ok::<_, StoreError>((
                reader.setting::<Option<Note>>(ERASED)?.flatten(),
                reader.is_erasure_pending()?,
            ))
        });
        let (note, pending) = read.ok()?;
        note.map(|Note { at_millis, round, households }| ErasedByItselfView {
            at: rfc3339(at_millis),
            round,
            households,
            pending,
            backups_left: self.has_backups_of_before(opened),
        })
    }

    /// The rows, in one transaction. Says how many households went.
    fn erase(&self, opened: &Opened, by_itself: bool) -> Result<u32, AppError> {
        let now = self.now();
        let backups = self.latest_backup();
        let mut open = opened.interviews.lock();
        let (households, _) = opened.store.transact(Op::Erase, |tx| {
            let term = term(opened, tx)?;
            let is_over = term.as_ref().map(|term| is_due(tx, term)).transpose()?.unwrap_or_default();
            if !is_over {
                return Err(AppError::new("retention_not_due"));
            }
            let going = going(opened, tx)?;
            let households = count(going.len());
            for household in &going {
                let subjects = subjects(opened, tx, *household)?;
                tx.erase_household(*household, &subjects)?;
            }
            if households > 0 {
                tx.end_erasure()?;
                note_backups(tx, backups)?;
                let round = opened.profile.enrolled.round.0;
                let by = if by_itself { "term" } else { "person" };
                let details = [
                    ("households", households.to_string()),
                    ("round", round.to_string()),
                    ("by", by.to_owned()),
                ];
                tx.audit(Act::Erase, &details, now)?;
                if by_itself {
                    let unseen: Option<Note> = tx.setting(ERASED)?.flatten();
                    let households = unseen.map_or(0, |unseen| unseen.households).saturating_add(households);
                    tx.set_setting(ERASED, &Some(Note { at_millis: now, round, households }))?;
                }
            }
            Ok(households)
        })?;
        open.clear();
        tracing::info!(households, by_itself, "removed what was due");
        Ok(households)
    }

    /// Writes the database anew without what was removed, under another key, and lets a fresh backup take the place of those of
    /// before; what was put aside goes as well. Whether nothing of that is left to do; what is, the next unlocking does.
    pub(crate) fn write_anew(&self, opened: &Opened, passphrase: Option<&SecretString>) -> bool {
        let store = &opened.store;
        let done = store.read(|reader| reader.is_erasure_pending()).and_then(|is_pending| {
            if !is_pending {
                return Ok(true);
            }
            // What is backed up until the file is written anew would hold what was removed, too.
            store.transact(Op::Erase, |tx| note_backups(tx, self.latest_backup()))?;
            store.scrub(passphrase)
        });
        match done {
            Ok(true) => {}
            Ok(false) => return false,
            Err(error) => {
                tracing::warn!(code = error.code(), "the database could not be written anew");
                return false;
            }
        }
        self.remove_brought_asides();
        if self.has_backups_of_before(opened)
            && let Err(error) = self.back_up_anew(opened)
        {
            tracing::warn!(code = %error.code, "backups of before still hold what was removed");
        }
        true
    }
}

/// When the province locked the round, if it did.
pub(crate) fn locked_at(profile: &Profile, reader: &Reader<'_>) -> Result<Option<i64>, StoreError> {
    let word: Option<Option<Retention>> = reader.setting(RETENTION)?;
    let word = word.flatten().filter(|word| word.round == profile.enrolled.round);
    Ok(word.map(|word| word.locked_at_millis))
}

fn term(opened: &Opened, reader: &Reader<'_>) -> Result<Option<Retention>, StoreError> {
    let term: Option<Option<Retention>> = reader.setting(RETENTION)?;
    Ok(term.flatten().filter(|term| term.round == opened.profile.enrolled.round))
}

/// Whether the province was heard of after the term was over, by its own clock: a laptop's clock may be set to anything.
fn is_due(reader: &Reader<'_>, term: &Retention) -> Result<bool, StoreError> {
    Ok(heard(reader)?.is_some_and(|heard| heard >= term.due_millis()))
}

/// The households that the province has all of. Those that were merged go together or not at all.
fn going(opened: &Opened, reader: &Reader<'_>) -> Result<BTreeSet<Uuid>, AppError> {
    let mut going = BTreeSet::new();
    let mut staying = Vec::new();
    for (_, id) in reader.all_households()? {
        if reader.may_be_erased(&subjects(opened, reader, id)?)? {
            going.insert(id);
        } else {
            staying.push(id);
        }
    }
    while let Some(id) = staying.pop() {
        let kept = need_row(reader, id)?.merged_into;
        for other in reader.merged_with(id)?.into_iter().chain(kept) {
            if going.remove(&other) {
                staying.push(other);
            }
        }
    }
    Ok(going)
}

/// Whatever edits speak of a household.
fn subjects(opened: &Opened, reader: &Reader<'_>, household: Uuid) -> Result<Vec<Uuid>, AppError> {
    let now = opened.profile.enrolled.round.0;
    let rounds = now.saturating_sub(ROUNDS_BACK)..=now;
    let interviews = rounds.map(|round| interview_id(household, Round(round)));
    let checking = review::subjects(opened, reader, &need_row(reader, household)?)?;
    let typed_again = reader.second_entries_of(household)?;
    Ok(std::iter::once(household).chain(interviews).chain(checking).chain(typed_again).collect())
}

fn views(reader: &Reader<'_>, households: &[Uuid]) -> Result<Vec<RetainedView>, AppError> {
    let view = |row: HouseholdRow| RetainedView {
        id: row.id.to_string(),
        head_name: row.head_name,
        village_name: row.village_name,
    };
    households.iter().take(MOST_LISTED).map(|id| Ok(view(need_row(reader, *id)?))).collect()
}
