//! A household as it is looked at: its case, its interview's version, and what follows from both.

use rasoat_casework::procedure::{Deed, Procedure, Proceeding, Stage, Way, way};
use rasoat_casework::{Case, Standing, VersionVector, version_mark};
use rasoat_store::{HouseholdRow, HouseholdState, Reader};

use super::lock::accepted_over;
use crate::error::AppError;
use crate::guidance::Assigned;
use crate::household::interview_subject;
use crate::moment::moment;
use crate::profile::Profile;
use crate::retention;
use crate::review::case_document;
use crate::view::{
    ProcedureAct, ProcedureBlock, ProcedureBlockView, ProcedureRowView, ProcedureStage, SeenForm,
};

/// What is the same for all households that are looked at together.
pub(crate) struct Desk<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) procedure: Option<Procedure>,
    pub(crate) locked_at: Option<i64>,
    pub(crate) now: i64,
    assigned: Assigned,
}

/// One household.
pub(crate) struct Looked {
    pub(crate) row: HouseholdRow,
    pub(crate) proceeding: Proceeding,
    /// Whether it is assigned to those who do its village.
    by_village: bool,
    /// The version of the interview that is here.
    pub(crate) interview: VersionVector,
    case: Case,
    case_version: VersionVector,
}

impl<'a> Desk<'a> {
    pub(crate) fn of(profile: &'a Profile, reader: &Reader<'_>, now: i64) -> Result<Self, AppError> {
        Ok(Self {
            profile,
            procedure: super::law::in_force(profile, reader)?,
            locked_at: retention::locked_at(profile, reader)?,
            now,
            assigned: Assigned::read(reader)?,
        })
    }
}

impl Looked {
    pub(crate) fn at(desk: &Desk<'_>, reader: &Reader<'_>, row: HouseholdRow) -> Result<Self, AppError> {
        let document = case_document(desk.profile, reader, &row)?;
        let mut proceeding = Proceeding::of(&document);
        let by_village = proceeding.assigned.is_empty();
        if by_village {
            // Nobody has said who does this household: whoever does its village.
            proceeding.assigned = desk.assigned.to(&row.commune, &row.village).to_vec();
        }
        Ok(Self {
            interview: reader.document(&interview_subject(&row))?.version,
            proceeding,
            by_village,
            case: Case::of(&document),
            case_version: document.version,
            row,
        })
    }

    /// The same, if nothing was changed since it was looked at.
    ///
    /// # Errors
    /// `procedure_changed`
    pub(crate) fn unchanged_since(self, form: &SeenForm) -> Result<Self, AppError> {
        if self.seen() == form.seen { Ok(self) } else { Err(AppError::new("procedure_changed")) }
    }

    /// What an act is done over.
    pub(crate) fn mark(&self) -> String {
        version_mark(&self.interview)
    }

    pub(crate) fn way(&self) -> Way<'_> {
        let begun = self.row.progress.state != HouseholdState::Listed;
        let signed = self.row.progress.state == HouseholdState::Signed;
        let is_accepted = self.case.standing(signed, &self.interview) == Standing::Accepted;
        way(&self.proceeding, begun, is_accepted.then(|| self.mark()).as_deref())
    }

    pub(crate) fn is_correcting(&self) -> bool {
        self.proceeding.correction(accepted_over(&self.case)).is_some()
    }

    /// What can be done now.
    pub(crate) fn may(&self, desk: &Desk<'_>, way: &Way<'_>) -> Vec<ProcedureAct> {
        let mut may = Vec::new();
        if desk.locked_at.is_some() && !self.is_correcting() {
            may.push(ProcedureAct::Correction);
        }
        let Some(procedure) = &desk.procedure else { return may };
        if self.row.conflicts > 0 || self.row.progress.class.is_none() {
            return may;
        }
        may.extend_from_slice(match way.stage {
            Stage::Scored => &[ProcedureAct::Meeting],
            Stage::MeetingAgreed | Stage::Reverified => &[ProcedureAct::Posting],
            Stage::Posted => &[ProcedureAct::Decision, ProcedureAct::Complaint],
            Stage::Complaint => &[ProcedureAct::Finding],
            Stage::Recognised if is_certified(procedure, way) => &[ProcedureAct::Certificate],
            Stage::Listed
            | Stage::Assigned
            | Stage::MeetingRejected
            | Stage::Interviewed
            | Stage::Refused
            | Stage::Recognised
            | Stage::Certified => &[],
        });
        may
    }

    fn next(&self, desk: &Desk<'_>, way: &Way<'_>) -> Option<ProcedureAct> {
        match way.stage {
            Stage::Listed | Stage::Assigned | Stage::MeetingRejected => Some(ProcedureAct::Interview),
            Stage::Interviewed if self.row.progress.state == HouseholdState::Signed => {
                Some(ProcedureAct::Check)
            }
            Stage::Interviewed => Some(ProcedureAct::Interview),
            Stage::Scored => Some(ProcedureAct::Meeting),
            Stage::MeetingAgreed | Stage::Reverified => Some(ProcedureAct::Posting),
            Stage::Complaint => Some(ProcedureAct::Finding),
            Stage::Posted => Some(ProcedureAct::Decision),
            Stage::Recognised => {
                let procedure = desk.procedure.as_ref();
                let is_due = procedure.is_some_and(|procedure| is_certified(procedure, way));
                is_due.then_some(ProcedureAct::Certificate)
            }
            Stage::Refused | Stage::Certified => None,
        }
    }

    fn blocks(&self, desk: &Desk<'_>, way: &Way<'_>) -> Vec<ProcedureBlockView> {
        let today = moment(desk.now).date();
        let runs = way.last.iter().filter_map(|act| act.deed.until()).max().filter(|until| *until >= today);
        let is_accepted = way.stage >= Stage::Scored;
        let found = [
            (ProcedureBlock::Conflicts, self.row.conflicts > 0),
            (ProcedureBlock::InTwo, way.is_in_two()),
            (ProcedureBlock::AssignedTwice, self.proceeding.assigned.len() > 1 && !self.by_village),
            (ProcedureBlock::Lapsed, !way.lapsed.is_empty() && way.stage != Stage::MeetingRejected),
            (ProcedureBlock::NoClass, is_accepted && self.row.progress.class.is_none()),
            (ProcedureBlock::Provisional, is_accepted && self.row.progress.provisional),
            (ProcedureBlock::PostingRuns, runs.is_some()),
            (ProcedureBlock::Correcting, self.is_correcting()),
            (
                ProcedureBlock::Locked,
                desk.locked_at.is_some() && way.stage < Stage::Scored && !self.is_correcting(),
            ),
        ];
        let found = found.into_iter().filter(|(_, is_so)| *is_so);
        let until = |code| runs.filter(|_| code == ProcedureBlock::PostingRuns).map(|day| day.to_string());
        found.map(|(code, _)| ProcedureBlockView { code, until: until(code) }).collect()
    }

    fn seen(&self) -> String {
        format!("{}-{}", self.mark(), version_mark(&self.case_version))
    }

    pub(crate) fn view(&self, desk: &Desk<'_>) -> ProcedureRowView {
        let way = self.way();
        let enrolled = &desk.profile.enrolled;
        let is_mine = |name: &String| *name == desk.profile.author || *name == enrolled.device_name;
        ProcedureRowView {
            household: self.row.id.to_string(),
            head_name: self.row.head_name.clone(),
            previous_class: self.row.previous_class.clone(),
            class: self.row.progress.class.clone(),
            provisional: self.row.progress.provisional,
            stage: stage_view(way.stage),
            next: self.next(desk, &way),
            may: self.may(desk, &way),
            blocks: self.blocks(desk, &way),
            mine: self.proceeding.assigned.iter().any(is_mine),
            assigned: self.proceeding.assigned.clone(),
            seen: self.seen(),
        }
    }
}

fn is_certified(procedure: &Procedure, way: &Way<'_>) -> bool {
    way.last
        .iter()
        .all(|act| matches!(&act.deed, Deed::Recognition { class, .. } if procedure.is_certified(class)))
}

fn stage_view(stage: Stage) -> ProcedureStage {
    match stage {
        Stage::Listed => ProcedureStage::Listed,
        Stage::Assigned => ProcedureStage::Assigned,
        Stage::Interviewed => ProcedureStage::Interviewed,
        Stage::Scored => ProcedureStage::Scored,
        Stage::MeetingAgreed => ProcedureStage::MeetingAgreed,
        Stage::MeetingRejected => ProcedureStage::MeetingRejected,
        Stage::Posted => ProcedureStage::Posted,
        Stage::Complaint => ProcedureStage::Complaint,
        Stage::Reverified => ProcedureStage::Reverified,
        Stage::Recognised => ProcedureStage::Recognised,
        Stage::Refused => ProcedureStage::Refused,
        Stage::Certified => ProcedureStage::Certified,
    }
}
