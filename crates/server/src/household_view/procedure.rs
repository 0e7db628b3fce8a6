//! A household's way through the round, and what supervisors asked.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::procedure::{CaseAct, Proceeding, way};
use rasoat_casework::{
    Case, Document, Edit, Remark, RemarkState, Round, Standing, Step, SubjectKind, VersionVector, case_id,
    fold, interview_id, version_mark,
};
use uuid::Uuid;

use super::words::Words;
use crate::assess::text;
use crate::line::stage;
use crate::storage::StoredEdit;
use crate::view::{ActView, CheckedView, ProceedingView, RemarkView};

/// The way of a household by the case of that id, else by the last that there is of it; `version` is the interview's, if there is one.
pub(super) fn of(
    edits: &[StoredEdit],
    case: Option<Uuid>,
    version: Option<&VersionVector>,
    is_signed: bool,
) -> Option<ProceedingView> {
    let document = documents(edits, SubjectKind::Case, case).pop()?;
    let (case, proceeding) = (Case::of(&document), Proceeding::of(&document));
    let nothing = VersionVector::default();
    let standing = case.standing(is_signed, version.unwrap_or(&nothing));
    let accepted = match (standing, version) {
        (Standing::Accepted, Some(version)) => Some(version_mark(version)),
        (_, _) => None,
    };
    let way = way(&proceeding, version.is_some(), accepted.as_deref());
    let lapsed: BTreeSet<&str> = way.lapsed.iter().map(|act| act.id.as_str()).collect();
    let checked = case.decision.as_ref().map(|decision| CheckedView {
        accepted: decision.step == Step::Accepted && !case.is_returned(),
        holds: matches!(standing, Standing::Accepted | Standing::Returned),
        by: decision.by.clone(),
        at: decision.at.clone(),
    });
    Some(ProceedingView {
        stage: stage(way.stage),
        checked,
        acts: proceeding.acts.iter().map(|done| act(done, &lapsed)).collect(),
        assigned: proceeding.assigned.clone(),
    })
}

/// What was done with a household in these rounds.
pub(crate) fn acts(
    edits: &[StoredEdit],
    household: Uuid,
    rounds: impl Iterator<Item = Round>,
) -> Vec<ActView> {
    let of_round = |round| {
        let interview = documents(edits, SubjectKind::Interview, Some(interview_id(household, round))).pop();
        let is_signed = interview.as_ref().and_then(|document| text(document, "meta_state"));
        let version = interview.as_ref().map(|document| &document.version);
        of(edits, Some(case_id(household, round)), version, is_signed.as_deref() == Some("signed"))
    };
    rounds.filter_map(of_round).flat_map(|proceeding| proceeding.acts).collect()
}

/// An act; those that lapsed or were taken back do not hold.
fn act(act: &CaseAct, lapsed: &BTreeSet<&str>) -> ActView {
    ActView {
        kind: act.deed.kind().to_owned(),
        day: act.deed.day().map(|day| day.to_string()),
        holds: act.withdrawn.is_none() && !lapsed.contains(act.id.as_str()),
        withdrawn: act.withdrawn.as_ref().map(|withdrawn| withdrawn.reason.clone()),
        by: act.by.clone(),
        at: act.at.clone(),
    }
}

/// What supervisors asked, the open ones first.
pub(super) fn remarks(edits: &[StoredEdit], words: &Words<'_>) -> Vec<RemarkView> {
    let mut remarks: Vec<Remark> = remark_documents(edits).iter().filter_map(Remark::of).collect();
    remarks.sort_by(|one, other| (one.state, &one.at).cmp(&(other.state, &other.at)));
    remarks.into_iter().map(|found| remark(found, words)).collect()
}

pub(super) fn remark(remark: Remark, words: &Words<'_>) -> RemarkView {
    RemarkView {
        label: remark.question.as_ref().map(|path| words.label(path)),
        texts: remark.texts,
        state: remark_state(remark.state).to_owned(),
        by: remark.by,
        at: remark.at,
    }
}

/// Stable code of how far a remark is.
pub(crate) fn remark_state(state: RemarkState) -> &'static str {
    match state {
        RemarkState::Open => "open",
        RemarkState::Answered => "answered",
        RemarkState::Closed => "closed",
    }
}

/// The documents of remarks.
pub(super) fn remark_documents(edits: &[StoredEdit]) -> Vec<Document> {
    documents(edits, SubjectKind::Remark, None)
}

/// The documents of a kind, that with the latest edit last; of one alone where it is named.
fn documents(edits: &[StoredEdit], kind: SubjectKind, only: Option<Uuid>) -> Vec<Document> {
    let mut by_subject: BTreeMap<Uuid, Vec<&Edit>> = BTreeMap::new();
    let of_kind = edits.iter().map(|stored| &stored.edit).filter(|edit| edit.subject.kind == kind);
    for edit in of_kind.filter(|edit| only.is_none_or(|only| edit.subject.id == only)) {
        by_subject.entry(edit.subject.id).or_default().push(edit);
    }
    let mut of_kind: Vec<Vec<&Edit>> = by_subject.into_values().collect();
    of_kind.sort_by_key(|edits| edits.iter().map(|edit| (edit.at, edit.id)).max());
    of_kind.into_iter().map(fold).collect()
}
