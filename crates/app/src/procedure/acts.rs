//! Acts over households, one or many at once: all of them in one transaction, or none.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rasoat_casework::procedure::{CaseAct, Deed, Procedure, act_changes};
use rasoat_casework::{new_member_id, nfc_name};
use rasoat_store::{Act, Op, Tx};

use super::looked::{Desk, Looked};
use crate::app::App;
use crate::error::AppError;
use crate::household::{need_row, parse_id};
use crate::moment::rfc3339;
use crate::refresh;
use crate::review::{case_subject, give_back, seal};
use crate::view::{
    CertificateForm, ComplaintForm, CorrectionForm, DecisionForm, FindingForm, MeetingDoneView, MeetingForm,
    PostingForm, ProcedureAct, SeenForm,
};

/// The most letters of a text.
const LONGEST_TEXT: usize = 1000;

/// What is done with one household.
struct Done {
    deed: Deed,
    /// What the surveyor is asked, where the interview is to be made again.
    asked: Option<String>,
}

impl Done {
    fn only(deed: Deed) -> Self {
        Self { deed, asked: None }
    }
}

impl App {
    /// Notes a meeting over households. Where too few agreed with a result, its interview is returned with what was objected.
    ///
    /// # Errors
    /// `procedure_missing`, `procedure_changed`, `procedure_not_now`, `procedure_incomplete`, `unreadable_date`, `procedure_dates`,
    /// `meeting_counts`: nobody was there, or more agreed; `meeting_needs_objection`.
    pub fn hold_meeting(&self, form: &MeetingForm) -> Result<MeetingDoneView, AppError> {
        let on = day(&form.on)?;
        let [minutes, chair, secretary, representative] = [
            need_text(&form.minutes, "minutes")?,
            need_text(&form.chair, "chair")?,
            need_text(&form.secretary, "secretary")?,
            need_text(&form.representative, "representative")?,
        ];
        let objection = text(&form.objection)?;
        let attended = form.attended;
        if attended == 0 || form.households.iter().any(|household| household.agreed > attended) {
            return Err(AppError::new("meeting_counts"));
        }
        let households: Vec<&SeenForm> = form.households.iter().map(|one| &one.household).collect();
        let mut agreed_with = form.households.iter().map(|one| one.agreed);
        let mut view = MeetingDoneView { agreed: 0, rejected: 0 };
        self.act_on(&households, ProcedureAct::Meeting, Act::Meeting, |procedure, _| {
            let agreed = agreed_with.next().unwrap_or_default();
            let passed = procedure.is_agreed(attended, agreed);
            if !passed && objection.is_empty() {
                return Err(AppError::new("meeting_needs_objection"));
            }
            if passed {
                view.agreed += 1
            } else {
                view.rejected += 1
            }
            let deed = Deed::Meeting {
                on,
                attended,
                agreed,
                passed,
                minutes: minutes.clone(),
                chair: chair.clone(),
                secretary: secretary.clone(),
                representative: representative.clone(),
            };
            Ok(Done { deed, asked: (!passed).then(|| objection.clone()) })
        })?;
        Ok(view)
    }

    /// The last day of a posting that is put up on a day, as the procedure counts.
    ///
    /// # Errors
    /// `procedure_missing`, `unreadable_date`
    pub fn posted_until(&self, from: &str) -> Result<String, AppError> {
        let opened = self.need_open()?;
        let from = day(from)?;
        let now = self.now();
        opened.store.read(|reader| {
            let desk = Desk::of(&opened.profile, reader, now)?;
            let procedure = desk.procedure.ok_or_else(|| AppError::new("procedure_missing"))?;
            Ok(procedure.posted_until(from).to_string())
        })
    }

    /// Notes that results are posted.
    ///
    /// # Errors
    /// As [`Self::hold_meeting`]; `posting_too_short`: it ends before the procedure says (`until`).
    pub fn post_results(&self, form: &PostingForm) -> Result<(), AppError> {
        let from = day(&form.from)?;
        let place = need_text(&form.place, "place")?;
        let asked = if form.until.trim().is_empty() { None } else { Some(day(&form.until)?) };
        let households: Vec<&SeenForm> = form.households.iter().collect();
        self.act_on(&households, ProcedureAct::Posting, Act::Posting, |procedure, _| {
            let least = procedure.posted_until(from);
            let until = asked.unwrap_or(least);
            if until < least {
                return Err(AppError::new("posting_too_short").with("until", least));
            }
            Ok(Done::only(Deed::Posting { from, until, place: place.clone() }))
        })
    }

    /// Notes a complaint.
    ///
    /// # Errors
    /// As [`Self::hold_meeting`].
    pub fn note_complaint(&self, form: &ComplaintForm) -> Result<(), AppError> {
        let on = day(&form.on)?;
        let (person, about) = (need_text(&form.person, "person")?, need_text(&form.about, "about")?);
        self.act_on(&[&form.household], ProcedureAct::Complaint, Act::Complaint, |_, _| {
            Ok(Done::only(Deed::Complaint { on, person: person.clone(), about: about.clone() }))
        })
    }

    /// Notes what was found of a complaint. Where it was right, the interview is returned with what was found.
    ///
    /// # Errors
    /// As [`Self::hold_meeting`].
    pub fn note_finding(&self, form: &FindingForm) -> Result<(), AppError> {
        let on = day(&form.on)?;
        let found = need_text(&form.found, "found")?;
        self.act_on(&[&form.household], ProcedureAct::Finding, Act::Finding, |_, _| {
            let deed = Deed::Finding { on, found: found.clone(), upheld: form.upheld };
            Ok(Done { deed, asked: form.upheld.then(|| found.clone()) })
        })
    }

    /// Notes a decision over households.
    ///
    /// # Errors
    /// As [`Self::hold_meeting`]; `posting_runs`: dated before the posting was over; `class_provisional`.
    pub fn decide_results(&self, form: &DecisionForm) -> Result<(), AppError> {
        let on = day(&form.on)?;
        let number = need_text(&form.number, "number")?;
        let reason = if form.recognised { String::new() } else { need_text(&form.reason, "reason")? };
        let households: Vec<&SeenForm> = form.households.iter().collect();
        self.act_on(&households, ProcedureAct::Decision, Act::Decision, |_, looked| {
            let runs = looked.way().last.iter().filter_map(|act| act.deed.until()).max();
            if let Some(until) = runs.filter(|until| *until >= on) {
                return Err(AppError::new("posting_runs").with("until", until));
            }
            if !form.recognised {
                let (number, reason) = (number.clone(), reason.clone());
                return Ok(Done::only(Deed::Refusal { number, on, reason }));
            }
            let progress = &looked.row.progress;
            match &progress.class {
                Some(class) if !progress.provisional => {
                    let (number, class) = (number.clone(), class.clone());
                    Ok(Done::only(Deed::Recognition { number, on, class }))
                }
                Some(_) | None => Err(AppError::new("class_provisional")),
            }
        })
    }

    /// Notes a certificate.
    ///
    /// # Errors
    /// As [`Self::hold_meeting`].
    pub fn note_certificate(&self, form: &CertificateForm) -> Result<(), AppError> {
        let on = day(&form.on)?;
        let number = need_text(&form.number, "number")?;
        self.act_on(&[&form.household], ProcedureAct::Certificate, Act::Certificate, |_, _| {
            Ok(Done::only(Deed::Certificate { number: number.clone(), on }))
        })
    }

    /// Opens the interview of a locked round to be put right: it is returned with the reason.
    ///
    /// # Errors
    /// As [`Self::hold_meeting`].
    pub fn open_correction(&self, form: &CorrectionForm) -> Result<(), AppError> {
        let reason = need_text(&form.reason, "reason")?;
        self.act_on(&[&form.household], ProcedureAct::Correction, Act::Correction, |_, _| {
            Ok(Done { deed: Deed::Correction { reason: reason.clone() }, asked: Some(reason.clone()) })
        })
    }

    /// One act over households as they were looked at. `do_with` says what is done with each, in their order.
    fn act_on(
        &self,
        households: &[&SeenForm],
        kind: ProcedureAct,
        act: Act,
        mut do_with: impl FnMut(&Procedure, &Looked) -> Result<Done, AppError>,
    ) -> Result<(), AppError> {
        let opened = self.need_open()?;
        if households.is_empty() {
            return Err(AppError::new("procedure_nobody"));
        }
        let now = self.now();
        let mut open = opened.interviews.lock();
        opened.store.transact(Op::Procedure, |tx| {
            let desk = Desk::of(&opened.profile, tx, now)?;
            let procedure = desk.procedure.as_ref().ok_or_else(|| AppError::new("procedure_missing"))?;
            for form in households {
                let row = need_row(tx, parse_id(&form.household)?)?;
                if row.merged_into.is_some() {
                    return Err(AppError::new("household_merged"));
                }
                let looked = Looked::at(&desk, tx, row)?.unchanged_since(form)?;
                if !looked.may(&desk, &looked.way()).contains(&kind) {
                    return Err(AppError::new("procedure_not_now"));
                }
                let done = do_with(procedure, &looked)?;
                keep(&desk, tx, procedure, &looked, done)?;
            }
            tx.audit(act, &audited(households), now)?;
            Ok::<_, AppError>(())
        })?;
        open.clear();
        drop(open);
        tracing::info!(households = households.len(), act = act.as_str(), "an act of the procedure");
        self.wake().notify_waiters();
        Ok(())
    }
}

/// Of one household its id, of many how many they are.
pub(super) fn audited(households: &[&SeenForm]) -> Vec<(&'static str, String)> {
    match households {
        [one] => vec![("household", one.household.clone())],
        many => vec![("households", many.len().to_string())],
    }
}

/// Seals an act, and returns the interview where it is to be made again. After a lock that opens a correction as well.
fn keep(
    desk: &Desk<'_>,
    tx: &Tx<'_>,
    procedure: &Procedure,
    looked: &Looked,
    done: Done,
) -> Result<(), AppError> {
    let way = looked.way();
    let last_day = way.last.iter().filter_map(|act| act.deed.day()).max();
    if done.deed.day().zip(last_day).is_some_and(|(day, last)| day < last) {
        return Err(AppError::new("procedure_dates"));
    }
    let follows: BTreeSet<_> = way.last.iter().map(|act| act.id.clone()).collect();
    let act = |deed: Deed, ordinal: u32| {
        Ok::<_, AppError>(CaseAct {
            id: new_member_id(tx.chain()?.next_id(), ordinal),
            over: looked.mark(),
            after: if matches!(deed, Deed::Correction { .. }) { BTreeSet::new() } else { follows.clone() },
            procedure: procedure.id.clone(),
            by: desk.profile.author.clone(),
            at: rfc3339(desk.now),
            withdrawn: None,
            deed,
        })
    };
    let profile = desk.profile;
    let (id, round) = (looked.row.id, profile.enrolled.round);
    let is_correction = matches!(done.deed, Deed::Correction { .. });
    let mut acts = vec![act(done.deed, 0)?];
    if let Some(reason) = done.asked.clone().filter(|_| desk.locked_at.is_some() && !is_correction) {
        acts.push(act(Deed::Correction { reason }, 1)?);
    }
    for act in acts {
        let changes = act_changes(id, round, &act).ok();
        seal(profile, tx, &case_subject(profile, &looked.row), changes, desk.now)?;
    }
    if let Some(asked) = done.asked {
        give_back(profile, tx, &looked.row, &asked, desk.now)?;
        refresh::household(profile, tx, (&looked.row.commune, id), desk.now)?;
    }
    Ok(())
}

/// A canonical day.
fn day(text: &str) -> Result<Date, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::new("procedure_incomplete").with("field", "on"));
    }
    text.parse().map_err(|_| AppError::new("unreadable_date"))
}

pub(super) fn need_text(typed: &str, field: &str) -> Result<String, AppError> {
    let text = text(typed)?;
    if text.is_empty() { Err(AppError::new("procedure_incomplete").with("field", field)) } else { Ok(text) }
}

fn text(typed: &str) -> Result<String, AppError> {
    let text = nfc_name(typed);
    if text.chars().count() > LONGEST_TEXT {
        return Err(AppError::new("remark_too_long").with("most", LONGEST_TEXT));
    }
    Ok(text)
}
