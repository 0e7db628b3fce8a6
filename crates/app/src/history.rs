//! What happened to a household, edit by edit.

use rasoat_casework::{Change, Edit, Round, Step, Subject, SubjectKind, WITHDRAWN, decided, interview_id};
use rasoat_instrument::{Path, Value};
use rasoat_store::{EditCustody, HouseholdRow, Reader, StoreError, StoredEdit};
use uuid::Uuid;

use crate::duplicates;
use crate::error::AppError;
use crate::household::{household_subject, interview_subject, need_row};
use crate::moment::rfc3339;
use crate::paper;
use crate::profile::Profile;
use crate::projection::is_meta;
use crate::review;
use crate::rounds::ROUNDS_BACK;
use crate::start::count;
use crate::undo;
use crate::view::{Custody, HistoryView};

/// Every sealed edit of a household and its interviews, those of earlier rounds too, and of those that were merged into it, with what was decided on it in this
/// round, newest first.
pub(crate) fn of(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<Vec<HistoryView>, AppError> {
    let mut edits = edits_of(reader, row, None)?;
    for interview in earlier_interviews(profile, row) {
        edits.extend(reader.edits_of(&interview)?.into_iter().map(|stored| (stored, None)));
    }
    edits.extend(decisions(profile, reader, row)?.into_iter().map(|stored| (stored, None)));
    for merged in reader.merged_with(row.id)? {
        edits.extend(edits_of(reader, &need_row(reader, merged)?, Some(merged))?);
    }
    edits.sort_by_key(|(stored, _)| std::cmp::Reverse((stored.edit.at, stored.edit.id)));
    Ok(edits.iter().map(|(stored, household)| view(stored, *household)).collect())
}

/// The edits by which a household's interview was accepted or returned in this round.
pub(crate) fn decisions(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<Vec<StoredEdit>, StoreError> {
    let mut edits = reader.edits_of(&review::case_subject(profile, row))?;
    edits.retain(|stored| decision(&stored.edit).is_some());
    Ok(edits)
}

/// What an edit of a case decides on the interview; `None` for every other word on the case.
fn decision(edit: &Edit) -> Option<&'static str> {
    [("accepted", Step::Accepted), ("returned", Step::Returned)]
        .into_iter()
        .find(|(_, step)| decided(edit) == Some(*step))
        .map(|(kind, _)| kind)
}

/// A household's interviews of the rounds before this one, as far as any list goes back.
fn earlier_interviews(profile: &Profile, row: &HouseholdRow) -> impl Iterator<Item = Subject> {
    let now = profile.enrolled.round.0;
    let (id, subject) = (row.id, interview_subject(row));
    (now.saturating_sub(ROUNDS_BACK)..now)
        .map(move |year| Subject { id: interview_id(id, Round(year)), ..subject.clone() })
}

fn edits_of(
    reader: &Reader<'_>,
    row: &HouseholdRow,
    merged: Option<Uuid>,
) -> Result<Vec<(StoredEdit, Option<Uuid>)>, StoreError> {
    let mut edits = reader.edits_of(&household_subject(row))?;
    edits.extend(reader.edits_of(&interview_subject(row))?);
    Ok(edits.into_iter().map(|stored| (stored, merged)).collect())
}

/// Things that a person would say they changed; a decision is one of its own.
fn changed(edit: &Edit) -> usize {
    match edit.subject.kind {
        SubjectKind::Case | SubjectKind::Remark => 0,
        SubjectKind::Household | SubjectKind::Interview => {
            edit.changes.keys().filter(|path| is_answer(path)).count()
        }
    }
}

fn view(stored: &StoredEdit, household: Option<Uuid>) -> HistoryView {
    let edit = &stored.edit;
    HistoryView {
        at: rfc3339(edit.at.millis),
        author: edit.author.clone(),
        kind: kind(edit).to_owned(),
        changes: count(changed(edit)),
        custody: custody_of(stored),
        household: household.map(|id| id.to_string()),
    }
}

/// Where an edit is, as screens say it.
pub(crate) fn custody_of(stored: &StoredEdit) -> Custody {
    match &stored.custody {
        EditCustody::Unsent | EditCustody::Collected => Custody::OnlyHere,
        EditCustody::Confirmed { .. } | EditCustody::Foreign => Custody::Confirmed,
        EditCustody::Refused { .. } => Custody::Refused,
    }
}

/// Whether a person would say that they changed this.
pub(crate) fn is_answer(path: &Path) -> bool {
    !is_meta(path) && path.field_name().is_none_or(|name| !name.ends_with('_'))
}

pub(crate) fn kind(edit: &Edit) -> &'static str {
    let is = |name: &str, value: &str| {
        let change = Path::field(name).ok().and_then(|path| edit.changes.get(&path));
        matches!(change, Some(Change::Set(Value::Choice(choice))) if choice == value)
    };
    if let Some(kind) = duplicates::history_kind(&edit.changes) {
        return kind;
    }
    if undo::reason_in(edit).is_some() {
        return "undone";
    }
    match edit.subject.kind {
        SubjectKind::Household if is(WITHDRAWN, "yes") => "withdrawn",
        SubjectKind::Household if is("origin", "added") => "added",
        SubjectKind::Household => "imported",
        SubjectKind::Interview if paper::says_verified(edit) => "verified",
        SubjectKind::Interview if is("meta_state", "signed") => "signed",
        SubjectKind::Interview if is("meta_state", "open") && !edit.changes.keys().any(is_answer) => {
            "reopened"
        }
        SubjectKind::Case => decision(edit).unwrap_or("answers"),
        SubjectKind::Interview | SubjectKind::Remark => "answers",
    }
}
