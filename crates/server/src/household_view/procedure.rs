//! A household's way through the round, and what supervisors asked.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::procedure::{CaseAct, Proceeding, way};
use rasoat_casework::{
    Case, Document, Edit, Remark, RemarkState, Standing, Step, SubjectKind, VersionVector, fold, version_mark,
};
use uuid::Uuid;

use super::words::Words;
use crate::line::stage;
use crate::storage::StoredEdit;
use crate::view::{ActView, CheckedView, ProceedingView, RemarkView};

/// The way of a household by the last case that there is of it; `version` is the interview's, if there is one.
pub(super) fn of(
    edits: &[StoredEdit],
    version: Option<&VersionVector>,
    is_signed: bool,
) -> Option<ProceedingView> {
    let document = documents(edits, SubjectKind::Case).pop()?;
    let (case, proceeding) = (Case::of(&document), Proceeding::of(&document));
    let nothing = VersionVector::default();
    let standing = case.standing(is_signed, version.unwrap_or(&nothing));
    let accepted = match (standing, version) {
        (Standing::Accepted, Some(version)) => Some(version_mark(version)),
        (_, _) => None,
    };
    let way = way(&proceeding, version.is_some(), accepted.as_deref());
    let lapsed: BTreeSet<&str> = way.lapsed.iter().map(|act| act.id.as_str()).collect();
    let act = |act: &CaseAct| ActView {
        kind: act.deed.kind().to_owned(),
        day: act.deed.day().map(|day| day.to_string()),
        holds: act.withdrawn.is_none() && !lapsed.contains(act.id.as_str()),
        withdrawn: act.withdrawn.as_ref().map(|withdrawn| withdrawn.reason.clone()),
        by: act.by.clone(),
        at: act.at.clone(),
    };
    let checked = case.decision.as_ref().map(|decision| CheckedView {
        accepted: decision.step == Step::Accepted && !case.is_returned(),
        holds: matches!(standing, Standing::Accepted | Standing::Returned),
        by: decision.by.clone(),
        at: decision.at.clone(),
    });
    Some(ProceedingView {
        stage: stage(way.stage),
        checked,
        acts: proceeding.acts.iter().map(act).collect(),
        assigned: proceeding.assigned.clone(),
    })
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
    documents(edits, SubjectKind::Remark)
}

/// The documents of a kind, that with the latest edit last.
fn documents(edits: &[StoredEdit], kind: SubjectKind) -> Vec<Document> {
    let mut by_subject: BTreeMap<Uuid, Vec<&Edit>> = BTreeMap::new();
    for edit in edits.iter().map(|stored| &stored.edit).filter(|edit| edit.subject.kind == kind) {
        by_subject.entry(edit.subject.id).or_default().push(edit);
    }
    let mut of_kind: Vec<Vec<&Edit>> = by_subject.into_values().collect();
    of_kind.sort_by_key(|edits| edits.iter().map(|edit| (edit.at, edit.id)).max());
    of_kind.into_iter().map(fold).collect()
}
