//! Checking what surveyors signed: the queue, accepting, returning with remarks, and what becomes of the remarks.
//!
//! Every word on it is an edit, of the household's case, of a remark or of the interview, and travels as all edits do.

mod changes;
mod looked;
mod outliers;
mod remarks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rasoat_casework::{
    Case, Change, Decision, Document, RemarkState, Round, Standing, Step, Subject, SubjectKind, case_id,
    decide, version_mark,
};
use rasoat_instrument::Path;
use rasoat_store::{Act, HouseholdQuery, HouseholdRow, HouseholdState, Op, Reader, StoreError, Tx};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::{all_rows, interview_subject, need_row, parse_id};
use crate::interview::{OpenInterview, opened_again};
use crate::moment::rfc3339;
use crate::procedure::lock;
use crate::profile::Profile;
use crate::refresh;
use crate::rounds::ROUNDS_BACK;
use crate::start::count;
use crate::view::{
    AcceptForm, CheckItemView, CheckQueueView, CheckReasonView, CheckView, ReturnForm, ReturnedView,
};
use looked::Looked;
use remarks::remark_subject;

pub(crate) use remarks::{note_answers, of as remarks_of, views as remark_views};

impl App {
    /// The signed interviews that nobody has accepted as they are: those with the most to look at first.
    pub fn check_queue(&self) -> Result<CheckQueueView, AppError> {
        let opened = self.need_open()?;
        let queue = queue(&opened)?;
        let is_accepted = |one: &Looked| one.standing == Standing::Accepted;
        let accepted = queue.0.iter().filter(|(one, _)| is_accepted(one)).count();
        let waiting = queue.0.iter().filter(|(one, _)| !is_accepted(one));
        let mut items: Vec<CheckItemView> = waiting.map(|(one, reasons)| one.view(reasons.clone())).collect();
        items.sort_by_key(|item| std::cmp::Reverse(item.reasons.len()));
        let returned = count(opened.store.read(|reader| reader.returned())?.len());
        Ok(CheckQueueView { items, accepted: count(accepted), returned })
    }

    /// One signed interview with all there is to look at.
    ///
    /// # Errors
    /// `not_signed`
    pub fn check(&self, household: &str) -> Result<CheckView, AppError> {
        let opened = self.need_open()?;
        let id = parse_id(household)?;
        let now = self.now();
        let queue = queue(&opened)?;
        let found = queue.0.iter().find(|(one, _)| one.row.id == id);
        let (one, reasons) = found.ok_or_else(|| AppError::new("not_signed"))?;
        let profile = &opened.profile;
        let interview = opened
            .store
            .read(|reader| Ok::<_, AppError>(OpenInterview::open(profile, reader, id, now)?.view(profile)))?;
        Ok(CheckView { item: one.view(reasons.clone()), interview, changes: one.changes.clone() })
    }

    /// Accepts an interview as it was looked at; its remarks are closed.
    ///
    /// # Errors
    /// `not_signed`; `interview_changed`: since it was looked at; `conflicts_left`.
    pub fn accept(&self, form: &AcceptForm) -> Result<(), AppError> {
        self.decide(&form.household, &form.version, Step::Accepted, |profile, tx, row, now| {
            if row.conflicts > 0 {
                return Err(AppError::new("conflicts_left"));
            }
            for (id, remark) in remarks_of(profile, tx, row)? {
                if remark.state != RemarkState::Closed {
                    seal(profile, tx, &remark_subject(row, id), RemarkState::Closed.change().ok(), now)?;
                }
            }
            Ok(Vec::new())
        })?;
        tracing::info!("accepted an interview");
        Ok(())
    }

    /// Returns an interview with what is asked: it is open again.
    ///
    /// # Errors
    /// `not_signed`; `interview_changed`: since it was looked at; `no_remarks`; `remark_too_long`; `round_locked`.
    pub fn return_with_comments(&self, form: &ReturnForm) -> Result<(), AppError> {
        self.decide(&form.household, &form.version, Step::Returned, |profile, tx, row, now| {
            lock::must_be_open(profile, tx, row)?;
            ask_again(profile, tx, row, form, now)
        })?;
        tracing::info!(remarks = form.remarks.len(), "returned an interview");
        Ok(())
    }

    /// One decision over the version that was looked at, in one transaction. `act` says which remarks it makes.
    fn decide(
        &self,
        household: &str,
        version: &str,
        step: Step,
        act: impl FnOnce(&Profile, &Tx<'_>, &HouseholdRow, i64) -> Result<Vec<Uuid>, AppError>,
    ) -> Result<(), AppError> {
        let opened = self.need_open()?;
        let id = parse_id(household)?;
        let now = self.now();
        let mut open = opened.interviews.lock();
        opened.store.transact(Op::Review, |tx| {
            let profile = &opened.profile;
            let row = need_row(tx, id)?;
            if row.merged_into.is_some() {
                return Err(AppError::new("household_merged"));
            }
            if row.progress.state != HouseholdState::Signed {
                return Err(AppError::new("not_signed"));
            }
            let over = version_mark(&tx.document(&interview_subject(&row))?.version);
            if over != version {
                return Err(AppError::new("interview_changed"));
            }
            let made = act(profile, tx, &row, now)?;
            seal_decision(profile, tx, &row, (step, over), &made, now)?;
            let act = if step == Step::Accepted { Act::Accept } else { Act::Return };
            tx.audit(act, &[("household", id.to_string())], now)?;
            refresh::household(profile, tx, (&row.commune, id), now)
        })?;
        open.clear();
        drop(open);
        self.wake().notify_waiters();
        Ok(())
    }
}

/// Returns an interview as it is here with what is asked of all of it, in the caller's transaction.
pub(crate) fn give_back(
    profile: &Profile,
    tx: &Tx<'_>,
    row: &HouseholdRow,
    asked: &str,
    now_millis: i64,
) -> Result<(), AppError> {
    let over = version_mark(&tx.document(&interview_subject(row))?.version);
    let form = ReturnForm {
        household: row.id.to_string(),
        version: over.clone(),
        whole: asked.to_owned(),
        remarks: Vec::new(),
    };
    let made = ask_again(profile, tx, row, &form, now_millis)?;
    seal_decision(profile, tx, row, (Step::Returned, over), &made, now_millis)
}

/// Seals what was decided over a version, with the remarks made.
fn seal_decision(
    profile: &Profile,
    tx: &Tx<'_>,
    row: &HouseholdRow,
    (step, over): (Step, String),
    made: &[Uuid],
    now_millis: i64,
) -> Result<(), AppError> {
    let decision = Decision { step, by: profile.author.clone(), at: rfc3339(now_millis), over };
    let changes = decide(row.id, profile.enrolled.round, &decision, made).ok();
    seal(profile, tx, &case_subject(profile, row), changes, now_millis)
}

/// Makes the remarks of a form and opens the interview; the remarks' ids.
fn ask_again(
    profile: &Profile,
    tx: &Tx<'_>,
    row: &HouseholdRow,
    form: &ReturnForm,
    now_millis: i64,
) -> Result<Vec<Uuid>, AppError> {
    let made = remarks::make(profile, row, form, now_millis)?;
    for (id, remark) in &made {
        seal(profile, tx, &remark_subject(row, *id), remark.changes().ok(), now_millis)?;
    }
    let instrument = Some(profile.instrument);
    tx.settle(&interview_subject(row), opened_again(), &profile.author, instrument, now_millis)?;
    Ok(made.into_iter().map(|(id, _)| id).collect())
}

/// The households that were returned and not signed again, in the order of their places.
pub(crate) fn returned(profile: &Profile, reader: &Reader<'_>) -> Result<Vec<ReturnedView>, AppError> {
    let mut found = Vec::new();
    for id in reader.returned()? {
        let row = need_row(reader, id)?;
        let Some(decision) = case_of(profile, reader, &row)?.decision else { continue };
        let remarks = remarks_of(profile, reader, &row)?;
        let open = remarks.iter().filter(|(_, remark)| remark.state == RemarkState::Open);
        found.push(ReturnedView {
            household: row.id.to_string(),
            head_name: row.head_name,
            village_name: row.village_name,
            by: decision.by,
            at: decision.at,
            open: count(open.count()),
        });
    }
    Ok(found)
}

pub(crate) fn case_of(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<Case, StoreError> {
    Ok(Case::of(&case_document(profile, reader, row)?))
}

/// What a household's case comes to.
pub(crate) fn case_document(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<Document, StoreError> {
    reader.document(&case_subject(profile, row))
}

pub(crate) fn case_subject(profile: &Profile, row: &HouseholdRow) -> Subject {
    let id = case_id(row.id, profile.enrolled.round);
    Subject { commune: row.commune.clone(), kind: SubjectKind::Case, id }
}

/// Every signed interview, each with its reasons to be looked at.
struct Queue(Vec<(Looked, Vec<CheckReasonView>)>);

/// The queue as it was last worked out, and after which transaction: whoever goes from one interview to the next does not wait for
/// all of them to be read again.
#[derive(Default)]
pub(crate) struct LastQueue(Mutex<Option<(u64, Arc<Queue>)>>);

fn queue(opened: &Opened) -> Result<Arc<Queue>, AppError> {
    // Asked before anything is read: what is committed meanwhile makes the next one look again.
    let now = opened.store.commits()?;
    let mut last = opened.checks.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, queue)) = last.as_ref().filter(|(after, _)| *after == now) {
        return Ok(Arc::clone(queue));
    }
    let queue = Arc::new(opened.store.read(|reader| Queue::read(&opened.profile, reader))?);
    *last = Some((now, Arc::clone(&queue)));
    Ok(queue)
}

impl Queue {
    fn read(profile: &Profile, reader: &Reader<'_>) -> Result<Self, AppError> {
        let query = HouseholdQuery { state: Some(HouseholdState::Signed), ..HouseholdQuery::default() };
        let signed = all_rows(reader, query)?.into_iter();
        let mut looked: Vec<Looked> =
            signed.map(|row| Looked::at(profile, reader, row)).collect::<Result<_, AppError>>()?;
        looked::note_times(&mut looked);
        let visits: Vec<_> = looked.iter().map(|one| one.visit.clone()).collect();
        let found = outliers::found(&visits);
        let with_reasons = looked.into_iter().zip(found).map(|(one, found)| {
            let reasons = one.reasons(found);
            (one, reasons)
        });
        Ok(Self(with_reasons.collect()))
    }
}

pub(crate) fn seal(
    profile: &Profile,
    tx: &Tx<'_>,
    subject: &Subject,
    changes: Option<BTreeMap<Path, Change>>,
    now_millis: i64,
) -> Result<(), AppError> {
    let changes = changes.ok_or_else(|| AppError::new("unknown_path"))?;
    tx.settle(subject, changes, &profile.author, None, now_millis)?;
    Ok(())
}

/// Whatever edits speak of a household's checking, in this round and those before it.
pub(crate) fn subjects(
    opened: &Opened,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<Vec<Uuid>, StoreError> {
    let of_round = case_subject(&opened.profile, row);
    let now = opened.profile.enrolled.round.0;
    let mut found = Vec::new();
    for year in now.saturating_sub(ROUNDS_BACK)..=now {
        let subject = Subject { id: case_id(row.id, Round(year)), ..of_round.clone() };
        found.extend(Case::of(&reader.document(&subject)?).remarks);
        found.push(subject.id);
    }
    Ok(found)
}
