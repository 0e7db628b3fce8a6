//! The interview: opening it, answering, members, leaving, signing off.
//!
//! Every act is committed to the draft before it returns; what is kept in memory can always be made again from the disk.

mod carry;
mod open;
mod print;
mod seal;
mod state;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rasoat_casework::new_member_id;
use rasoat_instrument::{Changes, Path, SetError};
use rasoat_store::{Op, StoreError, Tx};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::attachments;
use crate::error::AppError;
use crate::household::parse_id;
use crate::moment::moment;
use crate::paper::{Paper, is_own_second};
use crate::procedure::lock;
use crate::rounds::OpenedSince;
use crate::view::{AnswerForm, FindingView, InterviewChangeView, InterviewView, SignOffView};

pub(crate) use carry::asked;
pub(crate) use open::{OpenInterview, overlay};
pub(crate) use seal::{opened_again, progress, verify};

/// Interviews kept open in memory; beyond these the oldest is opened again from the disk when asked for.
const MOST_OPEN: usize = 8;

/// The interviews open in memory.
#[derive(Default)]
pub(crate) struct Interviews {
    open: Mutex<HashMap<Uuid, OpenInterview>>,
    pub(crate) since: OpenedSince,
}

impl Interviews {
    /// None open; what screens may act on is known from before.
    pub(crate) fn since(since: OpenedSince) -> Self {
        Self { open: Mutex::default(), since }
    }

    /// Keeps everybody from answering until what is opened is forgotten: for changes to the documents that interviews are
    /// opened from. Whoever panicked here left the disk as it was; what is in memory is made again.
    pub(crate) fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, OpenInterview>> {
        self.open.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
            let mut open = poisoned.into_inner();
            HashMap::clear(&mut open);
            open
        })
    }
}

impl App {
    /// Opens a household's interview, at the draft if there is one.
    pub fn open_interview(&self, household: &str) -> Result<InterviewView, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        let mut open = opened.interviews.lock();
        opened.interviews.since.note(id);
        let interview = self.interview(&opened, &mut open, id)?;
        Ok(interview.opened_view(&opened.profile))
    }

    /// Gives one answer; it is on disk when this returns.
    pub fn answer(&self, form: AnswerForm) -> Result<InterviewChangeView, AppError> {
        let path: Path = form.path.parse().map_err(|_| AppError::new("unknown_path"))?;
        self.act(&form.household, |interview, opened| {
            // A file is answered with by bringing it, unless it is here already.
            attachments::must_be_here(opened, &path, &form.value)?;
            let mut changes = interview.session.set_text(&path, &form.value)?;
            interview.confirm(&path, &mut changes);
            Ok((changes, path.clone()))
        })
    }

    /// Says of answers that were carried over that they still hold; others are left as they are.
    pub fn confirm_answers(
        &self,
        household: &str,
        paths: &[String],
    ) -> Result<InterviewChangeView, AppError> {
        let unknown = || AppError::new("unknown_path");
        let paths: Vec<Path> =
            paths.iter().map(|path| path.parse()).collect::<Result<_, _>>().map_err(|_| unknown())?;
        self.act(household, |interview, _| {
            let mut changes = Changes::default();
            for path in &paths {
                interview.confirm(path, &mut changes);
                changes.nodes.extend(interview.session.node(path));
            }
            Ok((changes, paths.last().cloned().ok_or_else(unknown)?))
        })
    }

    /// Adds a member.
    pub fn add_member(&self, household: &str, repeat: &str) -> Result<InterviewChangeView, AppError> {
        self.act(household, |interview, opened| {
            let next = opened.store.read(|reader| Ok::<_, StoreError>(reader.chain()?.next_id()))?;
            // Members added and removed again before sealing leave their ordinals taken.
            for ordinal in 0.. {
                let id = new_member_id(next, ordinal);
                if interview.was_used(&id) {
                    continue;
                }
                return match interview.session.add_instance(repeat, &id) {
                    Err(SetError::InstanceExists) => continue,
                    Err(error) => Err(error.into()),
                    Ok(changes) => {
                        interview.note_used(id);
                        let added =
                            changes.added.first().cloned().ok_or_else(|| AppError::new("unknown_path"))?;
                        Ok((changes, added))
                    }
                };
            }
            Err(AppError::new("too_many_members"))
        })
    }

    /// Removes a member; the answers stay in the history.
    pub fn remove_member(&self, household: &str, path: &str) -> Result<InterviewChangeView, AppError> {
        let path: Path = path.parse().map_err(|_| AppError::new("unknown_path"))?;
        self.act(household, |interview, _| Ok((interview.session.remove_instance(&path)?, path.clone())))
    }

    /// Leaves the household: seals what changed as one edit.
    ///
    /// # Errors
    /// `round_locked`: what was typed before stays in the draft.
    pub fn leave_interview(&self, household: &str) -> Result<(), AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        let mut open = opened.interviews.lock();
        let interview = self.interview(&opened, &mut open, id)?;
        if interview.drafted && !interview.second {
            let now = self.now();
            let result = opened.store.transact(Op::LeaveInterview, |tx| {
                lock::must_be_open(&opened.profile, tx, &interview.row)?;
                seal::leave(&opened.profile, tx, interview, now)
            });
            open.remove(&id);
            let (edits, _) = result?;
            tracing::info!(edits, "left an interview");
            self.wake().notify_waiters();
        } else {
            open.remove(&id);
        }
        Ok(())
    }

    /// Signs off, unless findings block it.
    pub fn sign_off(&self, household: &str) -> Result<SignOffView, AppError> {
        self.sign(household, None)
    }

    /// The same; `paper`: of an interview that was typed from paper.
    pub(crate) fn sign(&self, household: &str, paper: Option<&Paper>) -> Result<SignOffView, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        let mut open = opened.interviews.lock();
        opened.interviews.since.must_have(id)?;
        let interview = self.interview(&opened, &mut open, id)?;
        if interview.second {
            return Err(AppError::new("second_entry"));
        }
        if interview.signed {
            return Ok(SignOffView { signed: true, blocking: Vec::new() });
        }
        must_stand(interview)?;
        let findings = interview.session.findings();
        let blocking: Vec<FindingView> = findings
            .iter()
            .filter(|finding| finding.blocks())
            .map(|finding| interview.finding_view(finding))
            .collect();
        if !blocking.is_empty() {
            return Ok(SignOffView { signed: false, blocking });
        }
        if interview.waits_for_confirmation() {
            return Err(AppError::new("carried_unconfirmed"));
        }
        let now = self.now();
        interview.session.finish(moment(now));
        let result = opened.store.transact(Op::SignOff, |tx| {
            lock::must_be_open(&opened.profile, tx, &interview.row)?;
            seal::sign_off(&opened.profile, tx, interview, paper, now)
        });
        open.remove(&id);
        result?;
        tracing::info!("signed off");
        self.wake().notify_waiters();
        Ok(SignOffView { signed: true, blocking: Vec::new() })
    }

    /// Opens a signed interview for correction.
    ///
    /// # Errors
    /// `household_merged`: another household stands for it.
    pub fn reopen_interview(&self, household: &str) -> Result<InterviewView, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        let mut open = opened.interviews.lock();
        opened.interviews.since.must_have(id)?;
        let interview = self.interview(&opened, &mut open, id)?;
        if interview.signed {
            must_stand(interview)?;
            let now = self.now();
            let result = opened.store.transact(Op::ReopenInterview, |tx| {
                lock::must_be_open(&opened.profile, tx, &interview.row)?;
                seal::reopen(&opened.profile, tx, interview, now)
            });
            open.remove(&id);
            result?;
            tracing::info!("opened a signed interview again");
            self.wake().notify_waiters();
        }
        let interview = self.interview(&opened, &mut open, id)?;
        Ok(interview.opened_view(&opened.profile))
    }

    /// The interview in memory, opened from the disk if need be.
    fn interview<'a>(
        &self,
        opened: &Opened,
        open: &'a mut HashMap<Uuid, OpenInterview>,
        id: Uuid,
    ) -> Result<&'a mut OpenInterview, AppError> {
        if !open.contains_key(&id) {
            let now = self.now();
            let interview = opened.store.read(|reader| match reader.second_entry(id)? {
                Some(entry) if is_own_second(reader, &entry)? => {
                    OpenInterview::second(&opened.profile, reader, &entry, now)
                }
                Some(_) | None => OpenInterview::open(&opened.profile, reader, id, now),
            })?;
            if open.len() >= MOST_OPEN {
                open.clear();
            }
            open.insert(id, interview);
        }
        open.get_mut(&id).ok_or_else(|| AppError::new("unknown_household"))
    }

    /// One act on an open interview: in memory, then on the disk. If the disk refuses, memory is thrown away and the
    /// interview is as it was.
    fn act(
        &self,
        household: &str,
        act: impl FnOnce(&mut OpenInterview, &Opened) -> Result<(Changes, Path), AppError>,
    ) -> Result<InterviewChangeView, AppError> {
        self.act_along(household, act, |_, _| Ok(()))
    }

    /// The same, with what goes to the disk along with it.
    pub(crate) fn act_along(
        &self,
        household: &str,
        act: impl FnOnce(&mut OpenInterview, &Opened) -> Result<(Changes, Path), AppError>,
        along: impl FnOnce(&Tx<'_>, i64) -> Result<(), StoreError>,
    ) -> Result<InterviewChangeView, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        let mut open = opened.interviews.lock();
        opened.interviews.since.must_have(id)?;
        // Opened anew, it may hold what others changed: the screen is told everything.
        let anew = !open.contains_key(&id);
        let interview = self.interview(&opened, &mut open, id)?;
        if interview.signed {
            return Err(AppError::new("signed_off"));
        }
        must_stand(interview)?;
        let (changes, place) = act(interview, &opened)?;
        let now = self.now();
        let committed = opened.store.transact(Op::Answer, |tx| {
            lock::must_be_open(&opened.profile, tx, &interview.row)?;
            along(tx, now)?;
            seal::commit(&opened.profile, tx, interview, &changes, &place, now)
        });
        let (progress, _) = match committed {
            Ok(done) => done,
            Err(error) => {
                open.remove(&id);
                return Err(error);
            }
        };
        opened.tally.note(id, &place, now);
        interview.committed(place, progress, now);
        Ok(interview.change_view(&opened.profile, &changes, anew))
    }
}

/// A household that was merged into another is asked nothing more; what was typed before is sealed by leaving it.
fn must_stand(interview: &OpenInterview) -> Result<(), AppError> {
    match interview.row.merged_into {
        Some(_) => Err(AppError::new("household_merged")),
        None => Ok(()),
    }
}
