//! Removing households once their round is locked and the province's term is over: only what the province has, shown beforehand,
//! done by a person, and accounted for.

use std::collections::BTreeSet;

use rasoat_casework::{Round, interview_id};
use rasoat_exchange::Retention;
use rasoat_store::{Act, HouseholdRow, Op, Reader, Store, StoreError, Tx};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::need_row;
use crate::moment::rfc3339;
use crate::start::count;
use crate::sync::{CLOCK_OFFSET, LAST_SUCCESS};
use crate::view::{EraseForm, ErasedView, RetainedView, RetentionView};

/// The province's term, as it came.
const RETENTION: &str = "retention";
/// Households listed of each kind.
const MOST_LISTED: usize = 200;
/// Interviews of earlier rounds go with their household: as far as any list goes back.
const ROUNDS_BACK: u16 = 10;

/// Keeps the province's term; `None`: there is none, or none any more.
pub(crate) fn keep(tx: &Tx<'_>, term: Option<&Retention>) -> Result<(), StoreError> {
    tx.set_setting(RETENTION, &term)
}

/// Writes the database anew where that was left over: the person who unlocked waits for it once.
pub(crate) fn finish(store: &Store) -> Result<(), AppError> {
    if store.read(|reader| reader.is_erasure_pending())? {
        match store.scrub(None) {
            Ok(done) => tracing::info!(done, "the database was written anew"),
            Err(error) => tracing::warn!(code = error.code(), "the database could not be written anew"),
        }
    }
    Ok(())
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
        let (now, passphrase) = (self.now(), form.passphrase.secret());
        opened.store.confirm_passphrase(passphrase, now)?;
        let mut open = opened.interviews.lock();
        let (households, _) = opened.store.transact(Op::Erase, |tx| {
            let term = term(&opened, tx)?;
            let is_over = term.as_ref().map(|term| is_due(tx, term)).transpose()?.unwrap_or_default();
            if !is_over {
                return Err(AppError::new("retention_not_due"));
            }
            let going = going(&opened, tx)?;
            for household in &going {
                tx.erase_household(*household, &subjects(&opened, *household))?;
            }
            if !going.is_empty() {
                tx.end_erasure()?;
                let households = count(going.len()).to_string();
                let round = opened.profile.enrolled.round.0.to_string();
                tx.audit(Act::Erase, &[("households", households), ("round", round)], now)?;
            }
            Ok(count(going.len()))
        })?;
        open.clear();
        drop(open);
        let scrubbed = opened.store.scrub(Some(passphrase));
        let pending = match scrubbed {
            Ok(done) => !done,
            Err(error) => {
                tracing::warn!(code = error.code(), "the database could not be written anew");
                true
            }
        };
        // Before the file is written anew a copy of it would hold what was removed, too.
        let anew = if households == 0 || pending { Ok(()) } else { self.back_up_anew(&opened) };
        if let Err(error) = &anew {
            tracing::warn!(code = %error.code, "backups of before still hold what was removed");
        }
        let backups_left = households > 0 && (pending || anew.is_err()) && self.has_backups();
        tracing::info!(households, pending, "removed what was due");
        Ok(ErasedView { households, pending, backups_left })
    }
}

fn term(opened: &Opened, reader: &Reader<'_>) -> Result<Option<Retention>, StoreError> {
    let term: Option<Option<Retention>> = reader.setting(RETENTION)?;
    Ok(term.flatten().filter(|term| term.round == opened.profile.enrolled.round))
}

/// Whether the province was heard of after the term was over, by its own clock: a laptop's clock may be set to anything.
fn is_due(reader: &Reader<'_>, term: &Retention) -> Result<bool, StoreError> {
    let heard: Option<i64> = reader.setting(LAST_SUCCESS)?;
    let ahead: Option<i64> = reader.setting(CLOCK_OFFSET)?;
    let said = heard.zip(ahead).map(|(heard, ahead)| heard.saturating_add(ahead));
    Ok(said.is_some_and(|said| said >= term.due_millis()))
}

/// The households that the province has all of. Those that were merged go together or not at all.
fn going(opened: &Opened, reader: &Reader<'_>) -> Result<BTreeSet<Uuid>, AppError> {
    let mut going = BTreeSet::new();
    let mut staying = Vec::new();
    for (_, id) in reader.all_households()? {
        if reader.may_be_erased(&subjects(opened, id))? {
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
fn subjects(opened: &Opened, household: Uuid) -> Vec<Uuid> {
    let now = opened.profile.enrolled.round.0;
    let rounds = now.saturating_sub(ROUNDS_BACK)..=now;
    let interviews = rounds.map(|round| interview_id(household, Round(round)));
    std::iter::once(household).chain(interviews).collect()
}

fn views(reader: &Reader<'_>, households: &[Uuid]) -> Result<Vec<RetainedView>, AppError> {
    let view = |row: HouseholdRow| RetainedView {
        id: row.id.to_string(),
        head_name: row.head_name,
        village_name: row.village_name,
    };
    households.iter().take(MOST_LISTED).map(|id| Ok(view(need_row(reader, *id)?))).collect()
}
