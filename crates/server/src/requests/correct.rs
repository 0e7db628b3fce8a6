//! Asking the commune to correct an answer: a remark on the interview, which goes down to its laptops as all remarks do.
//!
//! Where nothing was done with the household yet the interview is returned, so that whoever made it finds it on Today. Where acts of the
//! procedure rest on it, or the round is locked, the remark alone is made: the commune decides how to open it again.

use rasoat_casework::procedure::Proceeding;
use rasoat_casework::{
    Case, Change, Decision, Document, Draft, Remark, RemarkState, Round, Step, Subject, SubjectKind,
    bring_up, case_id, decide, fold, interview_id, remark_id, reopened, version_mark,
};
use rasoat_instrument::Path;
use std::collections::BTreeMap;

use super::{Correction, Request};
use crate::assess::text;
use crate::household_view::edit_id;
use crate::own::{self, of_subject};
use crate::rounds;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, StorageError, StoredEdit};
use crate::time::rfc3339;

/// What stands at a question now, by its edits, and how far the remark on it is.
pub(crate) struct Standing {
    pub(crate) stood: Vec<String>,
    pub(crate) remark: Option<RemarkState>,
}

/// Makes the remark; what is to be kept of it in the register.
pub(crate) async fn ask(
    state: &State,
    actor: &str,
    request: &Request,
    question: &Path,
    asked: &str,
) -> Result<Correction, StorageError> {
    let household = &request.household;
    let (round, at) = (rounds::open_round(state).await?, rfc3339(state.now()));
    let is_locked = rounds::retention(state).await?.is_some_and(|term| term.round == round);
    let stored = state.storage.edits_of(household.clone()).await?;
    let correction = Correction {
        question: question.to_string(),
        text: asked.to_owned(),
        round: round.0,
        stood: standing(household, round, &stored, question).stood,
        returned: !is_locked && may_return(household, round, &stored),
    };
    let returned = correction.returned;
    own::write(state, household, |stored| {
        let interview = Of::new(household, round, stored, SubjectKind::Interview);
        let remark = Remark {
            interview: interview.subject.id,
            question: Some(question.clone()),
            texts: vec![asked.to_owned()],
            by: actor.to_owned(),
            at: at.clone(),
            state: RemarkState::Open,
        };
        let id = remark_id(interview.subject.id, Some(question));
        let on_question = Of::at(household, stored, SubjectKind::Remark, id);
        let case = Of::new(household, round, stored, SubjectKind::Case);
        let over = version_mark(&interview.document.version);
        let case_changes = if returned {
            let decision = Decision { step: Step::Returned, by: actor.to_owned(), at, over };
            decide(household.household, round, &decision, &[id])
        } else {
            bring_up(household.household, round, &[id])
        };
        let mut drafts = vec![on_question.draft(actor, remark.changes().unwrap_or_default(), stored)];
        drafts.push(case.draft(actor, case_changes.unwrap_or_default(), stored));
        if returned {
            drafts.push(interview.draft(actor, reopened().unwrap_or_default(), stored));
        }
        drafts
    })
    .await?;
    Ok(correction)
}

/// What stands at a question of a household's interview.
pub(crate) fn standing(
    household: &HouseholdKeyRef,
    round: Round,
    stored: &[StoredEdit],
    question: &Path,
) -> Standing {
    let interview = Of::new(household, round, stored, SubjectKind::Interview);
    let candidates = interview.document.fields.get(question).into_iter().flat_map(|field| &field.candidates);
    let id = remark_id(interview.subject.id, Some(question));
    let remark = Remark::of(&Of::at(household, stored, SubjectKind::Remark, id).document);
    Standing {
        stood: candidates.map(|candidate| edit_id(candidate.edit)).collect(),
        remark: remark.map(|remark| remark.state),
    }
}

/// Whether an interview is signed, and nothing was done with the household that rests on it.
fn may_return(household: &HouseholdKeyRef, round: Round, stored: &[StoredEdit]) -> bool {
    let interview = Of::new(household, round, stored, SubjectKind::Interview);
    let case = Of::new(household, round, stored, SubjectKind::Case);
    let acts = Proceeding::of(&case.document).acts;
    text(&interview.document, "meta_state").as_deref() == Some("signed")
        && acts.iter().all(|act| act.withdrawn.is_some())
        && !Case::of(&case.document).is_returned()
}

/// A document of a household.
struct Of {
    subject: Subject,
    document: Document,
}

impl Of {
    fn new(household: &HouseholdKeyRef, round: Round, stored: &[StoredEdit], kind: SubjectKind) -> Self {
        let id = match kind {
            SubjectKind::Interview => interview_id(household.household, round),
            SubjectKind::Case => case_id(household.household, round),
            SubjectKind::Household | SubjectKind::Remark => household.household,
        };
        Self::at(household, stored, kind, id)
    }

    fn at(household: &HouseholdKeyRef, stored: &[StoredEdit], kind: SubjectKind, id: uuid::Uuid) -> Self {
        let subject = Subject { commune: household.commune.clone(), kind, id };
        let document = fold(of_subject(stored, &subject));
        Self { subject, document }
    }

    fn draft(self, author: &str, changes: BTreeMap<Path, Change>, stored: &[StoredEdit]) -> Draft {
        let edits = of_subject(stored, &self.subject).filter(|edit| edit.instrument.is_some());
        Draft {
            instrument: edits.max_by_key(|edit| (edit.at, edit.id)).and_then(|edit| edit.instrument),
            seen: self.document.version,
            author: author.to_owned(),
            subject: self.subject,
            changes,
        }
    }
}
