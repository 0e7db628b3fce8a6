//! What happened to a household, edit by edit.

use rasoat_casework::{Change, Edit, SubjectKind, WITHDRAWN};
use rasoat_instrument::{Path, Value};
use rasoat_store::{EditCustody, HouseholdRow, Reader, StoreError, StoredEdit};
use uuid::Uuid;

use crate::duplicates;
use crate::error::AppError;
use crate::household::{household_subject, interview_subject, need_row};
use crate::moment::rfc3339;
use crate::paper;
use crate::projection::is_meta;
use crate::start::count;
use crate::undo;
use crate::view::{Custody, HistoryView};

/// Every sealed edit of a household and its interview, and of those that were merged into it, newest first.
pub(crate) fn of(reader: &Reader<'_>, row: &HouseholdRow) -> Result<Vec<HistoryView>, AppError> {
    let mut edits = edits_of(reader, row, None)?;
    for merged in reader.merged_with(row.id)? {
        edits.extend(edits_of(reader, &need_row(reader, merged)?, Some(merged))?);
    }
    edits.sort_by_key(|(stored, _)| std::cmp::Reverse((stored.edit.at, stored.edit.id)));
    Ok(edits.iter().map(|(stored, household)| view(stored, *household)).collect())
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

fn view(stored: &StoredEdit, household: Option<Uuid>) -> HistoryView {
    let edit = &stored.edit;
    HistoryView {
        at: rfc3339(edit.at.millis),
        author: edit.author.clone(),
        kind: kind(edit).to_owned(),
        changes: count(edit.changes.keys().filter(|path| is_answer(path)).count()),
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
        SubjectKind::Interview | SubjectKind::Case | SubjectKind::Remark => "answers",
    }
}
